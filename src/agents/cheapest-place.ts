import { HALF_HOUR_MS, addHalfHours } from '../domain/half-hour.js';

/** Work to be placed, with its hard limits. */
export interface WorkToPlace {
  readonly powerKw: number;
  readonly durationMinutes: number;
  readonly isInterruptible: boolean;
  readonly maxCarbonIntensityGco2PerKwh: number | null;
  readonly carbonBudgetGco2: number | null;
  readonly maxPriceGbpPerMwh: number | null;
  readonly maxCostGbp: number | null;
  readonly minRenewablePct: number | null;
  readonly maxGridStress: number | null;
}

/** One half hour at one data centre. Null where nothing is known. */
export interface PlaceableHalfHour {
  readonly from: Date;
  readonly gco2PerKwh: number | null;
  readonly renewablePct: number | null;
  readonly gridStress: number | null;
  readonly gbpPerMwh: number | null;
  /** Facility power that is left, kW. */
  readonly availableKw: number;
}

export interface PlaceableCentre {
  readonly dcId: string;
  readonly regionId: number;
  readonly pue: number;
  /** Unbroken, oldest first, all within the work's window. */
  readonly halfHours: readonly PlaceableHalfHour[];
}

export interface FoundPlace {
  readonly dcId: string;
  readonly regionId: number;
  readonly slots: readonly Date[];
  readonly carbonGco2: number;
  /** Null: some half hour has no price. */
  readonly costGbp: number | null;
}

export interface Objective {
  readonly carbonWeight: number;
  readonly costWeight: number;
}

/** What a kilogram of carbon dioxide weighs against a pound, where both count. */
const KG_PER_GBP = 4;

/** Half hours that work takes of a data centre. */
export const slotsOfWork = (durationMinutes: number): number =>
  Math.ceil((durationMinutes * 60_000) / HALF_HOUR_MS);

/** The best place of each centre that has one, the best first; ties by id. */
export function cheapestPlaces(
  work: WorkToPlace,
  centres: readonly PlaceableCentre[],
  objective: Objective,
): FoundPlace[] {
  return centres
    .map((centre) => bestAt(work, centre, objective))
    .filter((place) => place !== null)
    .sort(
      (a, b) => weigh(a, objective) - weigh(b, objective) || (a.dcId < b.dcId ? -1 : a.dcId > b.dcId ? 1 : 0),
    );
}

/** Names of the limits by which half hours fall out, with how many each alone leaves. */
export function limitsThatBind(work: WorkToPlace, centres: readonly PlaceableCentre[]): string[] {
  const all = centres.flatMap(({ pue, halfHours }) => halfHours.map((each) => ({ pue, each })));
  return LIMITS.flatMap(({ name, holds }) => {
    const left = all.filter(({ pue, each }) => holds(work, each, pue)).length;
    return left < all.length ? [`${name} leaves ${left} of ${all.length} half hours`] : [];
  });
}

const LIMITS: readonly {
  readonly name: string;
  readonly holds: (work: WorkToPlace, half: PlaceableHalfHour, pue: number) => boolean;
}[] = [
  { name: 'a known carbon intensity', holds: (_work, { gco2PerKwh }) => gco2PerKwh !== null },
  {
    name: 'maxCarbonIntensityGco2PerKwh',
    holds: ({ maxCarbonIntensityGco2PerKwh: most }, { gco2PerKwh }) => atMost(gco2PerKwh, most),
  },
  {
    name: 'maxPriceGbpPerMwh',
    holds: ({ maxPriceGbpPerMwh: most }, { gbpPerMwh }) => atMost(gbpPerMwh, most),
  },
  {
    name: 'minRenewablePct',
    holds: ({ minRenewablePct: least }, { renewablePct }) =>
      least === null || (renewablePct !== null && renewablePct >= least),
  },
  { name: 'maxGridStress', holds: ({ maxGridStress: most }, { gridStress }) => atMost(gridStress, most) },
  {
    name: 'capacity',
    holds: ({ powerKw }, { availableKw }, pue) => availableKw >= Math.ceil(powerKw * pue * 1000) / 1000,
  },
];

/** What is not known keeps no limit. */
const atMost = (value: number | null, most: number | null): boolean =>
  most === null || (value !== null && value <= most);

function bestAt(work: WorkToPlace, centre: PlaceableCentre, objective: Objective): FoundPlace | null {
  const count = slotsOfWork(work.durationMinutes);
  const allowed = centre.halfHours.filter((half) =>
    LIMITS.every(({ holds }) => holds(work, half, centre.pue)),
  );
  const place = (halves: readonly PlaceableHalfHour[]): FoundPlace => placeOf(work, centre, halves);
  const candidates = work.isInterruptible
    ? allowed.length >= count
      ? [place(cheapest(allowed, count, objective))]
      : []
    : unbroken(allowed, count).map(place);
  const [best] = candidates
    .filter(
      ({ carbonGco2, costGbp }) =>
        atMost(carbonGco2, work.carbonBudgetGco2) && atMost(costGbp, work.maxCostGbp),
    )
    .sort(
      (a, b) =>
        weigh(a, objective) - weigh(b, objective) ||
        (a.slots[0]?.getTime() ?? 0) - (b.slots[0]?.getTime() ?? 0),
    );
  return best ?? null;
}

function cheapest(
  halves: readonly PlaceableHalfHour[],
  count: number,
  { carbonWeight, costWeight }: Objective,
): PlaceableHalfHour[] {
  const weight = ({ gco2PerKwh, gbpPerMwh }: PlaceableHalfHour): number =>
    ((gco2PerKwh ?? 0) * carbonWeight) / KG_PER_GBP + (gbpPerMwh ?? 0) * costWeight;
  return [...halves]
    .sort((a, b) => weight(a) - weight(b) || a.from.getTime() - b.from.getTime())
    .slice(0, count)
    .sort((a, b) => a.from.getTime() - b.from.getTime());
}

/** Every run of so many half hours that follow each other. */
const unbroken = (halves: readonly PlaceableHalfHour[], count: number): PlaceableHalfHour[][] =>
  halves.flatMap((first, i) => {
    const last = halves[i + count - 1];
    return last?.from.getTime() === addHalfHours(first.from, count - 1).getTime()
      ? [halves.slice(i, i + count)]
      : [];
  });

/** Energy is shared out over the slots by time: the last one may be used in part. */
function placeOf(
  { powerKw, durationMinutes }: WorkToPlace,
  { dcId, regionId, pue }: PlaceableCentre,
  halves: readonly PlaceableHalfHour[],
): FoundPlace {
  const lastMinutes = durationMinutes - (halves.length - 1) * 30;
  const energies = halves.map((_, i) => (powerKw * pue * (i < halves.length - 1 ? 30 : lastMinutes)) / 60);
  const costs = halves.map(({ gbpPerMwh }, i) =>
    gbpPerMwh === null ? null : ((energies[i] ?? 0) * gbpPerMwh) / 1000,
  );
  return {
    dcId,
    regionId,
    slots: halves.map(({ from }) => from),
    carbonGco2: halves.reduce((sum, { gco2PerKwh }, i) => sum + (energies[i] ?? 0) * (gco2PerKwh ?? 0), 0),
    costGbp: costs.includes(null) ? null : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
  };
}

const weigh = ({ carbonGco2, costGbp }: FoundPlace, { carbonWeight, costWeight }: Objective): number =>
  ((carbonGco2 / 1000) * carbonWeight) / KG_PER_GBP + (costGbp ?? 0) * costWeight;
