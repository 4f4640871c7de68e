import { londonHours } from './london-hours.js';
import { noiseOf } from './noise.js';
import { winterness } from './season.js';

/** Mean weekday demand at half past each London hour, MW; rounded from NESO's 2025 data. */
const MIDWINTER_MW = [
  29300, 29000, 28100, 27300, 26800, 27700, 31700, 36900, 39800, 41900, 42600, 42700, 42600, 42100, 41200,
  41100, 42900, 44600, 44000, 42200, 39700, 36500, 32900, 30100,
];
const MIDSUMMER_MW = [
  22500, 21800, 21200, 20600, 20200, 20600, 23600, 27500, 30100, 31500, 32200, 32800, 33100, 32800, 32300,
  31900, 31900, 32000, 31400, 30400, 29100, 28000, 26500, 24300,
];
/** What a weekend hour uses of the same weekday hour. */
const WEEKEND_FACTOR = [
  1, 0.99, 0.98, 0.97, 0.96, 0.94, 0.87, 0.8, 0.81, 0.84, 0.87, 0.89, 0.9, 0.905, 0.905, 0.91, 0.93, 0.945,
  0.945, 0.94, 0.94, 0.945, 0.955, 0.965,
];

/** Cold spells and mild ones last days; the rest is the nation's mood. */
const temperature = noiseOf('temperature', [
  [120, 0.7],
  [40, 0.3],
]);
const mood = noiseOf('demand', [[3, 1]]);

/**
 * What Great Britain uses at an instant, MW: underlying demand, that met by embedded wind and solar included, so
 * that it follows people and not the sun. National demand as metered is this less the embedded generation.
 */
export function underlyingDemandMw(hours: number, seed: number): number {
  const winter = winterness(hours);
  const seasonal = winter * winter; // spring and autumn are nearer to summer
  const weather = 1 + (temperature(seed, hours) - 0.5) * (0.06 + 0.12 * winter);
  return dayShapeMw(londonHours(hours), seasonal) * weather * (1 + (mood(seed, hours) - 0.5) * 0.016);
}

/** The day's curve through the hourly means, also across midnight into a day of the other kind (Catmull-Rom). */
function dayShapeMw(londonHours: number, seasonal: number): number {
  const position = londonHours - 0.5; // the means stand at half past
  const hour = Math.floor(position);
  const t = position - hour;
  const a = hourlyMeanMw(hour - 1, seasonal);
  const b = hourlyMeanMw(hour, seasonal);
  const c = hourlyMeanMw(hour + 1, seasonal);
  const d = hourlyMeanMw(hour + 2, seasonal);
  return b + (t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))) / 2;
}

function hourlyMeanMw(londonHour: number, seasonal: number): number {
  const day = Math.floor(londonHour / 24);
  const hour = londonHour - 24 * day;
  const weekday = at(MIDSUMMER_MW, hour) + seasonal * (at(MIDWINTER_MW, hour) - at(MIDSUMMER_MW, hour));
  return isWeekend(day) ? weekday * at(WEEKEND_FACTOR, hour) : weekday;
}

/** @param day since 1970-01-01, a Thursday. */
const isWeekend = (day: number): boolean => {
  const sinceMonday = day + 3 - 7 * Math.floor((day + 3) / 7);
  return sinceMonday >= 5;
};

const at = (table: readonly number[], hour: number): number => table[hour] ?? Number.NaN;
