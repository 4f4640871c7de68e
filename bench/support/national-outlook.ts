import type { Lease } from '../../src/database/leases.js';
import { recordSeries } from '../../src/database/series/record.js';
import { STRESS_FORMULA } from '../../src/domain/derived/grid-stress.js';
import { PRICE_FORMULA } from '../../src/domain/derived/price-forecast.js';
import { addHalfHours } from '../../src/domain/half-hour.js';
import type { RunRecord } from '../../src/domain/ingest-run.js';
import type {
  PriceStatement,
  SeriesName,
  SeriesStatements,
  StressStatement,
} from '../../src/domain/series.js';
import type { BenchDatabase } from './database.js';

/** Expected prices and stress of Great Britain for so many half hours from an instant on, as they are derived. */
export async function recordNationalOutlook(
  { pool, sources, clock }: Pick<BenchDatabase, 'pool' | 'sources' | 'clock'>,
  lease: Lease,
  first: Date,
  count: number,
): Promise<void> {
  const prices: PriceStatement[] = [];
  const stresses: StressStatement[] = [];
  for (let i = 0; i < count; i += 1) {
    const stated = { at: addHalfHours(first, i), kind: 'DERIVED', issuedAt: null } as const;
    const daily = Math.sin((i / 24) * Math.PI);
    const gbpPerMwh = Math.round(100 * (80 + 30 * daily)) / 100;
    prices.push({
      ...{ ...stated, gbpPerMwh, formula: PRICE_FORMULA },
      ...{ market: 'FORECAST', provider: 'pylon', volumeMwh: null, expectedErrorGbpPerMwh: 12 },
    });
    stresses.push({
      ...stated,
      stress: Math.round(1000 * (0.5 + 0.3 * daily)) / 1000,
      formula: STRESS_FORMULA,
    });
  }
  const record = <Name extends SeriesName>(family: Name, id: string, statements: SeriesStatements[Name][]) =>
    recordSeries(pool, {
      ...{ family, lease, statements, quality: 'REAL', announce: true },
      run: runOf(sources.idOf(id), first, count, clock.now()),
    });
  await record('market_prices', 'price-forecast', prices);
  await record('grid_stress', 'grid-stress', stresses);
}

const runOf = (sourceId: number, first: Date, count: number, startedAt: Date): RunRecord => ({
  ...{ sourceId, startedAt, mode: 'SCHEDULED', endpoint: '' },
  window: { from: first, to: addHalfHours(first, count) },
  ...{ httpStatus: null, retries: 0, rowsRead: count, rowsRefused: 0, rowsDuplicate: 0 },
  ...{ refusals: [], backfillId: null, failure: null },
});
