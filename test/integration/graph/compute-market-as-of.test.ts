import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GOTHENBURG, item, offer, square } from '../../support/beckn.js';
import { askItems, stateItems } from '../../support/market-writer.js';
import { momentAfter, startGrid, type Grid } from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const KENT = square(51.27, 0.52);

interface WindowNode {
  readonly itemId: string;
  readonly isOnOffer: boolean;
}
interface Zone {
  readonly zoneId: string;
  readonly windows: readonly WindowNode[];
}
interface Market {
  readonly computeWindows: { readonly edges: readonly { readonly node: WindowNode }[] };
}

/** All of the market that can be asked as of an instant. */
const WINDOW = `itemId name isOnOffer zone { zoneId windows { itemId } } currentSnapshot { capacityMw knownAt gbpPerMwh }
  snapshots(first: 3) { edges { node { capacityMw } } } offers { offerId gbpPerMwh }`;
const everything = (asOf: string): string => `{
  all: computeWindows(first: 20${asOf}) { edges { node { ${WINDOW} } } }
  current: computeWindows(first: 20, current: true${asOf}) { edges { node { ${WINDOW} } } }
  yorkshire: computeWindows(first: 20, regionId: 5${asOf}) { edges { node { itemId } } }
  marketCatalog(regionId: 18${asOf}) { zoneId windows { itemId offers { offerId } } }
  gridZones(regionId: null${asOf}) { zoneId windows { itemId } } }`;

describe('the marketplace as of an instant', () => {
  let grid: Grid;
  const moments = { before: '2026-03-02T12:00:00.000Z', between: '', after: '' };
  type Moment = keyof typeof moments;
  const note = async (name: Moment) => {
    moments[name] = (await momentAfter(grid)).toISOString();
  };

  beforeAll(async () => {
    grid = await startGrid(NOW);
    await stateItems(
      grid.database,
      [item({ id: 'leeds', capacity: 3 }), item({ id: 'night', start: '22:00:00Z', end: '06:00:00Z' })],
      [offer('day', ['leeds'], { value: '0.08', currency: 'GBP' })],
    );
    await note('between');
    // The same window is revised and moves; another comes, and one is not listed any more.
    await stateItems(
      grid.database,
      [
        item({ id: 'leeds', capacity: 4, zone: 'GB-SOUTH-2', area: 'Maidstone', availableAt: KENT }),
        item({ id: 'gothenburg', zone: 'SE-3', area: 'Göteborg', availableAt: GOTHENBURG }),
      ],
      [
        offer('day', ['leeds'], { value: '0.09', currency: 'GBP' }),
        offer('deal', ['leeds'], { value: '0.07', currency: 'GBP' }),
      ],
    );
    await note('after');
  });
  afterAll(() => grid.close());

  const asked = async <Data>(query: string): Promise<Data> => {
    const { data, errors } = await grid.server.query<Data>(query);
    if (!data || errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const windowsAt = async (args: string, fields = 'itemId'): Promise<unknown[]> =>
    (
      await asked<Market>(`{ computeWindows${args} { edges { node { ${fields} } } } }`)
    ).computeWindows.edges.map(({ node }) => (fields === 'itemId' ? node.itemId : node));

  it.each<[Moment, string, string[]]>([
    ['before', '', []],
    ['before', ', current: true', []],
    ['between', '', ['leeds', 'night']],
    ['between', ', current: true', ['leeds', 'night']],
    ['between', ', regionId: 5', ['leeds', 'night']],
    ['between', ', regionId: 14', []],
    ['after', '', ['leeds', 'gothenburg', 'night']],
    ['after', ', current: true', ['leeds', 'gothenburg']],
    ['after', ', regionId: 5', ['night']],
    ['after', ', regionId: 14, current: true', ['leeds']],
  ])('lists the windows %s%s', async (moment, args, expected) => {
    expect(await windowsAt(`(asOf: "${moments[moment]}"${args})`)).toEqual(expected);
  });

  it.each<[Moment, unknown]>([
    [
      'between',
      {
        zone: { zoneId: 'GB-NORTH-7', windows: [{ itemId: 'leeds' }, { itemId: 'night' }] },
        isOnOffer: true,
        currentSnapshot: { capacityMw: 3, gbpPerMwh: 80 },
        snapshots: { edges: [{ node: { capacityMw: 3 } }] },
        offers: [{ offerId: 'day', gbpPerMwh: 80 }],
      },
    ],
    [
      'after',
      {
        zone: { zoneId: 'GB-SOUTH-2', windows: [{ itemId: 'leeds' }] },
        isOnOffer: true,
        currentSnapshot: { capacityMw: 4, gbpPerMwh: 70 },
        snapshots: { edges: [{ node: { capacityMw: 4 } }, { node: { capacityMw: 3 } }] },
        offers: [
          { offerId: 'day', gbpPerMwh: 90 },
          { offerId: 'deal', gbpPerMwh: 70 },
        ],
      },
    ],
  ])('shows a window, its snapshots, its offers and the windows beside it %s', async (moment, expected) => {
    const [leeds] = await windowsAt(
      `(asOf: "${moments[moment]}", first: 1)`,
      'zone { zoneId windows { itemId } } isOnOffer currentSnapshot { capacityMw gbpPerMwh } ' +
        'snapshots { edges { node { capacityMw } } } offers { offerId gbpPerMwh }',
    );
    expect(leeds).toEqual(expected);
  });

  it('answers for several instants in one request, each its own', async () => {
    const zones = 'zoneId windows { itemId }';
    const { before, between, after } = moments;
    expect(
      await asked<Record<string, Zone[]>>(
        `{ b: gridZones(asOf: "${before}") { ${zones} } m: gridZones(asOf: "${between}") { ${zones} }
           a: gridZones(asOf: "${after}") { ${zones} } catalog: marketCatalog(asOf: "${between}") { ${zones} } }`,
      ),
    ).toEqual({
      b: [],
      m: [{ zoneId: 'GB-NORTH-7', windows: [{ itemId: 'leeds' }, { itemId: 'night' }] }],
      a: [
        { zoneId: 'GB-NORTH-7', windows: [] },
        { zoneId: 'GB-SOUTH-2', windows: [{ itemId: 'leeds' }] },
        { zoneId: 'SE-3', windows: [{ itemId: 'gothenburg' }] },
      ],
      catalog: [{ zoneId: 'GB-NORTH-7', windows: [{ itemId: 'leeds' }, { itemId: 'night' }] }],
    });
  });

  it('says where a snapshot and its offers come from, and when', async () => {
    const [leeds] = (await windowsAt(
      `(asOf: "${moments.between}", first: 1)`,
      'currentSnapshot { seenAt knownAt provenance { source quality issuedAt knownAt } } offers { provenance { source quality issuedAt knownAt } }',
    )) as {
      readonly currentSnapshot: {
        readonly seenAt: string;
        readonly knownAt: string;
        readonly provenance: unknown;
      };
      readonly offers: readonly unknown[];
    }[];
    const provenance = {
      source: 'beckn-discover',
      quality: 'REAL',
      issuedAt: leeds?.currentSnapshot.seenAt,
      knownAt: leeds?.currentSnapshot.knownAt,
    };
    expect(leeds?.currentSnapshot.provenance).toEqual(provenance);
    expect(leeds?.offers).toEqual([{ provenance }]);
    expect(String(provenance.knownAt) < moments.between).toBe(true);
  });

  it.each(['computeWindows', 'marketCatalog', 'gridZones'])(
    '%s refuses an instant to come',
    async (field) => {
      const { errors } = await grid.server.query(`{ ${field}(asOf: "2026-03-04T00:00Z") { __typename } }`);
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    },
  );
});

describe('any past instant of the marketplace', () => {
  let grid: Grid;
  beforeEach(async () => {
    grid = await startGrid(NOW);
  });
  afterEach(() => grid.close());

  it.each([1, 2])(
    'answers what the present answered then, whatever was said since (seed %i)',
    async (seed) => {
      let state = seed;
      const below = (most: number): number => {
        state = (state * 48271) % 2147483647;
        return state % most;
      };
      const zones = [{}, { zone: 'GB-SOUTH-2', area: 'Maidstone', availableAt: KENT }];
      const said: { readonly asOf: string; readonly answer: unknown }[] = [];
      for (let step = 0; step < 10; step += 1) {
        const ids = ['a', 'b', 'c', 'd'].filter(() => below(3) > 0);
        const items = ids.map((id) => item({ id, capacity: 1 + below(2), ...zones[below(2)] }));
        await stateItems(
          grid.database,
          [...items, item({ id: 'always' })],
          [offer('o', ids, { value: `0.0${1 + below(3)}`, currency: 'GBP' })],
          { bppId: ['one.example', 'two.example'][below(2)] ?? '' },
        );
        const asOf = (await momentAfter(grid)).toISOString();
        said.push({ asOf, answer: (await grid.server.query(everything(''))).data });
      }
      expect(new Set(said.map(({ answer }) => JSON.stringify(answer))).size).toBeGreaterThan(5);
      for (const { asOf, answer } of said) {
        const then = await grid.server.query(everything(`, asOf: "${asOf}"`));
        expect(then.errors).toBeUndefined();
        expect(then.data).toEqual(answer);
      }
    },
  );
});

describe('a window that leaves the market', () => {
  let grid: Grid;
  beforeEach(async () => {
    grid = await startGrid(NOW);
  });
  afterEach(() => grid.close());

  const onOffer = async (): Promise<string[]> =>
    (
      (await grid.server.query<Market>('{ computeWindows(current: true) { edges { node { itemId } } } }'))
        .data?.computeWindows.edges ?? []
    ).map(({ node }) => node.itemId);
  const told = async (): Promise<string[]> =>
    (
      await grid.database.owner.query<{ what: string }>(
        `select w.item_id || case l.is_listed when true then ' comes' when false then ' leaves' else ' changes' end as what
         from event_log e join compute_windows w on w.compute_window_id = e.object_id
         left join window_listings l on l.compute_window_id = e.object_id and l.sequence = e.sequence
         where e.topic = 7 order by e.sequence`,
      )
    ).rows.map(({ what }) => what);
  const a = item({ id: 'a' });
  const b = item({ id: 'b' });

  it('and comes back unchanged is told of each time, once', async () => {
    for (const items of [[a, b], [a], [a], [a, b], [a, b]]) await stateItems(grid.database, items);
    expect(await told()).toEqual(['a comes', 'b comes', 'b leaves', 'b comes']);
    expect(await onOffer()).toEqual(['a', 'b']);
    const counts = await grid.database.owner.query(
      'select rows_new, rows_changed from ingest_runs order by ingest_run_id',
    );
    expect(counts.rows.map((row) => Object.values(row as object))).toEqual([
      [2, 2],
      [0, 0],
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  it('is not told of when it is over: it was to end then', async () => {
    await stateItems(grid.database, [item({ id: 'over', start: '06:00:00Z', end: '08:00:00Z' }), b]);
    await stateItems(grid.database, [b]);
    expect(await told()).toEqual(['over comes', 'b comes']);
    expect(await onOffer()).toEqual(['b']);
  });

  it('is taken off by its own platform only', async () => {
    await stateItems(grid.database, [a], [], { bppId: 'one.example' });
    await stateItems(grid.database, [b], [], { bppId: 'two.example' });
    expect(await told()).toEqual(['a comes', 'b comes']);
  });

  it('is not taken off by an answer of which an item could not be read', async () => {
    await stateItems(grid.database, [a, b]);
    await stateItems(grid.database, [a, item({ id: 'b', capacity: 'much' })]);
    expect(await onOffer()).toEqual(['a', 'b']);
    await stateItems(grid.database, [a]);
    expect(await onOffer()).toEqual(['a']);
  });

  it('is not taken off by an answer written before it was last stated', async () => {
    await stateItems(grid.database, [a, b]);
    await stateItems(grid.database, [item({ id: 'c' })], [], { timestamp: '2026-03-02T12:00:00Z' });
    expect(await told()).toEqual(['a comes', 'b comes', 'c comes']);
  });

  it('is not brought back by a later answer to an older question', async () => {
    const older = await askItems(grid.database);
    await stateItems(grid.database, [a]);
    await older([b]);
    expect(await onOffer()).toEqual(['a']);
    expect(await told()).toEqual(['a comes', 'b leaves']);
  });

  it('is not taken off by a later word of an older question about it', async () => {
    const older = await askItems(grid.database);
    await stateItems(grid.database, [a, b]);
    await older([item({ id: 'a', capacity: 9 })], [], { timestamp: '2026-03-02T23:00:00Z' });
    expect(await told()).toEqual(['a comes', 'b comes', 'a changes']);
    expect(await onOffer()).toEqual(['a', 'b']);
  });

  it('comes back with the second part of an answer that has two', async () => {
    await stateItems(grid.database, [a, b]);
    const answer = await askItems(grid.database);
    await answer([a]);
    await answer([b]);
    expect(await told()).toEqual(['a comes', 'b comes', 'b leaves', 'b comes']);
    expect(await onOffer()).toEqual(['a', 'b']);
  });
});
