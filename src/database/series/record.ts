import pg from 'pg';
import { KIND_CODES, MARKET_CODES, QUALITY_CODES, type Quality } from '../../domain/codes.js';
import type { RunOutcome, RunRecord } from '../../domain/ingest-run.js';
import type { SeriesName, SeriesStatements, Stated } from '../../domain/series.js';
import { ROOM_FOR_OTHERS } from '../grid-statements.js';
import { runJson } from '../ingest-runs.js';
import type { Lease } from '../leases.js';
import { spanOf } from '../span.js';
import { copyLine, writeStaged } from '../staged-write.js';

type Value = string | number | Date | null;

/** A family's own columns, keys before values, as `series_families` lists them, with what a statement puts there. */
type Columns<Statement> = Readonly<Record<string, (statement: Statement) => Value>>;

const COLUMNS: { readonly [Name in SeriesName]: Columns<SeriesStatements[Name]> } = {
  demand_statements: {
    national_demand_mw: (said) => said.nationalDemandMw,
    transmission_system_demand_mw: (said) => said.transmissionSystemDemandMw,
    embedded_wind_mw: (said) => said.embeddedWindMw,
    embedded_solar_mw: (said) => said.embeddedSolarMw,
  },
  demand_cardinal_points: {
    cardinal_point: (said) => said.cardinalPoint,
    ends_at: (said) => said.endsAt,
    point_type: (said) => said.pointType,
    feature: (said) => said.feature,
    demand_mw: (said) => said.demandMw,
  },
  demand_readings: {
    record_type: (said) => said.recordType ?? '',
    demand_mw: (said) => said.demandMw,
  },
  fuel_generation: {
    resolution_minutes: (said) => said.resolutionMinutes,
    fuel_type: (said) => said.fuelType,
    mw: (said) => said.mw,
  },
  frequency_readings: { hz: (said) => said.hz },
  market_prices: {
    market: (said) => MARKET_CODES[said.market],
    provider: (said) => said.provider,
    gbp_per_mwh: (said) => said.gbpPerMwh,
    volume_mwh: (said) => said.volumeMwh,
    expected_error_gbp_per_mwh: (said) => said.expectedErrorGbpPerMwh,
    formula: (said) => said.formula,
  },
  grid_stress: { stress: (said) => said.stress, formula: (said) => said.formula },
};

export interface SeriesBatch<Name extends SeriesName> {
  readonly family: Name;
  readonly lease: Lease;
  readonly run: RunRecord;
  readonly quality: Quality;
  /** Each key (instant, kind and the family's own) once. */
  readonly statements: readonly SeriesStatements[Name][];
  /** False: one event for the whole run instead of one a statement (a backfill). */
  readonly announce: boolean;
}

/**
 * Records one run of one source in one transaction: statements that differ from the source's last word of the same key,
 * their events and the run's row.
 *
 * @throws {PylonError} LEASE_LOST when another process took the lease over.
 */
export function recordSeries<Name extends SeriesName>(
  pool: pg.Pool,
  batch: SeriesBatch<Name>,
): Promise<RunOutcome> {
  const { family, lease, run, quality, statements, announce } = batch;
  const columns: Columns<SeriesStatements[Name]> = COLUMNS[family];
  const text = pg.escapeLiteral;
  return writeStaged(pool, {
    lease,
    prepare: (client) => ensurePartitions(client, family, statements),
    stageSql: `select stage_series(${text(family)})`,
    copySql: `copy pg_temp.staged_${family} (at, issued_at, kind, ${Object.keys(columns).join(', ')}) from stdin`,
    lines: linesOf(statements, Object.values(columns)),
    recordSql:
      `select * from record_series(${text(lease.name)}, ${lease.fencing}, ${text(runJson(run))}::jsonb, ` +
      `${text(family)}, ${QUALITY_CODES[quality]}::smallint, ${announce})`,
  });
}

function* linesOf<Statement extends Stated>(
  statements: readonly Statement[],
  values: readonly ((statement: Statement) => Value)[],
): Iterable<string> {
  for (const statement of statements) {
    const { at, issuedAt, kind } = statement;
    yield copyLine([at, issuedAt, KIND_CODES[kind], ...values.map((valueOf) => valueOf(statement))]);
  }
}

async function ensurePartitions(
  client: pg.PoolClient,
  family: SeriesName,
  statements: readonly Stated[],
): Promise<void> {
  const [first, last] = spanOf(statements.map(({ at }) => at));
  if (!first || !last) return;
  // Up to two events a statement: its own, and that of the signal it belongs to.
  await client.query('select ensure_series_partitions($1, $2, $3), ensure_log_partitions($4)', [
    family,
    first,
    new Date(last.getTime() + 1),
    ROOM_FOR_OTHERS + 2 * statements.length,
  ]);
}
