/** Sources and runs for tests of the spine: what is written, without publishers. */
import type { CarbonIndex, ObservationKind, Quality } from '../../../src/domain/codes.js';
import { FUELS, type MixPermille } from '../../../src/domain/fuels.js';
import type { GridStatement, StatedMix } from '../../../src/domain/grid-statement.js';
import type { RunOutcome, RunRecord } from '../../../src/domain/ingest-run.js';
import { recordGridStatements } from '../../../src/database/grid-statements.js';
import { acquireLease, type Lease } from '../../../src/database/leases.js';
import {
  loadSourceCatalog,
  registerSources,
  type SourceCatalog,
  type SourceFacts,
} from '../../../src/database/source-catalog.js';
import type { TestDatabase } from '../../support/database.js';

/** The long counts of a test run only where PYLON_SOAK is set. */
export const counted = (short: number, long: number): number => (process.env['PYLON_SOAK'] ? long : short);

export interface TestSource {
  readonly id: string;
  readonly quality: Quality;
  readonly priority: number;
  readonly regionIds?: readonly number[];
}

export interface Writer extends TestSource {
  readonly sourceId: number;
  readonly lease: Lease;
  /** One run that states these; `mode` BACKFILL announces one event for all. */
  write(statements: readonly GridStatement[], run?: Partial<RunRecord>): Promise<RunOutcome>;
}

/** Registers sources that may state every kind, and gives each its own lease. */
export async function createWriters(
  database: TestDatabase,
  sources: readonly TestSource[],
): Promise<{ readonly catalog: SourceCatalog; readonly writers: readonly Writer[] }> {
  const kinds = ['FORECAST', 'OUTTURN'] as const;
  const facts = sources.map(({ id, priority, regionIds = [] }): SourceFacts => ({
    id,
    priority,
    carbonKinds: kinds,
    mixKinds: kinds,
    regionIds,
  }));
  await registerSources(database.owner, facts);
  const catalog = await loadSourceCatalog(database.pool);
  const writers = await Promise.all(
    sources.map(async (source): Promise<Writer> => {
      const sourceId = catalog.idOf(source.id);
      const lease = await acquireLease(database.pool, `source:${source.id}`, 'test', 3600);
      if (!lease) throw new Error(`the lease of ${source.id} is held`);
      return {
        ...source,
        sourceId,
        lease,
        write: (statements, run = {}) =>
          recordGridStatements(database.pool, {
            lease,
            run: aRun({ sourceId, startedAt: database.clock.now(), rowsRead: statements.length, ...run }),
            quality: source.quality,
            priority: source.priority,
            statements,
            announce: run.mode !== 'BACKFILL',
          }),
      };
    }),
  );
  return { catalog, writers };
}

export const aRun = (given: Partial<RunRecord> & Pick<RunRecord, 'sourceId' | 'startedAt'>): RunRecord => ({
  mode: 'SCHEDULED',
  endpoint: '/test',
  window: { from: new Date('2026-01-01T00:00Z'), to: new Date('2026-01-02T00:00Z') },
  httpStatus: 200,
  retries: 0,
  rowsRead: 0,
  rowsRefused: 0,
  rowsDuplicate: 0,
  refusals: [],
  backfillId: null,
  failure: null,
  ...given,
});

export const aStatement = (
  given: Partial<GridStatement> & Pick<GridStatement, 'regionId' | 'from'>,
): GridStatement => ({
  kind: 'FORECAST' satisfies ObservationKind,
  issuedAt: null,
  intensityGco2PerKwh: 100,
  index: 'LOW' satisfies CarbonIndex,
  mix: null,
  ...given,
});

/** Shares whose wind is as given, the rest gas; `unlisted` names a fuel outside the nine. */
export const aMix = (windPermille: number, unlisted?: string): StatedMix => ({
  permille: {
    ...(Object.fromEntries(FUELS.map((fuel) => [fuel, 0])) as MixPermille),
    WIND: windPermille,
    GAS: 1000 - windPermille,
  },
  unlisted: unlisted === undefined ? [] : [{ rawFuel: unlisted, permille: 1 }],
});
