import type { ActionTransaction } from '../../database/actions.js';
import type { WorkloadRow } from './workload-rows.js';

export interface RunRow {
  readonly workload_run_id: number;
  readonly data_centre_id: number;
  readonly started_at: Date;
  readonly stopped_at: Date | null;
}

/** The runs of a locked workload, oldest first. */
export async function runsOf(
  { db }: Pick<ActionTransaction, 'db'>,
  { workload_id: workloadId }: Pick<WorkloadRow, 'workload_id'>,
): Promise<RunRow[]> {
  const { rows } = await db.query<RunRow>(
    'select workload_run_id, data_centre_id, started_at, stopped_at from workload_runs where workload_id = $1 order by workload_run_id',
    [workloadId],
  );
  return rows;
}

/** A locked workload runs at a data centre from now on. */
export async function beginRun(
  { db, now }: Pick<ActionTransaction, 'db' | 'now'>,
  work: Pick<WorkloadRow, 'workload_id' | 'operator_id'>,
  dataCentreId: number,
): Promise<void> {
  await db.query(
    'insert into workload_runs (workload_id, operator_id, data_centre_id, started_at) values ($1, $2, $3, $4)',
    [work.workload_id, work.operator_id, dataCentreId, now],
  );
}

/** Ends the run of a locked workload that is under way, if one is. */
export async function endRun(
  { db }: Pick<ActionTransaction, 'db'>,
  { workload_id: workloadId }: Pick<WorkloadRow, 'workload_id'>,
  at: Date,
): Promise<void> {
  await db.query(
    'update workload_runs set stopped_at = greatest($2, started_at) where workload_id = $1 and stopped_at is null',
    [workloadId, at],
  );
}
