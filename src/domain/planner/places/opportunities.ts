import { startAtOnce } from './alternatives.js';
import { choose } from './choice.js';
import { excessesOf, type Excess } from './excess.js';
import { byText, fieldOf, type Field, type Job } from './field.js';
import { outcomeOf, type Outcome } from './measure.js';
import type { PlanningProblem } from './problem.js';
import { Room, type Choice } from './room.js';

type Places = readonly { readonly dcId: string; readonly slot: number }[];

/** What a work has been given so far. */
export interface Standing {
  /** Confirmed half hours. Empty: none. */
  readonly places: Places;
  /** Its host. Null: none yet. */
  readonly dcId: string | null;
}

/** Work that another place or time would be better for. */
export interface Opportunity {
  readonly jobId: string;
  /**
   * Where it runs as things stand: its confirmed places; without any, from its first slot on at its host, or else where that
   * is best. Null: those are at no place of the problem, or there is no room anywhere at once.
   */
  readonly stands: { readonly places: Places; readonly outcome: Outcome } | null;
  /** Limits of its own that it goes over so. */
  readonly over: readonly Excess[];
  /** What its best place would save if it had that for itself, in the measure of the objective. Null: one of the two is not known. */
  readonly saving: number | null;
}

/** Less is what only the arithmetic of doubles makes. */
const LEAST_SAVING = 1e-9;

/**
 * The works of a problem that go over a limit of their own as things stand, or that would save something elsewhere or later,
 * each looked at by itself. What saves the most comes first; what is equal, in the order of the ids; what is unknown, last.
 * Power that they have confirmed already counts as taken, so that each can move whether or not the others do.
 */
export function opportunitiesOf(
  problem: PlanningProblem,
  standings: ReadonlyMap<string, Standing>,
): Opportunity[] {
  const field = fieldOf(problem);
  const room = new Room(field);
  return field.jobs
    .map((job): Opportunity => {
      const { jobId } = job.work;
      const stands = standingChoice(field, job, room, standings.get(jobId));
      const best = choose(field, job, { prices: null, room });
      const before = stands && outcomeOf(field, job, stands);
      const after = best && outcomeOf(field, job, best);
      return {
        jobId,
        stands: stands && before && { places: placesOf(field, job, stands), outcome: before },
        over: stands ? excessesOf(field, job, stands) : [],
        saving:
          before?.objective == null || after?.objective == null ? null : before.objective - after.objective,
      };
    })
    .filter(({ over, saving }) => over.length > 0 || (saving ?? 0) > LEAST_SAVING)
    .sort((a, b) => rankOf(b) - rankOf(a) || byText(a.jobId, b.jobId));
}

/** What opportunities are ranked by: unknown savings come after all others. */
export const rankOf = ({ saving }: Pick<Opportunity, 'saving'>): number => saving ?? -Number.MAX_VALUE;

function standingChoice(field: Field, job: Job, room: Room, standing: Standing | undefined): Choice | null {
  const siteOf = (dcId: string): number =>
    job.sites.findIndex(({ centre }) => field.centres[centre]!.dcId === dcId);
  const places = standing?.places ?? [];
  if (places.length > 0) {
    const sites = places.map(({ dcId }) => siteOf(dcId));
    const isKnown = places.every(({ slot }, i) => sites[i]! >= 0 && slot >= 0 && slot < field.slots);
    return isKnown ? { slots: places.map(({ slot }) => slot), sites } : null;
  }
  const { from, slots } = job.work;
  const host = siteOf(standing?.dcId ?? '');
  if (host < 0 || from + slots > field.slots) return startAtOnce(field, job, room);
  return {
    slots: Array.from({ length: slots }, (_, i) => from + i),
    sites: Array.from({ length: slots }, () => host),
  };
}

const placesOf = (field: Field, { sites }: Job, { slots, sites: chosen }: Choice): Places =>
  slots.map((slot, i) => ({ dcId: field.centres[sites[chosen[i]!]!.centre]!.dcId, slot }));
