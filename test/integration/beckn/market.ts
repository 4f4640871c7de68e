/** A database, its server, a marketplace and who asks it. */
import { discover, type DiscoverDeps, type Discovered } from '../../../src/beckn/discover.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startMarketplace, type Question, type TestMarketplace } from '../../support/marketplace.js';
import { createTestRunner } from '../../support/runner.js';
import { startTestServer, type TestServer } from '../../support/server.js';

export interface Market {
  readonly database: TestDatabase;
  readonly server: TestServer;
  readonly marketplace: TestMarketplace;
  /** Asks once, reachable under its own address unless told otherwise. */
  ask(options?: { readonly publicUrl?: string | null }): Promise<Discovered>;
  /** Asks, is acknowledged, and answers the question that is now out. */
  openQuestion(): Promise<Question>;
  /** POSTs a callback. */
  call(action: string, body: unknown, headers?: Record<string, string>): Promise<CallbackReply>;
  /** Moves the end of every question that is out into the past. */
  expireQuestions(): Promise<void>;
  /** Ends every question that is out as if it had been answered, so that the next one may be asked. */
  closeQuestions(): Promise<void>;
  /** One value of the owner's. */
  value<Value = unknown>(sql: string, ...values: unknown[]): Promise<Value>;
  messages(): Promise<readonly StoredMessage[]>;
  close(): Promise<void>;
}

export interface CallbackReply {
  readonly status: number;
  readonly ack: string | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

export interface StoredMessage {
  readonly direction: string;
  readonly action: string;
  readonly party: string;
  readonly message_id: string | null;
  readonly transaction_id: string | null;
  readonly status: string;
  readonly is_late: boolean;
  readonly signature: string;
  readonly fault: string | null;
  readonly payload: unknown;
  readonly payload_text: string | null;
}

export async function startMarket(
  options: { readonly pylonNow?: Date; readonly publicKeys?: ReadonlyMap<string, string> } = {},
): Promise<Market> {
  const database = await createTestDatabase(options.pylonNow ? { pylonNow: options.pylonNow } : {});
  const server = await startTestServer(database, {}, options.publicKeys);
  const marketplace = await startMarketplace();
  const runner = createTestRunner(database, '');
  const ask: Market['ask'] = ({ publicUrl = server.url } = {}) => {
    const deps: DiscoverDeps = {
      ...runner,
      marketplace: { url: marketplace.url, publicUrl, bapId: 'pylon.example', filter: '$[?(@.wanted)]' },
    };
    return discover(deps, 'SCHEDULED');
  };
  return {
    database,
    server,
    marketplace,
    ask,
    async openQuestion() {
      const before = marketplace.sent.length;
      const report = await ask();
      const sent = marketplace.sent[before];
      if (report || sent === undefined) throw new Error('no question is out');
      return JSON.parse(sent) as Question;
    },
    async call(action, body, headers = {}) {
      const response = await fetch(`${server.url}/beckn/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body:
          typeof body === 'string' || body instanceof Uint8Array
            ? (body as Uint8Array<ArrayBuffer>)
            : JSON.stringify(body),
      });
      const answer = (await response.json()) as {
        readonly message?: { readonly ack?: { readonly status: string } };
        readonly error?: { readonly code: string; readonly message: string };
      };
      return { status: response.status, ack: answer.message?.ack?.status, error: answer.error };
    },
    async expireQuestions() {
      await database.owner.query(
        `update beckn_transactions set started_at = started_at - interval '1 hour', expires_at = expires_at - interval '1 hour' where status = 'OPEN'`,
      );
    },
    async closeQuestions() {
      await database.owner.query(
        `with run as (insert into ingest_runs (source_id, mode, status, endpoint, window_from, window_to, started_at, finished_at)
           select source_id, mode, 'SUCCEEDED', endpoint, window_from, window_to, started_at, started_at from beckn_transactions
           where status = 'OPEN' limit 1 returning ingest_run_id)
         update beckn_transactions set status = 'ANSWERED', ingest_run_id = run.ingest_run_id from run where beckn_transactions.status = 'OPEN'`,
      );
    },
    async value<Value>(sql: string, ...values: unknown[]) {
      const { rows } = await database.owner.query({ text: sql, values, rowMode: 'array' });
      return (rows as [Value][])[0]?.[0] as Value;
    },
    async messages() {
      const { rows } = await database.owner.query<StoredMessage>(
        `select direction, action, party, message_id, transaction_id, status, is_late, signature, fault, payload, payload_text
         from beckn_messages where direction = 'INBOUND' order by beckn_message_id`,
      );
      return rows;
    },
    async close() {
      await server.stop();
      await runner.close();
      await marketplace.close();
      await database.drop();
    },
  };
}
