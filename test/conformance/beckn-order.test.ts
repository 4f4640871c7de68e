/** Orders of the recorded Beckn bodies: read by the adapter, and bought from the replay server. Nothing of them is in the project. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADAPTERS } from '../../src/beckn/adapter.js';
import { discover } from '../../src/beckn/discover.js';
import { along, at, isObject, term } from '../../src/beckn/json.js';
import { endSilentTransactions, sendDueMessages } from '../../src/beckn/order-post.js';
import { createPost, type Post } from '../../src/beckn/post.js';
import { statedPrice } from '../../src/beckn/price.js';
import { acquireLease } from '../../src/database/leases.js';
import { actOn } from '../support/act.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTestRunner, silent, type TestRunner } from '../support/runner.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { createTenant, type Tenant } from '../support/tenants.js';
import { until } from '../support/until.js';
import { RECORDED_DIR, SKIPPED_BECAUSE, recordedFiles } from './recorded-files.js';
import { REPLAY_MISSING, startReplay, type Replay } from './replay-server.js';

const [adapter] = ADAPTERS;
const BODIES = RECORDED_DIR ? recordedFiles('beckn-deg').map(({ text }) => JSON.parse(text) as unknown) : [];
const recorded = (action: string): unknown =>
  BODIES.find((body) => along(body, 'context', 'action') === action);

/** Names of everything in a body, by path; of a list its first. */
function pathsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return pathsOf((value as unknown[])[0], `${path}[]`);
  if (!isObject(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, `${path}.${name}`));
}

describe.skipIf(!RECORDED_DIR)(
  `the recorded orders${RECORDED_DIR ? '' : ` (skipped: ${SKIPPED_BECAUSE})`}`,
  () => {
    it('are read: what a seller answers to select is a quote with its price and carbon intensity', () => {
      const body = recorded('on_select');
      const [line] = along(body, 'message', 'order', 'beckn:orderItems') as readonly unknown[];
      const attributes = term(line, 'orderItemAttributes');
      expect(adapter.orderStatement(body)).toEqual({
        word: 'QUOTED',
        price: statedPrice(term(line, 'acceptedOffer')),
        carbonIntensityGco2PerKwh: at(term(attributes, 'gridParameters'), 'carbonIntensity'),
        error: null,
        note: null,
      });
    });

    it('are of the form of ours, but for what people only read', () => {
      const asking = {
        transactionId: 't',
        messageId: 'm',
        bapId: 'b',
        bapUri: 'https://b.example',
        at: new Date(),
        bppId: 'p',
        bppUri: 'https://p.example',
      };
      const asked = {
        orderId: 'o',
        buyerId: 'b',
        providerId: 'p',
        itemId: 'i',
        offerId: 'f',
        accepts: statedPrice({
          price: { currency: 'GBP', price: 0.1 },
          offerAttributes: { unit: 'per_kWh' },
        }),
        from: new Date(),
        to: new Date(),
        loadMw: 1,
        askedAt: new Date(),
        change: { actionType: 'workload_shift', reason: 'r', loadReductionMw: 0.3 },
      };
      const missing = (action: 'select' | 'status' | 'update'): string[] => {
        const ours = new Set(pathsOf(adapter.order(action, asking, asked)));
        return pathsOf(recorded(action)).filter((path) => !ours.has(path));
      };
      expect(missing('select').every((path) => /descriptor|priceStability/.test(path))).toBe(true);
      expect(missing('status').filter((path) => !path.startsWith('.context.schema_context'))).toEqual([]);
      // Of what the buyer does only what he said is told, and nothing of the workload but its load.
      expect(
        missing('update').every((path) =>
          /shiftDetails|batterySupport|responseTime|workloadMetadata|fulfillment\.beckn:status|responseToEvent/.test(
            path,
          ),
        ),
      ).toBe(true);
    });
  },
);

/** An address that is known before the server behind it listens. */
async function startFront(): Promise<{ readonly url: string; target: string; close(): Promise<void> }> {
  const front = { target: '' };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void fetch(`${front.target}${request.url}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: Buffer.concat(chunks),
      }).then(async (answer) => response.writeHead(answer.status).end(await answer.text()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(front, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

describe.skipIf(REPLAY_MISSING).each(['sync', 'async'] as const)(
  `an order from the replay server${REPLAY_MISSING ? ` (skipped: ${REPLAY_MISSING})` : ''}, %s`,
  (mode) => {
    const NOW = '2025-11-17T09:00:00Z';
    let replay: Replay;
    let database: TestDatabase;
    let runner: TestRunner;
    let server: TestServer;
    let front: Awaited<ReturnType<typeof startFront>>;
    let buyer: Tenant;
    let post: Post;

    beforeAll(async () => {
      replay = await startReplay(NOW, { REPLAY_BECKN: mode, REPLAY_BECKN_DELAY: '10' });
      database = await createTestDatabase({ pylonNow: new Date(NOW) });
      runner = createTestRunner(database, '', { timeoutMs: 2_000 });
      front = await startFront();
      server = await startTestServer(database, {}, new Map(), { publicUrl: front.url });
      front.target = server.url;
      buyer = await createTenant(database, 'Buyer');
      post = createPost();
      const marketplace = { url: replay.becknUrl, publicUrl: front.url, bapId: 'pylon.example', filter: '$' };
      await discover({ ...runner, marketplace }, 'SCHEDULED');
    });
    afterAll(async () => {
      await post.close();
      await server.stop();
      await front.close();
      await runner.close();
      await database.drop();
      await replay.stop();
    });

    const ask = async <Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> => {
      const { data, errors } = await server.query(query, variables, buyer.key);
      if (!data) throw new Error(JSON.stringify(errors));
      return data as Data;
    };

    it('is bought, asked about, updated and cancelled', async () => {
      interface Windows {
        readonly computeWindows: {
          readonly edges: readonly {
            readonly node: {
              readonly id: string;
              readonly offers: readonly { readonly gbpPerMwh: number | null }[];
            };
          }[];
        };
      }
      const window = await until('a window', async () => {
        const { computeWindows } = await ask<Windows>(
          '{ computeWindows(current: true, regionId: 18) { edges { node { id offers { gbpPerMwh } } } } }',
        );
        return computeWindows.edges.find(({ node }) => node.offers[0]?.gbpPerMwh != null)?.node;
      });
      await actOn(
        server,
        buyer.key,
        'submitWorkload',
        {
          jobId: 'job',
          name: 'job',
          type: 'OTHER',
          powerKw: 500,
          durationMinutes: 60,
          deadline: '2025-11-19T00:00:00Z',
          maxPriceGbpPerMwh: window.offers[0]?.gbpPerMwh,
        },
        { selection: 'Workload { jobId }' },
      );
      const selection = 'BecknTransaction { transactionId state }';
      const { transactionId } = await actOn(
        server,
        buyer.key,
        'selectOffer',
        { windowId: window.id, jobId: 'job' },
        { selection },
      );
      const lease = await acquireLease(database.pool, 'test-orders', 'test', 600);
      if (!lease) throw new Error('nobody else sends here');
      const deps = { database, log: silent, url: replay.becknUrl, post };
      const answered = async (): Promise<unknown> => {
        await sendDueMessages(deps, lease);
        await endSilentTransactions(deps);
        return until('an answer', async () => {
          const { becknTransaction } = await ask<{
            becknTransaction: { state: string; awaiting: string | null; needsReplanning: boolean };
          }>(
            'query ($id: String!) { becknTransaction(transactionId: $id) { state awaiting needsReplanning } }',
            { id: transactionId },
          );
          return becknTransaction.awaiting === null && becknTransaction;
        });
      };
      const stands = (state: string) => ({ state, awaiting: null, needsReplanning: false });
      expect(await answered()).toEqual(stands('SELECTED'));
      for (const [action, state, input] of [
        ['initOrder', 'INITIALISED', {}],
        ['confirmOrder', 'CONFIRMED', {}],
        ['refreshOrder', 'CONFIRMED', {}],
        ['updateOrder', 'CONFIRMED', { change: 'WORKLOAD_SHIFT', reason: 'grid_stress_response' }],
        ['cancelOrder', 'CANCELLED', {}],
      ] as const) {
        const answer = await actOn(server, buyer.key, action, { transactionId, ...input }, { selection });
        expect(answer.__typename).toBe('BecknTransaction');
        expect(await answered()).toEqual(stands(state));
      }
    });
  },
);
