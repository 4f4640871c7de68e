import { cosDegrees } from './sine.js';

const HOURS_PER_YEAR = 365.2425 * 24;

/** How far the mean Gregorian year has turned, degrees: about 0 at New Year, 180 at the start of July. */
export function yearAngleDegrees(hours: number): number {
  const years = hours / HOURS_PER_YEAR;
  return 360 * (years - Math.floor(years));
}

/** 1 in the second week of January, in the dark and cold of the year, 0 in the second week of July. */
export const winterness = (hours: number): number => (1 + cosDegrees(yearAngleDegrees(hours) - 10)) / 2;
