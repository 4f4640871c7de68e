/** What inputs about workloads have in common. */
import { z } from 'zod';
import type { ActionTransaction } from '../../database/actions.js';
import { readCentreRegions } from '../../database/centre-regions.js';
import { faultsOfAllowedCentres } from '../../domain/compute/allowed-centres.js';
import { Refused, type Fault } from '../../domain/refusal.js';
import { clearable, code, instant, optional, within, wholeWithin } from '../rules.js';

export const WORKLOAD_TYPES = [
  'TRAINING_RUN',
  'INFERENCE_BATCH',
  'RAG_QUERY',
  'FINE_TUNING',
  'DATA_PROCESSING',
  'OTHER',
] as const;
export const URGENCIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

const LONGEST_MINUTES = 366 * 24 * 60;
/** What a kilowatt is stored to: the watt. */
const LEAST_KW = 0.001;
const MOST_KW = 2_000_000;
export const MOST_KWH = 1e9;
const LARGEST = 1e12;

export const energyKwh = within(1e-6, MOST_KWH);
export const powerKw = within(LEAST_KW, MOST_KW);
export const durationMinutes = wholeWithin(1, LONGEST_MINUTES);

/** How urgent, how much, and within which limits: what may be left out, and null then. */
export const WORKLOAD_LIMITS = {
  requiredGpuMinutes: within(0, LARGEST),
  requiredCpuCores: wholeWithin(0, 10_000_000),
  requiredMemoryGb: within(0, 1e9),
  deferralWindowMinutes: wholeWithin(0, LONGEST_MINUTES),
  maxCarbonIntensityGco2PerKwh: within(0, 2_000),
  carbonBudgetGco2: within(0, 1e15),
  maxPriceGbpPerMwh: within(-100_000, 100_000),
  maxCostGbp: within(-LARGEST, LARGEST),
  minRenewablePct: within(0, 100),
  maxGridStress: within(0, 1),
} as const;

export const WORKLOAD_FACTS = {
  type: z.enum(WORKLOAD_TYPES),
  urgency: z.enum(URGENCIES),
  priority: wholeWithin(0, 100),
  isInterruptible: z.boolean(),
  isDeferrable: z.boolean(),
  earliestStart: instant,
  deadline: instant,
  allowedRegionIds: z.array(wholeWithin(1, 14)).max(14, 'there are 14 licence areas'),
  allowedDcIds: z.array(code).max(100, 'must be at most 100'),
} as const;

export const optionals = <Shape extends Record<string, z.ZodType>>(shape: Shape) =>
  Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, optional(type)])) as {
    [Name in keyof Shape]: ReturnType<typeof optional<Shape[Name]>>;
  };

/** Left out is left as it is; null clears it. */
export const clearables = <Shape extends Record<string, z.ZodType>>(shape: Shape) =>
  Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, clearable(type)])) as {
    [Name in keyof Shape]: ReturnType<typeof clearable<Shape[Name]>>;
  };

export const jobRef = { jobId: code, expectedVersion: optional(wholeWithin(1, 2 ** 31 - 1)) } as const;

const MINUTE_MS = 60_000;

/**
 * Whether there is time: the deadline after the start, and from the later of start and now far enough for the work.
 *
 * @param durationMinutes null where it is not known.
 */
export function timeFaults(
  {
    earliestStart,
    deadline,
    durationMinutes: minutes,
  }: { readonly earliestStart: Date; readonly deadline: Date; readonly durationMinutes: number | null },
  now: Date,
): Fault[] {
  const fault = (message: string): Fault[] => [{ path: 'input.deadline', message }];
  if (deadline <= earliestStart)
    return fault(
      `must be after earliestStart, ${earliestStart.toISOString()}: it is ${deadline.toISOString()}`,
    );
  const begin = earliestStart > now ? earliestStart : now;
  if (minutes === null)
    return deadline > begin ? [] : fault(`must lie in the future: it is ${now.toISOString()}`);
  const least = new Date(begin.getTime() + minutes * MINUTE_MS);
  return deadline < least
    ? fault(
        `must leave ${minutes} minutes from ${begin.toISOString()} on: ${least.toISOString()} at the earliest`,
      )
    : [];
}

/** Faults of the data centres that a workload may run at: there are, and in the regions that it may run in. */
export async function allowedCentreFaults(
  { db }: Pick<ActionTransaction, 'db'>,
  allowedDcIds: readonly string[],
  allowedRegionIds: readonly number[],
): Promise<Fault[]> {
  const faults = faultsOfAllowedCentres(await readCentreRegions(db, allowedDcIds), {
    allowedDcIds,
    allowedRegionIds,
  });
  return faults.map(({ index, message }) => ({ path: `input.allowedDcIds.${index}`, message }));
}

/** @throws {Refused} INVALID, with all of them, if there are any. */
export function refuseFaults(action: string, faults: readonly Fault[]): void {
  if (faults.length > 0)
    throw new Refused('INVALID', `${action}: ${faults.length} fault(s) in the input`, { faults });
}

/** The caller's user of an address, for whom work may be submitted. @throws {Refused} NOT_FOUND, USER_INACTIVE */
export async function findUser(
  { db, viewer }: Pick<ActionTransaction, 'db' | 'viewer'>,
  email: string,
): Promise<number> {
  const { rows } = await db.query<{ user_id: number; is_active: boolean }>(
    'select user_id, is_active from users where operator_id = $1 and email = $2',
    [viewer.operatorId, email],
  );
  if (!rows[0]) throw new Refused('NOT_FOUND', 'userEmail names no user of yours');
  if (!rows[0].is_active)
    throw new Refused('USER_INACTIVE', `the user ${JSON.stringify(email)} is not active`, {
      faults: [{ path: 'input.userEmail', message: 'is not active: no work is submitted for it' }],
    });
  return rows[0].user_id;
}
