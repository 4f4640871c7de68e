import { recordBmUnits } from '../database/bm-units.js';
import { recordCarbonFactors } from '../database/carbon-factors.js';
import { recordGridStatements } from '../database/grid-statements.js';
import type { Lease } from '../database/leases.js';
import type { Database } from '../database/open.js';
import { recordSeries } from '../database/series/record.js';
import type { GridStatement } from '../domain/grid-statement.js';
import type { RunOutcome, RunRecord } from '../domain/ingest-run.js';
import type { DemandStatement, SeriesName, SeriesStatements } from '../domain/series.js';
import type { Records } from './source.js';

/** What a run stores its records under. */
export interface Storing {
  readonly database: Database;
  readonly lease: Lease;
  readonly run: RunRecord;
  /** Priority of the source. */
  readonly priority: number;
  /** False: one event for the whole run, as for history. */
  readonly announce: boolean;
}

/** How the runner handles one kind of record without knowing what it says. */
export interface RecordKind<Row> {
  /** Same text: about the same thing, so that the later one in an answer counts. */
  keyOf(row: Row): string;
  /** The instant it is about; null for what is about none. */
  atOf(row: Row): Date | null;
  /** What it is about, for people. */
  nameOf(row: Row): string;
  /** What the later of two rows about one thing leaves out, the earlier one said: null never erases a value. */
  completed(later: Row, earlier: Row): Row;
  store(rows: readonly Row[], storing: Storing): Promise<RunOutcome>;
}

export const RECORD_KINDS: { readonly [Kind in keyof Records]: RecordKind<Records[Kind]> } = {
  'grid-statements': {
    keyOf: ({ regionId, from, kind }) => `${regionId}@${from.getTime()}${kind}`,
    atOf: ({ from }) => from,
    nameOf: ({ regionId, from }) => `region ${regionId}, period ${from.toISOString()}`,
    completed: completedGridStatement,
    store: (statements, { database, ...storing }) =>
      recordGridStatements(database.pool, { ...storing, quality: 'REAL', statements }),
  },
  'carbon-factors': {
    keyOf: ({ fuel }) => fuel,
    atOf: () => null,
    nameOf: ({ fuel }) => fuel,
    completed: (later) => later,
    store: (factors, { database, lease, run }) => recordCarbonFactors(database.pool, lease, run, factors),
  },
  'bm-units': {
    keyOf: ({ elexonBmUnit }) => elexonBmUnit,
    atOf: () => null,
    nameOf: ({ elexonBmUnit }) => elexonBmUnit,
    completed: (later) => later,
    store: (units, { database, lease, run }) => recordBmUnits(database.pool, lease, run, units),
  },
  demand_statements: series('demand_statements', () => '', completedDemand),
  demand_cardinal_points: asOneEvent(series('demand_cardinal_points', ({ cardinalPoint }) => cardinalPoint)),
  demand_readings: asOneEvent(series('demand_readings', ({ recordType }) => recordType ?? '')),
  fuel_generation: series(
    'fuel_generation',
    ({ resolutionMinutes, fuelType }) => `${resolutionMinutes} ${fuelType}`,
  ),
  frequency_readings: series('frequency_readings', () => ''),
  market_prices: series('market_prices', ({ market, provider }) => `${market} ${provider}`),
  grid_stress: series('grid_stress', () => ''),
};

/** Whether a kind of record is a family of statements about Great Britain over time. */
export const isSeries = (kind: keyof Records): kind is SeriesName =>
  kind !== 'grid-statements' && kind !== 'carbon-factors';

function series<Name extends SeriesName>(
  family: Name,
  ownKey: (row: SeriesStatements[Name]) => string,
  completed: (later: SeriesStatements[Name], earlier: SeriesStatements[Name]) => SeriesStatements[Name] = (
    later,
  ) => later,
): RecordKind<SeriesStatements[Name]> {
  return {
    keyOf: (row) => `${row.at.getTime()} ${row.kind} ${ownKey(row)}`,
    atOf: ({ at }) => at,
    nameOf: (row) => `${row.at.toISOString()} ${ownKey(row)}`.trim(),
    completed,
    store: (statements, { database, ...storing }) =>
      recordSeries(database.pool, { ...storing, family, quality: 'REAL', statements }),
  };
}

/** Its statements have no topic: the run's own event tells of all of them. */
function asOneEvent<Row>(kind: RecordKind<Row>): RecordKind<Row> {
  return { ...kind, store: (rows, storing) => kind.store(rows, { ...storing, announce: false }) };
}

function completedGridStatement(later: GridStatement, earlier: GridStatement): GridStatement {
  const carbon = later.intensityGco2PerKwh === null ? earlier : later;
  return {
    ...later,
    intensityGco2PerKwh: carbon.intensityGco2PerKwh,
    index: carbon.index,
    mix: later.mix ?? earlier.mix,
  };
}

function completedDemand(later: DemandStatement, earlier: DemandStatement): DemandStatement {
  return {
    ...later,
    nationalDemandMw: later.nationalDemandMw ?? earlier.nationalDemandMw,
    transmissionSystemDemandMw: later.transmissionSystemDemandMw ?? earlier.transmissionSystemDemandMw,
    embeddedWindMw: later.embeddedWindMw ?? earlier.embeddedWindMw,
    embeddedSolarMw: later.embeddedSolarMw ?? earlier.embeddedSolarMw,
  };
}
