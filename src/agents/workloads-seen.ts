import type pg from 'pg';
import type { PlacementSeen, WorkloadSeen } from './seen.js';

interface Row extends Omit<WorkloadSeen, 'placement'> {
  readonly placement: (Omit<PlacementSeen, 'slots'> & { readonly slots: readonly string[] }) | null;
}

/** Work of an operator that is shown at once; beyond it, the most pressing. */
const MOST = 500;

const WHICH = {
  ALL: `w.status not in ('COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED')`,
  PLACED: `w.status in ('SCHEDULED', 'RUNNING', 'PAUSED')`,
} as const;

/** Workloads of the viewer's operator that are not over, or have a place, by deadline; or one by its number, whatever became of it. */
export async function readWorkloadsSeen(
  db: Pick<pg.ClientBase, 'query'>,
  operatorId: number,
  which: keyof typeof WHICH | number,
): Promise<WorkloadSeen[]> {
  const { rows } = await db.query<Row>({
    name: `agent-workloads-${typeof which === 'number' ? 'one' : which.toLowerCase()}`,
    text: `select w.workload_id as number, w.job_id as "jobId", w.status::text, w.power_kw as "powerKw",
        w.estimated_energy_kwh as "estimatedEnergyKwh", w.duration_minutes as "durationMinutes",
        w.is_interruptible as "isInterruptible", w.is_deferrable as "isDeferrable", w.earliest_start as "earliestStart", w.deadline,
        w.max_carbon_intensity_gco2_per_kwh as "maxCarbonIntensityGco2PerKwh", w.max_price_gbp_per_mwh as "maxPriceGbpPerMwh",
        w.min_renewable_pct as "minRenewablePct", w.max_grid_stress as "maxGridStress", w.allowed_region_ids as "allowedRegionIds",
        w.max_cost_gbp as "maxCostGbp", w.carbon_budget_gco2 as "carbonBudgetGco2",
        p.placement, r.started_at as "runningSince", o.ran_ms as "ranMs", d.code as "placedBy",
        exists (select from negotiations n where n.workload_id = w.workload_id and n.awaiting_agent_id is not null) as "isNegotiated",
        (select sum((n.outcome ->> 'flexibilityRevenueGbp')::double precision) from negotiations n
          where n.workload_id = w.workload_id and n.status = 'ACCEPTED') as "agreedRevenueGbp"
      from workloads w
      left join lateral (
        select jsonb_build_object('placementId', q.code, 'state', q.state, 'dcId', c.dc_id, 'regionId', c.region_id, 'pue', c.pue,
          'slots', (select jsonb_agg(s.slot_from order by s.slot_from) from placement_slots s where s.placement_id = q.placement_id)) as placement
        from placements q join data_centres c on c.data_centre_id = q.data_centre_id
        where q.workload_id = w.workload_id and q.state in ('CONFIRMED', 'RUNNING')
        order by q.placement_id desc limit 1) p on true
      left join lateral (
        select u.started_at from workload_runs u where u.workload_id = w.workload_id and u.stopped_at is null
        order by u.workload_run_id desc limit 1) r on true
      cross join lateral (
        select coalesce(sum(extract(epoch from u.stopped_at - u.started_at) * 1000), 0)::double precision as ran_ms
        from workload_runs u where u.workload_id = w.workload_id and u.stopped_at is not null) o
      left join lateral (
        select e.code from decisions e where e.workload_id = w.workload_id and e.target_data_centre_id is not null
          and not exists (select from decisions l where l.supersedes_id = e.decision_id)
        order by e.decision_id desc limit 1) d on true
      where w.operator_id = $1 and ${
        typeof which === 'number'
          ? 'w.workload_id = $2'
          : `${WHICH[which]} order by w.deadline, w.workload_id limit $2`
      }`,
    values: [operatorId, typeof which === 'number' ? which : MOST],
  });
  return rows.map((row) => ({
    ...row,
    placement: row.placement && {
      ...row.placement,
      slots: row.placement.slots.map((from) => new Date(from)),
    },
  }));
}
