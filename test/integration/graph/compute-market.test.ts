import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { item, offer, square, GOTHENBURG } from '../../support/beckn.js';
import { stateItems } from '../../support/market-writer.js';
import { openStream, sequenceOf, type Message } from '../../support/streams.js';
import { ALL_REGIONS, startGrid, type Grid } from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const KENT = square(51.27, 0.52);

interface WindowNode {
  readonly itemId: string;
  readonly currentSnapshot?: { readonly capacityMw: number };
}
type Edges<Node> = { readonly edges: readonly { readonly cursor: string; readonly node: Node }[] };

describe('the compute-energy marketplace in the graph', () => {
  let grid: Grid;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    const { database } = grid;
    // What was on offer this morning and is not any more, though some of it is not over.
    await stateItems(database, [
      item({ id: 'over', start: '06:00:00Z', end: '08:00:00Z' }),
      item({ id: 'withdrawn', start: '20:00:00Z', end: '22:00:00Z' }),
      item({ id: 'leeds', capacity: 3 }),
    ]);
    await stateItems(
      database,
      [
        item({ id: 'leeds', capacity: 4 }),
        item({ id: 'leeds-night', start: '22:00:00Z', end: '06:00:00Z' }),
        item({ id: 'kent', zone: 'GB-SOUTH-2', area: 'Maidstone', availableAt: KENT, start: '13:00:00Z' }),
        item({ id: 'gothenburg', zone: 'SE-3', area: 'Göteborg', availableAt: GOTHENBURG }),
      ],
      [
        offer('pounds', ['leeds'], { value: '0.087', currency: 'GBP' }),
        offer('euros', ['leeds', 'gothenburg'], { value: '0.061', currency: 'EUR' }),
      ],
    );
  });
  afterAll(() => grid.close());

  const windows = async (args: string) => {
    const { data, errors } = await grid.server.query<{ computeWindows: Edges<WindowNode> }>(
      `{ computeWindows${args} { edges { cursor node { itemId } } } }`,
    );
    return errors?.[0]?.extensions.code ?? data?.computeWindows.edges.map(({ node }) => node.itemId);
  };

  it('shows a window whole: where, when, what is said of it now and was before, and its offers', async () => {
    const { data, errors } = await grid.server.query(
      `{ computeWindows(current: true, regionId: 5, first: 1) { edges { node {
           itemId name providerId platformId from to
           zone { zoneId name region { regionId gridZones { zoneId windows { itemId } } } regionReason latitude longitude }
           currentSnapshot { capacityMw renewablePct carbonIntensityGco2PerKwh reservationRequired gbpPerMwh priceReason originalPrice
             originalCurrency originalUnit seenAt ingestRun { source rowsChanged } }
           snapshots { edges { node { capacityMw } } pageInfo { hasNextPage } }
           offers { offerId name providerId gbpPerMwh priceReason originalPrice originalCurrency originalUnit } } } } }`,
    );
    expect(errors).toBeUndefined();
    const pounds = { gbpPerMwh: 87, priceReason: null, originalPrice: 0.087, originalCurrency: 'GBP' };
    expect(data).toMatchObject({
      computeWindows: {
        edges: [
          {
            node: {
              itemId: 'leeds',
              name: 'Window leeds',
              providerId: 'provider-aire',
              platformId: 'aire.example',
              from: '2026-03-02T10:00:00.000Z',
              to: '2026-03-02T14:00:00.000Z',
              zone: {
                zoneId: 'GB-NORTH-7',
                name: 'Leeds-South',
                region: {
                  regionId: 5,
                  gridZones: [
                    { zoneId: 'GB-NORTH-7', windows: [{ itemId: 'leeds' }, { itemId: 'leeds-night' }] },
                  ],
                },
                regionReason: null,
                latitude: 53.8,
                longitude: -1.55,
              },
              currentSnapshot: {
                capacityMw: 4,
                renewablePct: 62,
                carbonIntensityGco2PerKwh: 131,
                reservationRequired: false,
                ...pounds,
                originalUnit: 'per_kWh',
                ingestRun: { source: 'beckn-discover', rowsChanged: 4 },
              },
              snapshots: {
                edges: [{ node: { capacityMw: 4 } }, { node: { capacityMw: 3 } }],
                pageInfo: { hasNextPage: false },
              },
              offers: [
                {
                  offerId: 'euros',
                  gbpPerMwh: null,
                  priceReason: 'in EUR: no exchange rate is known',
                  originalPrice: 0.061,
                  originalCurrency: 'EUR',
                },
                { offerId: 'pounds', name: 'Offer pounds', providerId: 'provider-aire', ...pounds },
              ],
            },
          },
        ],
      },
    });
  });

  it.each([
    ['(current: true)', ['gothenburg', 'leeds', 'kent', 'leeds-night']],
    ['', ['over', 'gothenburg', 'leeds', 'kent', 'withdrawn', 'leeds-night']],
    ['(regionId: 5)', ['over', 'leeds', 'withdrawn', 'leeds-night']],
    ['(regionId: 15, current: true)', ['leeds', 'kent', 'leeds-night']],
    ['(regionId: 18, current: true)', ['leeds', 'kent', 'leeds-night']],
    ['(regionId: 16)', []],
    ['(from: "2026-03-02T14:00Z", current: true)', ['leeds-night']],
    ['(to: "2026-03-02T10:00Z")', ['over']],
    ['(from: "2026-03-03T05:00Z", to: "2026-03-03T05:30Z")', ['leeds-night']],
    ['(regionId: 19)', 'REGION_NOT_FOUND'],
    ['(from: "2026-03-02T10:00Z", to: "2026-03-02T10:00Z")', 'BAD_USER_INPUT'],
    ['(after: "x")', 'BAD_CURSOR'],
    ['(first: 101)', 'BAD_USER_INPUT'],
  ])('computeWindows%s', async (args, expected) => {
    const found = await windows(args);
    const sorted = (value: unknown): unknown =>
      Array.isArray(value) ? [...(value as string[])].sort() : value;
    expect(sorted(found)).toEqual(sorted(expected));
  });

  it('pages through windows by their start, none twice and none left out', async () => {
    interface Paged {
      readonly computeWindows: Edges<{ readonly itemId: string; readonly from: string }> & {
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
      };
    }
    const pageAfter = async (after: string | null): Promise<Paged['computeWindows']> => {
      const { data } = await grid.server.query<Paged>(
        'query ($after: String) { computeWindows(first: 2, after: $after) { edges { cursor node { itemId from } } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      if (!data) throw new Error('no page');
      return data.computeWindows;
    };
    let page = await pageAfter(null);
    const seen = page.edges.map(({ node }) => node);
    while (page.pageInfo.hasNextPage) {
      page = await pageAfter(page.pageInfo.endCursor);
      seen.push(...page.edges.map(({ node }) => node));
    }
    expect(new Set(seen.map(({ itemId }) => itemId)).size).toBe(6);
    expect(seen).toHaveLength(6);
    expect(seen.map(({ from }) => from)).toEqual(seen.map(({ from }) => from).sort());
  });

  it('lists what is on offer now by zone, and all zones it ever heard of', async () => {
    const { data } = await grid.server.query<Record<string, { zoneId: string }[]>>(
      `{ marketCatalog { zoneId regionReason windows { itemId offers { offerId } } } gridZones { zoneId }
         kent: gridZones(regionId: 14) { zoneId } none: marketCatalog(regionId: 1) { zoneId } }`,
    );
    const plain = (itemId: string) => ({ itemId, offers: [] });
    expect(data).toEqual({
      marketCatalog: [
        {
          zoneId: 'GB-NORTH-7',
          regionReason: null,
          windows: [
            { itemId: 'leeds', offers: [{ offerId: 'euros' }, { offerId: 'pounds' }] },
            plain('leeds-night'),
          ],
        },
        { zoneId: 'GB-SOUTH-2', regionReason: null, windows: [plain('kent')] },
        {
          zoneId: 'SE-3',
          regionReason: 'outside Great Britain',
          windows: [{ itemId: 'gothenburg', offers: [{ offerId: 'euros' }] }],
        },
      ],
      gridZones: [{ zoneId: 'GB-NORTH-7' }, { zoneId: 'GB-SOUTH-2' }, { zoneId: 'SE-3' }],
      kent: [{ zoneId: 'GB-SOUTH-2' }],
      none: [],
    });
  });

  it('leads from every region to its zones in one statement', async () => {
    const { data } = await grid.server.query<{ regions: { regionId: number; gridZones: unknown[] }[] }>(
      '{ regions { regionId gridZones { zoneId } } }',
    );
    expect(data?.regions.map(({ regionId }) => regionId)).toEqual(ALL_REGIONS);
    expect(
      data?.regions.filter(({ gridZones }) => gridZones.length > 0).map(({ regionId }) => regionId),
    ).toEqual([5, 14]);
  });

  it('refuses an asking that would be too dear', async () => {
    const { errors } = await grid.server.query(
      '{ computeWindows(first: 100) { edges { node { snapshots(first: 100) { edges { node { ingestRun { source } } } } } } } }',
    );
    expect(errors?.[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX');
  });
});

describe('the subscription computeWindows', () => {
  let grid: Grid;
  beforeAll(async () => {
    grid = await startGrid(NOW);
  });
  afterAll(() => grid.close());

  interface WindowMessage extends Message {
    readonly computeWindow?: {
      readonly itemId: string;
      readonly isOnOffer: boolean;
      readonly currentSnapshot: { readonly capacityMw: number };
      readonly snapshots: Edges<{ readonly capacityMw: number }>;
    } | null;
  }
  const FIELDS =
    'kind cursor computeWindow { itemId isOnOffer currentSnapshot { capacityMw } snapshots { edges { node { capacityMw } } } }';
  const subscribe = (variables: Record<string, unknown> = {}) =>
    openStream('websocket', grid.server, {
      query: `subscription ($regionIds: [Int!], $after: String) { computeWindows(regionIds: $regionIds, after: $after) { ${FIELDS} } }`,
      variables,
    });
  const said = (message: WindowMessage) => [
    message.computeWindow?.itemId,
    message.computeWindow?.isOnOffer,
    message.computeWindow?.currentSnapshot.capacityMw,
    message.computeWindow?.snapshots.edges.map(({ node }) => node.capacityMw),
  ];

  it('tells of each change and each leaving as of its cursor, once, and resumes after any of them', async () => {
    const live = subscribe();
    const [ready] = await live.take(1);
    expect(ready?.kind).toBe('READY');
    await stateItems(grid.database, [item({ id: 'a', capacity: 1 }), item({ id: 'b', capacity: 1 })]);
    await stateItems(grid.database, [item({ id: 'a', capacity: 2 }), item({ id: 'b', capacity: 1 })]);
    await stateItems(grid.database, [item({ id: 'a', capacity: 2 }), item({ id: 'b', capacity: 1 })]);
    await stateItems(grid.database, [item({ id: 'a', capacity: 3 })]);
    const messages = (await live.take(6)).slice(1);
    expect(messages.map(said)).toEqual([
      ['a', true, 1, [1]],
      ['b', true, 1, [1]],
      ['a', true, 2, [2, 1]],
      ['a', true, 3, [3, 2, 1]],
      ['b', false, 1, [1]],
    ]);
    live.close();

    const resumed = subscribe({ after: messages[1]?.cursor });
    expect((await resumed.take(3)).map(said)).toEqual(messages.slice(2).map(said));
    resumed.close();
    const sequences = messages.map(({ cursor }) => sequenceOf(cursor));
    expect(sequences).toEqual([...sequences].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('tells of some regions only, and the stream of all events of windows and their runs alike', async () => {
    const [first] = await subscribe().take(1);
    await stateItems(grid.database, [
      item({ id: 'kent', zone: 'GB-SOUTH-2', area: 'Maidstone', availableAt: KENT }),
      item({ id: 'leeds' }),
      item({ id: 'gothenburg', zone: 'SE-3', area: 'Göteborg', availableAt: GOTHENBURG }),
    ]);
    const kent = subscribe({ regionIds: [14], after: first?.cursor });
    expect((await kent.take(1)).map((message) => said(message)[0])).toEqual(['kent']);
    kent.close();
    const all = openStream('websocket', grid.server, {
      query:
        'subscription ($after: String) { events(after: $after) { kind cursor topic computeWindow { itemId } ingestRun { source } } }',
      variables: { after: first?.cursor },
    });
    expect(
      (await all.take(5)).map((message: WindowMessage) => [
        message.topic,
        message.computeWindow?.itemId ?? message.ingestRun?.source,
      ]),
    ).toEqual([
      ['COMPUTE_WINDOWS', 'kent'],
      ['COMPUTE_WINDOWS', 'leeds'],
      ['COMPUTE_WINDOWS', 'gothenburg'],
      ['COMPUTE_WINDOWS', 'a'],
      ['INGEST_RUNS', 'beckn-discover'],
    ]);
    all.close();
  });

  it.each([
    [{ regionIds: [] }, 'BAD_USER_INPUT'],
    [{ regionIds: [19] }, 'REGION_NOT_FOUND'],
    [{ after: 'x' }, 'BAD_CURSOR'],
  ])('refuses %j', async (variables, code) => {
    expect(await subscribe(variables).failure()).toEqual([code]);
  });
});
