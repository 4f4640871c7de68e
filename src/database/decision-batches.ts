import pg from 'pg';
import type { KnownViewer } from '../domain/viewer.js';
import type { ActionAnswer, DecisionAppend } from './actions.js';
import { jsonbText } from './ingest-runs.js';

/** An action whose decision is ready to be appended, and whose key is not claimed yet. */
export interface ReadyDecision {
  readonly viewer: KnownViewer;
  /** e.g. `recordDecision`. */
  readonly action: string;
  /** The caller's idempotency key. */
  readonly key: string;
  /** SHA-256 of the action's input, in hexadecimal. */
  readonly bodyHash: string;
  readonly decision: DecisionAppend;
}

interface Waiting {
  readonly ready: ReadyDecision;
  readonly resolve: (answer: ActionAnswer | null) => void;
}

/** The chain's head is locked for as long as the whole batch takes: some ten milliseconds. */
const MOST = 32;

const queues = new WeakMap<pg.Pool, DecisionQueue>();

/**
 * Appends a decision to the chain, together with those that other actions of this process have ready while the batch before
 * is being written: one transaction, one lock of the heads and one flush of the disk for all of them.
 *
 * @returns its answer, kept under its key by then; null where the batch failed, and then this action is to be tried alone.
 */
export function appendTogether(pool: pg.Pool, ready: ReadyDecision): Promise<ActionAnswer | null> {
  const queue = queues.get(pool) ?? new DecisionQueue(pool);
  queues.set(pool, queue);
  return queue.append(ready);
}

class DecisionQueue {
  #waiting: Waiting[] = [];
  #isWriting = false;
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  append(ready: ReadyDecision): Promise<ActionAnswer | null> {
    return new Promise((resolve) => {
      this.#waiting.push({ ready, resolve });
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      const answers = await appendAll(this.#pool, batch);
      batch.forEach(({ resolve }, i) => resolve(answers?.[i] ?? null));
    }
    this.#isWriting = false;
  }

  /** The first that wait, each key once: of two with the same, the second is answered what the first was. */
  #nextBatch(): readonly Waiting[] {
    const keys = new Set<string>();
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    for (const each of this.#waiting) {
      const key = `${each.ready.viewer.operatorId} ${each.ready.key}`;
      (batch.length < MOST && !keys.has(key) ? batch : rest).push(each);
      keys.add(key);
    }
    this.#waiting = rest;
    return batch;
  }
}

/** Null when none of them was done, as far as is known: tried alone, each is told its own reason, or that it was done. */
async function appendAll(pool: pg.Pool, batch: readonly Waiting[]): Promise<readonly ActionAnswer[] | null> {
  let client: pg.PoolClient | undefined;
  let broken = false;
  try {
    client = await pool.connect();
    // As text, because it carries its own COMMIT: the heads are locked for as long as the server takes, and no longer.
    const results = (await client.query(
      `begin; select append_decisions(${pg.escapeLiteral(jsonbText(batch.map(asJson)))}::jsonb) as answers; commit`,
    )) as unknown as pg.QueryResult<{ answers: ActionAnswer[] }>[];
    return results[1]?.rows[0]?.answers ?? null;
  } catch {
    // Whatever it was, it is told to whom it concerns when each is tried alone.
    if (client) broken = !(await isRolledBack(client));
    return null;
  } finally {
    client?.release(broken);
  }
}

const isRolledBack = (client: pg.PoolClient): Promise<boolean> =>
  client.query('rollback').then(
    () => true,
    () => false,
  );

/** As `append_decisions` takes it. */
const asJson = ({ ready: { viewer, action, key, bodyHash, decision } }: Waiting): object => ({
  operator: viewer.operatorId,
  role: viewer.role,
  action,
  key,
  bodyHash,
  append: decision.append,
});
