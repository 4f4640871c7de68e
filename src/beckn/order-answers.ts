import { insertAnswer } from '../database/order-messages.js';
import { changeTransaction, findTransactionOwner } from '../database/order-transactions.js';
import { BECKN_ACTIONS, type BecknAction } from '../domain/beckn-order/states.js';
import type { InboundDeps, ReadableMessage } from './inbound.js';
import { quoted } from './json.js';
import { UNNAMED_PLATFORM } from './message-context.js';

/** What became of an answer about a purchase. */
export type OrderAnswerTaken =
  | { readonly status: 'RECORDED' | 'DUPLICATE' }
  /** Why nothing was done with it: it is no answer, it is another's, or there are too many. */
  | { readonly status: 'MALFORMED' | 'REFUSED' | 'TOO_MANY'; readonly fault: string };

/** A purchase has a dozen messages; asking every half hour for ten days how it stands comes to some 1,000. */
const MOST_MESSAGES = 1_000;

const isOrderAnswer = (action: string): action is `on_${BecknAction}` =>
  BECKN_ACTIONS.some((each) => action === `on_${each}`);

/**
 * Takes what a seller says of a purchase of ours: it is stored, and where the purchase then stands is told, in one
 * transaction. The same for callbacks and answers at once. Null: it is about no purchase of ours.
 */
export async function takeOrderAnswer(
  { database, log }: InboundDeps,
  { body, context, adapter, signature }: Pick<ReadableMessage, 'body' | 'context' | 'adapter' | 'signature'>,
): Promise<OrderAnswerTaken | null> {
  const { action, messageId, transactionId, statedAt } = context;
  if (!isOrderAnswer(action)) return null;
  const owner = await findTransactionOwner(database.pool, transactionId);
  if (!owner) return null;
  // Unsigned, a name proves nothing, and marketplaces answer under another than their catalogues have.
  const isProven = signature === 'VERIFIED' && owner.bppId !== UNNAMED_PLATFORM;
  if (isProven && context.bppId !== owner.bppId)
    return { status: 'REFUSED', fault: `${quoted(context.bppId)} is not who this was asked of` };
  const says = adapter.orderStatement(body);
  if ('fault' in says) return { status: 'MALFORMED', fault: says.fault };
  let isFull = false;
  const isNew = await changeTransaction(database.pool, owner, database.clock.now, async (db, _row, at) => {
    const { rows } = await db.query<{ count: bigint }>(
      'select count(*) as count from order_messages where order_transaction_id = $1',
      [owner.transactionId],
    );
    isFull = Number(rows[0]?.count ?? 0) >= MOST_MESSAGES;
    if (isFull) return false;
    return insertAnswer(db, {
      transactionId: owner.transactionId,
      operatorId: owner.operatorId,
      action,
      messageId,
      party: context.bppId ?? UNNAMED_PLATFORM,
      signature,
      statedAt,
      recordedAt: at,
      says,
      payload: body,
    });
  });
  if (isFull) return { status: 'TOO_MANY', fault: `a purchase has at most ${MOST_MESSAGES} messages` };
  const status = isNew ? 'RECORDED' : 'DUPLICATE';
  log.info({ action, status, signature, transactionId }, 'beckn.order.answered');
  return { status };
}
