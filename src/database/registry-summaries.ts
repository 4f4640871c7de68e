import type { ClientBase } from 'pg';
import type { WorkloadStatus } from '../generated/prisma/client.js';

/** How many workloads are in a status; statuses that none is in are left out. */
export interface WorkloadStatusCount {
  readonly status: WorkloadStatus;
  readonly count: number;
}

/** What belongs to an operator. Null: not the reader's to know. */
export interface OperatorSummary {
  readonly operatorId: number;
  readonly userCount: number | null;
  readonly dataCentreCount: number;
  readonly storageAssetCount: number;
  readonly agentCount: number;
  readonly totalCapacityMw: number;
  readonly workloadsByStatus: readonly WorkloadStatusCount[] | null;
}

const BY_STATUS = `coalesce(jsonb_agg(jsonb_build_object('status', s.status, 'count', s.count) order by s.status), '[]')`;

/** Of decimals, so that the order of its rows does not matter and 0.1 + 0.2 is 0.3. */
const sumOf = (column: string): string => `sum(${column}::numeric)::double precision`;

/** The summaries of some operators, as the reader whom the connection is set to may see them. */
export async function readOperatorSummaries(
  db: Pick<ClientBase, 'query'>,
  operatorIds: readonly number[],
): Promise<OperatorSummary[]> {
  const { rows } = await db.query<OperatorSummary>({
    name: 'operator-summaries',
    text: `select o.operator_id as "operatorId",
        case when o.is_own then (select count(*) from users u where u.operator_id = o.operator_id)::integer end as "userCount",
        centres.count as "dataCentreCount", centres.mw as "totalCapacityMw",
        (select count(*) from storage_assets s where s.operator_id = o.operator_id)::integer as "storageAssetCount",
        (select count(*) from agents a where a.operator_id = o.operator_id)::integer as "agentCount",
        case when o.is_own then (select ${BY_STATUS} from (select w.status, count(*) as count from workloads w
          where w.operator_id = o.operator_id group by w.status) s) end as "workloadsByStatus"
      from (select operator_id, viewer_is_admin() or coalesce(operator_id = viewer_operator(), false) as is_own
        from operators where operator_id = any($1)) o
      cross join lateral (select count(*)::integer as count, coalesce(${sumOf('d.capacity_mw')}, 0) as mw
        from data_centres d where d.operator_id = o.operator_id) centres`,
    values: [operatorIds],
  });
  return rows;
}

/** What came of the workloads submitted for a user. */
export interface WorkloadStatistics {
  readonly userId: number;
  readonly workloadCount: number;
  readonly byStatus: readonly WorkloadStatusCount[];
  readonly totalEstimatedEnergyKwh: number;
  /** Of those for which each is known; null: of none. */
  readonly totalActualEnergyKwh: number | null;
  readonly totalActualCarbonGco2: number | null;
  readonly totalActualCostGbp: number | null;
  /** Completed ones that the totals above leave out. */
  readonly unknownCarbonCount: number;
  readonly unknownCostCount: number;
}

/** The statistics of some users, as the reader whom the connection is set to may see them. */
export async function readWorkloadStatistics(
  db: Pick<ClientBase, 'query'>,
  userIds: readonly number[],
): Promise<WorkloadStatistics[]> {
  const { rows } = await db.query<WorkloadStatistics>({
    name: 'user-workload-statistics',
    text: `select u.user_id as "userId", total.*,
        (select ${BY_STATUS} from (select w.status, count(*) as count from workloads w
          where w.user_id = u.user_id group by w.status) s) as "byStatus"
      from users u cross join lateral (select count(*)::integer as "workloadCount",
          coalesce(${sumOf('w.estimated_energy_kwh')}, 0) as "totalEstimatedEnergyKwh", ${sumOf('w.actual_energy_kwh')} as "totalActualEnergyKwh",
          ${sumOf('w.actual_carbon_gco2')} as "totalActualCarbonGco2", ${sumOf('w.actual_cost_gbp')} as "totalActualCostGbp",
          (count(*) filter (where w.status = 'COMPLETED' and w.actual_carbon_gco2 is null))::integer as "unknownCarbonCount",
          (count(*) filter (where w.status = 'COMPLETED' and w.actual_cost_gbp is null))::integer as "unknownCostCount"
        from workloads w where w.user_id = u.user_id) total
      where u.user_id = any($1)`,
    values: [userIds],
  });
  return rows;
}
