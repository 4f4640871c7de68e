import type { BenchDatabase } from './database.js';

export interface StandingWork {
  readonly centres: number;
  readonly placements: number;
  /** Half hours, from the first one on, that they are spread over. */
  readonly halfHours: number;
}

/**
 * Data centres in all licence areas, and confirmed placements of 4 to 16 half hours at them, spread over the time of each, written behind the actions' back.
 * The same numbers each time.
 */
export async function createStandingWork(
  { owner }: Pick<BenchDatabase, 'owner'>,
  first: Date,
  { centres, placements, halfHours }: StandingWork,
): Promise<void> {
  await owner.query(`insert into operators (name, type) values ('Bench', 'COMPUTE_OPERATOR')`);
  await owner.query(
    `insert into data_centres (dc_id, name, operator_id, region_id, pue, capacity_mw, ramp_rate_mw_per_min)
     select 'dc-' || i, 'DC ' || i, o.operator_id, 1 + i % 14, 1.1 + (i % 5) * 0.1, 3 + i % 4, case i % 4 when 0 then 0.05 end
     from generate_series(1, $1::integer) i, operators o where o.name = 'Bench'`,
    [centres],
  );
  await owner.query(
    `insert into workloads (operator_id, job_id, name, type, estimated_energy_kwh, power_kw, duration_minutes, earliest_start, deadline, status)
     select o.operator_id, 'job-' || i, 'Job ' || i, 'TRAINING_RUN', w.kw * w.slots / 2, w.kw, w.slots * 30, $2::timestamptz, $2::timestamptz + interval '7 days', 'SCHEDULED'
     from generate_series(1, $1::integer) i cross join lateral (select 50 + i * 7 % 150 as kw, 4 + i * 5 % 13 as slots) w, operators o
     where o.name = 'Bench'`,
    [placements, first],
  );
  await owner.query(
    `insert into placements (code, operator_id, workload_id, data_centre_id, state, created_at)
     select 'placement-' || w.job_id, w.operator_id, w.workload_id, c.data_centre_id, 'CONFIRMED', $1::timestamptz
     from workloads w join data_centres c on c.dc_id = 'dc-' || 1 + w.workload_id % $2::integer`,
    [first, centres],
  );
  await owner.query(
    `insert into placement_slots (placement_id, slot_from, data_centre_id, operator_id, power_w, facility_w)
     select p.placement_id, $1::timestamptz + ((w.workload_id * 11 + w.workload_id / $3::integer * 7) % ($2::integer - 16) + s) * interval '30 minutes', p.data_centre_id, p.operator_id,
       w.power_kw * 1000, ceil(w.power_kw::numeric * 1000 * c.pue::numeric)
     from placements p join workloads w using (workload_id) join data_centres c using (data_centre_id)
       cross join lateral generate_series(0, w.duration_minutes / 30 - 1) s`,
    [first, halfHours, centres],
  );
  await owner.query(
    'analyze data_centres, workloads, placements, placement_slots, power_ledger, grid_signals',
  );
}
