import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/domain/canonical-json.js';
import { isHalfHour } from '../../../src/domain/half-hour.js';
import { arrivalsIn, type Arrival } from '../../../src/fleet/arrivals.js';
import { fleetOf } from '../../../src/fleet/fleet.js';
import { LIMITS, URGENCY_TERMS, WORKLOAD_KINDS } from '../../../src/fleet/workload-kinds.js';

const FLEET = fleetOf(1);
const BEGIN = Date.parse('2026-03-02T00:00:00Z');
const HOUR_MS = 3_600_000;
const at = (hours: number): Date => new Date(BEGIN + hours * HOUR_MS);
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

const arriving = (seed: number, stress = 0, ratePerHour = 12) => ({
  seed,
  ratePerHour,
  fleet: FLEET,
  stressAt: () => stress,
});
const idsOf = (arrivals: readonly Arrival[]): string[] => arrivals.map(({ workload }) => workload.jobId);

describe('workloads that arrive', () => {
  it('are these, to the byte, for seed 1', () => {
    const day = arrivalsIn(arriving(1), at(0), at(24));
    expect(createHash('sha256').update(canonicalJson(day)).digest('hex')).toBe(
      '5baf40726193a39ac788fe7ba96e03ab16741a580090d8595fe15a483b87e599',
    );
  });

  it('are the same however the time is cut, in their order, each once', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.array(fc.double({ min: 0, max: 12, noNaN: true }), { maxLength: 5 }),
        (seed, cuts) => {
          const whole = arrivalsIn(arriving(seed), at(0), at(12));
          const ends = [0, ...cuts.sort((a, b) => a - b), 12];
          const parts = ends
            .slice(1)
            .flatMap((end, i) => arrivalsIn(arriving(seed), at(ends[i] ?? 0), at(end)));
          expect(canonicalJson(parts)).toBe(canonicalJson(whole));
          expect(new Set(idsOf(whole)).size).toBe(whole.length);
          for (const [i, { at: instant }] of whole.entries())
            expect(instant >= (whole[i - 1]?.at ?? at(0)) && instant < at(12)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([
    [12, 0],
    [12, 0.4],
    [12, 0.9],
    [3.5, 0.25],
    [60, 1],
  ])('are %d an hour at a stress of %d less that share', (ratePerHour, stress) => {
    const hours = 12_000 / ratePerHour;
    const count = arrivalsIn(arriving(9, stress, ratePerHour), at(0), at(hours)).length;
    const mean = ratePerHour * (1 - stress) * hours;
    expect(Math.abs(count - mean)).toBeLessThanOrEqual(4 * Math.sqrt(mean));
  });

  it('stay who they are when stress is revised: more of it only keeps some away', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 1, noNaN: true }), (seed, stress) => {
        const relaxed = new Map(
          arrivalsIn(arriving(seed), at(0), at(6)).map((arrival) => [arrival.workload.jobId, arrival]),
        );
        for (const arrival of arrivalsIn(arriving(seed, stress), at(0), at(6)))
          expect(relaxed.get(arrival.workload.jobId)).toEqual(arrival);
      }),
      { numRuns: 30 },
    );
  });

  it('come as types and urgencies are weighted, to the operators who compute', () => {
    const arrivals = arrivalsIn(arriving(4), at(0), at(1_000));
    const share = (count: number): number => count / arrivals.length;
    for (const [type, { weight, urgency }] of Object.entries(WORKLOAD_KINDS)) {
      const of = arrivals.filter(({ workload }) => workload.type === type);
      expect(Math.abs(share(of.length) - weight / 100)).toBeLessThan(0.02);
      for (const [word, part] of Object.entries(urgency))
        expect(
          Math.abs(of.filter(({ workload }) => workload.urgency === word).length / of.length - part / 100),
        ).toBeLessThan(0.06);
    }
    const weights = FLEET.reduce((sum, { workWeight }) => sum + workWeight, 0);
    for (const { slug, workWeight } of FLEET)
      expect(
        Math.abs(share(arrivals.filter(({ operator }) => operator === slug).length) - workWeight / weights),
      ).toBeLessThan(0.02);
  });

  it('can be run: they agree with themselves, and leave time for whole half hours', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { at: instant, operator, workload } of arrivalsIn(arriving(seed), at(0), at(12))) {
          expect(FLEET.find(({ slug }) => slug === operator)?.users.map(({ email }) => email)).toContain(
            workload.userEmail,
          );
          expect(workload.jobId).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/);
          expect(workload.powerKw).toBeGreaterThan(0);
          expect(Number.isInteger(workload.durationMinutes) && workload.durationMinutes > 0).toBe(true);
          const product = (workload.powerKw * workload.durationMinutes) / 60;
          expect(Math.abs(product / workload.estimatedEnergyKwh - 1)).toBeLessThan(1e-4);
          const [least, most] = URGENCY_TERMS[workload.urgency].priority;
          expect(workload.priority >= least && workload.priority <= most).toBe(true);
          expect(isHalfHour(workload.earliestStart) && isHalfHour(workload.deadline)).toBe(true);
          expect(workload.earliestStart.getTime() - instant.getTime()).toBeGreaterThanOrEqual(5 * 60_000);
          const halfHours = (workload.deadline.getTime() - workload.earliestStart.getTime()) / (HOUR_MS / 2);
          expect(halfHours).toBeGreaterThanOrEqual(Math.ceil(workload.durationMinutes / 30));
          expect(workload.isDeferrable).toBe(workload.urgency !== 'CRITICAL');
          expect(workload.deferralWindowMinutes === null).toBe(!workload.isDeferrable);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('set limits within bounds, and none where they cannot wait', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { workload } of arrivalsIn(arriving(seed), at(0), at(12))) {
          for (const name of [
            'maxCarbonIntensityGco2PerKwh',
            'maxPriceGbpPerMwh',
            'minRenewablePct',
            'maxGridStress',
          ] as const) {
            const value = workload[name];
            const [least, most] = LIMITS[name].range;
            expect(value === null || (value >= least && value <= most && workload.isDeferrable)).toBe(true);
          }
          for (const name of ['carbonBudgetGco2', 'maxCostGbp'] as const)
            expect(workload[name] === null || (workload[name] >= 0 && workload.isDeferrable)).toBe(true);
          const { allowedRegionIds } = workload;
          expect(new Set(allowedRegionIds).size).toBe(allowedRegionIds.length);
          expect(allowedRegionIds.every((id) => Number.isInteger(id) && id >= 1 && id <= 14)).toBe(true);
          expect(workload.requiredCpuCores > 0 && Number.isInteger(workload.requiredCpuCores)).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });
});
