import { readDecisionHead } from '../database/decision-chain.js';
import type { Database } from '../database/open.js';
import { formatHead } from '../domain/compute/decision-chain.js';
import { messageOf } from '../domain/errors.js';
import type { Logger } from '../logger.js';

/**
 * Publishes the end of the chain of decisions: a log line at the start, and one whenever it has moved, at most one a minute.
 * Kept where logs are kept, it tells later whether the tail was cut: `pylon verify decisions --head COUNT:HASH`.
 */
export async function publishDecisionHead({
  database,
  log,
  everyMs = 60_000,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly log: Logger;
  readonly everyMs?: number;
}): Promise<{ stop(): Promise<void> }> {
  let published = '';
  let publishing: Promise<void> | null = null;
  const publish = async (): Promise<void> => {
    try {
      const head = formatHead(await readDecisionHead(database.pool));
      if (head !== published) log.info({ head }, 'decisions.head');
      published = head;
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'decisions.head.unknown');
    }
  };
  const look = (): void => {
    publishing ??= publish().finally(() => (publishing = null));
  };
  await publish();
  const timer = setInterval(look, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await publishing;
    },
  };
}
