import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  START_ALLOWANCE_MS,
  firstHalfHour,
  firstHalfHourOnceIn,
  halfHoursOf,
  isInTimeToBegin,
} from '../../../../src/domain/compute/begin-time.js';
import { HALF_HOUR_MS, addHalfHours, floorToHalfHour } from '../../../../src/domain/half-hour.js';

const NOON = new Date('2026-03-02T12:00:00Z');
const after = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);
const lasting = fc.integer({ min: 1, max: 3_000 }).map((durationMinutes) => ({ durationMinutes }));
const instants = fc.integer({ min: 0, max: 48 * HALF_HOUR_MS }).map((ms) => new Date(NOON.getTime() + ms));

describe('the first half hour that work may begin in', () => {
  it.each([
    [6, 7, 0],
    [6, 22, 0],
    [6, 22.001, 1],
    [6, 29, 1],
    [28, 0.001, 1],
    [27, 0.001, 0],
    [30, 0.001, 1],
    // A half hour that begins just now is whole.
    [30, 0, 0],
    [45, 13, 0],
    [45, 13.001, 1],
    [60, 5, 1],
  ])('of %d minutes, %d minutes after noon, is %d later', (durationMinutes, minutes, expected) => {
    expect(firstHalfHour({ durationMinutes }, after(minutes))).toEqual(addHalfHours(NOON, expected));
  });

  it('always leaves all its minutes, also to work that begins late by the allowance', () => {
    fc.assert(
      fc.property(lasting, instants, fc.integer({ min: 0, max: START_ALLOWANCE_MS }), (work, now, lateMs) => {
        const first = firstHalfHour(work, now);
        const begins = Math.max(first.getTime(), first <= now ? now.getTime() + lateMs : 0);
        const left = addHalfHours(first, halfHoursOf(work)).getTime() - begins;
        expect(first >= floorToHalfHour(now)).toBe(true);
        if (first.getTime() !== now.getTime())
          expect(left).toBeGreaterThanOrEqual(work.durationMinutes * 60_000);
        expect(isInTimeToBegin(work, first, new Date(begins))).toBe(true);
      }),
    );
  });

  it('is never later than the next, and the present one wherever that is enough', () => {
    fc.assert(
      fc.property(lasting, instants, (work, now) => {
        const present = floorToHalfHour(now);
        const endsMs = now.getTime() + START_ALLOWANCE_MS + work.durationMinutes * 60_000;
        const isEnough = endsMs <= addHalfHours(present, halfHoursOf(work)).getTime();
        const first = firstHalfHour(work, now);
        expect(first <= addHalfHours(present, 1)).toBe(true);
        if (isEnough) expect(first).toEqual(present);
      }),
    );
  });

  it('is known before: the same as a moment after a half hour begins', () => {
    fc.assert(
      fc.property(lasting, (work) => {
        expect(firstHalfHourOnceIn(work, NOON)).toEqual(firstHalfHour(work, new Date(NOON.getTime() + 1)));
      }),
    );
  });

  it.each([
    [30, 2, true],
    [30, 2.001, false],
    [6, 26, true],
    [6, 26.001, false],
  ])('lets work of %d minutes begin %d minutes late: %s', (durationMinutes, minutes, expected) => {
    expect(isInTimeToBegin({ durationMinutes }, NOON, after(minutes))).toBe(expected);
  });
});
