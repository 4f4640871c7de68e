import { floorToHalfHour } from '../domain/half-hour.js';
import type { Stimulus } from './seen.js';

/** What the clock wakes an agent by, and the instant that it is then awake to. */
export interface Beat {
  readonly stimulus: Exclude<Stimulus, { kind: 'EVENT' }>;
  readonly at: Date;
}

const HALF_HOUR_MINUTES = 30;

/**
 * What the clock has for an agent that is awake to an instant: one stimulus however many beats have passed, and that of the
 * half hour before any other, because it shows all that they do. Beats begin with the UTC day.
 *
 * @param last null: it was never woken.
 * @param minutes the length of a beat, one that divides 30; 30: half hours only.
 * @returns null where no beat has begun since.
 * @throws {RangeError} for a length that does not divide 30 minutes.
 */
export function beatOf(last: Date | null, now: Date, minutes = HALF_HOUR_MINUTES): Beat | null {
  if (!(minutes > 0 && Number.isInteger(HALF_HOUR_MINUTES / minutes)))
    throw new RangeError(`a beat of ${minutes} minutes does not divide half an hour`);
  const beatMs = minutes * 60_000;
  const halfHour = floorToHalfHour(now);
  const at = new Date(Math.floor(now.getTime() / beatMs) * beatMs);
  if (last === null || last < halfHour) return { stimulus: { kind: 'HALF_HOUR', from: halfHour }, at };
  return last < at ? { stimulus: { kind: 'BEAT', from: at }, at } : null;
}
