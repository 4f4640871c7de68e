import type { KnownViewer } from '../../src/domain/viewer.js';
import { scopesOf } from '../../src/domain/viewer.js';
import type { TestDatabase } from './database.js';
import { createTenant, type Tenant } from './tenants.js';

/** An operator with one of each thing that decisions and negotiations name, made behind the actions' back. */
export interface FleetTenant extends Tenant {
  readonly viewer: KnownViewer;
  readonly agent: string;
  readonly agentNumber: number;
  readonly job: string;
  readonly workloadNumber: number;
  readonly centre: string;
  readonly centreNumber: number;
}

export async function createFleetTenant(
  database: Pick<TestDatabase, 'owner'>,
  name: string,
): Promise<FleetTenant> {
  const tenant = await createTenant(database, name);
  const { owner } = database;
  const { operatorId } = tenant;
  const code = name.toLowerCase();
  const number = async (sql: string, ...values: unknown[]): Promise<number> =>
    (await owner.query<{ id: number }>(sql, values)).rows[0]?.id ?? 0;
  return {
    ...tenant,
    viewer: {
      operatorId,
      operatorName: name,
      role: 'OPERATOR',
      scopes: scopesOf('OPERATOR', []),
      apiKeyId: 0,
    },
    agent: `${code}-agent`,
    agentNumber: await number(
      `insert into agents (code, name, type, operator_id) values ($1, $1, 'CARBON_OPTIMIZER', $2) returning agent_id as id`,
      `${code}-agent`,
      operatorId,
    ),
    job: `${code}-job`,
    workloadNumber: await number(
      `insert into workloads (operator_id, job_id, name, type, estimated_energy_kwh, power_kw, duration_minutes, earliest_start, deadline)
       values ($1, $2, 'A run', 'TRAINING_RUN', 5000, 1000, 300, '2026-03-02T12:00Z', '2026-03-04T12:00Z') returning workload_id as id`,
      operatorId,
      `${code}-job`,
    ),
    centre: `${code}-dc`,
    centreNumber: await number(
      `insert into data_centres (dc_id, name, operator_id, region_id, pue, capacity_mw) values ($1, $1, $2, 13, 1.2, 10)
       returning data_centre_id as id`,
      `${code}-dc`,
      operatorId,
    ),
  };
}
