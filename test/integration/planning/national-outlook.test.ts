import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquireLease, type Lease } from '../../../src/database/leases.js';
import { readNationalOutlook } from '../../../src/database/planning/national-outlook.js';
import { readPrices } from '../../../src/database/series/prices.js';
import { recordSeries } from '../../../src/database/series/record.js';
import { readStress } from '../../../src/database/series/stress.js';
import { addHalfHours, halfHours } from '../../../src/domain/half-hour.js';
import { priceGroupOf } from '../../../src/domain/price-group.js';
import type { SeriesName, SeriesStatements } from '../../../src/domain/series.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { aRun } from '../database/writers.js';

const NOON = new Date('2026-03-02T12:00:00Z');
const SLOTS = 4;
const SOURCES = ['elexon-market-index', 'price-forecast'];

const keyOf = (said: {
  readonly at: Date;
  readonly kind: string;
  readonly market?: string;
  readonly provider?: string;
}) => [said.at.getTime(), said.kind, said.market, said.provider].join();
const stated = {
  at: fc.integer({ min: -1, max: SLOTS }).map((slot) => addHalfHours(NOON, slot)),
  kind: fc.constantFrom('OUTTURN' as const, 'FORECAST' as const, 'DERIVED' as const),
  issuedAt: fc.constant(null),
  formula: fc.constant('test/1'),
};
const prices = fc.uniqueArray(
  fc.record({
    ...stated,
    market: fc.constantFrom('MARKET_INDEX' as const, 'FORECAST' as const, 'SYSTEM_SELL' as const),
    provider: fc.constantFrom('APXMIDP', 'N2EXMIDP', 'pylon'),
    gbpPerMwh: fc.double({ min: -100, max: 1000, noNaN: true }),
    volumeMwh: fc.option(fc.constantFrom(0, 100.5, 700)),
    expectedErrorGbpPerMwh: fc.constant(null),
  }),
  { maxLength: 12, selector: keyOf },
);
const stresses = fc.uniqueArray(
  fc.record({ ...stated, stress: fc.double({ min: 0, max: 1, noNaN: true }) }),
  {
    maxLength: 6,
    selector: keyOf,
  },
);

describe('the national outlook of a plan', () => {
  let database: TestDatabase;
  let lease: Lease;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOON });
    lease = (await acquireLease(database.pool, 'test:outlook', 'test', 600))!;
  });
  afterAll(() => database.drop());

  const record = async <Name extends SeriesName>(
    family: Name,
    source: string,
    statements: readonly SeriesStatements[Name][],
  ): Promise<void> => {
    const run = aRun({ sourceId: database.sources.idOf(source), startedAt: database.clock.now() });
    await recordSeries(database.pool, { family, lease, run, quality: 'REAL', statements, announce: true });
  };

  it('is the price and the stress that signals show, newest and as of any sequence', async () => {
    const starts = halfHours(NOON, addHalfHours(NOON, SLOTS));
    let known = 0;
    const compare = async (asOf: bigint | null): Promise<void> => {
      const span = { from: NOON, to: addHalfHours(NOON, SLOTS) };
      const outlook = await readNationalOutlook(database.reader, span, starts, asOf);
      const keys = starts.map((from) => ({ from, asOf }));
      const shown = await readPrices(database.reader, keys, ['MARKET_INDEX', 'FORECAST']);
      const stress = await readStress(database.reader, keys);
      expect(outlook).toEqual({
        gbpPerMwh: shown.map((all) => priceGroupOf(all)?.gbpPerMwh ?? null),
        gridStress: stress.map((said) => said?.stress ?? null),
      });
      known += outlook.gbpPerMwh.filter((price) => price !== null).length;
    };
    await compare(null);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SOURCES), prices, stresses, async (source, someSaid, moreSaid) => {
        await record('market_prices', source, someSaid);
        await record('grid_stress', source, moreSaid);
        await compare(null);
      }),
      { numRuns: 40 },
    );
    const { rows } = await database.pool.query<{ sequence: bigint }>(
      'select last_sequence as sequence from event_commits',
    );
    for (const { sequence } of rows) await compare(sequence);
    expect(known).toBeGreaterThan(0);
  });
});
