import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toBase64url } from '../../../src/domain/base64url.js';
import { startGrid, unit, type Grid } from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: Record<string, unknown> }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

describe('bmUnits', () => {
  let grid: Grid;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    await grid.recordUnits([
      unit('T_WIND-2', {
        fuelType: 'WIND',
        leadPartyId: 'BREEZE',
        leadPartyName: 'Breeze Limited',
        name: 'Second Farm',
      }),
      unit('T_WIND-1', {
        fuelType: 'WIND',
        leadPartyId: 'BREEZE',
        leadPartyName: 'Breeze Limited',
        name: 'First Farm',
      }),
      unit('E_GAS-1', {
        fuelType: 'CCGT',
        leadPartyId: 'FLAME',
        leadPartyName: 'Flame plc',
        generationCapacityMw: 415.4,
      }),
      unit('e_small'),
    ]);
    await grid.recordUnits([
      unit('E_GAS-1', {
        fuelType: 'CCGT',
        leadPartyId: 'BREEZE',
        leadPartyName: 'Breeze Limited',
        generationCapacityMw: 420,
        demandCapacityMw: -2.5,
        nationalGridBmUnit: 'GAS-1',
        gspGroupId: '_K',
      }),
    ]);
  });
  afterAll(() => grid.close());

  const page = async (args: string): Promise<Page> => {
    const { data, errors } = await grid.server.query<{ bmUnits: Page }>(
      `{ bmUnits${args} { edges { cursor node { elexonBmUnit } } pageInfo { hasNextPage endCursor } } }`,
    );
    if (!data) throw new Error(JSON.stringify(errors));
    return data.bmUnits;
  };
  const ids = async (args: string): Promise<unknown[]> =>
    (await page(args)).edges.map(({ node }) => node['elexonBmUnit']);

  it('are listed by id, each once, with what was last said of it', async () => {
    expect(await ids('')).toEqual(['E_GAS-1', 'T_WIND-1', 'T_WIND-2', 'e_small']);
    const { data } = await grid.server.query(`{ bmUnits(search: "gas-1") { edges { node {
      elexonBmUnit nationalGridBmUnit fuelType fuelName leadPartyName generationCapacityMw demandCapacityMw gspGroupId
      knownAt ingestRun { source rowsNew rowsChanged } } } } }`);
    expect(data).toEqual({
      bmUnits: {
        edges: [
          {
            node: {
              elexonBmUnit: 'E_GAS-1',
              nationalGridBmUnit: 'GAS-1',
              fuelType: 'CCGT',
              fuelName: 'Gas, combined cycle',
              leadPartyName: 'Breeze Limited',
              generationCapacityMw: 420,
              demandCapacityMw: -2.5,
              gspGroupId: '_K',
              knownAt: expect.any(String) as string,
              ingestRun: { source: 'elexon-bm-units', rowsNew: 0, rowsChanged: 1 },
            },
          },
        ],
      },
    });
  });

  it.each([
    ['(fuelType: "WIND")', ['T_WIND-1', 'T_WIND-2']],
    ['(leadParty: "breeze")', ['E_GAS-1', 'T_WIND-1', 'T_WIND-2']],
    ['(leadParty: "Breeze Limited", fuelType: "CCGT")', ['E_GAS-1']],
    ['(leadParty: "Flame plc")', []],
    ['(search: "FARM")', ['T_WIND-1', 'T_WIND-2']],
    ['(search: "%")', []],
    ['(search: "t_wind-2")', ['T_WIND-2']],
  ])('%s are %j', async (args, expected) => {
    expect(await ids(args)).toEqual(expected);
  });

  it('are followed page by page', async () => {
    const seen: unknown[] = [];
    for (let after: string | null = null; ;) {
      const cursor: string = after === null ? '' : `, after: ${JSON.stringify(after)}`;
      const { edges, pageInfo }: Page = await page(`(first: 1${cursor})`);
      seen.push(...edges.map(({ node }) => node['elexonBmUnit']));
      after = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(['E_GAS-1', 'T_WIND-1', 'T_WIND-2', 'e_small']);
  });

  it.each([
    ['(search: "")', 'BAD_USER_INPUT'],
    [`(leadParty: "${'x'.repeat(101)}")`, 'BAD_USER_INPUT'],
    [String.raw`(search: "nul \u0000")`, 'BAD_USER_INPUT'],
    ['(first: 101)', 'BAD_USER_INPUT'],
    ['(after: "nonsense")', 'BAD_CURSOR'],
    [`(after: "${toBase64url('u1.nul \0')}")`, 'BAD_CURSOR'],
    [`(after: "${toBase64url('i1.7')}")`, 'BAD_CURSOR'],
  ])('%s is refused as %s', async (args, code) => {
    const { errors } = await grid.server.query(`{ bmUnits${args} { edges { cursor } } }`);
    expect(errors?.[0]?.extensions.code).toBe(code);
  });

  it('nobody knows are null by their id', async () => {
    const { data, errors } = await grid.server.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: [toBase64url('BmUnit:T_NOBODY-1'), toBase64url('BmUnit:nul \0')],
    });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ nodes: [null, null] });
  });
});
