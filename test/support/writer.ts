import { randomUUID } from 'node:crypto';
import { recordGridStatements } from '../../src/database/grid-statements.js';
import { recordRun } from '../../src/database/ingest-runs.js';
import { acquireLease } from '../../src/database/leases.js';
import type { Database } from '../../src/database/open.js';
import { topicOf, type Topic } from '../../src/domain/codes.js';
import type { GridStatement } from '../../src/domain/grid-statement.js';
import type { RunOutcome, RunRecord } from '../../src/domain/ingest-run.js';

export const REGIONAL = 'carbon-intensity-regional';
export const NATIONAL = 'carbon-intensity-national-forecast';

/** A forecast of one region and half hour, gCO2/kWh. */
export const forecast = (regionId: number, from: Date, intensityGco2PerKwh: number): GridStatement => ({
  regionId,
  from,
  kind: 'FORECAST',
  issuedAt: null,
  intensityGco2PerKwh,
  index: 'MODERATE',
  mix: null,
});

/** Writes as a run of a source does, without a publisher. */
export interface Writer {
  /** One run of the regional source: events of those whose value is new, then the run's own. */
  write(statements: readonly GridStatement[]): Promise<RunOutcome>;
  /** A run of any source that brought nothing and failed: one event. */
  fail(source: string): Promise<RunOutcome>;
}

export async function createWriter(
  database: Pick<Database, 'pool' | 'sources' | 'clock'>,
  source = REGIONAL,
): Promise<Writer> {
  const lease = await acquireLease(database.pool, `test:${randomUUID()}`, 'test', 3_600);
  if (!lease) throw new Error('a lease of a new name is not to be had');
  const run = (code: string, failure: RunRecord['failure']): RunRecord => {
    const now = database.clock.now();
    return {
      sourceId: database.sources.idOf(code),
      mode: 'SCHEDULED',
      endpoint: '/test',
      window: { from: now, to: now },
      startedAt: now,
      httpStatus: failure ? 500 : 200,
      retries: 0,
      rowsRead: 0,
      rowsRefused: 0,
      rowsDuplicate: 0,
      refusals: [],
      backfillId: null,
      failure,
    };
  };
  return {
    write: (statements) =>
      recordGridStatements(database.pool, {
        lease,
        run: run(source, null),
        quality: 'REAL',
        priority: 100,
        statements,
        announce: true,
      }),
    fail: (code) =>
      recordRun(
        database.pool,
        lease,
        run(code, { code: 'SOURCE_UNAVAILABLE', message: 'down', notBefore: null }),
      ),
  };
}

/** An event as the database tells it: what subscribers are held to. */
export interface LoggedEvent {
  readonly sequence: bigint;
  readonly topic: Topic;
  readonly regionId: number | null;
  readonly from: Date | null;
  /** Forecast that the event brought; null for other topics. */
  readonly forecast: number | null;
}

/** The log after a sequence, straight from the tables. */
export async function readLog({ pool }: Pick<Database, 'pool'>, after = 0n): Promise<readonly LoggedEvent[]> {
  const { rows } = await pool.query<{
    sequence: bigint;
    topic: number;
    region_id: number | null;
    from_at: Date | null;
    forecast: number | null;
  }>(
    `select l.sequence, l.topic, l.region_id, l.from_at, o.intensity_gco2_per_kwh as forecast
     from event_log l
     left join observations o on o.sequence = l.sequence and o.region_id = l.region_id and o.from_at = l.from_at and o.kind = 1
     where l.sequence > $1 order by l.sequence`,
    [after],
  );
  return rows.map((row) => ({
    sequence: row.sequence,
    topic: topicOf(row.topic),
    regionId: row.region_id,
    from: row.from_at,
    forecast: row.forecast,
  }));
}
