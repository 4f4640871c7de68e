import { recordGridStatements } from '../../src/database/grid-statements.js';
import type { Lease } from '../../src/database/leases.js';
import type { GridStatement } from '../../src/domain/grid-statement.js';
import { addHalfHours } from '../../src/domain/half-hour.js';
import { sourceById } from '../../src/ingest/registry.js';
import type { BenchDatabase } from './database.js';
import { runOf } from './simulated-grid.js';

const NATIONAL = [
  ['carbon-intensity-national-forecast', 'FORECAST'],
  ['carbon-intensity-national-outturn', 'OUTTURN'],
] as const;

/** Forecast and outturn of Great Britain for so many half hours before an instant: what errors are learned from. */
export async function recordNationalHistory(
  { pool, sources, clock }: Pick<BenchDatabase, 'pool' | 'sources' | 'clock'>,
  lease: Lease,
  before: Date,
  count: number,
): Promise<void> {
  for (const [id, kind] of NATIONAL) {
    const statements = Array.from({ length: count }, (_, i): GridStatement => {
      const daily = 180 + 60 * Math.sin((i / 24) * Math.PI);
      const error = kind === 'OUTTURN' ? 15 * Math.sin(i / 7) + 8 * Math.cos(i / 3) : 0;
      return {
        ...{
          regionId: 18,
          from: addHalfHours(before, i - count),
          kind,
          issuedAt: null,
          mix: null,
          index: null,
        },
        intensityGco2PerKwh: Math.round(daily + error),
      };
    });
    await recordGridStatements(pool, {
      ...{ lease, statements, quality: 'REAL', announce: true },
      run: runOf(sources.idOf(id), statements, clock.now()),
      priority: sourceById(id).priority,
    });
  }
}
