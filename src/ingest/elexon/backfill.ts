import { openBackfill } from '../../database/backfills.js';
import { PylonError } from '../../domain/errors.js';
import { floorToHalfHour } from '../../domain/half-hour.js';
import type { Window } from '../../domain/ingest-run.js';
import { runBackfill, type BackfillOptions, type BackfillReport } from '../backfill.js';
import { historyWindows } from '../window.js';
import { ELEXON_SOURCE, type ElexonDataset } from './catalogue.js';
import { runDataset, type DatasetDeps } from './run.js';

/** A bound against typing errors: the oldest sets begin about then. */
const SINCE = new Date('2015-01-01T00:00:00Z');

/**
 * Streams the history of one data set in, however many rows a window has: {@link runBackfill} of its windows.
 *
 * @throws {PylonError} BAD_USER_INPUT for a span that has no history; else as `runBackfill`.
 */
export async function backfillDataset(
  deps: DatasetDeps,
  dataset: ElexonDataset,
  span: Window,
  options: BackfillOptions = {},
): Promise<BackfillReport> {
  const whole = { from: floorToHalfHour(span.from), to: floorToHalfHour(span.to) };
  refuseBadSpan(whole, deps.database.clock.now());
  return runBackfill(
    deps,
    {
      name: `${ELEXON_SOURCE.id}:${dataset.code}`,
      whole,
      open: () => openBackfill(deps.database, ELEXON_SOURCE.id, whole, dataset.code),
      windowsFrom: (from) => historyWindows({ from, to: whole.to }, dataset.windowDays),
      run: (window, backfillId, onRows) =>
        runDataset(deps, { dataset, window, mode: 'BACKFILL', backfillId, onRows }),
    },
    options,
  );
}

function refuseBadSpan({ from, to }: Window, now: Date): void {
  const refusal = (fault: string): PylonError => new PylonError('BAD_USER_INPUT', fault);
  if (from >= to)
    throw refusal(`no half hour lies between --from ${from.toISOString()} and --to ${to.toISOString()}`);
  if (from < SINCE) throw refusal(`Elexon's data sets hold nothing before ${SINCE.toISOString()}`);
  if (to > now) throw refusal(`--to ${to.toISOString()} lies in the future`);
}
