import type { CarbonIndex, Market, ObservationKind, Quality } from './codes.js';
import { LOW_CARBON_FUELS, RENEWABLE_FUELS, type Fuel } from './fuels.js';
import type { StatedMix } from './grid-statement.js';

/** Where a group of values comes from. */
export interface Provenance {
  readonly source: string;
  readonly quality: Quality;
  readonly issuedAt: Date | null;
  readonly knownAt: Date;
}

export interface CarbonGroup {
  readonly forecastGco2PerKwh: number | null;
  readonly outturnGco2PerKwh: number | null;
  readonly index: CarbonIndex | null;
  readonly provenance: Provenance;
}

export interface MixGroup extends StatedMix {
  readonly kind: ObservationKind;
  readonly provenance: Provenance;
}

/** Mean power over the half hour, MW. */
export interface DemandGroup {
  readonly forecastMw: number | null;
  readonly transmissionSystemForecastMw: number | null;
  readonly outturnMw: number | null;
  readonly transmissionSystemDemandMw: number | null;
  readonly embeddedWindMw: number | null;
  readonly embeddedSolarMw: number | null;
  readonly provenance: Provenance;
}

export interface PriceGroup {
  readonly gbpPerMwh: number;
  readonly market: Market;
  readonly kind: ObservationKind;
  /** Of a derived price: how far off it was, as a rule. */
  readonly expectedErrorGbpPerMwh: number | null;
  readonly provenance: Provenance;
}

/** One region × one half hour, the best of its own carbon and mix as known at `sequence`. Demand, stress and price are Great Britain's. */
export interface GridSignal {
  readonly regionId: number;
  readonly from: Date;
  readonly settlementDate: string;
  readonly settlementPeriod: number;
  readonly carbon: CarbonGroup | null;
  readonly mix: MixGroup | null;
}

/** The intensity to act on: what happened where it is known, else what is expected. */
export const intensityOf = (signal: GridSignal): number | null =>
  signal.carbon?.outturnGco2PerKwh ?? signal.carbon?.forecastGco2PerKwh ?? null;

const sharePct = (signal: GridSignal, fuels: readonly Fuel[]): number | null =>
  signal.mix && fuels.reduce((sum, fuel) => sum + (signal.mix?.permille[fuel] ?? 0), 0) / 10;

export const renewablePct = (signal: GridSignal): number | null => sharePct(signal, RENEWABLE_FUELS);
export const lowCarbonPct = (signal: GridSignal): number | null => sharePct(signal, LOW_CARBON_FUELS);
export const windPct = (signal: GridSignal): number | null => sharePct(signal, ['WIND']);
