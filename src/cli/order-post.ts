import { schedule } from 'node-cron';
import { endSilentTransactions, sendDueMessages } from '../beckn/order-post.js';
import { createPost, type Post } from '../beckn/post.js';
import type { LeaseKeeper } from '../database/lease-keeper.js';
import type { Database } from '../database/open.js';
import { messageOf } from '../domain/errors.js';
import type { Logger } from '../logger.js';

const LEASE = 'beckn-orders';

export interface OrderPostmanDeps {
  readonly database: Pick<Database, 'pool' | 'clock'>;
  readonly leases: Pick<LeaseKeeper, 'acquire'>;
  readonly log: Logger;
}

export interface OrderRound {
  readonly sent: number;
  readonly ended: number;
}

export interface OrderPostman {
  /** One round, now. Null when another process goes round. */
  round(): Promise<OrderRound | null>;
  /** No more rounds; one under way is cut short. */
  stop(): Promise<void>;
}

/** Every second, in one process at a time: sends what is to be asked of sellers, and ends the wait for those who are silent. */
export function startOrderPostman(
  { database, leases, log }: OrderPostmanDeps,
  { url, post = createPost() }: { readonly url: string; readonly post?: Post },
): OrderPostman {
  let current: Promise<unknown> = Promise.resolve();
  const roundNow = async (): Promise<OrderRound | null> => {
    const lease = await leases.acquire(LEASE);
    if (!lease) return null;
    const sent = await sendDueMessages({ database, log, url, post }, lease);
    return { sent, ended: await endSilentTransactions({ database, log }) };
  };
  const round = (): Promise<OrderRound | null> => {
    const next = current.then(roundNow, roundNow);
    current = next;
    return next;
  };
  const task = schedule(
    '* * * * * *',
    async () => {
      try {
        await round();
      } catch (error) {
        log.error({ error: messageOf(error) }, 'beckn.orders.failed');
      }
    },
    { noOverlap: true, timezone: 'UTC', name: 'beckn-orders' },
  );
  return {
    round,
    async stop() {
      await task.stop();
      await post.close();
      await current.catch(() => undefined); // its failure was logged, or thrown to who asked
    },
  };
}
