import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import { canonicalJson } from '../../../src/domain/canonical-json.js';
import { firstHalfHour } from '../../../src/domain/compute/begin-time.js';
import { addHalfHours, isHalfHour } from '../../../src/domain/half-hour.js';
import { arrivalsIn, type Arrival, type Stream } from '../../../src/fleet/arrivals.js';
import { fleetOf } from '../../../src/fleet/fleet.js';
import { LOCAL_JOBS } from '../../../src/fleet/local-jobs.js';
import { URGENT_QUERIES } from '../../../src/fleet/urgent-queries.js';

const FLEET = fleetOf(1);
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const at = (hours: number): Date => new Date(Date.parse('2026-03-02T00:00:00Z') + hours * 3_600_000);
const arrivalsOf = (stream: Stream, seed: number, from: Date, to: Date, stress = 0): Arrival[] =>
  arrivalsIn({ seed, ratePerHour: 12, fleet: FLEET, stressAt: () => stress }, from, to, stream);
const idsOf = (arrivals: readonly Arrival[]): string[] => arrivals.map(({ workload }) => workload.jobId);

describe.each([
  ['urgent queries', URGENT_QUERIES, LOCAL_JOBS],
  ['local jobs', LOCAL_JOBS, URGENT_QUERIES],
])('%s', (_name, stream, other) => {
  it('are what the action that submits them takes, whose energy, power and time agree', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { at: instant, operator, workload } of arrivalsOf(stream, seed, at(0), at(6))) {
          submitWorkload.input.parse(workload);
          expect(FLEET.find(({ slug }) => slug === operator)?.users.map(({ email }) => email)).toContain(
            workload.userEmail,
          );
          const product = (workload.powerKw * workload.durationMinutes) / 60;
          expect(Math.abs(product / workload.estimatedEnergyKwh - 1)).toBeLessThan(1e-4);
          expect(workload.earliestStart).toEqual(instant);
          expect(isHalfHour(workload.deadline)).toBe(true);
          // There is time from the first half hour on that it may begin in.
          const first = firstHalfHour(workload, instant);
          const ends = addHalfHours(first, Math.ceil(workload.durationMinutes / 30));
          expect(workload.deadline >= ends).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('are the same however the time is cut, and no others are among them', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 6, noNaN: true }), (seed, cut) => {
        const whole = arrivalsOf(stream, seed, at(0), at(6));
        const parts = [
          ...arrivalsOf(stream, seed, at(0), at(cut)),
          ...arrivalsOf(stream, seed, at(cut), at(6)),
        ];
        expect(canonicalJson(parts)).toBe(canonicalJson(whole));
        const others = idsOf(arrivalsOf(other, seed, at(0), at(6)));
        expect(idsOf(whole).filter((id) => others.includes(id))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('under stress', () => {
  it('urgent queries come as before, and local jobs less', () => {
    expect(idsOf(arrivalsOf(URGENT_QUERIES, 1, at(0), at(24), 0.9))).toEqual(
      idsOf(arrivalsOf(URGENT_QUERIES, 1, at(0), at(24))),
    );
    const [all, under] = [0, 0.9].map((stress) => arrivalsOf(LOCAL_JOBS, 1, at(0), at(24), stress).length);
    expect(under!).toBeLessThan(all! / 4);
  });
});
