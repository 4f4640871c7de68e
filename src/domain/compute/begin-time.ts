/** When work may begin: it is planned in whole half hours, and need not fill the last of them. */
import { HALF_HOUR_MS, addHalfHours, floorToHalfHour } from '../half-hour.js';

const MINUTE_MS = 60_000;

/** Time that a beginning takes at most: to decide, to take the power, to be told and to start. */
export const START_ALLOWANCE_MS = 2 * MINUTE_MS;

interface Lasting {
  readonly durationMinutes: number;
}

/** Half hours that work takes: one that is begun counts whole. */
export const halfHoursOf = ({ durationMinutes }: Lasting): number => Math.ceil(durationMinutes / 30);

/** What of its half hours work does not need, ms. */
const spareMs = (work: Lasting): number =>
  halfHoursOf(work) * HALF_HOUR_MS - work.durationMinutes * MINUTE_MS;

/**
 * Start of the first half hour that work may be planned in: the one that runs, where all its minutes still go into its half
 * hours even if it begins late by the allowance; else the next. A half hour that begins just `now` is always left whole.
 */
export function firstHalfHour(work: Lasting, now: Date): Date {
  const present = floorToHalfHour(now);
  const elapsedMs = now.getTime() - present.getTime();
  const isEnough = elapsedMs === 0 || elapsedMs + START_ALLOWANCE_MS <= spareMs(work);
  return isEnough ? present : addHalfHours(present, 1);
}

/** The same, if it is first asked a moment after a half hour begins. */
export const firstHalfHourOnceIn = (work: Lasting, halfHour: Date): Date =>
  spareMs(work) > START_ALLOWANCE_MS ? halfHour : addHalfHours(halfHour, 1);

/** Whether work that is to begin in a half hour may still do so: at most the allowance is missing of its minutes then. */
export const isInTimeToBegin = (work: Lasting, halfHour: Date, now: Date): boolean =>
  now.getTime() - halfHour.getTime() <= spareMs(work) + START_ALLOWANCE_MS;
