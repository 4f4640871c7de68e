import { randomUUID } from 'node:crypto';
import { adapterOf } from '../../src/beckn/adapter.js';
import { recordInbound, type Recorded } from '../../src/beckn/inbound.js';
import { readContext } from '../../src/beckn/message-context.js';
import { beginTransaction } from '../../src/database/beckn-messages.js';
import { acquireLease } from '../../src/database/leases.js';
import type { Database } from '../../src/database/open.js';
import { onDiscover, type ContextOptions } from './beckn.js';
import { silent } from './runner.js';

type Answer = (
  items: readonly unknown[],
  offers?: readonly unknown[],
  options?: ContextOptions,
) => Promise<Recorded>;

/** Asks a marketplace that answers with these items at once, without one. */
export const stateItems = async (database: Database, ...answer: Parameters<Answer>): Promise<Recorded> =>
  (await askItems(database))(...answer);

/** Asks a marketplace without one; what is returned answers, as often as it is called. */
export async function askItems(database: Database): Promise<Answer> {
  const { pool, clock, sources } = database;
  const lease = await acquireLease(pool, `test:${randomUUID()}`, 'test', 600);
  if (!lease) throw new Error('a lease of a new name is not to be had');
  const now = clock.now();
  const transactionId = randomUUID();
  await beginTransaction(
    pool,
    lease,
    {
      transactionId,
      action: 'discover',
      sourceId: sources.idOf('beckn-discover'),
      mode: 'COMMAND',
      endpoint: '/discover',
      window: { from: now, to: now },
      startedAt: now,
      expiresAt: new Date(now.getTime() + 30_000),
    },
    {
      direction: 'OUTBOUND',
      action: 'discover',
      party: 'pylon.example',
      messageId: randomUUID(),
      transactionId,
      signature: 'NONE',
      fault: null,
      statedAt: now,
      body: { json: {} },
    },
  );
  return async (items, offers = [], options = {}) => {
    const body = onDiscover({ transactionId, timestamp: now.toISOString(), ...options }, items, offers);
    const head = readContext(body, now);
    if ('fault' in head) throw new Error(head.fault);
    const adapter = adapterOf(head.context);
    if (!adapter) throw new Error('no adapter reads this');
    return recordInbound(
      { database, log: silent },
      { body, context: head.context, adapter, signature: 'UNVERIFIED', httpStatus: 200, retries: 0 },
    );
  };
}
