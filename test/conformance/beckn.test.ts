/** The recorded Beckn bodies, read by the adapter and heard by the server. Nothing of them is in the project. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adapterOf } from '../../src/beckn/adapter.js';
import { datedInterval } from '../../src/beckn/dated-interval.js';
import { discover, type Discovered } from '../../src/beckn/discover.js';
import { along, at, isObject, term } from '../../src/beckn/json.js';
import { readContext, type MessageContext } from '../../src/beckn/message-context.js';
import { statedPrice } from '../../src/beckn/price.js';
import { startMarket, type Market } from '../integration/beckn/market.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTestRunner, type TestRunner } from '../support/runner.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { RECORDED_DIR, SKIPPED_BECAUSE, recordedFiles } from './recorded-files.js';
import { REPLAY_MISSING, startReplay, type Replay } from './replay-server.js';

const BODIES = RECORDED_DIR
  ? recordedFiles('beckn-deg').map(({ name, text }) => ({ name, body: JSON.parse(text) as unknown }))
  : [];
const isMarket = ({ body }: { readonly body: unknown }): boolean =>
  String(along(body, 'context', 'domain')).includes('compute-energy');

const contextOf = (body: unknown): MessageContext => {
  const head = readContext(body, new Date());
  if ('fault' in head) throw new Error(head.fault);
  return head.context;
};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

describe.skipIf(!RECORDED_DIR)(
  `the recorded Beckn bodies${RECORDED_DIR ? '' : ` (skipped: ${SKIPPED_BECAUSE})`}`,
  () => {
    const market = BODIES.filter(isMarket);
    const catalogs = market.filter(({ body }) => along(body, 'context', 'action') === 'on_discover');
    const orders = market.filter(
      ({ body }) => along(body, 'message', 'order', 'beckn:orderItems') !== undefined,
    );

    it('are there, catalogues and orders', () => {
      expect([BODIES.length, catalogs.length, orders.length].map((count) => count > 0)).toEqual([
        true,
        true,
        true,
      ]);
    });

    it.each(BODIES)(
      '$name has a context that is read, and an adapter where its domain is ours',
      ({ body }) => {
        const context = contextOf(body);
        expect(context.version).toBe('2.0.0');
        expect(adapterOf(context) !== null).toBe(isMarket({ body }));
      },
    );

    it.each(catalogs)('every item of $name becomes a window, with its offers', ({ body }) => {
      const context = contextOf(body);
      const catalog = adapterOf(context)?.catalog(body, context);
      const items = listOf(along(body, 'message', 'catalogs')).flatMap((each) => listOf(term(each, 'items')));
      expect(catalog).toMatchObject({ refusals: [], itemsRead: items.length, itemsDuplicate: 0 });
      expect(items.length).toBeGreaterThan(0);
      const day = context.statedAt.toISOString().slice(0, 10);
      for (const [i, window] of (catalog?.windows ?? []).entries()) {
        const attributes = term(items[i], 'itemAttributes');
        const grid = term(attributes, 'gridParameters');
        const { start } = term(attributes, 'timeWindow') as { readonly start: string };
        expect(window).toMatchObject({
          itemId: term(items[i], 'id'),
          bppId: context.bppId,
          capacityMw: at(term(attributes, 'capacityParameters'), 'availableCapacity'),
          renewablePct: at(grid, 'renewableMix'),
          carbonIntensityGco2PerKwh: at(grid, 'carbonIntensity'),
        });
        expect(window.from).toEqual(new Date(`${day}T${start}`));
        expect(window.to.getTime() - window.from.getTime()).toBeLessThanOrEqual(24 * 3_600_000);
        expect(window.zone).toMatchObject({ zoneCode: at(grid, 'gridZone'), area: at(grid, 'gridArea') });
        const place = listOf([term(items[i], 'availableAt')].flat())[0];
        const isBritish = along(place, 'address', 'addressCountry') === 'GB';
        expect([window.zone.regionId !== null, window.zone.regionReason]).toEqual(
          isBritish ? [true, null] : [false, 'outside Great Britain'],
        );
        expect(window.offers.length).toBeGreaterThan(0);
        for (const { gbpPerMwh, originalPrice, originalCurrency } of window.offers)
          expect(gbpPerMwh).toBe(
            originalCurrency === 'GBP' ? Number(((originalPrice ?? NaN) * 1000).toFixed(6)) : null,
          );
      }
    });

    it.each(orders)(
      'the windows and prices of the order in $name are read too: instants, and a price as a number',
      ({ body }) => {
        const { statedAt } = contextOf(body);
        for (const line of listOf(along(body, 'message', 'order', 'beckn:orderItems'))) {
          expect(statedPrice(term(line, 'acceptedOffer')).gbpPerMwh).toBeTypeOf('number');
          const times = term(term(line, 'orderItemAttributes'), 'timeWindow');
          if (!isObject(times)) continue;
          expect(datedInterval(times['start'], times['end'], statedAt)).toEqual({
            from: new Date(String(times['start'])),
            to: new Date(String(times['end'])),
          });
        }
      },
    );

    it('our question is of the form of the recorded one', () => {
      const recorded = market.find(({ body }) => along(body, 'context', 'action') === 'discover')?.body;
      const adapter = adapterOf(contextOf(recorded));
      const asking = {
        transactionId: 't',
        messageId: 'm',
        bapId: 'b',
        bapUri: 'https://b.example',
        at: new Date(),
      };
      const ours = adapter?.discover(asking, '$');
      const names = (value: unknown): string[] => Object.keys(isObject(value) ? value : {}).sort();
      expect(names(at(ours, 'context'))).toEqual(names(at(recorded, 'context')));
      expect(names(along(ours, 'message', 'filters'))).toEqual(names(along(recorded, 'message', 'filters')));
      expect(along(ours, 'context', 'domain')).toBe(along(recorded, 'context', 'domain'));
      expect(along(ours, 'context', 'schema_context')).toEqual(along(recorded, 'context', 'schema_context'));
    });

    describe('as callbacks', () => {
      let host: Market;
      beforeAll(async () => {
        host = await startMarket();
      });
      afterAll(() => host.close());
      beforeEach(() => host.closeQuestions());

      it.each(BODIES)('$name is kept whole, and never answered with a fault of ours', async ({ body }) => {
        const action = String(along(body, 'context', 'action'));
        const { context: asked } = await host.openQuestion();
        const sent = isObject(body)
          ? { ...body, context: { ...(body['context'] as object), transaction_id: asked.transaction_id } }
          : body;
        const reply = await host.call(action, sent);
        const [last] = (await host.messages()).slice(-1);
        expect(last?.payload).toEqual(sent);
        const expected = !action.startsWith('on_')
          ? [400, 'MALFORMED']
          : !isMarket({ body })
            ? [400, 'UNSUPPORTED']
            : [200, action === 'on_discover' ? 'APPLIED' : 'UNWANTED'];
        expect([reply.status, last?.status]).toEqual(expected);
      });
    });
  },
);

/** Faults that spoil an answer the server has given thought to. */
const SPOILED = [
  ['truncate', 'SOURCE_UNAVAILABLE'],
  ['wrongschema', 'SOURCE_CONTRACT_BROKEN'],
] as const;

describe.skipIf(REPLAY_MISSING).each(['sync', 'async'] as const)(
  `discover against the replay server${REPLAY_MISSING ? ` (skipped: ${REPLAY_MISSING})` : ''}, %s`,
  (mode) => {
    const NOW = '2025-11-17T12:00:00Z';
    let replay: Replay;
    let database: TestDatabase;
    let runner: TestRunner;
    let server: TestServer;

    beforeAll(async () => {
      replay = await startReplay(NOW, { REPLAY_BECKN: mode, REPLAY_BECKN_DELAY: '10' });
      database = await createTestDatabase({ pylonNow: new Date(NOW) });
      runner = createTestRunner(database, '', { timeoutMs: 500 });
      server = await startTestServer(database);
    });
    afterAll(async () => {
      await server.stop();
      await runner.close();
      await database.drop();
      await replay.stop();
    });

    const count = async (what: string): Promise<number> => {
      const { rows } = await database.owner.query<{ n: number }>(
        `select count(*)::integer as n from ${what}`,
      );
      return rows[0]?.n ?? 0;
    };
    const ask = (): Promise<Discovered> =>
      discover(
        { ...runner, marketplace: { url: replay.becknUrl, publicUrl: server.url, bapId: null, filter: '$' } },
        'SCHEDULED',
      );
    /** Asks, and waits for whatever the answer comes by. */
    async function settled(): Promise<void> {
      await ask();
      await until('an answer', async () => (await count(`beckn_transactions where status = 'OPEN'`)) === 0);
    }

    it('brings the recorded windows, on the day of the clock, and the same again changes nothing', async () => {
      await settled();
      expect(await count(`ingest_runs where status = 'SUCCEEDED'`)).toBe(1);
      const windows = await count('compute_windows');
      expect(windows).toBeGreaterThan(0);
      const { data } = await server.query<{
        computeWindows: {
          edges: { node: { from: string; zone: { region: { regionId: number } | null } } }[];
        };
      }>(
        '{ computeWindows(current: true) { edges { node { from zone { region { regionId } } offers { gbpPerMwh } } } } }',
      );
      const shown = data?.computeWindows.edges.map(({ node }) => node) ?? [];
      expect(shown.length).toBeGreaterThan(0);
      for (const { from, zone } of shown)
        expect([from.slice(0, 10), zone.region !== null]).toEqual(['2025-11-17', true]);
      await settled();
      expect([await count('compute_windows'), await count('window_snapshots')]).toEqual([windows, windows]);
    });

    it('a callback that comes twice is there once', async () => {
      const before = await count(`beckn_messages where direction = 'INBOUND'`);
      await replay.control({ prefix: 'beckn', fault: 'dup', times: 1 });
      await settled();
      expect(await count(`beckn_messages where direction = 'INBOUND'`)).toBe(before + 1);
    });

    it.each<readonly [string, string]>([
      ['500', 'SOURCE_UNAVAILABLE'],
      ['429', 'SOURCE_RATE_LIMITED'],
      ['timeout', 'SOURCE_UNAVAILABLE'],
      ['reset', 'SOURCE_UNAVAILABLE'],
      ['html', 'SOURCE_CONTRACT_BROKEN'],
      ...(mode === 'sync' ? SPOILED : []),
    ])('%s fails by name and changes nothing', async (fault, code) => {
      const before = await count('window_snapshots');
      await replay.control({ prefix: 'beckn', fault, times: 100 });
      const report = await ask();
      await replay.control({ reset: true });
      expect(report).toMatchObject({ status: 'FAILED', error: { code } });
      expect(await count('window_snapshots')).toBe(before);
    });

    it.runIf(mode === 'async').each(SPOILED)(
      '%s spoils the acknowledgement only: the callback comes all the same, and counts',
      async (fault) => {
        await replay.control({ prefix: 'beckn', fault, times: 100 });
        await ask();
        await replay.control({ reset: true });
        const [last] = await until('the callback', async () => {
          const { rows } = await database.owner.query<{ status: string }>(
            'select status from beckn_transactions order by beckn_transaction_id desc limit 1',
          );
          return rows[0]?.status === 'ANSWERED' && rows;
        });
        expect(last).toEqual({ status: 'ANSWERED' });
      },
    );

    it.runIf(mode === 'async')('a callback that never comes fails in its time', async () => {
      await replay.control({ prefix: 'beckn', fault: 'empty', times: 1 });
      expect(await ask()).toBeNull();
      await database.owner.query(
        `update beckn_transactions set started_at = started_at - interval '1 hour', expires_at = expires_at - interval '1 hour' where status = 'OPEN'`,
      );
      expect(await ask()).toMatchObject({ status: 'FAILED', error: { code: 'SOURCE_UNAVAILABLE' } });
    });
  },
);
