import type { Job } from '../../src/domain/planner/job.js';
import { seededRandom } from '../../src/domain/planner/random.js';

/** Half hours of a year. */
export const PLANNED_YEAR = 365 * 48;

/** A carbon intensity that turns by day and by week, with weather that stays for a while, gCO2/kWh; the same each time. */
export function plannedSeries(slots: number): Float64Array {
  const random = seededRandom(20_230);
  let weather = 0;
  return Float64Array.from({ length: slots }, (_, slot) => {
    weather = 0.995 * weather + 12 * (random() - 0.5);
    const day = 35 * Math.sin(((slot - 14) / 48) * 2 * Math.PI) + 12 * Math.sin((slot / 24) * 2 * Math.PI);
    const week = 12 * Math.sin((slot / (48 * 7)) * 2 * Math.PI);
    return Math.max(20, Math.round(155 + day + week + weather + 4 * random()));
  });
}

/** Jobs of 8 to 180 half hours that may be one to three days later, spread over the series; the same each time. */
export function plannedJobs(count: number, slots: number): readonly Job[] {
  const random = seededRandom(count);
  return Array.from({ length: count }, (_, i): Job => {
    const duration = 8 + Math.floor(random() * 173);
    const slack = 48 + Math.floor(random() * 97);
    const from = Math.floor(random() * (slots - duration - slack));
    return { id: `job ${i}`, from, to: from + duration + slack, duration, powerKw: 1 };
  });
}
