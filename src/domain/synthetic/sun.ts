import { yearAngleDegrees } from './season.js';
import { cosDegrees, sinDegrees } from './sine.js';

/**
 * Sine of the sun's elevation; negative below the horizon. Good to about a degree, a few minutes at sunrise.
 *
 * @param latitude degrees north.
 * @param longitude degrees east.
 * @param hours since 1970-01-01T00:00Z.
 */
export function sinOfSunElevation(latitude: number, longitude: number, hours: number): number {
  const year = yearAngleDegrees(hours);
  const meanLongitude = year - 80;
  const longitudeOfSun = meanLongitude + 1.915 * sinDegrees(year - 3); // faster in January, when the sun is near
  const declination = 23.44 * sinDegrees(longitudeOfSun);
  const hoursOfDay = hours - 24 * Math.floor(hours / 24);
  const hourAngle = 15 * (hoursOfDay - 12) + longitude + clockErrorDegrees(meanLongitude);
  return (
    sinDegrees(latitude) * sinDegrees(declination) +
    cosDegrees(latitude) * cosDegrees(declination) * cosDegrees(hourAngle)
  );
}

/** The equation of time: the sun runs up to 16 minutes ahead of or behind the clock; a minute is a quarter degree. */
const clockErrorDegrees = (angle: number): number =>
  (9.87 * sinDegrees(2 * angle) - 7.53 * cosDegrees(angle) - 1.5 * sinDegrees(angle)) / 4;
