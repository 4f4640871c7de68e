import { normalQuantile } from '../normal-quantile.js';
import type { Centre, Objective, PlanningProblem, RegionOutlook, Work, WorkLimits } from './problem.js';

/** Costs are whole millionths of the objective a kWh, so that sums of them are exact and equal costs are equal. */
export const COST_UNIT = 1_000_000;

/** One place that a work may run in. */
export interface Site {
  /** Number of the data centre, in the order of their ids. */
  readonly centre: number;
  /** What it takes of the facility while it runs. */
  readonly facilityW: number;
  /** What it takes of the facility in one slot. */
  readonly slotKwh: number;
  readonly region: Outlook;
  /** 1 where the work's limits allow it to run, by slot. */
  readonly usable: Uint8Array;
}

/** One work with all places it may run in, in the order of the data centres' ids. */
export interface Job {
  readonly work: Work;
  readonly sites: readonly Site[];
}

/** A region's values as arrays, with the cost a kWh in whole units and sums before each slot. */
export interface Outlook {
  readonly regionId: number;
  /** 0 where unknown: `known` says so. */
  readonly unit: Float64Array;
  readonly gco2: Float64Array;
  readonly unitBefore: Float64Array;
  readonly gco2Before: Float64Array;
  readonly hasUnit: Uint8Array;
  readonly of: RegionOutlook;
}

/** A problem made ready: everything in the order of its ids, so that the order it came in changes nothing. */
export interface Field {
  readonly problem: PlanningProblem;
  readonly slots: number;
  readonly centres: readonly Centre[];
  readonly jobs: readonly Job[];
  readonly gbpPerMwh: Float64Array;
  readonly gbpBefore: Float64Array;
  readonly outlooks: ReadonlyMap<number, Outlook>;
}

/** Order by UTF-16 units: the same on every machine, whatever its language. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function fieldOf(problem: PlanningProblem): Field {
  const { slots, objective, gbpPerMwh } = problem;
  const centres = [...problem.centres].sort((a, b) => byText(a.dcId, b.dcId));
  const outlooks = new Map(
    problem.regions.map((region) => [region.regionId, outlookOf(region, gbpPerMwh, objective, slots)]),
  );
  const usableBy = new Map<string, Uint8Array>();
  const usable = (limits: WorkLimits, outlook: Outlook): Uint8Array => {
    const key = `${outlook.regionId} ${JSON.stringify(Object.entries(limits).sort(([a], [b]) => byText(a, b)))}`;
    const kept = usableBy.get(key) ?? usableSlots(problem, limits, outlook);
    usableBy.set(key, kept);
    return kept;
  };
  const jobs = [...problem.works]
    .sort((a, b) => byText(a.jobId, b.jobId))
    .map((work): Job => {
      const allowed = new Set(work.dcIds);
      return {
        work,
        sites: centres.flatMap(({ dcId, regionId, pue }, centre): Site[] => {
          const region = outlooks.get(regionId);
          if (!allowed.has(dcId) || !region) return [];
          return [
            {
              centre,
              facilityW: facilityPowerW(work.powerW, pue),
              slotKwh: (work.energyKwh * pue) / work.slots,
              region,
              usable: usable(work.limits, region),
            },
          ];
        }),
      };
    });
  const prices = Float64Array.from(gbpPerMwh, (price) => price ?? 0);
  return { problem, slots, centres, jobs, gbpPerMwh: prices, gbpBefore: sumsBefore(prices), outlooks };
}

/** What a hold of so much power takes of the facility, W: PUE is a decimal number, and a whole product stays whole. */
export const facilityPowerW = (powerW: number, pue: number): number =>
  Math.ceil(Number((powerW * pue).toPrecision(15)));

function outlookOf(
  region: RegionOutlook,
  gbpPerMwh: readonly (number | null)[],
  { carbon, cost }: Objective,
  slots: number,
): Outlook {
  const unit = new Float64Array(slots);
  const gco2 = new Float64Array(slots);
  const hasUnit = new Uint8Array(slots);
  for (let slot = 0; slot < slots; slot += 1) {
    const grams = region.gco2PerKwh[slot] ?? null;
    const price = gbpPerMwh[slot] ?? null;
    gco2[slot] = grams ?? 0;
    if ((carbon !== 0 && grams === null) || (cost !== 0 && price === null)) continue;
    hasUnit[slot] = 1;
    unit[slot] = Math.round((COST_UNIT * (carbon * (grams ?? 0) + cost * (price ?? 0))) / 1000);
  }
  return {
    regionId: region.regionId,
    unit,
    gco2,
    unitBefore: sumsBefore(unit),
    gco2Before: sumsBefore(gco2),
    hasUnit,
    of: region,
  };
}

/** Where limits are kept for certain: what is unknown keeps none. */
function usableSlots(
  { slots, gbpPerMwh, gridStress }: PlanningProblem,
  limits: WorkLimits,
  { hasUnit, of }: Outlook,
): Uint8Array {
  const usable = new Uint8Array(slots);
  const within = (value: number | null | undefined, most: number | null): boolean =>
    most === null || (value !== null && value !== undefined && value <= most);
  for (let slot = 0; slot < slots; slot += 1) {
    const renewables = of.renewablePct[slot];
    const isKept =
      hasUnit[slot] === 1 &&
      within(surelyBelow(of, slot, limits.confidence), limits.maxGco2PerKwh) &&
      within(gbpPerMwh[slot], limits.maxGbpPerMwh) &&
      within(gridStress[slot], limits.maxGridStress) &&
      within(
        renewables === null || renewables === undefined ? null : -renewables,
        negated(limits.minRenewablePct),
      ) &&
      (limits.carbonBudgetG === null || typeof of.gco2PerKwh[slot] === 'number') &&
      (limits.maxCostGbp === null || typeof gbpPerMwh[slot] === 'number');
    usable[slot] = isKept ? 1 : 0;
  }
  return usable;
}

/** What the intensity stays below with so much confidence. Null: unknown. */
function surelyBelow(region: RegionOutlook, slot: number, confidence: number | null): number | null {
  const expected = region.gco2PerKwh[slot] ?? null;
  if (expected === null || confidence === null) return expected;
  const deviation = region.errorGco2PerKwh[slot] ?? null;
  return deviation === null ? null : expected + normalQuantile(confidence) * deviation;
}

const negated = (value: number | null): number | null => (value === null ? null : -value);

export function sumsBefore(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i += 1) sums[i + 1] = sums[i]! + values[i]!;
  return sums;
}
