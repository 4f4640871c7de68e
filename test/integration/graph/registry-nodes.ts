import { encodeGlobalId } from '../../../src/schema/global-id.js';
import { actOn } from '../../support/act.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import type { Grid } from './grid.js';

/** Actions that make one of each type of the registry. */
const MAKING = [
  ['User', 'registerUser', { email: 'ada@example.com', name: 'Ada' }],
  ['DataCentre', 'registerDataCentre', { dcId: 'dc', name: 'DC', regionId: 13, pue: 1.2, capacityMw: 10 }],
  [
    'StorageAsset',
    'registerStorageAsset',
    {
      assetId: 'sa',
      name: 'SA',
      regionId: 13,
      capacityMwh: 1,
      maxChargeMw: 1,
      maxDischargeMw: 1,
      efficiencyPct: 90,
    },
  ],
  ['Agent', 'registerAgent', { agentId: 'ag', name: 'AG', type: 'STORAGE_AGENT' }],
  ['AgentState', 'reportAgentState', { agentId: 'ag', status: 'ACTIVE' }],
  [
    'FlexibilityWindow',
    'publishFlexibilityWindow',
    {
      regionId: 13,
      service: 'TURN_DOWN',
      direction: 'DECREASE_DEMAND',
      volumeMw: 1,
      gbpPerMwh: 1,
      from: '2026-03-03T00:00:00Z',
      to: '2026-03-03T01:00:00Z',
    },
  ],
] as const;

/** A tenant with one of each type of the registry, and their global ids by type. */
export async function registryNodes({
  database,
  server,
}: Grid): Promise<{ readonly tenant: Tenant; readonly ids: Readonly<Record<string, string>> }> {
  const tenant = await createTenant(database, 'Nodes', { type: 'GRID_OPERATOR' });
  const ids: Record<string, string> = { Operator: encodeGlobalId('Operator', tenant.operatorId) };
  for (const [type, action, input] of MAKING) {
    const made = await actOn(server, tenant.key, action, input, { selection: `${type} { id }` });
    ids[type] = String(made['id']);
  }
  return { tenant, ids };
}
