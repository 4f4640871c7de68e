import type { CorrectedForecast } from './forecast-correction.js';
import { normalQuantile } from './normal-quantile.js';

/**
 * Which half hours will be at or below a cap with at least so much confidence, each for itself: those whose forecast is
 * below it by enough standard deviations. False where there is no forecast.
 *
 * @param capGco2PerKwh the carbon intensity not to be exceeded.
 * @param confidence a probability; 0.95 is "95 % sure", 0.5 takes the forecast for the truth.
 * @throws {RangeError} when that is not above 0 and below 1.
 */
export function surelyBelow(
  { corrected, errorStd }: Pick<CorrectedForecast, 'corrected' | 'errorStd'>,
  capGco2PerKwh: number,
  confidence: number,
): boolean[] {
  const reach = normalQuantile(confidence);
  return Array.from(corrected, (value, slot) => value + reach * errorStd[slot]! <= capGco2PerKwh);
}
