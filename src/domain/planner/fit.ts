import type { Job, Schedule } from './job.js';

/** Slots in which more is demanded than there is, whatever the plan: Hall's condition, broken. */
export interface Overload {
  /** The first of the slots, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Job-slots that can run nowhere else. */
  readonly demanded: number;
  /** Machine-slots there are. */
  readonly available: number;
}

export interface Fit {
  /** As much as fits, whatever it costs. */
  readonly schedule: Schedule;
  /** Why not everything fits; null when it does. */
  readonly overload: Overload | null;
}

/**
 * Whether jobs that may be interrupted fit at all, exactly: the least slack first, then by augmenting paths, on which jobs
 * make room for each other. Where no path is left, the slots that were reached prove that none can be.
 *
 * @param begun a schedule to begin from, within windows and capacity.
 */
export function fit(
  jobs: readonly Job[],
  capacity: Int32Array,
  begun: Schedule = leastSlackFirst(jobs, capacity),
): Fit {
  const { running, inSlot } = occupied(begun, capacity.length);
  let overload: Overload | null = null;
  for (const j of jobs.keys()) {
    const reached = complete(jobs, j, running, inSlot, capacity);
    if (reached) overload ??= tightest(jobs, reached, capacity);
  }
  return { schedule: running.map((own) => [...own].sort((a, b) => a - b)), overload };
}

/** The same question alone: given up at the first job that has no room. */
function fits(jobs: readonly Job[], capacity: Int32Array): boolean {
  const { running, inSlot } = occupied(leastSlackFirst(jobs, capacity), capacity.length);
  return jobs.every((_, j) => complete(jobs, j, running, inSlot, capacity) === null);
}

function occupied(
  schedule: Schedule,
  slots: number,
): { readonly running: readonly Set<number>[]; readonly inSlot: readonly Set<number>[] } {
  const running = schedule.map((own) => new Set(own));
  const inSlot = Array.from({ length: slots }, () => new Set<number>());
  running.forEach((own, j) => own.forEach((slot) => inSlot[slot]?.add(j)));
  return { running, inSlot };
}

/** Gives a job all the slots it lacks. @returns null, or, when one has no room, the slots that can be reached from its window. */
function complete(
  jobs: readonly Job[],
  j: number,
  running: readonly Set<number>[],
  inSlot: readonly Set<number>[],
  capacity: Int32Array,
): readonly number[] | null {
  while (running[j]!.size < jobs[j]!.duration) {
    const reached = augment(jobs, j, running, inSlot, capacity);
    if (reached) return reached;
  }
  return null;
}

/** Gives a job one slot more. @returns null, or, when there is no way, the slots that can be reached from its window. */
function augment(
  jobs: readonly Job[],
  first: number,
  running: readonly Set<number>[],
  inSlot: readonly Set<number>[],
  capacity: Int32Array,
): readonly number[] | null {
  /** By which job a slot was reached, and from which slot that job would leave for it. */
  const via = new Map<number, { readonly job: number; readonly leaves: number | null }>();
  const seen = new Set([first]);
  const queue: { readonly job: number; readonly leaves: number | null }[] = [{ job: first, leaves: null }];
  for (let next = 0; next < queue.length; next += 1) {
    const step = queue[next]!;
    const { from, to } = jobs[step.job]!;
    for (let slot = from; slot < to; slot += 1) {
      if (via.has(slot) || running[step.job]!.has(slot)) continue;
      via.set(slot, step);
      if (inSlot[slot]!.size < capacity[slot]!) {
        move(slot, via, running, inSlot);
        return null;
      }
      for (const other of inSlot[slot]!) {
        if (seen.has(other)) continue;
        seen.add(other);
        queue.push({ job: other, leaves: slot });
      }
    }
  }
  return [...via.keys()];
}

function move(
  room: number,
  via: ReadonlyMap<number, { readonly job: number; readonly leaves: number | null }>,
  running: readonly Set<number>[],
  inSlot: readonly Set<number>[],
): void {
  for (let slot: number | null = room; slot !== null;) {
    const { job, leaves }: { job: number; leaves: number | null } = via.get(slot)!;
    running[job]!.add(slot);
    inSlot[slot]!.add(job);
    if (leaves !== null) {
      running[job]!.delete(leaves);
      inSlot[leaves]!.delete(job);
    }
    slot = leaves;
  }
}

/** Slot by slot, the jobs with the least time to spare. */
export function leastSlackFirst(jobs: readonly Job[], capacity: Int32Array): Schedule {
  const slots = capacity.length;
  const schedule = jobs.map((): number[] => []);
  const arriving: number[][] = Array.from({ length: slots }, () => []);
  for (const [j, { from }] of jobs.entries()) arriving[from]?.push(j);
  let waiting: number[] = [];
  for (let slot = 0; slot < slots; slot += 1) {
    waiting = waiting.filter((j) => jobs[j]!.to > slot && schedule[j]!.length < jobs[j]!.duration);
    waiting.push(...(arriving[slot] ?? []));
    const spare = (j: number): number => jobs[j]!.to - slot - (jobs[j]!.duration - schedule[j]!.length);
    for (const j of [...waiting].sort((a, b) => spare(a) - spare(b) || a - b).slice(0, capacity[slot]))
      schedule[j]!.push(slot);
  }
  return schedule;
}

/** What of some slots still proves it by itself: the shortest of their unbroken runs that does, else all of them. */
function tightest(jobs: readonly Job[], reached: readonly number[], capacity: Int32Array): Overload {
  const all = [...reached].sort((a, b) => a - b);
  const runs: number[][] = [];
  for (const slot of all) {
    const run = runs.at(-1);
    if (run?.at(-1) === slot - 1) run.push(slot);
    else runs.push([slot]);
  }
  const [shortest] = runs
    .map((run) => overloadIn(jobs, run, capacity))
    .filter(({ demanded, available }) => demanded > available)
    .sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from);
  return shortest ?? overloadIn(jobs, all, capacity);
}

function overloadIn(jobs: readonly Job[], set: readonly number[], capacity: Int32Array): Overload {
  const from = set[0] ?? 0;
  const to = (set.at(-1) ?? -1) + 1;
  const before = new Int32Array(to + 1);
  const chosen = new Set(set);
  for (let slot = 0; slot < to; slot += 1) before[slot + 1] = before[slot]! + (chosen.has(slot) ? 1 : 0);
  let demanded = 0;
  for (const job of jobs) {
    const inside = before[Math.min(job.to, to)]! - before[Math.min(job.from, to)]!;
    demanded += Math.max(0, job.duration - (job.to - job.from - inside));
  }
  return { from, to, demanded, available: set.reduce((sum, slot) => sum + capacity[slot]!, 0) };
}

/** The smallest changes after which everything fits, each by itself. */
export interface Relaxation {
  /** Machines more in every slot. */
  readonly moreMachines: number;
  /** Slots by which every window would have to end later; null: no time is enough, because the slots end. */
  readonly moreSlackSlots: number | null;
}

/** What would make jobs fit that do not. */
export function relaxationOf(jobs: readonly Job[], capacity: Int32Array): Relaxation {
  const slots = capacity.length;
  const withMore = (machines: number): boolean =>
    fits(
      jobs,
      capacity.map((own) => own + machines),
    );
  const withLater = (by: number): boolean =>
    fits(
      jobs.map((job) => ({ ...job, to: Math.min(slots, job.to + by) })),
      capacity,
    );
  return {
    moreMachines: least(jobs.length, withMore),
    moreSlackSlots: withLater(slots) ? least(slots, withLater) : null,
  };
}

/** The least number from 1 to `most` for which it holds, given that it holds for `most` and, once it holds, for all above. */
function least(most: number, holds: (number: number) => boolean): number {
  let low = 1;
  let high = 1;
  while (high < most && !holds(high)) {
    low = high + 1;
    high = Math.min(most, high * 2);
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}
