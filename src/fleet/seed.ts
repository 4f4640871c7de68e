import { act, type Action } from '../actions/action.js';
import { registerAgent } from '../actions/registry/register-agent.js';
import { registerDataCentre } from '../actions/registry/register-data-centre.js';
import { registerStorageAsset } from '../actions/registry/register-storage-asset.js';
import { registerUser } from '../actions/registry/register-user.js';
import type { ActionDatabase } from '../database/actions.js';
import type { Database } from '../database/open.js';
import { ensureSyntheticOperators } from '../database/synthetic-operators.js';
import { readAs } from '../database/viewers.js';
import { scopesOf, type KnownViewer } from '../domain/viewer.js';
import type { FleetOperator } from './fleet.js';

/** Something of the fleet that an action refused, such as an id that a real operator has. */
export interface FleetRefusal {
  readonly action: string;
  readonly id: string;
  readonly reason: string;
}

export interface SeedReport {
  /** How many were registered now; what was there before is not counted. */
  readonly registered: number;
  readonly refused: readonly FleetRefusal[];
  /** Who acts for each operator of the fleet, by its slug. */
  readonly viewers: ReadonlyMap<string, KnownViewer>;
}

/**
 * Registers what of the fleet is not registered yet: by the ordinary actions, each as the operator whose it will be, so that
 * the fleet is under the same rules, events and row-level security as everybody's. Again, it registers nothing; two
 * processes at once register everything once, because natural ids are also the idempotency keys.
 */
export async function seedFleet(
  database: ActionDatabase,
  fleet: readonly FleetOperator[],
): Promise<SeedReport> {
  const ids = await ensureSyntheticOperators(database.pool, fleet);
  const viewers = new Map<string, KnownViewer>();
  const refused: FleetRefusal[] = [];
  let registered = 0;
  for (const operator of fleet) {
    const operatorId = ids.get(operator.name);
    if (operatorId === undefined) {
      refused.push({
        action: 'registerOperator',
        id: operator.name,
        reason: 'a real operator has its name or address',
      });
      continue;
    }
    const viewer = viewerOf(operatorId, operator.name);
    viewers.set(operator.slug, viewer);
    const known = await namesOf(database, viewer);
    const outcomes = [];
    for (const { action, id, input } of registrationsOf(operator))
      if (!known.has(`${action.name} ${id}`))
        outcomes.push(await registerOne(database, viewer, action, id, input));
    registered += outcomes.filter((outcome) => outcome === null).length;
    refused.push(...outcomes.filter((outcome) => outcome !== null));
  }
  return { registered, refused, viewers };
}

/** An operator of the fleet as itself: no key was shown, this process acts for it. */
const viewerOf = (operatorId: number, operatorName: string): KnownViewer => ({
  operatorId,
  operatorName,
  role: 'OPERATOR',
  scopes: scopesOf('OPERATOR', []),
  apiKeyId: 0,
});

interface Registration {
  readonly action: Action<unknown>;
  readonly id: string;
  readonly input: unknown;
}

function registrationsOf(operator: FleetOperator): Registration[] {
  return [
    ...operator.users.map((input) => ({ action: registerUser, id: input.email, input })),
    ...operator.dataCentres.map((input) => ({ action: registerDataCentre, id: input.dcId, input })),
    ...operator.storageAssets.map((input) => ({ action: registerStorageAsset, id: input.assetId, input })),
    ...operator.agents.map((input) => ({ action: registerAgent, id: input.agentId, input })),
  ];
}

/** What of an operator's is registered already, by the action that does it and its id. */
async function namesOf({ pool }: Pick<Database, 'pool'>, viewer: KnownViewer): Promise<ReadonlySet<string>> {
  const rows = await readAs(pool, viewer, async (client) => {
    const result = await client.query<{ name: string }>(
      `select 'registerUser ' || email as name from users where operator_id = $1
       union all select 'registerDataCentre ' || dc_id from data_centres where operator_id = $1
       union all select 'registerStorageAsset ' || asset_id from storage_assets where operator_id = $1
       union all select 'registerAgent ' || code from agents where operator_id = $1`,
      [viewer.operatorId],
    );
    return result.rows;
  });
  return new Set(rows.map(({ name }) => name));
}

async function registerOne(
  database: ActionDatabase,
  viewer: KnownViewer,
  action: Registration['action'],
  id: string,
  input: unknown,
): Promise<FleetRefusal | null> {
  const answer = await act(database, viewer, action, { idempotencyKey: `fleet/${action.name}/${id}`, input });
  return 'refusal' in answer ? { action: action.name, id, reason: answer.refusal.message } : null;
}
