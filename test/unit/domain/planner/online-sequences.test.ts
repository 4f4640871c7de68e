import { afterAll, describe, expect, it } from 'vitest';
import { fit, leastSlackFirst } from '../../../../src/domain/planner/fit.js';
import { planInterruptible } from '../../../../src/domain/planner/interruptible.js';
import {
  costOfSchedule,
  startAtOnce,
  type Job,
  type Machines,
  type Schedule,
} from '../../../../src/domain/planner/job.js';
import { planOnline } from '../../../../src/domain/planner/online.js';
import { RHYTHMS, SLOTS, arrivals, intensity } from './arrivals.js';

/** Machines more than the fewest with which everything fits, known in advance. */
const TIGHT = 1;
const ROOMY = 4;
const SEEDS = [1, 2, 3];

const capacity = (machines: number): Int32Array => new Int32Array(SLOTS).fill(machines);

function fewestMachines(jobs: readonly Job[]): number {
  let machines = 1;
  while (fit(jobs, capacity(machines)).overload) machines += 1;
  return machines;
}

const missed = (jobs: readonly Job[], schedule: Schedule): number =>
  jobs.reduce((sum, { duration }, j) => sum + duration - (schedule[j]?.length ?? 0), 0);

interface Savings {
  readonly online: number;
  readonly urgent: number;
  readonly offline: number;
}

describe('jobs that are known only as they arrive', () => {
  const table: string[] = [];
  afterAll(() => {
    process.stdout.write(
      `\nsaved against starting at once whatever the capacity, %: online, least slack first, known in advance\n${table.join('\n')}\n`,
    );
  });

  const compared = (jobs: readonly Job[], machines: Machines): Savings => {
    const online = planOnline(jobs, machines, { isInterruptible: true });
    const urgent = leastSlackFirst(jobs, machines.capacity);
    const offline = planInterruptible(jobs, machines).schedule;
    expect([missed(jobs, online), missed(jobs, urgent), missed(jobs, offline)]).toEqual([0, 0, 0]);
    const immediate = costOfSchedule(jobs, machines, startAtOnce(jobs));
    const saving = (schedule: Schedule): number =>
      (1 - costOfSchedule(jobs, machines, schedule) / immediate) * 100;
    return { online: saving(online), urgent: saving(urgent), offline: saving(offline) };
  };

  const sequences = Object.keys(RHYTHMS).flatMap((rhythm) =>
    SEEDS.map((seed) => ({ rhythm: rhythm as keyof typeof RHYTHMS, seed })),
  );
  it.each(sequences)('misses no deadline of $rhythm $seed', ({ rhythm, seed }) => {
    const jobs = arrivals(seed, RHYTHMS[rhythm]);
    const fewest = fewestMachines(jobs);
    const at = (more: number): Savings =>
      compared(jobs, { costPerKw: intensity(seed), capacity: capacity(fewest + more) });
    const [tight, roomy] = [at(TIGHT), at(ROOMY)];
    const said = ({ online, urgent, offline }: Savings): string =>
      [online, urgent, offline].map((value) => value.toFixed(1).padStart(6)).join('');
    table.push(
      `${`${rhythm} ${seed}`.padEnd(12)}${fewest + TIGHT} machines ${said(tight)}    ${fewest + ROOMY} machines ${said(roomy)}`,
    );
    for (const { online, offline } of [tight, roomy]) expect(online).toBeLessThanOrEqual(offline + 1e-9);
    expect(roomy.online).toBeGreaterThan(roomy.urgent);
  });
});
