import { noiseOf } from './noise.js';

/** Measured on NESO's forecasts of 2023: an error keeps about half of itself for an hour and little after four. */
const surprise = noiseOf('forecast-error', [
  [6, 0.4],
  [1.2, 0.6],
]);

/**
 * The intensity that came to pass where `forecastGco2PerKwh` was expected, whole and never negative.
 *
 * Wrong by a share of the forecast that drifts over hours, about 8 % on average: where nothing burns, nothing surprises.
 */
export function outturnOf(forecastGco2PerKwh: number, regionId: number, hours: number, seed: number): number {
  const error = (surprise(seed, hours + regionId * 9000) - 0.5) * 0.6;
  return Math.max(0, Math.round(forecastGco2PerKwh * (1 + error)));
}
