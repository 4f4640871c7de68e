import { schedule } from 'node-cron';
import type { LeaseKeeper } from '../database/lease-keeper.js';
import type { Lease } from '../database/leases.js';
import type { Database } from '../database/open.js';
import { expireNegotiations } from '../database/negotiations.js';
import { dropActionKeys, releaseExpiredHolds, returnMissedWork } from '../database/sweeps.js';
import { messageOf } from '../domain/errors.js';
import type { Logger } from '../logger.js';

const LEASE = 'sweeper';
const BATCH = 200;
/** Answers under idempotency keys are forgotten long after anybody retries: there is no hurry. */
const KEYS_EVERY_MS = 60_000;

export interface SweeperDeps {
  readonly database: Pick<Database, 'pool' | 'clock'>;
  readonly leases: Pick<LeaseKeeper, 'acquire'>;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

export interface Swept {
  readonly holdsReleased: number;
  readonly workReturned: number;
  readonly negotiationsExpired: number;
  readonly keysDropped: number;
}

export interface Sweeper {
  /** Sweeps once, now. Null when another process does. */
  sweep(): Promise<Swept | null>;
  /** No more sweeps; one under way is waited for. */
  stop(): Promise<void>;
}

/** Every two seconds, in one process at a time: ends expired holds and negotiations, puts back work that missed its place, and forgets what actions answered long ago. */
export function startSweeper(
  { database, leases, log }: SweeperDeps,
  { keepAnswersHours }: { readonly keepAnswersHours: number },
): Sweeper {
  let keysDroppedAt = 0;
  let current: Promise<unknown> = Promise.resolve();

  const sweepNow = async (): ReturnType<Sweeper['sweep']> => {
    const lease = await leases.acquire(LEASE);
    if (!lease) return null;
    const now = database.clock.now();
    const holdsReleased = await untilDone((limit) => releaseExpiredHolds(database.pool, lease, now, limit));
    const workReturned = await untilDone((limit) => returnMissedWork(database.pool, lease, now, limit));
    const negotiationsExpired = await expireNegotiations(database.pool);
    const keysDropped = await dropKeysInTime(lease, now);
    if (holdsReleased > 0) log.info({ holdsReleased }, 'sweep.holds.released');
    if (workReturned > 0) log.info({ workReturned }, 'sweep.work.returned');
    if (negotiationsExpired > 0) log.info({ negotiationsExpired }, 'sweep.negotiations.expired');
    return { holdsReleased, workReturned, negotiationsExpired, keysDropped };
  };
  const dropKeysInTime = async (lease: Lease, now: Date): Promise<number> => {
    if (Date.now() - keysDroppedAt < KEYS_EVERY_MS) return 0;
    keysDroppedAt = Date.now();
    const before = new Date(now.getTime() - keepAnswersHours * 3_600_000);
    return untilDone((limit) => dropActionKeys(database.pool, lease, before, limit));
  };
  const sweep = (): ReturnType<Sweeper['sweep']> => {
    const next = current.then(sweepNow, sweepNow);
    current = next;
    return next;
  };

  const task = schedule(
    '*/2 * * * * *',
    async () => {
      try {
        await sweep();
      } catch (error) {
        log.error({ error: messageOf(error) }, 'sweep.failed');
      }
    },
    { noOverlap: true, timezone: 'UTC', name: 'sweeper' },
  );
  return {
    sweep,
    async stop() {
      await task.stop();
      await current.catch(() => undefined); // its failure was logged, or thrown to who asked
    },
  };
}

/** Batches until one is not full, so that none holds its locks for long. */
async function untilDone(batch: (limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await batch(BATCH);
    total += count;
    if (count < BATCH) return total;
  }
}
