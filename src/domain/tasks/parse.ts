/**
 * A request in words as a workload, by a small catalogue and nothing else: what is said is read, what is not said is assumed and
 * listed with its reason, and what means nothing here is given back. Dates and times are London's.
 */
import {
  DEFAULT_GPU,
  GPU_KINDS,
  SERVER_KW,
  SERVER_WHY,
  TASK_KINDS,
  gpusForModel,
  type TaskKind,
} from './catalogue.js';
import { readLimits } from './limits.js';
import { londonText } from './moment.js';
import { NUMBER, Reading, numberOf } from './reading.js';
import { readAmounts, type Amounts } from './amounts.js';
import { readTiming, type Timing } from './timing.js';
import type { Assumption, ParsedTask, Said } from './task.js';

const HOUR_MS = 3_600_000;
const LONGEST_NAME = 255;
/** A task that names no deadline is to be done within a day, or within twice the time it takes. */
const DEFAULT_SLACK = 2;

/**
 * The task that a request names; null where it names no kind that is known.
 *
 * @param request 1 to 2,000 characters.
 */
export function parseTask(request: string, now: Date): ParsedTask | null {
  const reading = new Reading(request);
  const limits = readLimits(reading);
  const amounts = readAmounts(reading);
  const timing = readTiming(reading, now);
  const kind = TASK_KINDS.find(({ words }) => reading.has(words)); // the more particular ones come first
  if (!kind) return null;
  const items = readItems(reading, kind);
  while (reading.take(kind.words) !== null); // said in more than one way, it is still one task
  const urgency = readUrgency(reading, timing.timing);
  const machines = machinesOf(kind, amounts.amounts);
  const hours = hoursOf(kind, amounts.amounts, items, timing.timing, machines.count);
  const power = powerOf(amounts.amounts, machines, hours);
  const assumptions: Assumption[] = [
    { what: 'type', value: kind.type, why: `it is read as ${kind.name}` },
    ...machines.assumptions,
    ...hours.assumptions,
    ...power.assumptions,
    ...timing.assumptions,
    ...urgency.assumptions,
    {
      what: 'isInterruptible',
      value: String(kind.isInterruptible),
      why: `${kind.name} ${kind.isInterruptible ? 'is usually run with checkpoints, and' : 'usually cannot be paused and'} ${kind.isInterruptible ? 'can be paused' : 'run on'}`,
    },
  ];
  const durationMinutes = Math.max(1, Math.ceil(hours.hours * 60 - 1e-9));
  const deadline = deadlineOf(timing.timing, durationMinutes, now);
  if (timing.timing.deadline === null)
    assumptions.push({
      what: 'deadline',
      value: `${londonText(deadline)} London time`,
      why: timing.timing.isAtOnce
        ? 'it is to be done at once, with an hour to spare'
        : `no deadline is named: within a day, or ${DEFAULT_SLACK} times as long as it takes`,
    });
  return {
    kind: kind.id,
    work: {
      name: nameOf(request),
      type: kind.type,
      urgency: urgency.urgency,
      isInterruptible: kind.isInterruptible,
      isDeferrable: !timing.timing.isAtOnce && urgency.urgency !== 'CRITICAL',
      powerKw: power.powerKw,
      durationMinutes,
      estimatedEnergyKwh: isAllSaid(amounts.amounts, timing.timing) ? amounts.amounts.energyKwh : null,
      requiredGpuMinutes: kind.runsOn === 'GPU' ? machines.count * durationMinutes : null,
      earliestStart: timing.timing.earliestStart,
      deadline,
      ...limits.limits,
    },
    said: [...amounts.said, ...items.said, ...timing.said, ...limits.said, ...urgency.said],
    assumptions,
    notUnderstood: reading.leftOver(),
  };
}

/** Energy, power and duration: then they must agree, which the workload's own rules see to. */
const isAllSaid = ({ energyKwh, powerKw }: Amounts, { durationMs }: Timing): boolean =>
  energyKwh !== null && powerKw !== null && durationMs !== null;

interface Machines {
  readonly count: number;
  readonly kwEach: number;
  readonly assumptions: readonly Assumption[];
}

function machinesOf(kind: TaskKind, amounts: Amounts): Machines {
  const assumptions: Assumption[] = [];
  const use = kind.type === 'TRAINING_RUN' ? 'TRAIN' : kind.type === 'FINE_TUNING' ? 'TUNE' : 'RUN';
  const { modelBillions } = amounts;
  const bySize = kind.runsOn === 'GPU' && modelBillions !== null ? gpusForModel(modelBillions, use) : null;
  const count = amounts.machines ?? bySize ?? kind.machines;
  const noun = kind.runsOn === 'GPU' ? 'GPUs' : 'servers';
  if (amounts.machines === null)
    assumptions.push({
      what: noun,
      value: String(count),
      why:
        bySize === null
          ? `as many as ${kind.name} is taken to use`
          : `for a model of ${modelBillions} billion parameters`,
    });
  if (kind.runsOn === 'CPU') {
    assumptions.push({ what: 'powerKw of one server', value: `${SERVER_KW} kW`, why: SERVER_WHY });
    return { count, kwEach: SERVER_KW, assumptions };
  }
  const gpu =
    GPU_KINDS.find(({ id }) => id === amounts.gpu) ?? GPU_KINDS.find(({ id }) => id === DEFAULT_GPU);
  if (!gpu) throw new Error('the catalogue has no default GPU');
  if (amounts.gpu === null)
    assumptions.push({ what: 'kind of GPU', value: gpu.id, why: 'none is named; it is the usual one' });
  assumptions.push({ what: 'powerKw of one GPU', value: `${gpu.kw} kW`, why: gpu.why });
  return { count, kwEach: gpu.kw, assumptions };
}

interface Items {
  readonly count: number | null;
  readonly said: readonly Said[];
}

/** How many pieces of work there are, in the words that the kind counts them in. */
function readItems(reading: Reading, kind: TaskKind): Items {
  const rate = kind.rates.find(({ unit }) => unit === 'ITEM');
  if (!rate) return { count: null, said: [] };
  const noun = rate.words?.source.replaceAll(String.raw`\b`, '') ?? String.raw`[a-z]+s`;
  const match = reading.take(
    new RegExp(String.raw`\b(${NUMBER}\s*(?:k|m|thousand|million)?)\s+(?:[a-z]+\s+)??(?:${noun})\b`, 'i'),
  );
  if (!match) return { count: null, said: [] };
  const count = numberOf(match[1] ?? '');
  return { count, said: [{ what: 'pieces of work', value: String(count), words: match[0].trim() }] };
}

interface Hours {
  readonly hours: number;
  readonly assumptions: readonly Assumption[];
}

/** How long it takes: as is said, or by its amount of work, or as its kind is taken to. */
function hoursOf(
  kind: TaskKind,
  amounts: Amounts,
  items: Items,
  { durationMs }: Timing,
  machines: number,
): Hours {
  const { energyKwh, powerKw } = amounts;
  if (durationMs !== null) {
    const hours = durationMs / HOUR_MS;
    if (amounts.dataGb === null && items.count === null) return { hours, assumptions: [] };
    const value = String(Math.ceil(hours * 60 - 1e-9));
    const why = 'it is named, and the amount of work is taken to fit into it';
    return { hours, assumptions: [{ what: 'durationMinutes', value, why }] };
  }
  if (energyKwh !== null && powerKw !== null) return { hours: energyKwh / powerKw, assumptions: [] };
  for (const { unit, machineHoursEach, why } of kind.rates) {
    const amount = unit === 'ITEM' ? items.count : amounts.dataGb;
    if (amount === null) continue;
    const hours = Math.max(1 / 60, (amount * machineHoursEach) / machines);
    return {
      hours,
      assumptions: [
        {
          what: 'durationMinutes',
          value: String(Math.ceil(hours * 60 - 1e-9)),
          why: `${why}, shared by ${machines}`,
        },
      ],
    };
  }
  return {
    hours: kind.hours,
    assumptions: [
      {
        what: 'durationMinutes',
        value: String(kind.hours * 60),
        why: `neither a duration nor an amount of work is named: as long as ${kind.name} is taken to run`,
      },
    ],
  };
}

interface Power {
  readonly powerKw: number;
  readonly assumptions: readonly Assumption[];
}

/** The power that is said, or that follows from an energy that is, or that of the machines. */
function powerOf({ powerKw, energyKwh }: Amounts, machines: Machines, { hours }: Hours): Power {
  if (powerKw !== null) return { powerKw, assumptions: [] };
  if (energyKwh !== null) return { powerKw: rounded(energyKwh / hours), assumptions: [] };
  const power = rounded(machines.count * machines.kwEach);
  return {
    powerKw: power,
    assumptions: [
      {
        what: 'estimatedEnergyKwh',
        value: String(rounded(power * hours)),
        why: `${machines.count} × ${machines.kwEach} kW for ${Number(hours.toFixed(3))} h`,
      },
    ],
  };
}

interface Urgency {
  readonly urgency: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  readonly said: readonly Said[];
  readonly assumptions: readonly Assumption[];
}

function readUrgency(reading: Reading, { isAtOnce }: Timing): Urgency {
  const words: readonly (readonly [RegExp, Urgency['urgency']])[] = [
    [/\b(?:critical|emergency)\b/i, 'CRITICAL'],
    [/\b(?:urgent(?:ly)?|high[- ]priority|important)\b/i, 'HIGH'],
    [
      /\b(?:low[- ]priority|no (?:hurry|rush)|not urgent|whenever(?: it is green)?|when(?: it is)? green)\b/i,
      'LOW',
    ],
  ];
  for (const [pattern, urgency] of [...words].reverse()) {
    const match = reading.take(pattern);
    if (match)
      return { urgency, said: [{ what: 'urgency', value: urgency, words: match[0] }], assumptions: [] };
  }
  return isAtOnce
    ? {
        urgency: 'HIGH',
        said: [],
        assumptions: [{ what: 'urgency', value: 'HIGH', why: 'it is to be done at once' }],
      }
    : {
        urgency: 'MEDIUM',
        said: [],
        assumptions: [{ what: 'urgency', value: 'MEDIUM', why: 'none is named' }],
      };
}

function deadlineOf({ deadline, earliestStart, isAtOnce }: Timing, minutes: number, now: Date): Date {
  if (deadline) return deadline;
  const begin = earliestStart && earliestStart > now ? earliestStart : now;
  const takesMs = minutes * 60_000;
  const lastsMs = isAtOnce ? takesMs + HOUR_MS : Math.max(24 * HOUR_MS, DEFAULT_SLACK * takesMs);
  // To the half hour: nobody who names no deadline means one to the second.
  return new Date(Math.ceil((begin.getTime() + lastsMs) / (HOUR_MS / 2)) * (HOUR_MS / 2));
}

/** The request itself, in one line, cut where it is too long for a name. */
function nameOf(request: string): string {
  const line = request.replaceAll(/\s+/g, ' ').trim();
  return line.length <= LONGEST_NAME ? line : `${line.slice(0, LONGEST_NAME - 1).trimEnd()}…`;
}

const rounded = (value: number): number => Number(value.toPrecision(12));

/** What the catalogue knows, for whoever asked for something else. */
export const knownKinds = (): string[] => TASK_KINDS.map(({ name, example }) => `${name} ("${example}")`);
