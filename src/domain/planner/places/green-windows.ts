import { startAtOnce } from './alternatives.js';
import { choose, type Priced } from './choice.js';
import { byText, fieldOf, type Field, type Job, type Site } from './field.js';
import { carbonDeviationG, outcomeOf, type Outcome } from './measure.js';
import { faultsOf, type PlanningProblem } from './problem.js';
import { Room, type Choice } from './room.js';

/** A time to run in one place, whatever else runs there. */
export interface GreenWindow {
  readonly dcId: string;
  readonly slots: readonly number[];
  readonly outcome: Outcome;
  /** Standard deviation of the carbon, g. Null: how far the forecast may err is not known. */
  readonly carbonDeviationG: number | null;
  /** What it would come to in the same place from the first slot on, whatever the limits. Null: the outlook does not say. */
  readonly atOnce: Outcome | null;
  readonly savingDeviationG: number | null;
}

export interface GreenWindows {
  /** The best first. Windows of one place share no half hour. */
  readonly windows: readonly GreenWindow[];
  /** Half hours of the window asked for that keep all limits, by place, in the order of their ids. */
  readonly usable: readonly { readonly dcId: string; readonly slots: number }[];
}

/**
 * The best times for the one work of a problem at each of its places, the best of all first.
 *
 * @throws {RangeError} for a problem without just one work, that is too large, or that contradicts itself.
 */
export function greenWindows(problem: PlanningProblem, most: number): GreenWindows {
  const faults = faultsOf(problem);
  if (problem.works.length !== 1) faults.push(`${problem.works.length} workloads are not one`);
  if (faults.length > 0) throw new RangeError(faults.join('; '));
  const field = fieldOf(problem);
  const job = field.jobs[0]!;
  const room = new Room(field);
  const dcIdOf = ({ centre }: Site): string => field.centres[centre]!.dcId;
  const found = job.sites.flatMap((site, s) =>
    windowsAt(field, job, s, room, most).map((choice) => ({ choice, dcId: dcIdOf(site), site })),
  );
  return {
    windows: found
      .sort(
        (a, b) =>
          a.choice.cost - b.choice.cost || a.choice.slots[0]! - b.choice.slots[0]! || byText(a.dcId, b.dcId),
      )
      .slice(0, most)
      .map(({ choice, dcId, site }) => {
        const first = atOnceAt(field, job, site, room);
        return {
          dcId,
          slots: choice.slots,
          outcome: outcomeOf(field, job, choice),
          carbonDeviationG: carbonDeviationG(field, job, choice),
          atOnce: first && outcomeOf(field, { ...job, sites: [site] }, first),
          savingDeviationG:
            first &&
            carbonDeviationG(
              field,
              { ...job, sites: [site] },
              { ...choice, sites: choice.sites.map(() => 0) },
              first,
            ),
        };
      }),
    usable: job.sites.map((site) => ({
      dcId: dcIdOf(site),
      slots: site.usable.subarray(job.work.from, job.work.to).reduce((sum, flag) => sum + flag, 0),
    })),
  };
}

/** The best at one place, then the best of what is left, and so on. */
function windowsAt(field: Field, job: Job, s: number, room: Room, most: number): Priced[] {
  const usable = job.sites[s]!.usable.slice();
  const sites = job.sites.map((site, i) => (i === s ? { ...site, usable } : site));
  const found: Priced[] = [];
  while (found.length < most) {
    const next = choose(field, { ...job, sites }, { prices: null, room, site: s });
    if (!next) break;
    found.push(next);
    for (const slot of next.slots) usable[slot] = 0;
  }
  return found;
}

const atOnceAt = (field: Field, job: Job, site: Site, room: Room): Choice | null =>
  startAtOnce(field, { ...job, sites: [site] }, room);
