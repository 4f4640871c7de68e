import { z } from 'zod';
import { limitFaults } from '../../domain/compute/slots.js';
import { amendedWork } from '../../domain/compute/work.js';
import { isBeforeItRuns } from '../../domain/compute/workload-states.js';
import { Refused, type Fault } from '../../domain/refusal.js';
import type { ActionTransaction } from '../../database/actions.js';
import { defineAction } from '../action.js';
import { email, optional, text } from '../rules.js';
import {
  WORKLOAD_FACTS,
  WORKLOAD_LIMITS,
  allowedCentreFaults,
  clearables,
  durationMinutes,
  energyKwh,
  findUser,
  jobRef,
  optionals,
  powerKw,
  refuseFaults,
  timeFaults,
} from './workload-input.js';
import { changeWorkload, lockWorkload, type WorkloadChange, type WorkloadRow } from './workload-rows.js';

const { allowedRegionIds, allowedDcIds, ...facts } = WORKLOAD_FACTS;

/** Another wish for work that has not run yet. What is left out stays; null clears a limit. */
export const amendWorkload = defineAction({
  name: 'amendWorkload',
  scope: 'WORKLOADS',
  answers: 'workloads',
  input: z.object({
    ...jobRef,
    name: optional(text(255)),
    userEmail: email.nullish(),
    estimatedEnergyKwh: optional(energyKwh),
    powerKw: optional(powerKw),
    durationMinutes: optional(durationMinutes),
    ...optionals(facts),
    ...clearables({ ...WORKLOAD_LIMITS, allowedRegionIds, allowedDcIds }),
  }),
  names: { jobId: 'workload', userEmail: 'user' },
  async furtherFaults(look, input) {
    const { deadline } = input;
    const earliestStart = input.earliestStart ?? look.now;
    return [
      ...(deadline ? timeFaults({ earliestStart, deadline, durationMinutes: null }, look.now) : []),
      ...(await allowedCentreFaults(look, input.allowedDcIds ?? [], input.allowedRegionIds ?? [])),
    ];
  },
  async perform(transaction, input) {
    const before = await lockWorkload(transaction, input);
    if (!isBeforeItRuns(before.status)) {
      throw new Refused(
        'IMPOSSIBLE_TRANSITION',
        `workload ${input.jobId} is ${before.status}: only work that has not run can be amended`,
      );
    }
    const work = amendedWork(
      {
        estimatedEnergyKwh: before.estimated_energy_kwh,
        powerKw: before.power_kw,
        durationMinutes: before.duration_minutes,
      },
      input,
    );
    if (typeof work === 'string') throw invalid([{ path: 'input.estimatedEnergyKwh', message: work }]);
    const derived = z.object({ estimatedEnergyKwh: energyKwh, powerKw, durationMinutes }).safeParse(work);
    const change: WorkloadChange = {
      name: input.name ?? before.name,
      type: input.type ?? before.type,
      urgency: input.urgency ?? before.urgency,
      priority: input.priority ?? before.priority,
      is_interruptible: input.isInterruptible ?? before.is_interruptible,
      is_deferrable: input.isDeferrable ?? before.is_deferrable,
      estimated_energy_kwh: work.estimatedEnergyKwh,
      power_kw: work.powerKw,
      duration_minutes: work.durationMinutes,
      required_gpu_minutes: kept(input.requiredGpuMinutes, before.required_gpu_minutes),
      required_cpu_cores: kept(input.requiredCpuCores, before.required_cpu_cores),
      required_memory_gb: kept(input.requiredMemoryGb, before.required_memory_gb),
      deferral_window_minutes: kept(input.deferralWindowMinutes, before.deferral_window_minutes),
      max_carbon_intensity_gco2_per_kwh: kept(
        input.maxCarbonIntensityGco2PerKwh,
        before.max_carbon_intensity_gco2_per_kwh,
      ),
      carbon_budget_gco2: kept(input.carbonBudgetGco2, before.carbon_budget_gco2),
      max_price_gbp_per_mwh: kept(input.maxPriceGbpPerMwh, before.max_price_gbp_per_mwh),
      max_cost_gbp: kept(input.maxCostGbp, before.max_cost_gbp),
      min_renewable_pct: kept(input.minRenewablePct, before.min_renewable_pct),
      max_grid_stress: kept(input.maxGridStress, before.max_grid_stress),
    };
    const limits = {
      earliestStart: input.earliestStart ?? before.earliest_start,
      deadline: input.deadline ?? before.deadline,
      allowedRegionIds: listed(input.allowedRegionIds, before.allowed_region_ids),
      allowedDcIds: listed(input.allowedDcIds, before.allowed_dc_ids),
    };
    refuseFaults('amendWorkload', [
      ...(derived.error?.issues ?? []).map(({ path, message }) => ({
        path: ['input', ...path].join('.'),
        message,
      })),
      ...timeFaults({ ...limits, durationMinutes: work.durationMinutes }, transaction.now),
      ...(await allowedCentreFaults(transaction, limits.allowedDcIds, limits.allowedRegionIds)),
    ]);
    await refuseStrandedPlacements(transaction, before, limits);
    return changeWorkload(transaction, before, {
      ...change,
      user_id: await userOf(transaction, input.userEmail, before.user_id),
      earliest_start: limits.earliestStart,
      deadline: limits.deadline,
      allowed_region_ids: limits.allowedRegionIds,
      allowed_dc_ids: limits.allowedDcIds,
    });
  },
});

const kept = <Value>(given: Value | null | undefined, before: Value | null): Value | null =>
  given === undefined ? before : given;

/** Cleared, it may run anywhere again. */
const listed = <Value>(given: readonly Value[] | null | undefined, before: readonly Value[]): Value[] => [
  ...new Set(given === undefined ? before : given),
];

const invalid = (faults: readonly Fault[]): Refused =>
  new Refused('INVALID', `amendWorkload: ${faults.length} fault(s) in the input`, { faults });

async function userOf(
  transaction: ActionTransaction,
  address: string | null | undefined,
  before: number | null,
): Promise<number | null> {
  if (address === undefined) return before;
  return address === null ? null : findUser(transaction, address);
}

/** What it holds must be within its new limits. @throws {Refused} LIMIT_BROKEN */
async function refuseStrandedPlacements(
  { db }: ActionTransaction,
  { workload_id: id }: WorkloadRow,
  limits: Parameters<typeof limitFaults>[0],
): Promise<void> {
  const { rows } = await db.query<{ code: string; dc_id: string; region_id: number; froms: Date[] }>(
    `select p.code, d.dc_id, d.region_id, array_agg(s.slot_from order by s.slot_from) as froms
     from placements p join placement_slots s on s.placement_id = p.placement_id
     join data_centres d on d.data_centre_id = p.data_centre_id
     where p.workload_id = $1 and p.state in ('HELD', 'CONFIRMED') group by p.placement_id, d.data_centre_id`,
    [id],
  );
  const faults = rows.flatMap(({ code, dc_id: dcId, region_id: regionId, froms }) =>
    limitFaults(
      limits,
      { dcId, regionId },
      froms.map((from) => ({ from })),
      'input',
    ).map(({ message }) => ({ path: 'input', message: `placement ${code} at ${dcId}: ${message}` })),
  );
  if (faults.length > 0)
    throw new Refused('LIMIT_BROKEN', 'it holds power outside its new limits: release that first', {
      faults,
    });
}
