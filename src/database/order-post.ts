import type pg from 'pg';
import type { CircuitEvidence } from '../domain/circuit.js';

type Db = Pick<pg.ClientBase, 'query'>;

/** How it went with the marketplace lately, by the messages of all processes. */
export async function readPostEvidence(db: Db): Promise<CircuitEvidence> {
  const { rows } = await db.query<CircuitEvidence>(
    'select failures, last_failed_at as "lastFinishedAt", not_before as "notBefore" from order_post',
  );
  if (!rows[0]) throw new Error('order_post has no row');
  return rows[0];
}

/** It answered, whatever it said. */
export async function notePostAnswered(db: Db): Promise<void> {
  await db.query(
    'update order_post set failures = 0, last_failed_at = null, not_before = null where failures > 0 or not_before is not null',
  );
}

/** A message was tried and could not be delivered in its time. */
export async function notePostFailed(db: Db, at: Date): Promise<void> {
  await db.query('update order_post set failures = failures + 1, last_failed_at = $1', [at]);
}

/** It asked not to be asked until then. */
export async function notePostPaused(db: Db, notBefore: Date): Promise<void> {
  await db.query('update order_post set not_before = $1', [notBefore]);
}
