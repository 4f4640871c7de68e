import { encodeGlobalId } from '../../../src/schema/global-id.js';
import type { TenantRows } from '../../support/tenant-rows.js';
import { LEFT_OUT, type Values } from './walk.js';

/**
 * How every argument and input field of the graph is filled when somebody pries into the rows of another: by that other's
 * ids, wherever one is taken, and else by something that is taken for itself.
 */
export function pryingInto({ names, ids, name, marks: _never }: TenantRows): Values {
  let used = 0;
  return {
    // Whose row it is.
    jobId: names.jobId,
    jobIds: [names.jobId],
    dcId: names.dcId,
    dcIds: [names.dcId],
    sourceDcId: names.dcId,
    targetDcId: names.dcId,
    allowedDcIds: [names.dcId],
    assetId: names.assetId,
    assetIds: [names.assetId],
    agentId: names.agentId,
    agentIds: [names.agentId],
    initiatorAgentId: names.agentId,
    responderAgentId: names.agentId,
    placementId: names.placementId,
    placementIds: [names.placementId],
    negotiationId: names.negotiationId,
    negotiationIds: [names.negotiationId],
    decisionId: names.decisionId,
    supersedes: names.decisionId,
    flexibilityWindowId: names.flexibilityWindowId,
    operatorName: name,
    operatorNames: [name],
    operator: name,
    prefix: names.keyPrefix,
    userEmail: names.email,
    'Query.node.id': encodeGlobalId('Workload', ids.workloads),
    'Query.nodes.ids': [encodeGlobalId('Workload', ids.workloads), encodeGlobalId('Decision', ids.decisions)],

    // Of pages and times.
    first: 20,
    after: LEFT_OUT,
    from: '2026-03-02T12:00:00Z',
    to: '2026-03-02T14:00:00Z',
    at: '2026-03-02T12:00:00Z',
    asOf: LEFT_OUT,

    // Of the grid, which is everybody's.
    regionId: 13,
    regionIds: [13],
    'Query.region.code': 'LONDON',
    'Query.gridNow.code': 'LONDON',
    'Query.forecast.code': 'LONDON',
    'Query.forecast.hours': 24,
    postcode: 'EC1A 1BB',
    fuelTypes: ['WIND'],
    fuelType: 'WIND',
    sources: ['carbon-intensity-regional'],
    source: 'carbon-intensity-regional',
    dataset: 'PN',
    bmUnit: 'T_MADE-1',
    leadParty: 'Made Power',
    search: 'made',
    belowGco2PerKwh: 1_000,
    aboveGco2PerKwh: 0,
    belowHz: 60,
    aboveHz: 40,

    // Of actions.
    idempotencyKey: () => `prying-${(used += 1)}`,
    name: () => `Prying ${(used += 1)}`,
    email: () => `prying-${(used += 1)}@example.com`,
    metadata: {},
  };
}
