/** A gateway that buys, the seller it buys from, and work to buy for. */
import { toBase64url } from '../../../src/domain/base64url.js';
import { endSilentTransactions, sendDueMessages } from '../../../src/beckn/order-post.js';
import { createPost } from '../../../src/beckn/post.js';
import { acquireLease } from '../../../src/database/leases.js';
import { readOrderMessages } from '../../../src/database/order-messages.js';
import { columnsOf, type OrderTransactionRow } from '../../../src/database/order-transactions.js';
import { foldMessages } from '../../../src/domain/beckn-order/fold.js';
import { standingOf } from '../../../src/domain/beckn-order/standing.js';
import { actOn, type Acted } from '../../support/act.js';
import { startBpp, type TestBpp } from '../../support/bpp.js';
import { item, offer } from '../../support/beckn.js';
import { stateItems } from '../../support/market-writer.js';
import { silent } from '../../support/runner.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import { createMovingDatabase, type MovingDatabase } from '../ingest/moving-clock.js';

export const NOW = new Date('2026-03-02T12:00:00Z');
export const PUBLIC_URL = 'https://pylon.example';

const FIELDS = `__typename transactionId state awaiting expiresAt fault version needsReplanning replanningReason replanningNote
  acceptedPrice { gbpPerMwh } statedPrice { gbpPerMwh }`;

export interface Shop {
  readonly database: MovingDatabase;
  readonly server: TestServer;
  readonly bpp: TestBpp;
  readonly buyer: Tenant;
  /** Global id of the one window that is on offer, 14:00 to 18:00. */
  readonly windowId: string;
  /** Submits work of 1 MW for an hour. Answers its id. */
  submit(limits?: object): Promise<string>;
  /** Does a step, and answers the purchase or the refusal. */
  step(action: string, input: object, key?: string): Promise<Acted>;
  /** Begins a purchase for new work, as far as its question: nothing is sent yet. */
  begin(limits?: object): Promise<string>;
  /** One step with all that follows from it. */
  take(action: string, transactionId: string, input?: object): Promise<Acted>;
  /** Sends what is due, once each, and waits until the seller has said all. Ends what ran out. */
  post(): Promise<void>;
  read(transactionId: string): Promise<Record<string, unknown>>;
  messages(transactionId: string): Promise<readonly StoredOrderMessage[]>;
  /** What is stored of every purchase beside what its stored messages come to. */
  replayed(): Promise<readonly { readonly stored: unknown; readonly replayed: unknown }[]>;
  close(): Promise<void>;
}

export interface StoredOrderMessage {
  readonly direction: string;
  readonly action: string;
  readonly message_id: string;
  readonly delivery: string | null;
  readonly attempts: number;
  readonly payload: unknown;
}

export async function startShop(): Promise<Shop> {
  const database = await createMovingDatabase(NOW);
  const server = await startTestServer(database, {}, new Map(), { publicUrl: PUBLIC_URL });
  const bpp = await startBpp();
  bpp.callbackUrl = `${server.url}/beckn`;
  const buyer = await createTenant(database, 'Buyer');
  await stateItems(
    database,
    [item({ id: 'item-1', start: '14:00:00Z', end: '18:00:00Z' })],
    [offer('offer-1', ['item-1'], { value: '0.1', currency: 'GBP' })],
  );
  const { rows } = await database.owner.query<{ id: number }>(
    'select compute_window_id as id from compute_windows',
  );
  const windowId = toBase64url(`ComputeWindow:${rows[0]?.id}`);
  const post = createPost();
  const deps = { database, log: silent, url: bpp.url, post };
  let jobs = 0;

  const step: Shop['step'] = (action, input, key) =>
    actOn(server, buyer.key, action, input, {
      selection: `BecknTransaction { ${FIELDS} }`,
      ...(key === undefined ? {} : { key }),
    });
  const postNow = async (): Promise<void> => {
    const lease = await acquireLease(database.pool, 'test-orders', 'test', 600);
    if (!lease) throw new Error('nobody else sends here');
    await sendDueMessages(deps, lease);
    await bpp.settled();
    await endSilentTransactions(deps);
  };
  const shop: Shop = {
    database,
    server,
    bpp,
    buyer,
    windowId,
    step,
    post: postNow,
    async submit(limits = {}) {
      const jobId = `job-${(jobs += 1)}`;
      const answer = await actOn(
        server,
        buyer.key,
        'submitWorkload',
        {
          jobId,
          name: jobId,
          type: 'OTHER',
          powerKw: 1_000,
          durationMinutes: 60,
          deadline: '2026-03-03T00:00:00Z',
          ...limits,
        },
        { selection: 'Workload { jobId }' },
      );
      if (answer.__typename !== 'Workload') throw new Error(JSON.stringify(answer));
      return jobId;
    },
    async begin(limits) {
      const answer = await step('selectOffer', { windowId, jobId: await shop.submit(limits) });
      if (typeof answer['transactionId'] !== 'string') throw new Error(JSON.stringify(answer));
      return answer['transactionId'];
    },
    async take(action, transactionId, input = {}) {
      const answer = await step(action, { transactionId, ...input });
      await postNow();
      return answer;
    },
    async read(transactionId) {
      const { data, errors } = await server.query<{ becknTransaction: Record<string, unknown> }>(
        `query ($id: String!) { becknTransaction(transactionId: $id) { ${FIELDS} } }`,
        { id: transactionId },
        buyer.key,
      );
      if (!data?.becknTransaction) throw new Error(JSON.stringify(errors));
      return data.becknTransaction;
    },
    async messages(transactionId) {
      const found = await database.owner.query<StoredOrderMessage>(
        `select m.direction, m.action, m.message_id, m.delivery, m.attempts, m.payload
         from order_messages m join order_transactions t using (order_transaction_id) where t.code = $1 order by order_message_id`,
        [transactionId],
      );
      return found.rows;
    },
    async replayed() {
      const { rows: purchases } = await database.owner.query<OrderTransactionRow>(
        'select * from order_transactions',
      );
      return Promise.all(
        purchases.map(async (row) => {
          const messages = await readOrderMessages(database.owner, row.order_transaction_id);
          const replayed = columnsOf(standingOf(foldMessages(messages), row.updated_at));
          const stored = Object.fromEntries(
            Object.keys(replayed).map((name) => [name, Reflect.get(row, name) as unknown]),
          );
          return { stored, replayed };
        }),
      );
    },
    async close() {
      await post.close();
      await server.stop();
      await bpp.close();
      await database.drop();
    },
  };
  return shop;
}
