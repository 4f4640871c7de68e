import type { Database } from '../database/open.js';
import { recordCarbonFactors } from '../database/carbon-factors.js';
import { recordGridStatements } from '../database/grid-statements.js';
import { recordRun } from '../database/ingest-runs.js';
import type { LeaseKeeper } from '../database/lease-keeper.js';
import type { Lease } from '../database/leases.js';
import { PylonError, messageOf } from '../domain/errors.js';
import type { GridStatement, Refusal } from '../domain/grid-statement.js';
import type { RunMode, RunOutcome, RunRecord, Window } from '../domain/ingest-run.js';
import type { Logger } from '../logger.js';
import type { HttpClient } from './http.js';
import type { AnySource } from './registry.js';
import type { CarbonFactorStatement } from './source.js';

/** Refusals kept with their reasons; all are counted. */
const REFUSALS_KEPT = 20;
const LONGEST_TEXT = 500;
/** The publisher's longest range: a row further than this from what was asked for is about something else. */
const FAR_MS = 31 * 24 * 60 * 60 * 1000;

export interface RunnerDeps {
  readonly database: Database;
  readonly leases: LeaseKeeper;
  readonly http: HttpClient;
  readonly baseUrlOf: (source: AnySource) => string;
  readonly log: Logger;
}

export interface RunRequest {
  readonly source: AnySource;
  readonly mode: RunMode;
  readonly window: Window;
  readonly backfillId?: number;
}

export interface RunReport extends RunOutcome {
  readonly source: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly rowsRead: number;
  readonly rowsRefused: number;
  readonly rowsDuplicate: number;
  /** Rows of a backfill's neighbouring windows, which bring them themselves: publishers answer seams twice. */
  readonly rowsOutside: number;
  readonly retries: number;
  readonly refusals: readonly Refusal[];
  readonly error: RunRecord['failure'];
}

/** What was fetched and parsed, before anything is written. */
interface Harvest {
  readonly grid: Map<string, GridStatement>;
  readonly factors: Map<string, CarbonFactorStatement>;
  readonly refusals: Refusal[];
  rowsRead: number;
  rowsRefused: number;
  rowsDuplicate: number;
  rowsOutside: number;
  retries: number;
  httpStatus: number | null;
  endpoint: string;
}

/**
 * Runs one source once under its lease: fetch, parse, and one transaction for rows, read model, events and the run's
 * own row. A failure writes nothing but the run's row, which names it.
 *
 * @throws {PylonError} LEASE_HELD when another process runs this source now; LEASE_LOST when it took over meanwhile.
 * @throws {FetchAbandoned} when this process stops meanwhile; nothing is written, not even the run's row.
 */
export async function runSource(deps: RunnerDeps, request: RunRequest): Promise<RunReport> {
  const lease = await deps.leases.acquire(`source:${request.source.id}`);
  if (!lease)
    throw new PylonError(
      'LEASE_HELD',
      `another process is running source ${request.source.id} now; try again when it is done`,
    );
  try {
    return await runUnderLease(deps, request, lease);
  } finally {
    await giveBack(deps, lease);
  }
}

/** A lease that could not be given back runs out by itself: what the run came to counts, and is not hidden by that. */
export async function giveBack(
  { leases, log }: Pick<RunnerDeps, 'leases' | 'log'>,
  lease: Lease,
): Promise<void> {
  try {
    await leases.release(lease);
  } catch (error) {
    log.warn({ lease: lease.name, error: messageOf(error) }, 'lease.release.failed');
  }
}

async function runUnderLease(deps: RunnerDeps, request: RunRequest, lease: Lease): Promise<RunReport> {
  const { source } = request;
  const startedAt = deps.database.clock.now();
  const harvest: Harvest = {
    grid: new Map(),
    factors: new Map(),
    refusals: [],
    rowsRead: 0,
    rowsRefused: 0,
    rowsDuplicate: 0,
    rowsOutside: 0,
    retries: 0,
    httpStatus: null,
    endpoint: '',
  };
  let failure: RunRecord['failure'] = null;
  try {
    await gather(deps, request, startedAt, harvest);
    refuseEmpty(request, harvest);
    dropSeams(request, harvest);
  } catch (error) {
    failure = failureOf(error);
    if (failure.code === 'DATABASE_UNAVAILABLE') throw error;
  }
  const run: RunRecord = {
    sourceId: deps.database.sources.idOf(source.id),
    mode: request.mode,
    endpoint: harvest.endpoint,
    window: request.window,
    startedAt,
    httpStatus: harvest.httpStatus,
    retries: harvest.retries,
    rowsRead: harvest.rowsRead,
    rowsRefused: harvest.rowsRefused,
    rowsDuplicate: harvest.rowsDuplicate,
    refusals: harvest.refusals,
    backfillId: request.backfillId ?? null,
    failure,
  };
  const outcome = failure
    ? await recordRun(deps.database.pool, lease, run)
    : await record(deps.database, source, lease, run, harvest);
  return report(deps.log, source.id, run, outcome, harvest.rowsOutside);
}

async function gather(
  deps: RunnerDeps,
  { source, window }: RunRequest,
  askedAt: Date,
  harvest: Harvest,
): Promise<void> {
  const baseUrl = deps.baseUrlOf(source);
  const json = (path: string): Promise<unknown> => {
    harvest.endpoint = path;
    return deps.http.json(`${baseUrl}${path}`, ({ httpStatus, retried }) => {
      harvest.httpStatus = httpStatus;
      if (retried) harvest.retries += 1;
    });
  };
  for await (const body of source.fetch(window, { baseUrl, json })) {
    if (source.produces === 'grid-statements') {
      const parsed = source.parse(body, askedAt);
      tally(harvest, parsed);
      for (const statement of refuseFar(harvest, window, parsed.records)) {
        const key = `${halfHourOf(statement)}${statement.kind}`;
        put(harvest, harvest.grid, key, completed(statement, harvest.grid.get(key)));
      }
    } else {
      const parsed = source.parse(body, askedAt);
      tally(harvest, parsed);
      for (const factor of parsed.records) put(harvest, harvest.factors, factor.fuel, factor);
    }
  }
}

function tally(
  harvest: Harvest,
  parsed: { readonly refusals: readonly Refusal[]; readonly rowsRead: number },
): void {
  harvest.rowsRead += parsed.rowsRead;
  for (const refusal of parsed.refusals) refuse(harvest, refusal);
}

function refuse(harvest: Harvest, { row, reason }: Refusal): void {
  harvest.rowsRefused += 1;
  if (harvest.refusals.length < REFUSALS_KEPT)
    harvest.refusals.push({ row: storable(row), reason: storable(reason) });
}

/** Text of a publisher as the database takes it and a terminal bears it: bounded, no control characters, no half of a character. */
const storable = (text: string): string =>
  text
    .slice(0, LONGEST_TEXT)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, '\u{FFFD}');

const halfHourOf = ({ regionId, from }: GridStatement): string => `${regionId}@${from.getTime()}`;

/** Leaves out, and refuses by name, what no answer to this request can be about: a year 0001 would ask for partitions since then. */
function refuseFar(
  harvest: Harvest,
  window: Window,
  statements: readonly GridStatement[],
): readonly GridStatement[] {
  const isFar = ({ from }: GridStatement): boolean =>
    from.getTime() < window.from.getTime() - FAR_MS || from.getTime() > window.to.getTime() + FAR_MS;
  const far = new Map(statements.filter(isFar).map((statement) => [halfHourOf(statement), statement]));
  if (far.size === 0) return statements;
  for (const { regionId, from } of far.values())
    refuse(harvest, {
      row: `region ${regionId}, period ${from.toISOString()}`,
      reason: `is far from what was asked for, ${window.from.toISOString()} to ${window.to.toISOString()}`,
    });
  return statements.filter((statement) => !isFar(statement));
}

/** What the later of two statements about one thing leaves out, the earlier one said: null never erases a value. */
function completed(later: GridStatement, earlier: GridStatement | undefined): GridStatement {
  if (!earlier) return later;
  const carbon = later.intensityGco2PerKwh === null ? earlier : later;
  return {
    ...later,
    intensityGco2PerKwh: carbon.intensityGco2PerKwh,
    index: carbon.index,
    mix: later.mix ?? earlier.mix,
  };
}

/** Of two rows about one thing in one answer the later one counts. */
function put<Row>(harvest: Harvest, rows: Map<string, Row>, key: string, row: Row): void {
  if (rows.has(key)) harvest.rowsDuplicate += 1;
  rows.set(key, row);
}

/**
 * An answer that is empty, or of which every row was refused, is a failure with a reason, never an empty success. Only
 * history has real holes: an empty window of a backfill is one.
 */
function refuseEmpty({ source, mode }: RunRequest, harvest: Harvest): void {
  if (harvest.grid.size + harvest.factors.size > 0) return;
  if (mode === 'BACKFILL' && harvest.rowsRead === 0) return;
  const [first] = harvest.refusals;
  if (!first) {
    const what =
      harvest.rowsRead === 0 ? 'without any row' : `${harvest.rowsRead} rows, none with a value yet,`;
    throw new PylonError('SOURCE_EMPTY', `${source.id} answered ${what} for ${harvest.endpoint}`);
  }
  throw new PylonError(
    'SOURCE_CONTRACT_BROKEN',
    `none of ${harvest.rowsRead} rows could be taken, ${harvest.rowsRefused} were refused; the first: ${first.row}: ${first.reason}`,
  );
}

/** A window of history holds its own half hours only: those beside it are another window's, and counted there. */
function dropSeams({ mode, window }: RunRequest, harvest: Harvest): void {
  if (mode !== 'BACKFILL') return;
  const outside = new Set<string>();
  for (const [key, statement] of harvest.grid) {
    if (statement.from >= window.from && statement.from < window.to) continue;
    outside.add(halfHourOf(statement));
    harvest.grid.delete(key);
  }
  harvest.rowsOutside = outside.size;
}

function failureOf(error: unknown): NonNullable<RunRecord['failure']> {
  const known = error instanceof PylonError;
  const notBefore = known && error.details['notBefore'] instanceof Date ? error.details['notBefore'] : null;
  if (!known) throw error; // a fault of ours: it must surface, not pass as a publisher's
  return { code: error.code, message: storable(messageOf(error)), notBefore };
}

function record(
  database: Database,
  source: AnySource,
  lease: Lease,
  run: RunRecord,
  harvest: Harvest,
): Promise<RunOutcome> {
  if (source.produces === 'carbon-factors')
    return recordCarbonFactors(database.pool, lease, run, [...harvest.factors.values()]);
  return recordGridStatements(database.pool, {
    lease,
    run,
    quality: 'REAL',
    priority: source.priority,
    statements: [...harvest.grid.values()],
    announce: run.mode !== 'BACKFILL',
  });
}

function report(
  log: Logger,
  source: string,
  run: RunRecord,
  outcome: RunOutcome,
  rowsOutside: number,
): RunReport {
  const status = run.failure ? 'FAILED' : 'SUCCEEDED';
  const { rowsRead, rowsRefused, rowsDuplicate, retries } = run;
  const counts = {
    source,
    status,
    rowsRead,
    rowsNew: outcome.rowsNew,
    rowsChanged: outcome.rowsChanged,
    rowsRefused,
    rowsDuplicate,
    retries,
  };
  if (run.failure)
    log.warn({ ...counts, code: run.failure.code, error: run.failure.message }, 'ingest.run.failed');
  else log.info(counts, 'ingest.run.finished');
  return {
    ...outcome,
    ...counts,
    status,
    rowsOutside,
    refusals: run.refusals,
    error: run.failure,
  };
}
