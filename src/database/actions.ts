import { createHash } from 'node:crypto';
import pg from 'pg';
import { canonicalJson } from '../domain/canonical-json.js';
import { Refused, type Refusal } from '../domain/refusal.js';
import type { KnownViewer } from '../domain/viewer.js';
import { archivedSpans } from './archive/archived-spans.js';
import type { GridSignalReader } from './grid-signals.js';
import { jsonbText } from './ingest-runs.js';
import type { Database } from './open.js';

/** Tables whose rows actions answer with and events show. */
export type ActionTable =
  | 'operators'
  | 'users'
  | 'api_keys'
  | 'data_centres'
  | 'storage_assets'
  | 'agents'
  | 'agent_states'
  | 'workloads'
  | 'placements'
  | 'negotiations'
  | 'decisions'
  | 'decision_outcomes'
  | 'flexibility_windows'
  | 'order_transactions';

export interface ActionObject {
  readonly table: ActionTable;
  readonly id: number;
}

/** A decision, complete but for its number and its hashes: it gets those last of all, and its event before the others. */
export interface DecisionAppend {
  readonly table: 'decisions';
  /** By column; `signals`: what it was made from. */
  readonly append: Readonly<Record<string, unknown>> & {
    readonly signals: readonly { readonly region_id: number; readonly from_at: string }[];
  };
}

/** What an action leaves behind for its caller. */
export type ActionOutcome = ActionObject | DecisionAppend;

/** What an action works with: one transaction, as its caller. */
export interface ActionTransaction {
  readonly db: pg.PoolClient;
  readonly viewer: KnownViewer;
  /** The instant of the whole action, by the server's clock. */
  readonly now: Date;
  /** Reads the grid within the transaction. */
  readonly grid: GridSignalReader;
  /** What its subscribers will be told when it is done, in this order, each object as it is then. */
  changed(table: ActionTable, id: number): void;
  /** Who we are to sellers; null where nobody said. */
  readonly bap: Bap | null;
  /** Something that the answer tells its caller this once: it is kept nowhere, and a retry is told null in its place. */
  readonly tellOnce: (secret: string) => void;
}

/** Who buys on the Beckn network: our id there, and where answers are sent. */
export interface Bap {
  readonly bapId: string;
  readonly bapUri: string;
}

/** What of the database actions need. */
export type ActionDatabase = Pick<Database, 'pool' | 'clock' | 'reader'> & {
  /** Null or left out: nothing can be bought. */
  readonly bap?: Bap | null;
};

export interface ActionRequest {
  readonly viewer: KnownViewer;
  /** e.g. `submitWorkload`. */
  readonly action: string;
  /** The caller's idempotency key. */
  readonly key: string;
  /** All that the caller asked for. */
  readonly body: unknown;
}

/** The object that an action answers with, as it was when the action was done, or why it was not done. */
export type ActionAnswer =
  | (ActionObject & {
      readonly state: Readonly<Record<string, unknown>>;
      /** What is told this once; left out of what is kept, and so of the answer to a retry. */
      readonly secret?: string;
    })
  | { readonly refusal: Refusal };

const KEY_REUSED = 'PY010';
const DEADLOCK = '40P01';
const UNIQUE_VIOLATION = '23505';
const ATTEMPTS = 5;

/**
 * Does an action once: one transaction with its events and its answer. The same key and body are answered the same, however
 * often they come and whatever was killed on the way. A refusal undoes everything, and is an answer too.
 */
export async function performAction(
  database: ActionDatabase,
  request: ActionRequest,
  work: (transaction: ActionTransaction) => Promise<ActionOutcome>,
): Promise<ActionAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptAction(database, request, work);
    } catch (error) {
      // Two that wait for each other: the database ended one of them, which did nothing and can begin again.
      if (!(codeOf(error) === DEADLOCK && attempt < ATTEMPTS)) throw error;
    }
  }
}

async function attemptAction(
  { pool, clock, reader, bap = null }: ActionDatabase,
  request: ActionRequest,
  work: (transaction: ActionTransaction) => Promise<ActionOutcome>,
): Promise<ActionAnswer> {
  const { viewer, key } = request;
  const now = clock.now();
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const earlier = await begin(client, request);
    if (earlier) {
      await client.query('rollback');
      return earlier;
    }
    const events: ActionObject[] = [];
    const changed = (table: ActionTable, id: number): void => void events.push({ table, id });
    let secret: string | undefined;
    const tellOnce = (told: string): void => void (secret = told);
    try {
      // Its own connection throughout: actions that each waited for a second one would wait for each other.
      const grid = { ...reader, db: client, archive: archivedSpans(client, () => now) };
      const outcome = await work({ db: client, viewer, now, grid, bap, changed, tellOnce });
      const answer = await finish(client, key, outcome, events);
      return secret === undefined || 'refusal' in answer ? answer : { ...answer, secret };
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      if (refusal.code === 'INVALID') {
        // Nothing was tried, so that its key is free for the input as it should be.
        await client.query('rollback');
        return { refusal };
      }
      await client.query('rollback to savepoint work');
      return await finish(client, key, { refusal }, []);
    }
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    if (isKeyReused(error)) return { refusal: keyReused(key).refusal };
    throw error;
  } finally {
    client.release(broken);
  }
}

export const bodyHashOf = ({ body }: Pick<ActionRequest, 'body'>): string =>
  createHash('sha256').update(canonicalJson(body)).digest('hex');

/** What `begin_action` and `look_into_action` take, as SQL. */
export function claimOf({ viewer, action, key }: ActionRequest, bodyHash: string): string {
  const [role, name, claimed] = [viewer.role, action, key].map((text) => pg.escapeLiteral(text));
  return `${viewer.operatorId}, ${role}, ${name}, ${claimed}, '\\x${bodyHash}'`;
}

/** Begins the transaction, claims the key, and sets a mark that a refusal goes back to. As one text, to be asked once. */
async function begin(client: pg.PoolClient, request: ActionRequest): Promise<ActionAnswer | null> {
  const results = (await client.query(
    `begin; select begin_action(${claimOf(request, bodyHashOf(request))}) as answer; savepoint work`,
  )) as unknown as pg.QueryResult<{ answer: ActionAnswer | null }>[];
  return results[1]?.rows[0]?.answer ?? null;
}

/** As text, because it carries its own COMMIT: the head of the log is locked for as long as the server takes, and no longer. */
async function finish(
  client: pg.PoolClient,
  key: string,
  answer: ActionOutcome | { readonly refusal: Refusal },
  events: readonly ActionObject[],
): Promise<ActionAnswer> {
  const json = (value: unknown): string => `${pg.escapeLiteral(jsonbText(value))}::jsonb`;
  const results = (await client.query(
    `select finish_action(${pg.escapeLiteral(key)}, ${json(answer)}, ${json(events)}) as answer; commit`,
  )) as unknown as pg.QueryResult<{ answer: ActionAnswer }>[];
  const row = results[0]?.rows[0];
  if (!row) throw new Error('finish_action answered no row');
  return row.answer;
}

export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refused) return error.refusal;
  if (codeOf(error) !== UNIQUE_VIOLATION) return null;
  const detail = error instanceof pg.DatabaseError ? error.detail : undefined;
  return new Refused('ALREADY_EXISTS', detail ?? 'something of that name exists already').refusal;
}

export const isKeyReused = (error: unknown): boolean => codeOf(error) === KEY_REUSED;

export const keyReused = (key: string): Refused =>
  new Refused(
    'IDEMPOTENCY_KEY_REUSED',
    `the idempotency key ${JSON.stringify(key)} was used with another body; take a new one`,
  );

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
