/** A grid for the tests of the graph: what sources said, recorded without a publisher, and the server that shows it. */
import { randomUUID } from 'node:crypto';
import { recordBmUnits } from '../../../src/database/bm-units.js';
import { recordCarbonFactors } from '../../../src/database/carbon-factors.js';
import { recordGridStatements } from '../../../src/database/grid-statements.js';
import { recordRun } from '../../../src/database/ingest-runs.js';
import { recordSeries } from '../../../src/database/series/record.js';
import type { SeriesName, SeriesStatements } from '../../../src/domain/series.js';
import { acquireLease, type Lease } from '../../../src/database/leases.js';
import type { BmUnit } from '../../../src/domain/bm-unit.js';
import type { Quality } from '../../../src/domain/codes.js';
import type { Fuel, UnlistedFuel } from '../../../src/domain/fuels.js';
import type { GridStatement, Refusal, StatedMix } from '../../../src/domain/grid-statement.js';
import { sourceById } from '../../../src/ingest/registry.js';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import { SYNTHETIC_SOURCE } from '../../../src/ingest/synthetic-fill.js';
import type { RunOutcome, RunRecord } from '../../../src/domain/ingest-run.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';

export const FORECASTS = 'carbon-intensity-national-forecast';
export const OUTTURNS = 'carbon-intensity-national-outturn';
export const REGIONAL = 'carbon-intensity-regional';
export const MIXES = 'carbon-intensity-national-mix';
export const FACTORS = 'carbon-intensity-factors';
export const BM_UNITS = 'elexon-bm-units';

export const LICENCE_AREAS = Array.from({ length: 14 }, (_, i) => i + 1);
export const ALL_REGIONS = Array.from({ length: 18 }, (_, i) => i + 1);

const NO_SHARE: Readonly<Record<Fuel, number>> = {
  BIOMASS: 0,
  COAL: 0,
  IMPORTS: 0,
  GAS: 0,
  NUCLEAR: 0,
  OTHER: 0,
  HYDRO: 0,
  SOLAR: 0,
  WIND: 0,
};

/** Shares in thousandths; a fuel that is not named has none. */
export const mix = (
  permille: Partial<Readonly<Record<Fuel, number>>>,
  unlisted: readonly UnlistedFuel[] = [],
): StatedMix => ({ permille: { ...NO_SHARE, ...permille }, unlisted });

/** What a source says of one half hour: a forecast of GB unless told otherwise. */
export const said = (statement: Partial<GridStatement> & { readonly from: Date }): GridStatement => ({
  regionId: 18,
  kind: 'FORECAST',
  issuedAt: null,
  intensityGco2PerKwh: null,
  index: null,
  mix: null,
  ...statement,
});

/** A forecast for each of `count` half hours of some regions. */
export const forecasts = (
  from: Date,
  count: number,
  regionIds: readonly number[],
  value: (regionId: number, i: number) => number,
): GridStatement[] =>
  Array.from({ length: count }, (_, i) =>
    regionIds.map((regionId) =>
      said({
        regionId,
        from: addHalfHours(from, i),
        intensityGco2PerKwh: value(regionId, i),
        index: 'MODERATE',
        mix: mix({ WIND: 400, GAS: 600 }),
      }),
    ),
  ).flat();

/** A BM unit of which only the id is stated, unless told otherwise. */
export const unit = (elexonBmUnit: string, stated: Partial<BmUnit> = {}): BmUnit => ({
  elexonBmUnit,
  nationalGridBmUnit: null,
  name: null,
  fuelType: null,
  unitType: null,
  leadPartyId: null,
  leadPartyName: null,
  generationCapacityMw: null,
  demandCapacityMw: null,
  productionOrConsumption: null,
  transmissionLossFactor: null,
  gspGroupId: null,
  gspGroupName: null,
  interconnectorId: null,
  eic: null,
  ...stated,
});

export interface Grid {
  readonly database: TestDatabase;
  readonly server: TestServer;
  /** One run that brought these. */
  record(
    source: string,
    statements: readonly GridStatement[],
    options?: { readonly quality?: Quality; readonly refusals?: readonly Refusal[] },
  ): Promise<RunOutcome>;
  /** One run that brought statements of a series. */
  recordSeries<Name extends SeriesName>(
    family: Name,
    statements: readonly SeriesStatements[Name][],
    source?: string,
  ): Promise<RunOutcome>;
  recordFactors(factors: Readonly<Record<string, number>>): Promise<RunOutcome>;
  /** One run of the list of BM units. */
  recordUnits(units: readonly BmUnit[]): Promise<RunOutcome>;
  /** One run that failed. */
  fail(source: string, message?: string): Promise<RunOutcome>;
  close(): Promise<void>;
}

/** A database and its server, at `now` when it starts. */
export async function startGrid<Of extends TestDatabase = TestDatabase>(
  now: Date,
  create: (now: Date) => Promise<Of> = (pylonNow) => createTestDatabase({ pylonNow }) as Promise<Of>,
): Promise<Grid & { readonly database: Of }> {
  const database = await create(now);
  const server = await startTestServer(database);
  const lease = (await acquireLease(database.pool, 'test', randomUUID(), 600)) as Lease;
  const run = (source: string, overrides: Partial<RunRecord> = {}): RunRecord => ({
    sourceId: database.sources.idOf(source),
    mode: 'COMMAND',
    endpoint: `/${source}`,
    window: { from: addHalfHours(now, -96), to: addHalfHours(now, 96) },
    startedAt: database.clock.now(),
    httpStatus: 200,
    retries: 0,
    rowsRead: 0,
    rowsRefused: 0,
    rowsDuplicate: 0,
    refusals: [],
    backfillId: null,
    failure: null,
    ...overrides,
  });
  return {
    database,
    server,
    record: (source, statements, { quality = 'REAL', refusals = [] } = {}) =>
      recordGridStatements(database.pool, {
        lease,
        run: run(source, { rowsRead: statements.length, rowsRefused: refusals.length, refusals }),
        quality,
        priority: source === SYNTHETIC_SOURCE.id ? 0 : sourceById(source).priority,
        statements,
        announce: true,
      }),
    recordSeries: (family, statements, source = FORECASTS) =>
      recordSeries(database.pool, {
        family,
        lease,
        run: run(source, { rowsRead: statements.length }),
        quality: 'REAL',
        statements,
        announce: true,
      }),
    recordFactors: (factors) =>
      recordCarbonFactors(
        database.pool,
        lease,
        run(FACTORS),
        Object.entries(factors).map(([fuel, gco2PerKwh]) => ({ fuel, gco2PerKwh })),
      ),
    recordUnits: (units) => recordBmUnits(database.pool, lease, run(BM_UNITS), units),
    fail: (source, message = 'it hung up') =>
      recordRun(
        database.pool,
        lease,
        run(source, { httpStatus: null, failure: { code: 'SOURCE_UNAVAILABLE', message, notBefore: null } }),
      ),
    async close() {
      await server.stop();
      await database.drop();
    },
  };
}

/** Waits until the server's clock is past everything recorded, and answers that instant: for `asOf`. */
export async function momentAfter({ database }: Pick<Grid, 'database'>): Promise<Date> {
  const { rows } = await database.pool.query<{ known: Date }>(
    'select max(known_at) as known from event_commits',
  );
  const known = rows[0]?.known.getTime() ?? 0;
  while (database.clock.now().getTime() <= known + 1) await new Promise((resolve) => setTimeout(resolve, 1));
  return new Date(known + 1);
}
