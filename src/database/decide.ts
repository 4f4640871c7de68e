import pg from 'pg';
import type { Refusal } from '../domain/refusal.js';
import { archivedSpans } from './archive/archived-spans.js';
import {
  bodyHashOf,
  claimOf,
  isKeyReused,
  keyReused,
  performAction,
  refusalOf,
  type ActionAnswer,
  type ActionDatabase,
  type ActionOutcome,
  type ActionRequest,
  type ActionTransaction,
  type DecisionAppend,
} from './actions.js';
import { appendTogether } from './decision-batches.js';

type Work = (transaction: ActionTransaction) => Promise<ActionOutcome>;

/**
 * Does an action that reads, decides, and changes nothing else. Its key is claimed only together with the append, in a
 * transaction that it shares with others; where that fails, and for a refusal, which is kept too, it is done as all actions are.
 */
export async function performDecision(
  database: ActionDatabase,
  request: ActionRequest,
  work: Work,
): Promise<ActionAnswer> {
  const bodyHash = bodyHashOf(request);
  const looked = await lookAndDecide(database, request, bodyHash, work);
  if ('answer' in looked) return looked.answer;
  const answer =
    'decision' in looked
      ? await appendTogether(database.pool, {
          ...request,
          bodyHash,
          decision: looked.decision,
        })
      : null;
  return answer ?? performAction(database, request, work);
}

type Looked =
  { readonly answer: ActionAnswer } | { readonly decision: DecisionAppend } | { readonly refused: Refusal };

/** The work itself, in a transaction that only reads; or what was answered under its key before. */
async function lookAndDecide(
  { pool, clock, reader, bap = null }: ActionDatabase,
  request: ActionRequest,
  bodyHash: string,
  work: Work,
): Promise<Looked> {
  const now = clock.now();
  const client = await pool.connect();
  try {
    const results = (await client.query(
      `begin read only; select look_into_action(${claimOf(request, bodyHash)}) as answer`,
    )) as unknown as pg.QueryResult<{ answer: ActionAnswer | null }>[];
    const earlier = results[1]?.rows[0]?.answer;
    if (earlier) return { answer: earlier };
    const grid = { ...reader, db: client, archive: archivedSpans(client, () => now) };
    const outcome = await work({
      db: client,
      viewer: request.viewer,
      now,
      grid,
      bap,
      changed: refuseToTell,
      tellOnce: refuseToTell,
    });
    if (!('append' in outcome)) throw new Error(`${request.action} decides, and answers with no decision`);
    return { decision: outcome };
  } catch (error) {
    if (isKeyReused(error)) return { answer: { refusal: keyReused(request.key).refusal } };
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    return refusal.code === 'INVALID' ? { answer: { refusal } } : { refused: refusal };
  } finally {
    // Not waited for: nothing was changed that could be undone.
    void client.query('rollback').then(
      () => client.release(),
      (failure: unknown) => client.release(failure instanceof Error ? failure : true),
    );
  }
}

const refuseToTell = (): never => {
  throw new Error('an action that decides tells of its decision and of nothing else');
};
