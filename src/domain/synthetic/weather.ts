import type { LicenceArea } from './licence-areas.js';
import { clamp01, ease, noiseOf, widen, type Octave } from './noise.js';
import { winterness } from './season.js';
import { sinOfSunElevation } from './sun.js';

/** Depressions take days to pass; gusts within hours count for little over a whole area. */
const DEPRESSIONS: readonly Octave[] = [
  [90, 0.36],
  [34, 0.42],
  [12, 0.18],
  [4, 0.04],
];
const wholeCountry = noiseOf('wind', DEPRESSIONS);
const farNorth = noiseOf('wind-north', DEPRESSIONS);
const farSouth = noiseOf('wind-south', DEPRESSIONS);

const cloudCover = noiseOf('cloud', [
  [70, 0.4],
  [17, 0.35],
  [5, 0.25],
]);

/**
 * The share of its wind capacity that an area turns out, 0 to 1.
 *
 * One weather for all, one for each end of the country mixed by latitude, so that neighbours resemble each other; it
 * comes in from the west, about an hour for each degree of longitude. Windier in winter and in the north.
 */
export function windFactor(area: LicenceArea, hours: number, seed: number): number {
  const arrived = hours - area.longitude;
  const northern = northernness(area);
  const ends = northern * farNorth(seed, arrived) + (1 - northern) * farSouth(seed, arrived);
  const strength = 0.6 * wholeCountry(seed, arrived) + 0.4 * ends;
  const shift = 0.24 * (winterness(hours) - 0.5) + 0.14 * (northern - 0.5) - 0.085;
  return 0.02 + 0.75 * ease(widen(strength, 1.9, shift));
}

/** The share of its solar capacity that an area turns out, 0 to 1; exactly 0 while the sun is down. */
export function solarFactor(area: LicenceArea, hours: number, seed: number): number {
  const height = sinOfSunElevation(area.latitude, area.longitude, hours);
  if (height <= 0) return 0;
  const clearSky = height * (0.75 + 0.25 * height); // low light crosses more air
  const cloud = widen(cloudCover(seed, hours - area.longitude - area.latitude), 2.2, 0.08);
  return clearSky * (1 - 0.8 * cloud);
}

/** 0 on the Channel coast, 1 in the Highlands. */
const northernness = (area: LicenceArea): number => clamp01((area.latitude - 50.8) / (57.4 - 50.8));
