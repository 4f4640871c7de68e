import type { Field, Job } from './field.js';
import type { Choice } from './room.js';

/** What a choice is expected to come to. Energy is the facility's. */
export interface Outcome {
  readonly energyKwh: number;
  /** Null: some of its half hours have no forecast. */
  readonly carbonG: number | null;
  readonly gco2PerKwh: number | null;
  /** Null: some of its half hours have no price. */
  readonly costGbp: number | null;
  /** Mean by energy. Null: some of its half hours have no mix. */
  readonly renewablePct: number | null;
  /** Carbon × its weight + cost × its weight. Null: the objective needs what is unknown. */
  readonly objective: number | null;
}

/** Energy taken in one slot of one region. */
interface Draw {
  readonly kwh: number;
  readonly slot: number;
  readonly regionId: number;
}

const drawsOf = ({ sites }: Job, { slots, sites: chosen }: Choice): Draw[] =>
  slots.map((slot, i) => {
    const { slotKwh, region } = sites[chosen[i]!]!;
    return { kwh: slotKwh, slot, regionId: region.regionId };
  });

export function outcomeOf({ problem, outlooks }: Field, job: Job, choice: Choice): Outcome {
  const draws = drawsOf(job, choice);
  const energyKwh = draws.reduce((sum, { kwh }) => sum + kwh, 0);
  const sumOf = (valueOf: (draw: Draw) => number | null | undefined): number | null => {
    let sum = 0;
    for (const draw of draws) {
      const value = valueOf(draw);
      if (value === null || value === undefined) return null;
      sum += draw.kwh * value;
    }
    return sum;
  };
  const carbonG = sumOf(({ slot, regionId }) => outlooks.get(regionId)?.of.gco2PerKwh[slot]);
  const pence = sumOf(({ slot }) => problem.gbpPerMwh[slot]);
  const renewable = sumOf(({ slot, regionId }) => outlooks.get(regionId)?.of.renewablePct[slot]);
  const costGbp = pence === null ? null : pence / 1000;
  const { carbon, cost } = problem.objective;
  const isKnown = (carbon === 0 || carbonG !== null) && (cost === 0 || costGbp !== null);
  return {
    energyKwh,
    carbonG,
    gco2PerKwh: carbonG === null ? null : carbonG / energyKwh,
    costGbp,
    renewablePct: renewable === null ? null : renewable / energyKwh,
    objective: isKnown ? (carbon * (carbonG ?? 0)) / 1000 + cost * (costGbp ?? 0) : null,
  };
}

/**
 * Standard deviation of the carbon of a choice, or of what it saves against another, g. Errors of one region's forecast go
 * together by how far apart the half hours are; those of several are taken as all going the same way, since how they go
 * together is not known. Null: not every error is known.
 */
export function carbonDeviationG(
  field: Field,
  job: Job,
  choice: Choice,
  against: Choice | null = null,
): number | null {
  const { outlooks, problem } = field;
  /** Grams that an error of one deviation makes, by region and slot: half hours that are in both count for nothing. */
  const weights = new Map<number, Map<number, number>>();
  const signed = [...drawsOf(job, choice), ...(against ? drawsOf(job, against) : []).map(reversed)];
  for (const { kwh, slot, regionId } of signed) {
    const error = outlooks.get(regionId)?.of.errorGco2PerKwh[slot] ?? null;
    if (error === null) return null;
    const own = weights.get(regionId) ?? new Map<number, number>();
    weights.set(regionId, own.set(slot, (own.get(slot) ?? 0) + kwh * error));
  }
  let deviation = 0;
  for (const own of weights.values()) {
    let variance = 0;
    for (const [one, grams] of own)
      for (const [other, others] of own)
        variance += grams * others * (problem.errorCorrelation[Math.abs(one - other)] ?? 0);
    deviation += Math.sqrt(Math.max(0, variance));
  }
  return deviation;
}

const reversed = (draw: Draw): Draw => ({ ...draw, kwh: -draw.kwh });
