import { act, type Action } from '../actions/action.js';
import { publishFlexibilityWindow } from '../actions/flexibility/publish-flexibility-window.js';
import { readStress } from '../database/series/stress.js';
import type { ActionDatabase } from '../database/actions.js';
import { firstHalfHour, halfHoursOf } from '../domain/compute/begin-time.js';
import { addHalfHours, floorToHalfHour, halfHours } from '../domain/half-hour.js';
import type { KnownViewer } from '../domain/viewer.js';
import { arrivalsIn, type FleetWorkload, type Stream } from './arrivals.js';
import { flexibilityWindowsIn, NOTICE_HOURS } from './flexibility.js';
import type { FleetOperator } from './fleet.js';
import type { FleetRefusal } from './seed.js';

/** What happens in the fleet: drawn from the seed, done by the ordinary actions as the operators of the fleet. */
export interface Simulation {
  readonly database: ActionDatabase;
  readonly fleet: readonly FleetOperator[];
  /** Who acts for each operator, by its slug. */
  readonly viewers: ReadonlyMap<string, KnownViewer>;
  readonly seed: number;
}

/** A span of the server's clock: `from` inside, `to` outside. */
export interface SimulatedSpan {
  readonly from: Date;
  readonly to: Date;
}

export interface StepReport {
  readonly done: number;
  readonly refused: readonly FleetRefusal[];
}

/** What of one kind happens in a span. The same span again does nothing twice. */
export type Step = (simulation: Simulation, span: SimulatedSpan) => Promise<StepReport>;

/** What the windows are that were published before a simulation begins, and have not begun. */
export const noticeBefore = (instant: Date): SimulatedSpan => ({
  from: addHalfHours(instant, -2 * NOTICE_HOURS),
  to: instant,
});

/** Publishes the windows whose notice falls in the span, except those that have begun since. */
export const publishWindows: Step = async ({ database, fleet, viewers, seed }, { from, to }) => {
  const viewer = viewers.get(fleet.find(({ type }) => type === 'GRID_OPERATOR')?.slug ?? '');
  if (!viewer) return { done: 0, refused: [] };
  const ahead = (instant: Date): Date => addHalfHours(instant, 2 * NOTICE_HOURS);
  const now = database.clock.now();
  const windows = flexibilityWindowsIn(seed, ahead(from), ahead(to)).filter((window) => window.from > now);
  return doEach(
    windows.map((input) => ({ viewer, id: input.flexibilityWindowId, input })),
    database,
    publishFlexibilityWindow,
  );
};

/**
 * Submits the work that arrives in the span.
 *
 * @param ratePerHour mean number an hour while the grid is not stressed.
 * @param submitWorkload the action that takes a FleetWorkload.
 * @param stream left out: work of every kind.
 */
export const submitArrivals =
  (ratePerHour: number, submitWorkload: Action<unknown>, stream?: Stream): Step =>
  async ({ database, fleet, viewers, seed }, span) => {
    const stress = await stressOver(database, span);
    const stressAt = (at: Date): number => stress.get(floorToHalfHour(at).getTime()) ?? 0;
    const arrivals = arrivalsIn({ seed, ratePerHour, fleet, stressAt }, span.from, span.to, stream);
    const now = database.clock.now();
    // Of what arrived a while ago, some cannot be done any more.
    const isInTime = (work: FleetWorkload): boolean => {
      const begin = work.earliestStart > now ? work.earliestStart : firstHalfHour(work, now);
      return addHalfHours(begin, halfHoursOf(work)) <= work.deadline;
    };
    return doEach(
      arrivals.flatMap(({ operator, workload }) => {
        const viewer = viewers.get(operator);
        return viewer && isInTime(workload) ? [{ viewer, id: workload.jobId, input: workload }] : [];
      }),
      database,
      submitWorkload,
    );
  };

export async function doEach(
  each: readonly { readonly viewer: KnownViewer; readonly id: string; readonly input: unknown }[],
  database: Simulation['database'],
  action: Action<unknown>,
): Promise<StepReport> {
  const refused: FleetRefusal[] = [];
  for (const { viewer, id, input } of each) {
    const request = { idempotencyKey: `fleet/${action.name}/${id}`, input };
    const answer = await act(database, viewer, action, request);
    if ('refusal' in answer && answer.refusal.code !== 'ALREADY_EXISTS')
      refused.push({ action: action.name, id, reason: answer.refusal.message });
  }
  return { done: each.length - refused.length, refused };
}

/** Great Britain's stress of the half hours of a span, as far as it is known. */
async function stressOver(
  { reader }: Simulation['database'],
  { from, to }: SimulatedSpan,
): Promise<ReadonlyMap<number, number>> {
  const keys = halfHours(floorToHalfHour(from), to).map((start) => ({ from: start, asOf: null }));
  const found = keys.length > 0 ? await readStress(reader, keys) : [];
  return new Map(
    keys.flatMap((key, i) => {
      const row = found[i];
      return row ? [[key.from.getTime(), row.stress] as const] : [];
    }),
  );
}
