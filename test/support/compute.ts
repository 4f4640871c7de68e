/** Data centres, workloads and placements for tests. */
import { act, type Action } from '../../src/actions/action.js';
import type { ActionAnswer } from '../../src/database/actions.js';
import { viewerOfKey } from '../../src/database/api-keys.js';
import type { KnownViewer } from '../../src/domain/viewer.js';
import type { TestDatabase } from './database.js';
import type { GraphAnswer, TestServer } from './server.js';
import type { Tenant } from './tenants.js';

/** A data centre, made behind the actions' back. */
export async function createDataCentre(
  { owner }: Pick<TestDatabase, 'owner'>,
  operatorId: number,
  dcId: string,
  options: {
    readonly regionId?: number;
    readonly capacityMw?: number;
    readonly pue?: number;
    readonly status?: string;
  } = {},
): Promise<number> {
  const { rows } = await owner.query<{ data_centre_id: number }>(
    `insert into data_centres (dc_id, name, operator_id, region_id, capacity_mw, pue, status)
     values ($1, $1, $2, $3, $4, $5, $6::data_centre_status) returning data_centre_id`,
    [
      dcId,
      operatorId,
      options.regionId ?? 13,
      options.capacityMw ?? 1,
      options.pue ?? 1,
      options.status ?? 'ACTIVE',
    ],
  );
  return rows[0]?.data_centre_id ?? 0;
}

/** Who a tenant is to actions that are called without a server. */
export async function viewerOf({ pool }: Pick<TestDatabase, 'pool'>, { key }: Tenant): Promise<KnownViewer> {
  const viewer = await viewerOfKey(pool, key);
  if (!viewer) throw new Error('a tenant whose key nobody knows');
  return viewer;
}

let keys = 0;
/** An idempotency key that was not used before in this process. */
export const freshKey = (): string => `key-${(keys += 1)}`;

/** The row that an action answered with. @throws when it was refused */
export async function done<Input>(
  database: TestDatabase,
  viewer: KnownViewer,
  action: Action<Input>,
  input: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await act(database, viewer, action, { idempotencyKey: freshKey(), input });
  if ('refusal' in answer) throw new Error(`${action.name} was refused: ${JSON.stringify(answer.refusal)}`);
  return answer.state;
}

/** The code that an answer was refused with; null for one that was not. */
export const codeOf = (answer: ActionAnswer): string | null =>
  'refusal' in answer ? answer.refusal.code : null;

/** What a mutation answers that has one input: `__typename` and the fields asked for, or the refusal. */
export async function mutate(
  server: TestServer,
  name: string,
  input: Readonly<Record<string, unknown>>,
  options: { readonly key: string; readonly fields: string; readonly idempotencyKey?: string },
): Promise<Readonly<Record<string, unknown>>> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const object = name.endsWith('Placement') ? 'Placement' : 'Workload';
  const answer: GraphAnswer<Record<string, Record<string, unknown>>> = await server.query(
    `mutation ($key: String!, $input: ${type}Input!) { ${name}(idempotencyKey: $key, input: $input) {
       __typename ... on ${object} { ${options.fields} }
       ... on ActionRefusal { code message faults { path message } possible } } }`,
    { key: options.idempotencyKey ?? freshKey(), input },
    options.key,
  );
  const found = answer.data?.[name];
  if (!found) throw new Error(JSON.stringify(answer.errors));
  return found;
}
