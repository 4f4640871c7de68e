import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backfill } from '../../../src/ingest/backfill.js';
import { sourceById } from '../../../src/ingest/registry.js';
import { runSource, type RunReport } from '../../../src/ingest/run.js';
import type { Window } from '../../../src/domain/ingest-run.js';
import { dayAheadDemand, demandOutturn, fuelRow, marketIndex } from '../../support/elexon-payloads.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';

const HALF_HOUR_MS = 1_800_000;
const at = (text: string): Date => new Date(text);

describe('what Elexon says', () => {
  let database: TestDatabase;
  let publisher: Publisher;
  let runner: TestRunner;

  beforeAll(async () => {
    database = await createTestDatabase();
    publisher = await startPublisher();
    runner = createTestRunner(database, publisher.url);
  });
  afterAll(async () => {
    await runner.close();
    await publisher.close();
    await database.drop();
  });

  const run = (id: string, window: Window): Promise<RunReport> =>
    runSource(runner, { source: sourceById(id), mode: 'COMMAND', window });
  const rowsOf = async (sql: string): Promise<unknown[]> => (await database.pool.query(sql)).rows;

  it.each([
    ['2025-03-30', 46, '2025-03-30T00:00:00Z', '2025-03-30T22:30:00Z'],
    ['2025-10-26', 50, '2025-10-25T23:00:00Z', '2025-10-26T23:30:00Z'],
    ['2025-07-02', 48, '2025-07-01T23:00:00Z', '2025-07-02T22:30:00Z'],
  ])('of the system prices of %s has %i periods, on their instants', async (date, periods, first, last) => {
    // By settlement period alone: no startTime helps.
    publisher.answer = (path) => ({
      metadata: { datasets: ['DISEBSP'] },
      data: path.endsWith(date)
        ? Array.from({ length: periods }, (_, i) => ({
            settlementDate: date,
            settlementPeriod: i + 1,
            systemSellPrice: i + 1,
            systemBuyPrice: -i - 1,
          }))
        : [],
    });
    const window = { from: at(first), to: new Date(at(last).getTime() + HALF_HOUR_MS) };
    expect(await run('elexon-system-prices', window)).toMatchObject({
      status: 'SUCCEEDED',
      rowsRead: periods,
      rowsNew: 2 * periods,
      rowsRefused: 0,
    });
    const { rows } = await database.pool.query<{ at: Date; sell: number; buy: number }>(
      `select s.at, s.gbp_per_mwh as sell, b.gbp_per_mwh as buy from market_prices s
       join market_prices b on b.at = s.at and b.market = 3 where s.market = 2 and s.at between $1 and $2 order by s.at`,
      [window.from, at(last)],
    );
    expect(rows).toEqual(
      Array.from({ length: periods }, (_, i) => ({
        at: new Date(at(first).getTime() + i * HALF_HOUR_MS),
        sell: i + 1,
        buy: -i - 1,
      })),
    );
  });

  it('of summer demand is not an hour out, and belongs to the half hour of its settlement period', async () => {
    publisher.answer = () => [
      {
        publishTime: '2025-07-09T12:30:00Z',
        startTime: null,
        settlementDate: '2025-07-09',
        settlementPeriod: 27,
        initialDemandOutturn: 26_000,
        initialTransmissionSystemDemandOutturn: 26_500,
      },
    ];
    const window = { from: at('2025-07-09T12:00Z'), to: at('2025-07-09T12:30Z') };
    expect(await run('elexon-demand-outturn', window)).toMatchObject({ status: 'SUCCEEDED', rowsNew: 1 });
    expect(
      await rowsOf(
        `select at, national_demand_mw as nd, transmission_system_demand_mw as tsd, s.settlement_date::text as date, s.settlement_period as period
         from demand_statements d join grid_signals s on s.from_at = d.at and s.region_id = 18 where d.at >= '2025-07-09' and d.at < '2025-07-10'`,
      ),
    ).toEqual([{ at: at('2025-07-09T12:00:00Z'), nd: 26_000, tsd: 26_500, date: '2025-07-09', period: 27 }]);
  });

  it('of demand ahead counts by its newest publication, and by an older one where that is silent', async () => {
    const [start, published] = [
      at('2025-02-26T12:00Z'),
      (minute: number) => at(`2025-02-26T11:${minute}:00Z`),
    ];
    const newest = dayAheadDemand(start, published(47), null, 35_210);
    publisher.answer = () => ({
      metadata: { datasets: ['NDF', 'TSDF'] },
      data: [
        newest,
        dayAheadDemand(start, published(46), 33_900, 35_200),
        dayAheadDemand(start, published(16), 32_000, 34_000),
        newest,
      ],
    });
    const window = { from: start, to: at('2025-02-26T12:30Z') };
    expect(await run('elexon-demand-forecast', window)).toMatchObject({
      rowsRead: 4,
      rowsNew: 1,
      rowsDuplicate: 3,
      rowsRefused: 0,
    });
    expect(
      await rowsOf(
        `select issued_at, kind, national_demand_mw as nd, transmission_system_demand_mw as tsd from demand_statements where at = '2025-02-26T12:00Z'`,
      ),
    ).toEqual([{ issued_at: published(47), kind: 1, nd: 33_900, tsd: 35_210 }]);
  });

  it('of an exchange without trade is nothing at all, neither stored nor refused', async () => {
    publisher.answer = () => [
      marketIndex(at('2025-02-26T12:00Z'), 'APXMIDP', 81.25, 1502.5),
      marketIndex(at('2025-02-26T12:00Z'), 'N2EXMIDP', 0, 0),
      marketIndex(at('2025-02-26T12:30Z'), 'APXMIDP', 0, 0),
      marketIndex(at('2025-02-26T12:30Z'), 'N2EXMIDP', -3.5, 12),
    ];
    const window = { from: at('2025-02-26T12:00Z'), to: at('2025-02-26T13:00Z') };
    expect(await run('elexon-market-index', window)).toMatchObject({
      rowsRead: 4,
      rowsNew: 2,
      rowsRefused: 0,
    });
    expect(
      await rowsOf(
        'select provider, gbp_per_mwh as price, volume_mwh as volume from market_prices where market = 1 order by at',
      ),
    ).toEqual([
      { provider: 'APXMIDP', price: 81.25, volume: 1502.5 },
      { provider: 'N2EXMIDP', price: -3.5, volume: 12 },
    ]);
  });

  it('of half hours without any trade is a hole in history, and an emptiness now', async () => {
    const window = { from: at('2025-02-27T03:00Z'), to: at('2025-02-27T03:30Z') };
    publisher.answer = () => [
      marketIndex(window.from, 'APXMIDP', 0, 0),
      marketIndex(window.from, 'N2EXMIDP', 0, 0),
    ];
    expect(await backfill(runner, sourceById('elexon-market-index'), window)).toMatchObject({
      rows: 2,
      changed: 0,
      refused: 0,
    });
    expect(await run('elexon-market-index', window)).toMatchObject({
      status: 'FAILED',
      error: {
        code: 'SOURCE_EMPTY',
        message: expect.stringContaining('2 rows, none with a value') as string,
      },
    });
  });

  it('is revised: the later answer is stored beside the earlier one', async () => {
    const start = at('2025-02-26T18:00Z');
    const window = { from: start, to: at('2025-02-26T18:30Z') };
    publisher.answer = () => [demandOutturn(start, 40_000, null)];
    await run('elexon-demand-outturn', window);
    publisher.answer = () => [demandOutturn(start, 40_010, 41_000)];
    expect(await run('elexon-demand-outturn', window)).toMatchObject({ rowsNew: 0, rowsChanged: 1 });
    expect(
      await rowsOf(
        `select national_demand_mw as nd, transmission_system_demand_mw as tsd from demand_statements where at = '2025-02-26T18:00Z' and kind = 2 order by sequence`,
      ),
    ).toEqual([
      { nd: 40_000, tsd: null },
      { nd: 40_010, tsd: 41_000 },
    ]);
  });

  it('of five minutes is brought by a backfill also where it was published after its window', async () => {
    const late = {
      ...fuelRow('FUELINST', at('2025-11-08T23:00Z'), 'WIND', 5),
      publishTime: '2025-11-09T01:00:00Z',
    };
    const next = fuelRow('FUELINST', at('2025-11-09T00:55Z'), 'WIND', 6);
    publisher.answer = (path) => {
      const [, from = '', to = ''] = /publishDateTimeFrom=([^&]+)&publishDateTimeTo=(.+)$/.exec(path) ?? [];
      const dates = /settlementDateFrom=([\d-]+)&settlementDateTo=([\d-]+)$/.exec(path);
      return [late, next].filter(({ publishTime, settlementDate }) =>
        dates
          ? settlementDate >= (dates[1] ?? '') && settlementDate <= (dates[2] ?? '')
          : at(publishTime) >= at(from) && at(publishTime) <= at(to),
      );
    };
    const report = (from: string, to: string) =>
      backfill(runner, sourceById('elexon-fuelinst'), { from: at(from), to: at(to) });
    expect(await report('2025-11-08T12:00Z', '2025-11-09T00:00Z')).toMatchObject({ rows: 1, changed: 1 });
    expect(await report('2025-11-02T00:00Z', '2025-11-09T00:00Z')).toMatchObject({ rows: 1, changed: 0 });
    expect(await report('2025-11-09T00:00Z', '2025-11-09T02:00Z')).toMatchObject({ rows: 1, changed: 1 });
    expect(
      await rowsOf('select at, mw from fuel_generation where resolution_minutes = 5 order by at'),
    ).toEqual([
      { at: at('2025-11-08T23:00Z'), mw: 5 },
      { at: at('2025-11-09T00:55Z'), mw: 6 },
    ]);
  });

  it('of a span is brought by a backfill, each row once, across the change of clocks', async () => {
    const asked = publisher.asked.length;
    publisher.answer = (path) => {
      // Whole London days, as the publisher answers, whatever part of them the window holds.
      const [, first = '', last = ''] = /From=([\d-]+)&settlementDateTo=([\d-]+)$/.exec(path) ?? [];
      const [from, to] = [Date.parse(first) - 2 * HALF_HOUR_MS, Date.parse(last) + 48 * HALF_HOUR_MS];
      return Array.from({ length: (to - from) / HALF_HOUR_MS }, (_, i) =>
        fuelRow('FUELHH', new Date(from + i * HALF_HOUR_MS), 'WIND', i + 1),
      );
    };
    const span = { from: at('2025-10-13T00:00Z'), to: at('2025-10-27T00:00Z') };
    const report = await backfill(runner, sourceById('elexon-fuelhh'), span);
    expect(report).toMatchObject({ rows: 14 * 48, changed: 14 * 48, refused: 0, windows: 2 });
    expect(publisher.asked.slice(asked)).toEqual([
      '/datasets/FUELHH/stream?settlementDateFrom=2025-10-13&settlementDateTo=2025-10-20',
      '/datasets/FUELHH/stream?settlementDateFrom=2025-10-20&settlementDateTo=2025-10-26',
    ]);
    expect(
      await rowsOf(
        `select count(*)::integer as rows, count(distinct at)::integer as starts, min(at), max(at) from fuel_generation where resolution_minutes = 30`,
      ),
    ).toEqual([{ rows: 672, starts: 672, min: at('2025-10-13T00:00Z'), max: at('2025-10-26T23:30Z') }]);
  });
});
