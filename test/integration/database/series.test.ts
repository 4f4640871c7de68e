import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents } from '../../../src/database/event-log.js';
import { acquireLease, type Lease } from '../../../src/database/leases.js';
import { recordSeries, type SeriesBatch } from '../../../src/database/series/record.js';
import type { RunOutcome } from '../../../src/domain/ingest-run.js';
import type {
  DemandStatement,
  PriceStatement,
  SeriesName,
  SeriesStatements,
} from '../../../src/domain/series.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { NATIONAL } from '../../support/writer.js';

const NOON = new Date('2026-03-02T12:00:00Z');
const at = (halfHours: number): Date => new Date(NOON.getTime() + halfHours * 1_800_000);

const demand = (halfHours: number, values: Partial<DemandStatement>): DemandStatement => ({
  at: at(halfHours),
  kind: 'OUTTURN',
  issuedAt: null,
  nationalDemandMw: null,
  transmissionSystemDemandMw: null,
  embeddedWindMw: null,
  embeddedSolarMw: null,
  ...values,
});

const price = (halfHours: number, values: Partial<PriceStatement>): PriceStatement => ({
  at: at(halfHours),
  kind: 'OUTTURN',
  issuedAt: null,
  market: 'MARKET_INDEX',
  provider: 'APXMIDP',
  gbpPerMwh: 80,
  volumeMwh: 100,
  expectedErrorGbpPerMwh: null,
  formula: null,
  ...values,
});

describe('recording a series', () => {
  let database: TestDatabase;
  let lease: Lease;

  beforeAll(async () => {
    database = await createTestDatabase();
    const acquired = await acquireLease(database.pool, 'test:series', 'test', 600);
    if (!acquired) throw new Error('no lease');
    lease = acquired;
  });
  afterAll(() => database.drop());

  const record = <Name extends SeriesName>(
    family: Name,
    statements: readonly SeriesStatements[Name][],
    options: Partial<SeriesBatch<Name>> = {},
  ): Promise<RunOutcome> => {
    const startedAt = database.clock.now();
    return recordSeries(database.pool, {
      family,
      lease,
      run: {
        sourceId: database.sources.idOf(NATIONAL),
        mode: 'SCHEDULED',
        endpoint: '/test',
        window: { from: startedAt, to: startedAt },
        startedAt,
        httpStatus: 200,
        retries: 0,
        rowsRead: statements.length,
        rowsRefused: 0,
        rowsDuplicate: 0,
        refusals: [],
        backfillId: null,
        failure: null,
      },
      quality: 'REAL',
      statements,
      announce: true,
      ...options,
    });
  };
  const rowsOf = async (sql: string): Promise<unknown[]> => (await database.pool.query(sql)).rows;
  const topicsOf = async ({ lastSequence }: RunOutcome, count: number): Promise<string[]> => {
    const last = lastSequence ?? 0n;
    const events = await readEvents(database.pool, { after: last - BigInt(count), upTo: last, limit: 1000 });
    return events.map(({ topic, regionId, from }) =>
      [topic, regionId, from?.toISOString().slice(11, 16)].filter((part) => part != null).join(' '),
    );
  };

  it('stores what differs from the last word, completed by what a null leaves unsaid', async () => {
    const first = await record('demand_statements', [
      demand(0, { nationalDemandMw: 30_000 }),
      demand(1, { nationalDemandMw: 31_000, embeddedWindMw: 0 }),
    ]);
    expect([first.rowsNew, first.rowsChanged]).toEqual([2, 2]);
    const again = await record('demand_statements', [
      demand(0, { embeddedWindMw: 2_000 }),
      demand(1, { nationalDemandMw: 31_000 }),
    ]);
    expect([again.rowsNew, again.rowsChanged]).toEqual([0, 1]);
    expect(
      await rowsOf(
        'select national_demand_mw, embedded_wind_mw from demand_statements order by at, sequence',
      ),
    ).toEqual([
      { national_demand_mw: 30_000, embedded_wind_mw: null },
      { national_demand_mw: 30_000, embedded_wind_mw: 2_000 },
      { national_demand_mw: 31_000, embedded_wind_mw: 0 },
    ]);
    expect(await topicsOf(again, 2)).toEqual(['GRID_SIGNALS 18 12:00', 'INGEST_RUNS']);
  });

  it('writes only the run where nothing differs', async () => {
    const said = [demand(4, { nationalDemandMw: 1 })];
    await record('demand_statements', said);
    const again = await record('demand_statements', said);
    expect([again.rowsNew, again.rowsChanged, again.lastSequence]).toEqual([0, 0, null]);
  });

  it('tells apart what the own key tells apart', async () => {
    const mw = (fuelType: string, value: number, resolutionMinutes: 5 | 30 = 5) =>
      ({ at: at(0), kind: 'OUTTURN', issuedAt: null, resolutionMinutes, fuelType, mw: value }) as const;
    const outcome = await record('fuel_generation', [
      mw('CCGT', 9_000),
      mw('PS', -500),
      mw('CCGT', 9_100, 30),
    ]);
    expect(outcome.rowsNew).toBe(3);
    expect(await topicsOf(outcome, 4)).toEqual([
      'GENERATION 12:00',
      'GENERATION 12:00',
      'GENERATION 12:00',
      'INGEST_RUNS',
    ]);
    const revised = await record('fuel_generation', [mw('CCGT', 9_000), mw('PS', -400)]);
    expect([revised.rowsNew, revised.rowsChanged]).toEqual([0, 1]);
  });

  it('makes the signal of Great Britain that a price belongs to, and tells of it after the price', async () => {
    const outcome = await record('market_prices', [
      price(200, { gbpPerMwh: -3.5 }),
      price(200, { market: 'SYSTEM_SELL', provider: '' }),
      price(201, { market: 'SYSTEM_SELL', provider: '' }),
    ]);
    expect(await topicsOf(outcome, 5)).toEqual([
      'PRICES 16:00',
      'PRICES 16:00',
      'PRICES 16:30',
      'GRID_SIGNALS 18 16:00',
      'INGEST_RUNS',
    ]);
    expect(
      await rowsOf(
        `select region_id, settlement_date::text, settlement_period from grid_signals where from_at >= '2026-03-06T16:00Z'`,
      ),
    ).toEqual([{ region_id: 18, settlement_date: '2026-03-06', settlement_period: 33 }]);
  });

  it.each([
    ['clocks go forward', '2026-03-29T22:30:00Z', '2026-03-29', 46],
    ['in summer', '2026-06-30T23:00:00Z', '2026-07-01', 1],
    ['clocks go back', '2026-10-25T23:30:00Z', '2026-10-25', 50],
    ['twice one', '2026-10-25T01:30:00Z', '2026-10-25', 6],
  ])('numbers the settlement period where %s', async (_name, instant, date, period) => {
    const from = new Date(instant);
    await record('grid_stress', [
      { at: from, kind: 'DERIVED', issuedAt: null, stress: 0.5, formula: 'test/1' },
    ]);
    const { rows } = await database.pool.query(
      'select settlement_date::text, settlement_period from grid_signals where from_at = $1 and region_id = 18',
      [from],
    );
    expect(rows).toEqual([{ settlement_date: date, settlement_period: period }]);
  });

  it('has one event for a run of history', async () => {
    const outcome = await record('market_prices', [price(-500, {}), price(-499, { gbpPerMwh: 0 })], {
      announce: false,
    });
    expect(await topicsOf(outcome, 1)).toEqual(['INGEST_RUNS']);
    expect(
      await rowsOf(
        `select count(distinct sequence)::integer as sequences, count(*)::integer as rows from market_prices where at < '2026-02-25'`,
      ),
    ).toEqual([{ sequences: 1, rows: 2 }]);
  });

  it('writes nothing of a run whose lease is gone, or of which one value cannot be', async () => {
    const gone = { ...lease, fencing: lease.fencing + 1n };
    await expect(
      record('demand_statements', [demand(9, { nationalDemandMw: 1 })], { lease: gone }),
    ).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await expect(
      record('frequency_readings', [
        { at: at(9), kind: 'OUTTURN', issuedAt: null, hz: 50 },
        { at: at(10), kind: 'OUTTURN', issuedAt: null, hz: -1 },
      ]),
    ).rejects.toThrow('frequency_readings');
    expect(await rowsOf('select from frequency_readings')).toEqual([]);
    expect(await rowsOf(`select from demand_statements where at = '2026-03-02T16:30Z'`)).toEqual([]);
  });
});
