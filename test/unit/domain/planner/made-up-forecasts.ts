import { addHalfHours } from '../../../../src/domain/half-hour.js';
import type { PastForecast } from '../../../../src/domain/planner/forecast-correction.js';
import { normalQuantile } from '../../../../src/domain/planner/normal-quantile.js';
import { seededRandom } from '../../../../src/domain/planner/random.js';

/** Errors each of which keeps so much of the one before: AR(1), of that standard deviation. */
export function correlatedErrors(seed: number, count: number, std: number, kept: number): Float64Array {
  const random = seededRandom(seed);
  const drawn = (): number => normalQuantile((Math.floor(random() * 2 ** 32) + 0.5) / 2 ** 32);
  let error = std * drawn();
  return Float64Array.from({ length: count }, () => {
    const own = error;
    error = kept * error + std * Math.sqrt(1 - kept * kept) * drawn();
    return own;
  });
}

/** What was, by half hour: a day's wave, so that a choice has something to choose. */
export const waveAt = (slot: number): number => 180 + 60 * Math.sin((slot / 48) * 2 * Math.PI);

/** A history whose forecasts were off by the errors given, from an instant on. */
export const historyOf = (from: Date, errors: Iterable<number>): PastForecast[] =>
  Array.from(errors, (error, slot) => ({
    from: addHalfHours(from, slot),
    forecastGco2PerKwh: waveAt(slot) + error,
    outturnGco2PerKwh: waveAt(slot),
  }));
