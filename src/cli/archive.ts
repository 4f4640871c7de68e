import { resolve } from 'node:path';
import type { Config } from '../config.js';
import { archivePartition, type ArchivedPartition } from '../database/archive/archive.js';
import { KEPT_DAYS } from '../database/archive/archived-spans.js';
import { partitionsBefore } from '../database/archive/partitions.js';
import { openOwnerSession } from '../database/owner-session.js';
import { PylonError } from '../domain/errors.js';
import type { Logger } from '../logger.js';
import { openRuntime } from '../runtime.js';

const DAY_MS = 24 * 3_600_000;

/** `pylon archive`: whole months that ended before an instant, to Parquet, then dropped. Killed, the same command goes on. */
export async function runArchive(
  { config, log }: { config: Config; log: Logger },
  before: Date,
  folder: string,
  asJson: boolean,
): Promise<void> {
  const runtime = await openRuntime(config, log);
  try {
    const { clock } = runtime.database;
    refuseYoung(before, clock.now());
    const owner = await openOwnerSession(runtime.ownerUrl, (error) =>
      log.warn({ error: error.message }, 'database.connection.lost'),
    );
    const archived: ArchivedPartition[] = [];
    try {
      for (const partition of await partitionsBefore(owner, before)) {
        const done = await archivePartition(owner, partition, resolve(folder), clock.now());
        archived.push(done);
        process.stderr.write(`${done.partition}: ${done.rows} rows\n`);
      }
    } finally {
      await owner.end();
    }
    process.stdout.write(asJson ? `${JSON.stringify({ archived })}\n` : text(archived, folder));
  } finally {
    await runtime.close();
  }
}

function refuseYoung(before: Date, now: Date): void {
  const youngest = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  if (before > youngest)
    throw new PylonError(
      'BAD_USER_INPUT',
      `--before ${before.toISOString()} is less than ${KEPT_DAYS} days ago; what is younger is still revised. The latest is ${youngest.toISOString()}.`,
    );
}

const text = (archived: readonly ArchivedPartition[], folder: string): string =>
  archived.length === 0
    ? 'No whole month ended before that instant.\n'
    : `${archived.length} partitions, ${archived.reduce((sum, { rows }) => sum + rows, 0)} rows, in ${folder}\n`;
