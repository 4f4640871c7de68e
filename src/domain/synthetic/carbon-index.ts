import type { CarbonIndex } from '../codes.js';

/** The Carbon Intensity API's word for an intensity, by its bands of 2026 (they fall from year to year). */
export function carbonIndexOf(gco2PerKwh: number): CarbonIndex {
  if (gco2PerKwh < 26) return 'VERY_LOW';
  if (gco2PerKwh < 90) return 'LOW';
  if (gco2PerKwh < 170) return 'MODERATE';
  return gco2PerKwh < 230 ? 'HIGH' : 'VERY_HIGH';
}
