import type { ActionTransaction } from '../../database/actions.js';
import { Refused } from '../../domain/refusal.js';
import { requireMove } from '../../domain/compute/state-machine.js';
import { WORKLOAD_MOVES, type WorkloadStatus } from '../../domain/compute/workload-states.js';

/** A workload as its table has it. */
export interface WorkloadRow {
  readonly workload_id: number;
  readonly operator_id: number;
  readonly job_id: string;
  readonly name: string;
  readonly type: string;
  readonly urgency: string;
  readonly priority: number;
  readonly required_gpu_minutes: number | null;
  readonly required_cpu_cores: number | null;
  readonly required_memory_gb: number | null;
  readonly estimated_energy_kwh: number;
  readonly power_kw: number;
  readonly duration_minutes: number;
  readonly is_interruptible: boolean;
  readonly is_deferrable: boolean;
  readonly earliest_start: Date;
  readonly deadline: Date;
  readonly deferral_window_minutes: number | null;
  readonly max_carbon_intensity_gco2_per_kwh: number | null;
  readonly carbon_budget_gco2: number | null;
  readonly max_price_gbp_per_mwh: number | null;
  readonly max_cost_gbp: number | null;
  readonly min_renewable_pct: number | null;
  readonly max_grid_stress: number | null;
  readonly allowed_region_ids: number[];
  readonly allowed_dc_ids: string[];
  readonly user_id: number | null;
  readonly status: WorkloadStatus;
  readonly host_data_centre_id: number | null;
  readonly started_at: Date | null;
  readonly version: number;
}

/** Columns that an action sets, by their names. */
export type WorkloadChange = Partial<
  Readonly<
    Omit<WorkloadRow, 'workload_id' | 'operator_id' | 'job_id' | 'version'> & {
      status_reason: string | null;
      completed_at: Date;
      actual_energy_kwh: number;
      actual_carbon_gco2: number | null;
      actual_cost_gbp: number | null;
      actuals_note: string | null;
      flexibility_revenue_gbp: number | null;
    }
  >
>;

/**
 * A workload of the caller's operator, locked until the action is over.
 *
 * @throws {Refused} NOT_FOUND, VERSION_CONFLICT
 */
export async function lockWorkload(
  { db, viewer }: Pick<ActionTransaction, 'db' | 'viewer'>,
  { jobId, expectedVersion = null }: { readonly jobId: string; readonly expectedVersion?: number | null },
): Promise<WorkloadRow> {
  const { rows } = await db.query<WorkloadRow>(
    'select * from workloads where operator_id = $1 and job_id = $2 for update',
    [viewer.operatorId, jobId],
  );
  return atVersion(rows[0], `workload ${jobId}`, expectedVersion);
}

/** The same, not locked: it may change meanwhile. @throws {Refused} NOT_FOUND */
export async function findWorkload(
  { db, viewer }: Pick<ActionTransaction, 'db' | 'viewer'>,
  jobId: string,
): Promise<WorkloadRow> {
  const { rows } = await db.query<WorkloadRow>(
    'select * from workloads where operator_id = $1 and job_id = $2',
    [viewer.operatorId, jobId],
  );
  return atVersion(rows[0], `workload ${jobId}`, null);
}

/** The same, of a placement. @throws {Refused} NOT_FOUND */
export async function lockWorkloadById(
  { db }: Pick<ActionTransaction, 'db'>,
  workloadId: number,
): Promise<WorkloadRow> {
  const { rows } = await db.query<WorkloadRow>('select * from workloads where workload_id = $1 for update', [
    workloadId,
  ]);
  return atVersion(rows[0], `workload ${workloadId}`, null);
}

/** @throws {Refused} NOT_FOUND, VERSION_CONFLICT */
export function atVersion<Row extends { readonly version: number }>(
  row: Row | undefined,
  what: string,
  expectedVersion: number | null,
): Row {
  if (!row) throw new Refused('NOT_FOUND', `there is no ${what}`);
  if (expectedVersion !== null && row.version !== expectedVersion)
    throw new Refused('VERSION_CONFLICT', `${what} is at version ${row.version}, not ${expectedVersion}`);
  return row;
}

/** Writes columns of a locked workload, and tells its subscribers. */
export async function changeWorkload(
  { db, now, changed }: Pick<ActionTransaction, 'db' | 'now' | 'changed'>,
  { workload_id: id }: Pick<WorkloadRow, 'workload_id'>,
  change: WorkloadChange,
): Promise<{ readonly table: 'workloads'; readonly id: number }> {
  const columns = Object.keys(change);
  await db.query(
    `update workloads set ${columns.map((column, i) => `${column} = $${i + 3}, `).join('')}version = version + 1, updated_at = $2
     where workload_id = $1`,
    [id, now, ...Object.values(change)],
  );
  changed('workloads', id);
  return { table: 'workloads', id };
}

/** Moves a locked workload to another state. @throws {Refused} IMPOSSIBLE_TRANSITION */
export function moveWorkload(
  transaction: Pick<ActionTransaction, 'db' | 'now' | 'changed'>,
  work: Pick<WorkloadRow, 'workload_id' | 'job_id' | 'status'>,
  status: WorkloadStatus,
  change: WorkloadChange = {},
): Promise<{ readonly table: 'workloads'; readonly id: number }> {
  requireMove(WORKLOAD_MOVES, work.status, status, `workload ${work.job_id}`);
  return changeWorkload(transaction, work, { status_reason: null, ...change, status });
}
