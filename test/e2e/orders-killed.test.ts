import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { readOrderMessages } from '../../src/database/order-messages.js';
import { columnsOf, type OrderTransactionRow } from '../../src/database/order-transactions.js';
import { toBase64url } from '../../src/domain/base64url.js';
import { foldMessages } from '../../src/domain/beckn-order/fold.js';
import { standingOf } from '../../src/domain/beckn-order/standing.js';
import { startBpp, type TestBpp } from '../support/bpp.js';
import { item, offer } from '../support/beckn.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { stateItems } from '../support/market-writer.js';
import { killAll, startPylon, type PylonProcess } from '../support/process.js';
import { createTenant, type Tenant } from '../support/tenants.js';
import { until } from '../support/until.js';

const KILLS = process.env['PYLON_SOAK'] ? 10 : 1;
const BUYERS = 4;
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let bpp: TestBpp;
let buyer: Tenant;
let windowId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  bpp = await startBpp();
  bpp.insists = true;
  buyer = await createTenant(database, 'Buyer', { role: 'AGENT' });
  const at = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();
  await stateItems(
    database,
    [item({ id: 'item-1', start: at(1), end: at(9) })],
    [offer('offer-1', ['item-1'], { value: '0.1', currency: 'GBP' })],
  );
  const { rows } = await database.owner.query<{ id: number }>(
    'select compute_window_id as id from compute_windows',
  );
  windowId = toBase64url(`ComputeWindow:${rows[0]?.id}`);
});
afterEach(() => killAll());
afterAll(async () => {
  await bpp.close();
  await database.drop();
});

interface Answered {
  readonly transactionId?: string;
  readonly state?: string;
}

it(
  `purchases whose gateway is killed (${KILLS} ×) ask each thing once, and hear each answer once`,
  { timeout: KILLS * 60_000 + 120_000 },
  async () => {
    let url: string | null = null;
    let pylon: PylonProcess | undefined;
    const start = async (): Promise<void> => {
      pylon = await startPylon(['serve'], {
        DATABASE_URL: database.ownerUrl,
        PORT: '0',
        INGEST: 'off',
        LOG_LEVEL: 'info',
        LEASE_SECONDS: '6',
        BECKN_URL: bpp.url,
        PUBLIC_URL: 'https://pylon.example',
        BECKN_BAP_ID: 'pylon.example',
      });
      url = await pylon.up();
      bpp.callbackUrl = `${url}/beckn`;
    };
    await start();

    const query = async (text: string, variables: object): Promise<Answered> => {
      for (;;) {
        try {
          if (url === null) throw new Error('no gateway');
          const response = await fetch(`${url}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${buyer.key}` },
            body: JSON.stringify({ query: text, variables }),
          });
          const { data } = (await response.json()) as { data: { readonly answer: Answered } };
          return data.answer;
        } catch {
          await sleep(50); // killed before, during or after it: that is what is tested
        }
      }
    };
    const act = (key: string, action: string, input: object): Promise<Answered> => {
      const name = `${action[0]?.toUpperCase()}${action.slice(1)}`;
      const object =
        action === 'submitWorkload' ? 'Workload { jobId }' : 'BecknTransaction { transactionId state }';
      return query(
        `mutation ($key: String!, $input: ${name}Input!) { answer: ${action}(idempotencyKey: $key, input: $input) { ... on ${object} } }`,
        { key: `${key}-${action}`, input },
      );
    };
    const leaving = async (transactionId: string, waiting: string): Promise<string> => {
      for (;;) {
        const { state } = await query(
          'query ($id: String!) { answer: becknTransaction(transactionId: $id) { state } }',
          { id: transactionId },
        );
        if (state !== undefined && state !== waiting) return state;
        await sleep(50);
      }
    };
    let isBuying = true;
    const states: string[] = [];
    const buy = async (jobId: string): Promise<string> => {
      await act(jobId, 'submitWorkload', {
        jobId,
        name: jobId,
        type: 'OTHER',
        powerKw: 1_000,
        durationMinutes: 60,
        deadline: new Date(Date.now() + 12 * HOUR_MS),
      });
      const { transactionId = '' } = await act(jobId, 'selectOffer', { windowId, jobId });
      if ((await leaving(transactionId, 'SELECTING')) !== 'SELECTED') return 'given up';
      await act(jobId, 'initOrder', { transactionId });
      if ((await leaving(transactionId, 'INITIALISING')) !== 'INITIALISED') return 'given up';
      await act(jobId, 'confirmOrder', { transactionId });
      return leaving(transactionId, 'CONFIRMING');
    };
    const buyers = Array.from({ length: BUYERS }, async (_, number) => {
      for (let i = 0; isBuying; i += 1) states.push(await buy(`buyer-${number}-${i}`));
    });
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = bpp.asked.length;
      await until('questions under way', () => bpp.asked.length > before + BUYERS, 60_000);
      await sleep(Math.random() * 1_000);
      pylon?.signal('SIGKILL');
      url = null;
      await pylon?.ended;
      await start();
    }
    const before = bpp.asked.length;
    await until('questions after the last kill', () => bpp.asked.length > before + BUYERS, 60_000);
    isBuying = false;
    await Promise.all(buyers);
    await bpp.settled();
    expect(states).toContain('CONFIRMED');

    // Each step of each purchase has one question, which the seller may have been sent more than once.
    const questions = new Map<string, Set<string>>();
    for (const question of bpp.asked) {
      const { transaction_id: id, action } = question.context;
      const name = `${id} ${action}`;
      questions.set(name, (questions.get(name) ?? new Set()).add(JSON.stringify(question)));
    }
    expect([...questions].filter(([, texts]) => texts.size > 1)).toEqual([]);
    const { rows: unheard } = await database.owner.query<{ message_id: string }>(
      `select message_id from order_messages where delivery = 'DELIVERED'`,
    );
    const asked = new Set(bpp.asked.map(({ context }) => context.message_id));
    expect(unheard.filter(({ message_id: id }) => !asked.has(id))).toEqual([]);
    // Every word of the seller is there once, and every purchase stands where its messages say.
    const { rows: answers } = await database.owner.query<{ message_id: string }>(
      `select message_id from order_messages where direction = 'INBOUND'`,
    );
    expect(answers.map(({ message_id: id }) => id).sort()).toEqual([...bpp.said].sort());
    const { rows: purchases } = await database.owner.query<OrderTransactionRow>(
      'select * from order_transactions',
    );
    for (const row of purchases) {
      const messages = await readOrderMessages(database.owner, row.order_transaction_id);
      const standing = columnsOf(standingOf(foldMessages(messages), row.updated_at));
      expect(
        Object.fromEntries(Object.keys(standing).map((name) => [name, Reflect.get(row, name) as unknown])),
      ).toEqual(standing);
    }
    const { rows: unlogged } = await database.owner.query(
      `select code, version from order_transactions t
       where version <> 1 + (select count(*) from event_log l where topic = 16 and object_id = t.order_transaction_id)`,
    );
    expect(unlogged).toEqual([]);
  },
);
