import { planContiguous, type ContiguousPlan } from './contiguous.js';
import { leastSlackFirst } from './fit.js';
import { planInterruptible } from './interruptible.js';
import { refuseImpossible, type Job, type Machines, type Schedule } from './job.js';

export interface OnlineOptions {
  readonly isInterruptible: boolean;
  /** How much of the room that later arrivals will want is kept free for them: 0 none, 1 all that the past makes expect. */
  readonly reserve?: number;
}

/**
 * A plan made slot by slot, knowing only the jobs whose windows have begun: whenever one arrives, all that has not run is
 * planned anew. Planning what is known to the best puts everything off into the cheapest slots, and leaves no room for
 * what comes: so room is kept free, the more the further ahead, for as much work as came before or came of late. Where what is known does
 * not fit beside that, every machine runs at once what has the least time to spare, whatever it costs.
 *
 * No rule of this kind can promise that nothing is missed: what comes later may always be more than what was kept free for.
 */
export function planOnline(
  jobs: readonly Job[],
  machines: Machines,
  { isInterruptible, reserve = 1 }: OnlineOptions,
): Schedule {
  const slots = machines.costPerKw.length;
  refuseImpossible(jobs, slots);
  const arriving: number[][] = Array.from({ length: slots }, () => []);
  for (const [j, { from }] of jobs.entries()) arriving[from]?.push(j);
  const done = jobs.map((): number[] => []);
  const expectation = new Expectation();
  let planned = new Map<number, readonly number[]>();
  for (let now = 0; now < slots; now += 1) {
    const arrived = arriving[now] ?? [];
    for (const j of arrived) expectation.arrived(jobs[j]!.duration);
    expectation.passed();
    // One without a place yet tries again in every slot.
    if (arrived.length > 0 || [...planned].some(([j, own]) => own.length === 0 && done[j]!.length === 0)) {
      const waiting = [...planned.keys(), ...arrived].filter((j) => done[j]!.length < jobs[j]!.duration);
      planned = isInterruptible
        ? replanned(jobs, waiting, done, machines, now, expectation.ahead(reserve))
        : replannedWhole(jobs, waiting, done, machines, now, expectation.ahead(reserve));
    }
    for (const [j, own] of planned) if (own.includes(now)) done[j]?.push(now);
  }
  return done;
}

/** Half hours that count as of late: three days. */
const OF_LATE = 144;
/** The first day tells too little: its arrivals are spread over all of it. */
const LEAST_SPAN = 48;

/** How much room later arrivals will want: as much as those so far did, or those of late, whichever is more. */
class Expectation {
  readonly #arrivals: { readonly duration: number; readonly at: number }[] = [];
  #slots = 0;

  arrived(duration: number): void {
    this.#arrivals.push({ duration, at: this.#slots });
  }

  passed(): void {
    this.#slots += 1;
  }

  /** Machines that what arrives from now on will have at work so many slots ahead, if it starts at once. */
  ahead(share: number): (lead: number) => number {
    const longest = this.#arrivals.reduce((most, { duration }) => Math.max(most, duration), 0);
    const always = this.#atWork(0, longest);
    const ofLate = this.#atWork(Math.max(0, this.#slots - OF_LATE), longest);
    return (lead) => {
      const reached = Math.min(lead, longest);
      return Math.floor(share * Math.max(always[reached]!, ofLate[reached]!));
    };
  }

  /** The same by lead, if as much arrives as since some slot. */
  #atWork(since: number, longest: number): Float64Array {
    const stillRunning = new Float64Array(longest + 1);
    for (const { duration, at } of this.#arrivals)
      if (at >= since) for (let age = 0; age < duration; age += 1) stillRunning[age]! += 1;
    const span = Math.max(this.#slots - since, LEAST_SPAN);
    const expected = new Float64Array(longest + 1);
    for (let lead = 1; lead <= longest; lead += 1)
      expected[lead] = expected[lead - 1]! + stillRunning[lead - 1]! / span;
    return expected;
  }
}

/** What is left of some jobs, from now on, in slots numbered from now. */
function restOf(
  jobs: readonly Job[],
  waiting: readonly number[],
  done: readonly (readonly number[])[],
  now: number,
): Job[] {
  return waiting.map((j) => {
    const job = jobs[j]!;
    return { ...job, duration: job.duration - done[j]!.length, from: 0, to: job.to - now };
  });
}

function ahead(machines: Machines, now: number, span: number, kept: (lead: number) => number): Machines {
  const capacity = machines.capacity.slice(now, now + span);
  return {
    costPerKw: machines.costPerKw.slice(now, now + span),
    capacity: capacity.map((own, lead) => Math.max(0, own - kept(lead))),
  };
}

function replanned(
  jobs: readonly Job[],
  waiting: readonly number[],
  done: readonly (readonly number[])[],
  machines: Machines,
  now: number,
  kept: (lead: number) => number,
): Map<number, readonly number[]> {
  // One that can no longer be finished runs in all that is left to it: the plan must not fail for it.
  const rest = restOf(jobs, waiting, done, now).map((job) => ({
    ...job,
    duration: Math.min(job.duration, job.to),
  }));
  const able = waiting.filter((_, i) => rest[i]!.duration > 0);
  const left = rest.filter(({ duration }) => duration > 0);
  const span = Math.max(0, ...left.map(({ to }) => to));
  const plan = planInterruptible(left, ahead(machines, now, span, kept));
  const schedule = plan.overload
    ? leastSlackFirst(left, machines.capacity.slice(now, now + span))
    : plan.schedule;
  return new Map(able.map((j, i) => [j, (schedule[i] ?? []).map((slot) => slot + now)]));
}

/** Those that run, run on; the others are planned anew around them. */
function replannedWhole(
  jobs: readonly Job[],
  waiting: readonly number[],
  done: readonly (readonly number[])[],
  machines: Machines,
  now: number,
  kept: (lead: number) => number,
): Map<number, readonly number[]> {
  const running = waiting.filter((j) => done[j]!.length > 0);
  const fresh = waiting.filter((j) => done[j]!.length === 0 && jobs[j]!.to - now >= jobs[j]!.duration);
  const rest = restOf(jobs, fresh, done, now);
  const span = Math.max(0, ...waiting.map((j) => jobs[j]!.to - now));
  const going = new Map(
    running.map((j) => [j, Array.from({ length: jobs[j]!.duration - done[j]!.length }, (_, i) => now + i)]),
  );
  const planIn = (room: Machines): ContiguousPlan => {
    for (const own of going.values()) for (const slot of own) room.capacity[slot - now]! -= 1;
    return planContiguous(rest, { ...room, capacity: room.capacity.map((own) => Math.max(0, own)) });
  };
  const reserved = planIn(ahead(machines, now, span, kept));
  // As soon as possible, where it does not fit beside what is kept free.
  const soon = {
    ...ahead(machines, now, span, () => 0),
    costPerKw: Float64Array.from({ length: span }, (_, i) => i),
  };
  const { schedule } = reserved.missedSlots > 0 ? planIn(soon) : reserved;
  return new Map([
    ...going,
    ...fresh.map((j, i) => [j, (schedule[i] ?? []).map((slot) => slot + now)] as const),
  ]);
}
