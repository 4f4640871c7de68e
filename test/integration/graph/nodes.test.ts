import { isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionTable } from '../../../src/database/actions.js';
import { toBase64url } from '../../../src/domain/base64url.js';
import { NODE_TYPES, encodeGlobalId } from '../../../src/schema/global-id.js';
import { schema } from '../../../src/schema/index.js';
import { item } from '../../support/beckn.js';
import { stateItems } from '../../support/market-writer.js';
import { createTenantRows, type TenantRows } from '../../support/tenant-rows.js';
import {
  ALL_REGIONS,
  FACTORS,
  FORECASTS,
  OUTTURNS,
  REGIONAL,
  forecasts,
  said,
  startGrid,
  unit,
  type Grid,
} from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
/** The table of each type of the compute side. */
const COMPUTE_TABLES = {
  Agent: 'agents',
  AgentState: 'agent_states',
  ApiKey: 'api_keys',
  BecknTransaction: 'order_transactions',
  DataCentre: 'data_centres',
  Decision: 'decisions',
  DecisionOutcome: 'decision_outcomes',
  FlexibilityWindow: 'flexibility_windows',
  Negotiation: 'negotiations',
  Operator: 'operators',
  Placement: 'placements',
  StorageAsset: 'storage_assets',
  User: 'users',
  Workload: 'workloads',
} as const satisfies Readonly<Record<string, ActionTable>>;
const HALF_HOUR = new Date('2026-03-02T12:30:00Z');

describe('an object with a global id', () => {
  let grid: Grid;
  let ids: Readonly<Record<string, string>>;
  let tenant: TenantRows;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    await grid.record(
      REGIONAL,
      forecasts(HALF_HOUR, 2, ALL_REGIONS, (region) => region),
    );
    await grid.record(FORECASTS, [said({ from: HALF_HOUR, intensityGco2PerKwh: 120 })]);
    await grid.record(OUTTURNS, [said({ from: HALF_HOUR, kind: 'OUTTURN', intensityGco2PerKwh: 0 })]);
    await grid.recordFactors({ Coal: 937, Wind: 0 });
    await grid.recordUnits([unit('T_MADE-1')]);
    await stateItems(grid.database, [item({ id: 'a' })]);
    tenant = await createTenantRows(grid.database, 'Tenant', { text: 'own', number: 5 });
    const { data } = await grid.server.query<{
      region: { id: string };
      gridNow: { id: string; observations: { id: string }[] };
      ingestRuns: { edges: { node: { id: string } }[] };
      bmUnits: { edges: { node: { id: string } }[] };
      computeWindows: { edges: { node: { id: string; zone: { id: string } } }[] };
    }>(
      '{ region(regionId: 13) { id } gridNow { id observations { id } } ingestRuns { edges { node { id } } } bmUnits { edges { node { id } } } computeWindows { edges { node { id zone { id } } } } }',
    );
    ids = {
      BmUnit: data?.bmUnits.edges[0]?.node.id ?? '',
      Region: data?.region.id ?? '',
      GridSignal: data?.gridNow.id ?? '',
      Observation: data?.gridNow.observations[0]?.id ?? '',
      IngestRun: data?.ingestRuns.edges[0]?.node.id ?? '',
      ComputeWindow: data?.computeWindows.edges[0]?.node.id ?? '',
      GridZone: data?.computeWindows.edges[0]?.node.zone.id ?? '',
      ...Object.fromEntries(
        Object.entries(COMPUTE_TABLES).map(([type, table]) => [
          type,
          encodeGlobalId(type, tenant.ids[table]),
        ]),
      ),
    };
  });
  afterAll(() => grid.close());

  const nodes = async (globalIds: readonly string[]) => {
    const { data, errors } = await grid.server.query<{
      nodes: ({ __typename: string; id: string } | null)[];
    }>('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids: globalIds });
    return errors?.[0]?.extensions.code ?? data?.nodes;
  };

  it('is of one of the types that are listed for it', () => {
    const implementing = schema.getPossibleTypes(schema.getType('Node') as never).filter(isObjectType);
    expect(implementing.map(({ name }) => name).sort()).toEqual([...NODE_TYPES]);
    expect(Object.keys(ids).sort()).toEqual([...NODE_TYPES]);
  });

  it.each(NODE_TYPES)('is found again by the id of a %s', async (type) => {
    const id = ids[type] ?? '';
    const { data, errors } = await grid.server.query(
      'query ($id: ID!) { node(id: $id) { __typename id } }',
      { id },
      tenant.key,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ node: { __typename: type, id } });
  });

  it('keeps its place among others, repeated ones and missing ones included', async () => {
    const missing = toBase64url('IngestRun:2147483647');
    const asked = [
      ids['Observation'],
      missing,
      ids['Region'],
      ids['GridSignal'],
      ids['Region'],
      ids['IngestRun'],
    ];
    expect(await nodes(asked.map(String))).toEqual([
      { __typename: 'Observation', id: ids['Observation'] },
      null,
      { __typename: 'Region', id: ids['Region'] },
      { __typename: 'GridSignal', id: ids['GridSignal'] },
      { __typename: 'Region', id: ids['Region'] },
      { __typename: 'IngestRun', id: ids['IngestRun'] },
    ]);
  });

  it.each([
    ...Object.keys(COMPUTE_TABLES).flatMap((type) =>
      ['0', '-1', 'x', '1.0', '2000000000', '9999999999'].map((id) => `${type}:${id}`),
    ),
    'Region:0',
    'Region:19',
    'GridZone:0',
    'GridZone:2147483647',
    'GridZone:2147483648',
    'ComputeWindow:x',
    'ComputeWindow:2147483647',
    'ComputeWindow:9999999999',
    'Region:013',
    'Region:13.0',
    'Region: 13',
    'Region:99999999999999999999',
    'Region:abc',
    'GridSignal:13',
    'GridSignal:13@2026-03-02T12:31Z',
    'GridSignal:13@2026-02-30T12:30Z',
    'GridSignal:13@0000-01-01T00:00Z',
    'GridSignal:13@9999-12-31T23:30Z',
    'GridSignal:99@2026-03-02T12:30Z',
    'Observation:x',
    'Observation:18.1.FORECAST.2026-03-02T12:30Z.9223372036854775807',
    'Observation:18.1.FORECAST.2026-03-02T12:30Z.9223372036854775808',
    'Observation:18.99999.FORECAST.2026-03-02T12:30Z.1',
    'Observation:18.1.GUESS.2026-03-02T12:30Z.1',
    'Observation:99.1.FORECAST.2026-03-02T12:30Z.1',
    'Observation:18.1.toString.2026-03-02T12:30Z.1',
    'IngestRun:0',
    'IngestRun:-1',
    'IngestRun:1e3',
    'IngestRun:2147483648',
    'IngestRun:9223372036854775808',
  ])('is null where nothing has the id %s', async (plain) => {
    expect(await nodes([toBase64url(plain)])).toEqual([null]);
  });

  it.each([
    '',
    '!!!',
    'Region:13',
    toBase64url('Region'),
    toBase64url('Region:'),
    toBase64url(':13'),
    toBase64url('PageInfo:1'),
    toBase64url('Query:1'),
    toBase64url('__Type:1'),
    toBase64url('constructor:1'),
    `${toBase64url('Region:13')}=`,
    Buffer.from('Region:\0').toString('base64url').slice(0, 5),
    '\0',
    '\ud800',
    'x'.repeat(100_000),
  ])('refuses %j, which is no global id', async (id) => {
    const { data, errors } = await grid.server.query('query ($id: ID!) { node(id: $id) { id } }', { id });
    expect({ code: errors?.[0]?.extensions.code, node: data?.['node'] ?? null }).toEqual({
      code: 'BAD_USER_INPUT',
      node: null,
    });
    expect(errors?.[0]?.message.length).toBeLessThan(500);
  });

  it('is asked for a hundred at a time at most', async () => {
    const id = ids['Region'] ?? '';
    expect(await nodes(Array.from({ length: 100 }, () => id))).toHaveLength(100);
    expect(await nodes(Array.from({ length: 101 }, () => id))).toBe('BAD_USER_INPUT');
    expect(await nodes([])).toEqual([]);
  });

  it('links to its neighbours both ways', async () => {
    const span = 'from: "2026-03-02T12:30Z", to: "2026-03-02T13:00Z"';
    const { data, errors } = await grid.server.query<Record<string, never>>(`{
      signal: gridNow { id region { regionId signalNow { id } signals(${span}) { edges { node { id } } } }
        observations { kind source signal { id } region { regionId }
          ingestRun { id source observations { edges { node { kind source signal { id } } } } sourceHealth { id runs { edges { node { id } } } } } } }
      factors: carbonFactors { fuel ingestRun { source carbonFactors { fuel gco2PerKwh } } } }`);
    expect(errors).toBeUndefined();
    const signal = data?.['signal'] as unknown as SignalLinks;
    expect(signal.region.signalNow.id).toBe(signal.id);
    expect(signal.region.signals.edges.map(({ node }) => node.id)).toEqual([signal.id]);
    expect(signal.observations.map(({ source, kind }) => `${source} ${kind}`)).toEqual([
      `${OUTTURNS} OUTTURN`,
      `${FORECASTS} FORECAST`,
      `${REGIONAL} FORECAST`,
    ]);
    for (const { source, signal: back, region, ingestRun } of signal.observations) {
      expect(back.id).toBe(signal.id);
      expect(region.regionId).toBe(18);
      expect(ingestRun.source).toBe(source);
      expect(ingestRun.sourceHealth.id).toBe(source);
      expect(ingestRun.sourceHealth.runs.edges.map(({ node }) => node.id)).toContain(ingestRun.id);
      expect(ingestRun.observations.edges.some(({ node }) => node.signal.id === signal.id)).toBe(true);
    }
    expect(data?.['factors']).toEqual(
      ['Coal', 'Wind'].map((fuel) => ({
        fuel,
        ingestRun: {
          source: FACTORS,
          carbonFactors: [
            { fuel: 'Coal', gco2PerKwh: 937 },
            { fuel: 'Wind', gco2PerKwh: 0 },
          ],
        },
      })),
    );
  });
});

interface SignalLinks {
  readonly id: string;
  readonly region: {
    readonly signalNow: { readonly id: string };
    readonly signals: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
  };
  readonly observations: readonly {
    readonly source: string;
    readonly kind: string;
    readonly signal: { readonly id: string };
    readonly region: { readonly regionId: number };
    readonly ingestRun: {
      readonly id: string;
      readonly source: string;
      readonly observations: {
        readonly edges: readonly { readonly node: { readonly signal: { readonly id: string } } }[];
      };
      readonly sourceHealth: {
        readonly id: string;
        readonly runs: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
      };
    };
  }[];
}
