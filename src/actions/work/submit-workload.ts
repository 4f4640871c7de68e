import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { workOf } from '../../domain/compute/work.js';
import type { Fault } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { code, email, optional, text } from '../rules.js';
import {
  WORKLOAD_FACTS,
  WORKLOAD_LIMITS,
  allowedCentreFaults,
  durationMinutes,
  energyKwh,
  findUser,
  optionals,
  powerKw,
  refuseFaults,
  timeFaults,
} from './workload-input.js';

const { type, deadline, ...facts } = WORKLOAD_FACTS;

/** New work of the caller's. Any two of energy, power and duration give the third. */
export const submitWorkload = defineAction({
  name: 'submitWorkload',
  scope: 'WORKLOADS',
  answers: 'workloads',
  input: z
    .object({
      jobId: optional(code),
      name: text(255),
      type,
      userEmail: optional(email),
      estimatedEnergyKwh: optional(energyKwh),
      powerKw: optional(powerKw),
      durationMinutes: optional(durationMinutes),
      deadline,
      ...optionals(facts),
      ...optionals(WORKLOAD_LIMITS),
    })
    .superRefine((input, context) => {
      for (const { path, message } of sizeFaults(input))
        context.addIssue({ code: 'custom', path: [path], message });
      if (input.earliestStart && input.deadline <= input.earliestStart)
        context.addIssue({ code: 'custom', path: ['deadline'], message: 'must be after earliestStart' });
    }),
  names: { userEmail: 'user' },
  makes: { jobId: 'workload' },
  async furtherFaults(look, input) {
    const { deadline, estimatedEnergyKwh, powerKw: power, durationMinutes: minutes } = input;
    const size =
      estimatedEnergyKwh === undefined || power === undefined || minutes === undefined
        ? null
        : { estimatedEnergyKwh, powerKw: power, durationMinutes: minutes };
    const work = size && workOf(size);
    const span = {
      earliestStart: input.earliestStart ?? look.now,
      durationMinutes: work === null || typeof work === 'string' ? null : work.durationMinutes,
    };
    return [
      ...(size ? sizeFaults(size).map(({ path, message }) => ({ path: `input.${path}`, message })) : []),
      ...(deadline ? timeFaults({ ...span, deadline }, look.now) : []),
      ...(await allowedCentreFaults(look, input.allowedDcIds ?? [], input.allowedRegionIds ?? [])),
    ];
  },
  async perform(transaction, input) {
    const { db, viewer, now } = transaction;
    const work = workOf(input);
    if (typeof work === 'string') throw new Error(work);
    const earliestStart = input.earliestStart ?? now;
    const allowedRegionIds = [...new Set(input.allowedRegionIds)];
    const allowedDcIds = [...new Set(input.allowedDcIds)];
    refuseFaults('submitWorkload', [
      ...timeFaults({ earliestStart, deadline: input.deadline, durationMinutes: work.durationMinutes }, now),
      ...(await allowedCentreFaults(transaction, allowedDcIds, allowedRegionIds)),
    ]);
    const { rows } = await db.query<{ workload_id: number }>(
      `insert into workloads (operator_id, user_id, job_id, name, type, urgency, priority, required_gpu_minutes, required_cpu_cores,
         required_memory_gb, estimated_energy_kwh, power_kw, duration_minutes, is_interruptible, is_deferrable, earliest_start, deadline,
         deferral_window_minutes, max_carbon_intensity_gco2_per_kwh, carbon_budget_gco2, max_price_gbp_per_mwh, max_cost_gbp,
         min_renewable_pct, max_grid_stress, allowed_region_ids, allowed_dc_ids, created_at, updated_at, is_synthetic)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27,
         $27, (select is_synthetic from operators where operator_id = $1))
       returning workload_id`,
      [
        viewer.operatorId,
        input.userEmail === null ? null : await findUser(transaction, input.userEmail),
        input.jobId ?? `job-${randomUUID()}`,
        input.name,
        input.type,
        input.urgency ?? 'MEDIUM',
        input.priority ?? 50,
        input.requiredGpuMinutes,
        input.requiredCpuCores,
        input.requiredMemoryGb,
        work.estimatedEnergyKwh,
        work.powerKw,
        work.durationMinutes,
        input.isInterruptible ?? false,
        input.isDeferrable ?? true,
        earliestStart,
        input.deadline,
        input.deferralWindowMinutes,
        input.maxCarbonIntensityGco2PerKwh,
        input.carbonBudgetGco2,
        input.maxPriceGbpPerMwh,
        input.maxCostGbp,
        input.minRenewablePct,
        input.maxGridStress,
        allowedRegionIds,
        allowedDcIds,
        now,
      ],
    );
    const id = rows[0]?.workload_id ?? 0;
    transaction.changed('workloads', id);
    return { table: 'workloads', id };
  },
});

/** Whether energy, power and duration agree, and what follows from two of them is within bounds. */
function sizeFaults(size: Parameters<typeof workOf>[0]): Fault[] {
  const work = workOf(size);
  if (typeof work === 'string') return [{ path: 'estimatedEnergyKwh', message: work }];
  const derived = z.object({ powerKw, estimatedEnergyKwh: energyKwh, durationMinutes }).safeParse(work);
  return (derived.error?.issues ?? []).flatMap(({ path, message }) => {
    const part = path.join('.');
    return size[part as keyof typeof size] === null
      ? [{ path: part, message: `follows from the others, and ${message}` }]
      : [];
  });
}
