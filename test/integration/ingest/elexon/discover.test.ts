import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLease } from '../../../../src/database/leases.js';
import type { MarketDataset } from '../../../../src/domain/market-dataset.js';
import { ELEXON_DATASETS } from '../../../../src/ingest/elexon/catalogue.js';
import { discoverDatasets } from '../../../../src/ingest/elexon/discover.js';
import { table } from '../../../../src/cli/datasets.js';
import { createTestDatabase, type TestDatabase } from '../../../support/database.js';
import { notificationRows } from '../../../support/notifications.js';
import { startPublisher, type Publisher } from '../../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../../support/runner.js';
import { startTestServer } from '../../../support/server.js';
import { pylon } from '../command.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const METADATA = '/datasets/metadata/latest';

/** A small Elexon: some sets answer, each in its own way. */
function answer(path: string): unknown {
  const { pathname, searchParams } = new URL(path, 'http://publisher');
  const [from, to] = ['from', 'to'].map((name) => new Date(searchParams.get(name) ?? Number.NaN));
  switch (pathname) {
    case METADATA:
      return {
        data: [
          { dataset: 'PN', lastUpdated: '2026-03-02T12:30:00Z' },
          { dataset: 'YAFM', lastUpdated: '2025-12-01T09:00:00Z' },
          { dataset: 'FREQ', lastUpdated: null },
          { dataset: 'BRANDNEW', lastUpdated: 'soon' },
        ],
      };
    case '/datasets/PN/stream':
      return notificationRows(from ?? NOW, to ?? NOW, 1_000);
    case '/datasets/YAFM/stream': // says something once a year: only a look at that moment sees it
      return (searchParams.get('publishDateTimeTo') ?? '').startsWith('2025-12-01T09:00')
        ? [{ dataset: 'YAFM', publishTime: '2025-12-01T09:00:00Z', year: 2026, quantity: 5 }]
        : [];
    case '/datasets/INDO':
      return {
        data: [{ publishTime: '2026-03-02T12:00:00Z', startTime: '2026-03-02T11:30:00Z', demand: 1 }],
      };
    case '/datasets/FREQ/stream':
      return [{ measured: 'now' }, { measured: 'then' }];
    case '/datasets/SYSWARN/stream':
      return [];
    case '/datasets/BRANDNEW':
      return { data: [{ publishTime: '2026-03-02T12:00:00Z' }] };
    default:
      return undefined;
  }
}

describe('the discovery of data sets', () => {
  let database: TestDatabase;
  let publisher: Publisher;
  let runner: TestRunner;

  beforeEach(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    publisher = await startPublisher(answer);
    runner = createTestRunner(database, publisher.url);
  });
  afterEach(async () => {
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  const discover = async (waits: number[] = []): Promise<Map<string, MarketDataset>> => {
    const datasets = await discoverDatasets(runner, { wait: (ms) => Promise.resolve(waits.push(ms)) });
    return new Map(datasets.map((dataset) => [dataset.code, dataset]));
  };

  it('tells the sets that work from those that do not, and says why', async () => {
    publisher.fail('500', { path: '/datasets/MID/' });
    publisher.fail('html', { path: '/datasets/NDF/' });
    publisher.fail('429', { path: '/datasets/TSDF/', retryAfter: '600' });
    publisher.fail('truncate', { path: '/datasets/INDO' });
    const found = await discover();
    expect([...found.keys()]).toEqual([...ELEXON_DATASETS.map(({ code }) => code), 'BRANDNEW'].sort());
    const working = [...found.values()].filter(({ status }) => status === 'WORKING').map(({ code }) => code);
    expect(working).toEqual(['BRANDNEW', 'PN', 'YAFM']);
    expect(found.get('PN')).toMatchObject({
      name: 'Physical Notifications',
      reason: null,
      lastUpdatedAt: new Date('2026-03-02T12:30Z'),
    });
    expect(found.get('PN')?.rowsSeen).toBeGreaterThanOrEqual(200);
    expect(found.get('YAFM')).toMatchObject({ rowsSeen: 1 });
    const reason = (code: string): string | null | undefined => found.get(code)?.reason;
    expect(reason('FREQ')).toMatch(
      /none of 2 rows from \/datasets\/FREQ\/stream.* is one; the first: measurementTime nothing is no instant/,
    );
    expect(reason('SYSWARN')).toMatch(
      /^the catalogue does not list it; no row from \/datasets\/SYSWARN\/stream\?publishDateTimeFrom=2026-03-01T12:35:00Z/,
    );
    expect(reason('AGPT')).toMatch(/\/datasets\/AGPT\/stream\?.* answered 404/);
    expect(reason('MID')).toMatch(/answered 500: .*Internal server error/);
    expect(reason('NDF')).toMatch(/is no JSON list: "<!DOCTYPE html>/);
    expect(reason('TSDF')).toMatch(/answered 429/);
    expect(reason('INDO')).toMatch(/could not be read/);
    for (const dataset of found.values()) {
      expect(dataset.lastTriedAt.getTime()).toBeGreaterThanOrEqual(NOW.getTime());
      expect(dataset.reason ?? '').not.toContain(publisher.url);
    }
  });

  it('asks politely: each set once, no more than two at a time, with a pause after each', async () => {
    let [underWay, most] = [0, 0];
    publisher.answer = (path) => {
      underWay += 1;
      most = Math.max(most, underWay);
      return answer(path);
    };
    const waits: number[] = [];
    await discoverDatasets(runner, {
      wait: (ms) => {
        underWay -= 1;
        return Promise.resolve(waits.push(ms));
      },
    });
    expect(publisher.asked).toHaveLength(1 + ELEXON_DATASETS.length + 1);
    expect(new Set(publisher.asked.map((path) => path.split('?')[0])).size).toBe(publisher.asked.length);
    expect(waits).toEqual(Array.from({ length: ELEXON_DATASETS.length + 1 }, () => 250));
    expect(most).toBeLessThanOrEqual(3); // the catalogue itself, which is not waited after, and two
  });

  it('stores the newest state, which the graph shows', async () => {
    await discover();
    publisher.fail('500', { path: '/datasets/PN/' });
    publisher.fail('empty-list', { path: '/datasets/YAFM/' });
    await discover();
    const server = await startTestServer(database);
    const QUERY = `query ($status: DatasetStatus) { marketDatasets(status: $status) { code name status reason lastTriedAt lastUpdatedAt rowsSeen } }`;
    interface Answer {
      readonly marketDatasets: readonly Record<string, unknown>[];
    }
    const working = await server.query<Answer>(QUERY, { status: 'WORKING' });
    const all = await server.query<Answer>(QUERY);
    await server.stop();
    expect(working.data?.marketDatasets.map(({ code }) => code)).toEqual(['BRANDNEW', 'INDO']);
    expect(all.data?.marketDatasets).toHaveLength(83);
    expect(all.data?.marketDatasets.find(({ code }) => code === 'PN')).toEqual({
      code: 'PN',
      name: 'Physical Notifications',
      status: 'UNAVAILABLE',
      reason: expect.stringMatching(/answered 500/) as string,
      lastTriedAt: expect.stringMatching(/^2026-03-02T12:3/) as string,
      lastUpdatedAt: '2026-03-02T12:30:00.000Z',
      rowsSeen: 0,
    });
  });

  it.each([
    ['500', 'SOURCE_UNAVAILABLE'],
    ['html', 'SOURCE_CONTRACT_BROKEN'],
    ['error-body', 'SOURCE_CONTRACT_BROKEN'],
    ['empty-list', 'SOURCE_EMPTY'],
  ] as const)('stores nothing when the catalogue itself fails: %s', async (fault, code) => {
    publisher.fail(fault, { path: METADATA });
    await expect(discover()).rejects.toMatchObject({ code });
    expect((await database.owner.query('select from market_datasets')).rowCount).toBe(0);
  });

  it('is done by one process at a time, whose late write is refused', async () => {
    await acquireLease(database.pool, 'discover:elexon', 'another process', 60);
    await expect(discover()).rejects.toMatchObject({ code: 'LEASE_HELD' });
    await database.owner.query(`update leases set expires_at = '-infinity'`);
    publisher.answer = (path) => {
      if (path.startsWith('/datasets/ABUC'))
        void database.owner.query(`update leases set fencing = fencing + 1`);
      return answer(path);
    };
    await expect(discover()).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('as a command prints what came of each as JSON', async () => {
    const env = { ELEXON_URL: publisher.url };
    const json = await pylon(['datasets', 'discover', '--json'], database, publisher, env).ended;
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toHaveLength(83);
  });

  it('is printed as a table', async () => {
    const printed = table([...(await discover()).values()]);
    expect(printed).toMatch(/^CODE +STATUS +ROWS +LAST UPDATED +NAME, OR WHY NOT *$/m);
    expect(printed).toMatch(/^PN +WORKING +\d+ +2026-03-02T12:30Z +Physical Notifications *$/m);
    expect(printed).toMatch(/^AGPT +UNAVAILABLE +0 +unknown +the catalogue does not list it; .*404/m);
    expect(printed).toMatch(/^83 data sets: 4 working, 79 unavailable$/m);
  });
});
