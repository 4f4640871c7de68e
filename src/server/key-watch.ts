import type pg from 'pg';
import { keysOutOfForce, type KeyRefusal } from '../database/api-keys.js';
import { messageOf } from '../domain/errors.js';
import type { Viewer } from '../domain/viewer.js';
import type { Logger } from '../logger.js';

/** Why a key is refused, or a connection closed that lived by it. */
export const KEY_REFUSED: Readonly<Record<KeyRefusal, string>> = {
  REVOKED: 'the API key was revoked',
  OPERATOR_INACTIVE: 'the operator of the API key is not active',
};

/** A connection that lives by a key. */
export interface KeptOpen {
  /** Its key counts no more. Called once. */
  revoke(reason: string): void;
}

/**
 * Finds connections whose key counts no more since they were opened: one statement a look for all of them, and none while no
 * connection lives by a key.
 */
export class KeyWatch {
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  readonly #lookMs: number;
  readonly #byKey = new Map<number, Set<KeptOpen>>();
  #timer: NodeJS.Timeout | null = null;
  #looking = false;

  constructor(pool: pg.Pool, log: Logger, lookMs: number) {
    this.#pool = pool;
    this.#log = log;
    this.#lookMs = lookMs;
  }

  /** Watches a connection until what is returned is called. One of nobody in particular lives by no key. */
  add(viewer: Viewer, connection: KeptOpen): () => void {
    if (viewer === null) return () => undefined;
    const { apiKeyId } = viewer;
    const connections = this.#byKey.get(apiKeyId) ?? new Set();
    this.#byKey.set(apiKeyId, connections);
    connections.add(connection);
    this.#timer ??= setInterval(() => void this.#look(), this.#lookMs).unref();
    return () => {
      connections.delete(connection);
      if (connections.size === 0 && this.#byKey.get(apiKeyId) === connections) this.#byKey.delete(apiKeyId);
      if (this.#byKey.size === 0) this.stop();
    };
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  async #look(): Promise<void> {
    if (this.#looking) return; // the database is slow: the answer to the last look is still awaited
    this.#looking = true;
    try {
      for (const [apiKeyId, reason] of await keysOutOfForce(this.#pool, [...this.#byKey.keys()]))
        for (const connection of [...(this.#byKey.get(apiKeyId) ?? [])])
          connection.revoke(KEY_REFUSED[reason]);
    } catch (error) {
      this.#log.warn({ error: messageOf(error) }, 'keys.look.failed'); // the next look asks again
    } finally {
      this.#looking = false;
    }
  }
}
