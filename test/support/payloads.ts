/** Bodies in the Carbon Intensity API's format, written for tests, and a publisher that answers every route of ours. */
import { formatMinute } from '../../src/domain/instant.js';
import { addHalfHours } from '../../src/domain/half-hour.js';
import { wholeElexon } from './elexon-payloads.js';
import { nesoAnswer } from './neso-payloads.js';

const FUEL_WORDS = [
  'biomass',
  'coal',
  'imports',
  'gas',
  'nuclear',
  'other',
  'hydro',
  'solar',
  'wind',
] as const;

/** Shares that add up to 100: `wind` as given, the rest gas. */
export const mixBody = (wind = 40): { fuel: string; perc: number }[] =>
  FUEL_WORDS.map((fuel) => ({
    fuel,
    perc: fuel === 'wind' ? wind : fuel === 'gas' ? Math.round((100 - wind) * 10) / 10 : 0,
  }));

export interface NationalValue {
  readonly forecast: number | null;
  readonly actual: number | null;
  readonly index?: string;
}

/** `/intensity/…`: `count` periods from `from` on. */
export const nationalBody = (from: Date, count: number, value: (i: number) => NationalValue) => ({
  data: Array.from({ length: count }, (_, i) => ({
    from: formatMinute(addHalfHours(from, i)),
    to: formatMinute(addHalfHours(from, i + 1)),
    intensity: { index: 'moderate', ...value(i) },
  })),
});

/** `/regional/intensity/…`: `count` periods of some regions. */
export const regionalBody = (
  from: Date,
  count: number,
  forecast: (regionId: number, i: number) => number,
  regionIds: readonly number[] = Array.from({ length: 18 }, (_, i) => i + 1),
) => ({
  data: Array.from({ length: count }, (_, i) => ({
    from: formatMinute(addHalfHours(from, i)),
    to: formatMinute(addHalfHours(from, i + 1)),
    regions: regionIds.map((regionid) => ({
      regionid,
      dnoregion: `DNO ${regionid}`,
      shortname: `Region ${regionid}`,
      intensity: { forecast: forecast(regionid, i), index: 'moderate' },
      generationmix: mixBody(),
    })),
  })),
});

/** `/generation/{from}/{to}`. */
export const generationBody = (from: Date, count: number, wind: (i: number) => number = () => 40) => ({
  data: Array.from({ length: count }, (_, i) => ({
    from: formatMinute(addHalfHours(from, i)),
    to: formatMinute(addHalfHours(from, i + 1)),
    generationmix: mixBody(wind(i)),
  })),
});

/** `/intensity/factors`. */
export const factorsBody = (
  factors: Readonly<Record<string, number>> = { Wind: 0, 'Gas (Combined Cycle)': 394 },
) => ({ data: [factors] });

/**
 * Every publisher around an instant: every route answers, forecasts 48 h ahead, actuals for what is over. `shift` is
 * added to every forecast, so that a second poll can bring a revision.
 */
export const wholePublisher =
  (now: Date, shift: () => number = () => 0) =>
  (path: string): unknown => {
    const start = new Date(Math.floor(now.getTime() / 1_800_000) * 1_800_000);
    if (path === '/intensity/factors') return factorsBody();
    if (/^\/intensity\/[^/]+\/fw48h$/.test(path))
      return nationalBody(addHalfHours(start, -1), 97, (i) => ({
        forecast: 100 + i + shift(),
        actual: null,
      }));
    if (path.startsWith('/intensity/'))
      return nationalBody(addHalfHours(start, -97), 97, (i) => ({
        forecast: 90 + i + shift(),
        actual: i < 96 ? 80 + i : null,
      }));
    if (path.startsWith('/regional/intensity/'))
      return regionalBody(addHalfHours(start, -1), 97, (region, i) => region * 10 + (i % 10) + shift());
    if (path.startsWith('/generation/2')) return generationBody(addHalfHours(start, -49), 48);
    return wholeElexon(now, path) ?? nesoAnswer(path, now, shift());
  };
