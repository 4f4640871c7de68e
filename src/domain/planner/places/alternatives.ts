import { choose } from './choice.js';
import type { Field, Job, Site } from './field.js';
import { outcomeOf, type Outcome } from './measure.js';
import type { Room, Choice } from './room.js';

/** What else could be done with a work, the plan of the others standing. */
export interface Alternative {
  readonly kind: 'START_AT_ONCE' | 'OTHER_TIME' | 'OTHER_DATA_CENTRE';
  readonly choice: Choice;
  readonly outcome: Outcome;
  /** Limits of the work that it would break. */
  readonly breaks: readonly string[];
}

const MOST_OTHER_CENTRES = 3;

/** @param room without the work itself. */
export function alternativesOf(field: Field, job: Job, chosen: Choice, room: Room): Alternative[] {
  const found: Alternative[] = [];
  const add = (kind: Alternative['kind'], choice: Choice | null): void => {
    if (choice && !isSame(choice, chosen))
      found.push({
        kind,
        choice,
        outcome: outcomeOf(field, job, choice),
        breaks: brokenLimits(field, job, choice),
      });
  };
  add('START_AT_ONCE', startAtOnce(field, job, room));
  add('OTHER_TIME', choose(field, without(job, chosen), { prices: null, room }));
  if (job.work.manner !== 'MOVING') {
    const elsewhere = [...job.sites.keys()]
      .filter((site) => site !== chosen.sites[0])
      .flatMap((site) => choose(field, job, { prices: null, room, site }) ?? []);
    for (const choice of elsewhere.sort((a, b) => a.cost - b.cost).slice(0, MOST_OTHER_CENTRES))
      add('OTHER_DATA_CENTRE', choice);
  }
  return found;
}

/**
 * The work from its first slot on, without a break, wherever it costs least then among the places with room, whatever its
 * limits: what a plan saves is said against this. Null: no place has room at once.
 */
export function startAtOnce(field: Field, job: Job, room: Room): Choice | null {
  const { work, sites } = job;
  const known = (site: Site): Site => ({ ...site, usable: site.region.hasUnit });
  return choose(
    field,
    {
      work: { ...work, manner: 'CONTIGUOUS', to: work.from + work.slots, limits: NO_LIMITS },
      sites: sites.map(known),
    },
    { prices: null, room },
  );
}

export const NO_LIMITS = {
  maxGco2PerKwh: null,
  confidence: null,
  maxGbpPerMwh: null,
  minRenewablePct: null,
  maxGridStress: null,
  carbonBudgetG: null,
  maxCostGbp: null,
} as const;

/** What one more hour until the deadline would save, in the objective's measure and apart. Null: the outlook ends before that. */
export interface HourMore {
  readonly objective: number;
  readonly carbonG: number | null;
  readonly costGbp: number | null;
}

const SLOTS_AN_HOUR = 2;

export function hourMore(field: Field, job: Job, chosen: Choice, room: Room): HourMore | null {
  const to = job.work.to + SLOTS_AN_HOUR;
  if (to > field.slots) return null;
  const later = choose(field, { ...job, work: { ...job.work, to } }, { prices: null, room });
  const before = outcomeOf(field, job, chosen);
  if (!later || before.objective === null) return null;
  const after = outcomeOf(field, job, later);
  const gain = before.objective - (after.objective ?? before.objective);
  if (gain <= 0) return { objective: 0, carbonG: 0, costGbp: 0 };
  return {
    objective: gain,
    carbonG: before.carbonG === null || after.carbonG === null ? null : before.carbonG - after.carbonG,
    costGbp: before.costGbp === null || after.costGbp === null ? null : before.costGbp - after.costGbp,
  };
}

function without(job: Job, { slots }: Choice): Job {
  const sites = job.sites.map((site): Site => {
    const usable = site.usable.slice();
    for (const slot of slots) usable[slot] = 0;
    return { ...site, usable };
  });
  return { ...job, sites };
}

const isSame = (one: Choice, other: Choice): boolean =>
  one.slots.length === other.slots.length &&
  one.slots.every((slot, i) => slot === other.slots[i] && one.sites[i] === other.sites[i]);

/** Limits of a work that a choice breaks, by their names on a workload. */
export function brokenLimits(field: Field, { work, sites }: Job, choice: Choice): string[] {
  const { limits } = work;
  const { gbpPerMwh, gridStress } = field.problem;
  const broken = new Set<string>();
  const over = (name: string, limit: number | null, value: number | null | undefined): void => {
    if (limit !== null && (value === null || value === undefined || value > limit)) broken.add(name);
  };
  for (const [i, slot] of choice.slots.entries()) {
    const { of } = sites[choice.sites[i]!]!.region;
    const renewable = of.renewablePct[slot];
    over('maxCarbonIntensityGco2PerKwh', limits.maxGco2PerKwh, of.gco2PerKwh[slot]);
    over('maxPriceGbpPerMwh', limits.maxGbpPerMwh, gbpPerMwh[slot]);
    over('maxGridStress', limits.maxGridStress, gridStress[slot]);
    if (
      limits.minRenewablePct !== null &&
      (typeof renewable !== 'number' || renewable < limits.minRenewablePct)
    )
      broken.add('minRenewablePct');
  }
  const { carbonG, costGbp } = outcomeOf(field, { work, sites }, choice);
  over('carbonBudgetGco2', limits.carbonBudgetG, carbonG);
  over('maxCostGbp', limits.maxCostGbp, costGbp);
  return [...broken];
}
