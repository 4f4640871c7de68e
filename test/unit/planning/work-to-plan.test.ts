import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START_ALLOWANCE_MS } from '../../../src/domain/compute/begin-time.js';
import { HALF_HOUR_MS, addHalfHours, floorToHalfHour } from '../../../src/domain/half-hour.js';
import { windowOf, type WorkToPlan } from '../../../src/planning/work-to-plan.js';

const NOON = new Date('2026-03-02T12:00:00Z');
const after = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);

/** Six minutes that may wait until six in the evening. */
const workOf = (work: Partial<WorkToPlan>): WorkToPlan => ({
  jobId: 'job',
  estimatedEnergyKwh: 1,
  powerKw: 10,
  durationMinutes: 6,
  isInterruptible: false,
  mayMove: false,
  isDeferrable: true,
  earliestStart: NOON,
  deadline: after(360),
  deferralWindowMinutes: null,
  maxCarbonIntensityGco2PerKwh: null,
  confidence: null,
  carbonBudgetGco2: null,
  maxPriceGbpPerMwh: null,
  maxCostGbp: null,
  minRenewablePct: null,
  maxGridStress: null,
  allowedRegionIds: [],
  allowedDcIds: [],
  priority: 50,
  ...work,
});

describe('the half hours that work may be planned in', () => {
  it.each<[string, Partial<WorkToPlan>, number, { from: number; to: number }]>([
    ['the present one where it is enough', {}, 10, { from: 0, to: 12 }],
    ['not the present one late in it', {}, 23, { from: 1, to: 12 }],
    ['not the present one where all of it is needed', { durationMinutes: 30 }, 1, { from: 1, to: 12 }],
    ['only the present one of urgent work', { isDeferrable: false }, 10, { from: 0, to: 1 }],
    ['the next one of urgent work that is late', { isDeferrable: false }, 25, { from: 1, to: 2 }],
    ['from a later start on, whole ones', { earliestStart: after(40) }, 10, { from: 2, to: 12 }],
    ['not the present one before its start', { earliestStart: after(12) }, 10, { from: 1, to: 12 }],
    [
      'as long as it may be deferred',
      { earliestStart: after(10), deferralWindowMinutes: 60 },
      12,
      { from: 0, to: 3 },
    ],
    ['none where the deadline leaves none', { deadline: after(25) }, 1, { from: 0, to: 0 }],
  ])('are %s', (_what, work, minutes, expected) => {
    expect(windowOf(workOf(work), { origin: NOON, now: after(minutes) })).toEqual(expected);
  });

  it('leave all its minutes wherever it is put: from the later of now, its start, and the half hour on', () => {
    fc.assert(
      fc.property(
        fc.record({
          durationMinutes: fc.integer({ min: 1, max: 200 }),
          startMinutes: fc.integer({ min: -100, max: 100 }),
          elapsedMs: fc.integer({ min: 1, max: HALF_HOUR_MS - 1 }),
          isDeferrable: fc.boolean(),
        }),
        ({ durationMinutes, startMinutes, elapsedMs, isDeferrable }) => {
          const now = new Date(NOON.getTime() + elapsedMs);
          const earliestStart = after(startMinutes);
          const work = workOf({ durationMinutes, earliestStart, isDeferrable, deadline: after(3_000) });
          const { from } = windowOf(work, { origin: floorToHalfHour(now), now });
          const first = addHalfHours(NOON, from);
          const begins = Math.max(first.getTime(), now.getTime() + (from === 0 ? START_ALLOWANCE_MS : 0));
          const ends = addHalfHours(first, Math.ceil(durationMinutes / 30)).getTime();
          expect(ends - begins).toBeGreaterThanOrEqual(durationMinutes * 60_000);
          if (earliestStart > now) expect(first >= earliestStart).toBe(true);
        },
      ),
    );
  });
});
