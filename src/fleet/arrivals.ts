/**
 * Workloads as they arrive: a Poisson process, slowed by grid stress (rate × (1 − stress)).
 *
 * Every hour is drawn by itself from the seed, at the full rate; a stressed grid then lets each arrival through with the
 * probability 1 − stress, which is the same process. So any hour can be read without walking there, a restarted simulation
 * meets the same work under the same ids, and a revised stress adds or takes away arrivals without changing the others.
 */
import { HALF_HOUR_MS } from '../domain/half-hour.js';
import type { FleetOperator } from './fleet.js';
import { randomOf, type Random } from './random.js';
import {
  LIMITS,
  REGIONAL_PROBABILITY,
  URGENCY_TERMS,
  WORKLOAD_KINDS,
  type FleetUrgency,
  type FleetWorkloadType,
} from './workload-kinds.js';

/** Input of the action `submitWorkload`. */
export interface FleetWorkload {
  readonly jobId: string;
  readonly name: string;
  readonly type: FleetWorkloadType;
  readonly urgency: FleetUrgency;
  readonly priority: number;
  readonly userEmail: string;
  readonly estimatedEnergyKwh: number;
  readonly powerKw: number;
  readonly durationMinutes: number;
  readonly isInterruptible: boolean;
  readonly isDeferrable: boolean;
  /** A half hour, at least five minutes after the arrival; of urgent queries and local jobs, the arrival. */
  readonly earliestStart: Date;
  /** A half hour, late enough for the work in whole half hours. */
  readonly deadline: Date;
  readonly deferralWindowMinutes: number | null;
  readonly requiredGpuMinutes: number | null;
  readonly requiredCpuCores: number;
  readonly requiredMemoryGb: number;
  readonly maxCarbonIntensityGco2PerKwh: number | null;
  readonly carbonBudgetGco2: number | null;
  readonly maxPriceGbpPerMwh: number | null;
  readonly maxCostGbp: number | null;
  readonly minRenewablePct: number | null;
  readonly maxGridStress: number | null;
  readonly allowedRegionIds: readonly number[];
}

export interface Arrival {
  readonly at: Date;
  /** Slug of the operator whose work it is. */
  readonly operator: string;
  readonly workload: FleetWorkload;
}

export interface Arriving {
  readonly seed: number;
  /** Mean number an hour over the whole fleet, while the grid is not stressed. */
  readonly ratePerHour: number;
  readonly fleet: readonly FleetOperator[];
  /** Grid stress at an instant, 0–1; 0 where none is known. */
  readonly stressAt: (at: Date) => number;
}

/** Work that arrives by itself, beside what else does. */
export interface Stream {
  /** Keeps what is drawn of it apart. */
  readonly name: string;
  /** Begins the last part of its ids. */
  readonly prefix: string;
  /** Whether less of it comes while the grid is stressed. */
  readonly heedsStress: boolean;
  readonly workloadOf: (at: Date, jobId: string, operator: FleetOperator, random: Random) => FleetWorkload;
}

const HOUR_MS = 3_600_000;
const NOTICE_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

/** What arrives from `from`, inside, to `to`, outside, in its order. */
export function arrivalsIn(arriving: Arriving, from: Date, to: Date, stream: Stream = ANY_WORK): Arrival[] {
  const arrivals: Arrival[] = [];
  for (let hour = Math.floor(from.getTime() / HOUR_MS); hour * HOUR_MS < to.getTime(); hour += 1)
    arrivals.push(...arrivalsOfHour(arriving, hour, stream).filter(({ at }) => at >= from && at < to));
  return arrivals;
}

/** @param hour number of hours since 1970-01-01T00:00Z. */
function arrivalsOfHour(
  { seed, ratePerHour, fleet, stressAt }: Arriving,
  hour: number,
  stream: Stream,
): Arrival[] {
  const random = randomOf(seed, `${stream.name}/${hour}`);
  const count = random.poisson(ratePerHour);
  // Arrivals of a Poisson process, once counted, lie anywhere in the hour.
  const candidates = Array.from({ length: count }, () => ({
    offset: random.next(),
    patience: random.next(),
  }));
  const label = new Date(hour * HOUR_MS).toISOString().slice(0, 13);
  return candidates
    .sort((a, b) => a.offset - b.offset)
    .flatMap(({ offset, patience }, i) => {
      const at = new Date(hour * HOUR_MS + Math.floor(offset * HOUR_MS));
      const arrival = arrivalAt(at, `sim-${seed}-${label}-${stream.prefix}${i + 1}`, fleet, seed, stream);
      return !stream.heedsStress || patience >= stressAt(at) ? [arrival] : [];
    });
}

function arrivalAt(
  at: Date,
  jobId: string,
  fleet: readonly FleetOperator[],
  seed: number,
  stream: Stream,
): Arrival {
  const random = randomOf(seed, jobId);
  const slug = random.weighted(Object.fromEntries(fleet.map((each) => [each.slug, each.workWeight])));
  const operator = fleet.find((each) => each.slug === slug);
  if (!operator) throw new RangeError(`there is no operator ${slug}`);
  return { at, operator: slug, workload: stream.workloadOf(at, jobId, operator, random) };
}

function workloadOf(at: Date, jobId: string, operator: FleetOperator, random: Random): FleetWorkload {
  const type = random.weighted(WEIGHTS);
  const kind = WORKLOAD_KINDS[type];
  const urgency = random.weighted(kind.urgency);
  const terms = URGENCY_TERMS[urgency];
  const powerKw = rounded(smallRather(random, kind.powerKw), 1);
  const durationMinutes = Math.round(smallRather(random, kind.durationMinutes));
  const estimatedEnergyKwh = rounded((powerKw * durationMinutes) / 60, 6);
  const slackMinutes = random.whole(...terms.slackMinutes);
  const earliestStart = nextHalfHour(at.getTime() + NOTICE_MS);
  const gpus = Math.max(1, Math.ceil(powerKw / KW_PER_GPU));
  const limit = (name: keyof typeof LIMITS): number | null => {
    const { probability, range } = LIMITS[name];
    const [isSet, value] = [random.happens(probability), random.between(range[0], range[1])];
    return isSet && terms.isDeferrable ? value : null;
  };
  return {
    jobId,
    name: `${type.toLowerCase().replaceAll('_', ' ')} ${jobId} (synthetic)`,
    type,
    urgency,
    priority: random.whole(...terms.priority),
    userEmail: random.pick(operator.users).email,
    estimatedEnergyKwh,
    powerKw,
    durationMinutes,
    isInterruptible: random.happens(kind.interruptible),
    isDeferrable: terms.isDeferrable,
    earliestStart,
    deadline: nextHalfHour(
      earliestStart.getTime() + Math.ceil(durationMinutes / 30) * HALF_HOUR_MS + slackMinutes * MINUTE_MS,
    ),
    deferralWindowMinutes: terms.isDeferrable ? slackMinutes : null,
    requiredGpuMinutes: kind.usesGpus ? gpus * durationMinutes : null,
    requiredCpuCores: kind.usesGpus ? gpus * 8 : Math.max(1, Math.round(powerKw * 20)),
    requiredMemoryGb: kind.usesGpus ? gpus * 64 : Math.max(4, Math.round(powerKw * 40)),
    maxCarbonIntensityGco2PerKwh: roundedOrNull(limit('maxCarbonIntensityGco2PerKwh'), 0),
    carbonBudgetGco2: timesOrNull(limit('carbonBudgetGco2'), estimatedEnergyKwh),
    maxPriceGbpPerMwh: roundedOrNull(limit('maxPriceGbpPerMwh'), 0),
    maxCostGbp: timesOrNull(limit('maxCostGbp'), estimatedEnergyKwh / 1000),
    minRenewablePct: roundedOrNull(limit('minRenewablePct'), 0),
    maxGridStress: roundedOrNull(limit('maxGridStress'), 2),
    allowedRegionIds: random.happens(REGIONAL_PROBABILITY) ? neighbouring(random) : [],
  };
}

/** Work of every kind. */
const ANY_WORK: Stream = { name: 'arrivals', prefix: '', heedsStress: true, workloadOf };

const WEIGHTS = Object.fromEntries(
  Object.entries(WORKLOAD_KINDS).map(([type, { weight }]) => [type, weight]),
) as Record<FleetWorkloadType, number>;

/** What one accelerator and its share of the server draw. */
export const KW_PER_GPU = 1.2;

/** Squared, so that half of all lie in the lowest quarter of the range. */
function smallRather(random: Random, [least, most]: readonly [number, number]): number {
  const share = random.next();
  return least + (most - least) * share * share;
}

/** Licence areas next to each other by id, three to six of them. */
function neighbouring(random: Random): number[] {
  const first = random.whole(1, 14);
  const ids = Array.from({ length: random.whole(3, 6) }, (_, i) => ((first + i - 1) % 14) + 1);
  return ids.sort((a, b) => a - b);
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
const roundedOrNull = (value: number | null, digits: number): number | null =>
  value === null ? null : rounded(value, digits);
const timesOrNull = (value: number | null, factor: number): number | null =>
  value === null ? null : rounded(value * factor, 3);
const nextHalfHour = (ms: number): Date => new Date(Math.ceil(ms / HALF_HOUR_MS) * HALF_HOUR_MS);
