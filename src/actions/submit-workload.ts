import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { workOf } from '../domain/compute/work.js';
import { defineAction } from './action.js';
import { code, email, optional, text } from './rules.js';
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
      const work = workOf(input);
      if (typeof work === 'string')
        context.addIssue({ code: 'custom', path: ['estimatedEnergyKwh'], message: work });
      else {
        const derived = z.object({ powerKw, estimatedEnergyKwh: energyKwh, durationMinutes }).safeParse(work);
        for (const { path, message } of derived.error?.issues ?? []) {
          const [part] = path;
          if (input[part as keyof typeof work] === null)
            context.addIssue({
              code: 'custom',
              path: [...path],
              message: `follows from the others, and ${message}`,
            });
        }
      }
      if (input.earliestStart && input.deadline <= input.earliestStart)
        context.addIssue({ code: 'custom', path: ['deadline'], message: 'must be after earliestStart' });
    }),
  names: { userEmail: 'user' },
  makes: { jobId: 'workload' },
  async furtherFaults(look, input) {
    const { deadline, estimatedEnergyKwh, powerKw: power, durationMinutes: minutes } = input;
    const isSized = estimatedEnergyKwh !== undefined && power !== undefined && minutes !== undefined;
    const work = isSized ? workOf({ estimatedEnergyKwh, powerKw: power, durationMinutes: minutes }) : '';
    const span = {
      earliestStart: input.earliestStart ?? look.now,
      durationMinutes: typeof work === 'string' ? null : work.durationMinutes,
    };
    return [
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
