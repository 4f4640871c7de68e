import { PylonError } from '../domain/errors.js';
import type { ListedSource, Records, Source } from './source.js';
import { becknDiscover } from './sources/beckn-discover.js';
import { carbonIntensityFactors } from './sources/carbon-intensity-factors.js';
import { carbonIntensityNationalForecast } from './sources/carbon-intensity-national-forecast.js';
import { carbonIntensityNationalMix } from './sources/carbon-intensity-national-mix.js';
import { carbonIntensityNationalOutturn } from './sources/carbon-intensity-national-outturn.js';
import { carbonIntensityRegional } from './sources/carbon-intensity-regional.js';
import { elexonBmUnits } from './sources/elexon-bm-units.js';
import { elexonDemandForecast } from './sources/elexon-demand-forecast.js';
import { elexonDemandOutturn } from './sources/elexon-demand-outturn.js';
import { elexonDemandSummary } from './sources/elexon-demand-summary.js';
import { elexonFreq } from './sources/elexon-freq.js';
import { elexonFuelhh } from './sources/elexon-fuelhh.js';
import { elexonFuelinst } from './sources/elexon-fuelinst.js';
import { elexonGenerationPerType } from './sources/elexon-generation-per-type.js';
import { elexonMarketIndex } from './sources/elexon-market-index.js';
import { elexonSystemPrices } from './sources/elexon-system-prices.js';
import { nesoDemandForecast14Day } from './sources/neso-demand-forecast-14-day.js';
import { nesoDemandForecastDayAhead } from './sources/neso-demand-forecast-day-ahead.js';
import { nesoDemandForecastHistory } from './sources/neso-demand-forecast-history.js';
import { nesoDemandHistory } from './sources/neso-demand-history.js';
import { nesoDemandUpdate } from './sources/neso-demand-update.js';
import { nesoEmbeddedForecast } from './sources/neso-embedded-forecast.js';

/** Every source that this version asks. One line a source. */
export const SOURCES: readonly AnySource[] = [
  carbonIntensityNationalForecast,
  carbonIntensityNationalOutturn,
  carbonIntensityNationalMix,
  carbonIntensityRegional,
  carbonIntensityFactors,
  elexonFuelinst,
  elexonFuelhh,
  elexonFreq,
  elexonDemandOutturn,
  elexonDemandForecast,
  elexonDemandSummary,
  elexonMarketIndex,
  elexonSystemPrices,
  elexonGenerationPerType,
  elexonBmUnits,
  nesoDemandUpdate,
  nesoEmbeddedForecast,
  nesoDemandForecastDayAhead,
  nesoDemandForecast14Day,
  nesoDemandHistory,
  nesoDemandForecastHistory,
];

/** Everything whose runs and health are told: the sources, and what is asked in another way. */
export const LISTED_SOURCES: readonly ListedSource[] = [...SOURCES, becknDiscover];

/** One source of whatever kind; `produces` tells which. */
export type AnySource = { [Kind in keyof Records]: Source<Kind> }[keyof Records];

/** @throws {PylonError} SOURCE_NOT_FOUND naming those there are; BAD_USER_INPUT for one that is asked in another way. */
export function sourceById(id: string): AnySource {
  const source = SOURCES.find((candidate) => candidate.id === id);
  if (!source) {
    if (LISTED_SOURCES.some((listed) => listed.id === id))
      throw new PylonError('BAD_USER_INPUT', `source ${id} has no history to fetch: it says what holds now`);
    throw new PylonError(
      'SOURCE_NOT_FOUND',
      `there is no source ${JSON.stringify(id)}; there are: ${LISTED_SOURCES.map((known) => known.id).join(', ')}`,
    );
  }
  return source;
}
