import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { backfill } from '../../src/ingest/backfill.js';
import { sourceById } from '../../src/ingest/registry.js';
import { runSource, type RunReport } from '../../src/ingest/run.js';
import { windowNow } from '../../src/ingest/window.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { createTestRunner, type TestRunner } from '../support/runner.js';
import { servedDemand, servedPoints, type ServedDemand } from './neso-served.js';
import { RECORDED_DIR, SKIPPED_BECAUSE, csvRows, recordedFiles } from './recorded-files.js';
import { REPLAY_MISSING, startReplay, type Replay } from './replay-server.js';

const LATER = new Date('2026-11-01T00:00:00Z');
const HALF_HOUR_MS = 1_800_000;
type Row = Readonly<Record<string, unknown>>;

/** Half hours of a London day, read off the platform's calendar and not off the code under test. */
function periodStart(date: string, period: number): Date {
  const hourAtNoon = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: 'numeric' });
  // Noon is after any change of the day, midnight before: the offset at midnight is that of noon the day before.
  const noonBefore = new Date(Date.parse(`${date}T12:00Z`) - 24 * 3_600_000);
  const offsetHours = Number(hourAtNoon.format(noonBefore)) - 12;
  return new Date(Date.parse(`${date}T00:00Z`) - offsetHours * 3_600_000 + (period - 1) * HALF_HOUR_MS);
}

/** Start of a point: half an hour before the time that names it, on London clocks; 01:00Z where clocks skip that. */
function pointStart(date: string, clock: number): Date {
  const shown = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', timeStyle: 'short' });
  const minutes = Math.floor(clock / 100) * 60 + (clock % 100) - 30;
  const name = new Date(minutes * 60_000).toISOString().slice(11, 16);
  const tomorrow = new Date(Date.parse(date) + 24 * 3_600_000).toISOString().slice(0, 10);
  const periods = Array.from({ length: 50 }, (_, i) => periodStart(date, i + 1)).filter(
    (at) => at < periodStart(tomorrow, 1),
  );
  return periods.find((at) => shown.format(at) === name) ?? new Date(`${date}T01:00Z`);
}

const RESOURCE_IDS: Readonly<Record<string, string>> = {
  'neso-demand-update': '177f6fa4-ae49-4182-81ea-0c6b35f26ca6',
  'neso-embedded-forecast': 'db6c038f-98af-4570-ab60-24d71ebd0ae5',
  'neso-demand-forecast-14-day': '7c0411cd-2714-4bb5-a408-adb065edf34d',
  'neso-demand-forecast-day-ahead': 'aec5601a-7f3e-4c4c-bf56-d8e4184d3c5b',
};
/** So many days before and after the day of an instant. */
const around = (now: string, before: number, after: number) => {
  const day = Date.parse(`${now.slice(0, 10)}T00:00Z`);
  return {
    from: new Date(day - before * 24 * 3_600_000),
    to: new Date(day + after * 24 * 3_600_000),
  };
};

/** A row of a payload as the graph is to say it: the start of its half hour, and its values. */
function readByHand(id: string, row: Row): readonly [string, ServedDemand] {
  const mw = (name: string): number | null => (row[name] === undefined ? null : Number(row[name]));
  const isOver = id === 'neso-demand-update' && row['ND'] !== 0;
  const date = String(row['SETTLEMENT_DATE']).slice(0, 10);
  const at =
    id === 'neso-demand-forecast-14-day'
      ? new Date(Date.parse(`${String(row['GDATETIME'])}Z`) - HALF_HOUR_MS)
      : periodStart(date, Number(row['SETTLEMENT_PERIOD']));
  return [
    at.toISOString(),
    {
      outturnMw: isOver ? mw('ND') : null,
      transmissionSystemDemandMw: isOver ? mw('TSD') : null,
      embeddedWindMw: mw('EMBEDDED_WIND_GENERATION') ?? mw('EMBEDDED_WIND_FORECAST'),
      embeddedSolarMw: mw('EMBEDDED_SOLAR_GENERATION') ?? mw('EMBEDDED_SOLAR_FORECAST'),
      forecastMw: mw('NATIONALDEMAND'),
    },
  ];
}

const unquoted = (row: Row): Record<string, string> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name.replaceAll('"', ''), String(value).replaceAll('"', '')]),
  );
const datastore = (records: readonly Row[]) => ({
  success: true,
  result: { records, total: records.length },
});

describe.skipIf(!RECORDED_DIR)(`NESO${RECORDED_DIR ? '' : ` (skipped: ${SKIPPED_BECAUSE})`}`, () => {
  const files = recordedFiles('neso');
  const textOf = (pattern: RegExp): string => {
    const found = files.filter(({ name }) => pattern.test(name));
    if (found.length !== 1) throw new Error(`${pattern} is ${found.length} recorded files`);
    return found[0]?.text ?? '';
  };
  const parse = (id: string, body: unknown) => sourceById(id).parse(body, LATER);

  it('yearly demand: every row is an outturn on its half hour, 46 and 50 periods included', () => {
    const text = textOf(/demanddata_2025/);
    const { records, refusals, rowsRead } = parse('neso-demand-history', text);
    const rows = csvRows(text).map(unquoted);
    expect([rowsRead, records.length, refusals]).toEqual([17_520, 17_520, []]);
    expect(records).toEqual(
      rows.map((row) => ({
        at: periodStart(row['SETTLEMENT_DATE'] ?? '', Number(row['SETTLEMENT_PERIOD'])),
        kind: 'OUTTURN',
        issuedAt: null,
        nationalDemandMw: Number(row['ND']),
        transmissionSystemDemandMw: Number(row['TSD']),
        embeddedWindMw: Number(row['EMBEDDED_WIND_GENERATION']),
        embeddedSolarMw: Number(row['EMBEDDED_SOLAR_GENERATION']),
      })),
    );
    const starts = records.map((record) => ('at' in record ? record.at.getTime() : 0));
    // A year without a gap or an overlap: each half hour follows the one before.
    expect(starts.every((start, i) => i === 0 || start - (starts[i - 1] ?? 0) === HALF_HOUR_MS)).toBe(true);
  });

  it('demand update: actual rows are outturn, what is not yet is no demand', () => {
    const rows = csvRows(textOf(/daily_demand_update/));
    const { records, refusals, rowsRead } = parse('neso-demand-update', datastore(rows));
    expect([rowsRead, refusals]).toEqual([11, []]);
    expect(records).toEqual(
      rows.map((row) => {
        const isOver = row['ND'] !== '0';
        return {
          at: periodStart(row['SETTLEMENT_DATE'] ?? '', Number(row['SETTLEMENT_PERIOD'])),
          kind: isOver ? 'OUTTURN' : 'FORECAST',
          issuedAt: null,
          nationalDemandMw: isOver ? Number(row['ND']) : null,
          transmissionSystemDemandMw: isOver ? Number(row['TSD']) : null,
          embeddedWindMw: Number(row['EMBEDDED_WIND_GENERATION']),
          embeddedSolarMw: Number(row['EMBEDDED_SOLAR_GENERATION']),
        };
      }),
    );
    expect(records.filter((record) => 'kind' in record && record.kind === 'OUTTURN')).toHaveLength(5);
  });

  it('embedded forecast: each row half an hour before the end it is labelled with', () => {
    const rows = csvRows(textOf(/embedded_forecast__/));
    const { records, refusals } = parse('neso-embedded-forecast', datastore(rows));
    expect(refusals).toEqual([]);
    expect(records).toEqual(
      rows.map((row) => ({
        at: new Date(Date.parse(`${row['DATE_GMT']?.slice(0, 10)}T${row['TIME_GMT']}Z`) - HALF_HOUR_MS),
        kind: 'FORECAST',
        issuedAt: null,
        nationalDemandMw: null,
        transmissionSystemDemandMw: null,
        embeddedWindMw: Number(row['EMBEDDED_WIND_FORECAST']),
        embeddedSolarMw: Number(row['EMBEDDED_SOLAR_FORECAST']),
      })),
    );
  });

  it('2- to 14-day forecast: each row half an hour before the end it is labelled with', () => {
    const body = JSON.parse(textOf(/consumption_forecast_live/)) as { result: { records: Row[] } };
    const { records, refusals } = parse('neso-demand-forecast-14-day', body);
    expect(refusals).toEqual([]);
    expect(records).toEqual(
      body.result.records.map((row) => ({
        at: new Date(Date.parse(`${String(row['GDATETIME'])}Z`) - HALF_HOUR_MS),
        kind: 'FORECAST',
        issuedAt: null,
        nationalDemandMw: row['NATIONALDEMAND'],
        transmissionSystemDemandMw: null,
        embeddedWindMw: null,
        embeddedSolarMw: null,
      })),
    );
  });

  it.each([
    ['of a day', /day_ahead_demand_forecast__/, 12, 0],
    ['of seven years', /historic_day_ahead_demand_forecast/, 52_953, 0],
  ])('day-ahead forecast %s: every cardinal point is a span of its day', (_name, pattern, count, refused) => {
    const rows = csvRows(textOf(pattern)).map(unquoted);
    const { records, refusals, rowsRead } = parse('neso-demand-forecast-day-ahead', datastore(rows));
    expect([rowsRead, refusals.slice(0, 3), refusals.length]).toEqual([count, [], refused]);
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', timeStyle: 'short' });
    for (const [i, record] of records.entries()) {
      const row = rows[i] ?? {};
      if (!('cardinalPoint' in record)) throw new Error('another kind of record');
      expect(record.demandMw).toBe(Number(row['FORECASTDEMAND']));
      expect(record.cardinalPoint).toBe(row['CARDINALPOINT']);
      const end = clock.format(record.endsAt).replace(':', '');
      expect(end === '0000' ? 2400 : Number(end)).toBe(Number(row['CP_END_TIME']));
      expect(record.at < record.endsAt).toBe(true);
    }
  });

  it('archive of the day-ahead forecast: every row says when it was said', () => {
    const rows = csvRows(textOf(/historic_day_ahead_demand_forecast/)).map(unquoted);
    const { records, refusals } = parse('neso-demand-forecast-history', datastore(rows));
    expect(refusals).toEqual([]);
    const said = records.map((record) =>
      'cardinalPoint' in record ? [record.cardinalPoint, record.demandMw, record.issuedAt] : [],
    );
    expect(said).toEqual(
      rows.map((row) => [
        row['CARDINALPOINT'],
        Number(row['FORECASTDEMAND']),
        new Date(row['FORECAST_TIMESTAMP'] ?? ''),
      ]),
    );
    expect(said).toHaveLength(52_953);
  });

  it('the maintenance page of any is a broken contract', () => {
    for (const id of ['neso-demand-history', 'neso-demand-update', 'neso-embedded-forecast'])
      expect(() => parse(id, '<!DOCTYPE html><h1>We will be back soon</h1>')).toThrow(
        expect.objectContaining({ code: 'SOURCE_CONTRACT_BROKEN' }),
      );
  });
});

describe.skipIf(REPLAY_MISSING)(
  `a replay of NESO${REPLAY_MISSING ? ` (skipped: ${REPLAY_MISSING})` : ''}`,
  () => {
    let replay: Replay;
    let database: TestDatabase;
    let runner: TestRunner;
    let server: TestServer;

    const start = async (now: string): Promise<void> => {
      replay = await startReplay(now);
      database = await createTestDatabase({ pylonNow: new Date(now) });
      runner = createTestRunner(database, `${replay.origin}/neso`, { timeoutMs: 1_000 });
      server = await startTestServer(database);
    };
    const stop = async (): Promise<void> => {
      await server.stop();
      await runner.close();
      await database.drop();
      await replay.stop();
    };
    const run = (id: string): Promise<RunReport> => {
      const source = sourceById(id);
      return runSource(runner, {
        source,
        mode: 'COMMAND',
        window: windowNow(source, undefined, database.clock.now()),
      });
    };
    const payload = async (resourceId: string): Promise<readonly Row[]> => {
      const rows: Row[] = [];
      for (;;) {
        const path = `datastore_search?resource_id=${resourceId}&limit=32000&offset=${rows.length}`;
        const response = await fetch(`${replay.origin}/neso/${path}`);
        const { result } = (await response.json()) as { result: { records: Row[]; total: number } };
        rows.push(...result.records);
        if (rows.length >= result.total) return rows;
      }
    };
    const stored = async (id: string) =>
      (
        await database.owner.query<Record<string, unknown>>(
          `select at, kind, national_demand_mw as nd, transmission_system_demand_mw as tsd,
             embedded_wind_mw as wind, embedded_solar_mw as solar
           from demand_statements join sources using (source_id) where code = $1 order by at`,
          [id],
        )
      ).rows;

    describe.each([
      ['2025-01-31T12:00:00Z', '2025-01-30T12:00Z', 48],
      ['2025-02-26T12:00:00Z', '2025-02-25T12:00Z', 48],
      ['2025-03-30T23:00:00Z', '2025-03-30T00:00Z', 46],
      ['2025-10-27T00:00:00Z', '2025-10-25T23:00Z', 50],
      ['2025-07-02T00:00:00Z', '2025-07-01T00:00Z', 48],
    ])('at %s', (now, from, periods) => {
      beforeAll(() => start(now));
      afterAll(stop);

      it('yearly demand: the half hours stored are those of the payload', async () => {
        const span = { from: new Date(from), to: new Date(now) };
        expect(await backfill(runner, sourceById('neso-demand-history'), span)).toMatchObject({
          changed: periods,
          refused: 0,
        });
        const rows = (await payload('b2bde559-3455-4021-b179-dfe60c0337b0'))
          .map((row) => ({
            at: periodStart(String(row['SETTLEMENT_DATE']), Number(row['SETTLEMENT_PERIOD'])),
            kind: 2,
            nd: row['ND'],
            tsd: row['TSD'],
            wind: row['EMBEDDED_WIND_GENERATION'],
            solar: row['EMBEDDED_SOLAR_GENERATION'],
          }))
          .filter(({ at }) => at >= span.from && at < span.to);
        expect(rows).toHaveLength(periods);
        expect(await stored('neso-demand-history')).toEqual(rows);
        expect(await servedDemand(server, span)).toEqual(
          rows.map(({ at, nd, tsd, wind, solar }) => [
            at.toISOString(),
            {
              outturnMw: nd,
              transmissionSystemDemandMw: tsd,
              embeddedWindMw: wind,
              embeddedSolarMw: solar,
              forecastMw: null,
            },
          ]),
        );
      });

      it('day-ahead forecast: the points stored are those of the payload, unless it is of long ago', async () => {
        const rows = await payload('aec5601a-7f3e-4c4c-bf56-d8e4184d3c5b');
        const [{ TARGETDATE: target } = {}] = rows;
        const day = String(target).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
        const isNear = Math.abs(Date.parse(day) - Date.parse(now)) < 31 * 24 * 3_600_000;
        const report = await run('neso-demand-forecast-day-ahead');
        const { rows: points } = await database.owner.query<Record<string, unknown>>(
          `select cardinal_point as point, demand_mw as mw from demand_cardinal_points
           join sources using (source_id) where code = 'neso-demand-forecast-day-ahead' order by 1`,
        );
        expect(points).toEqual(
          rows
            .filter(() => isNear)
            .map((row) => ({ point: String(row['CARDINALPOINT']), mw: row['FORECASTDEMAND'] }))
            .toSorted((a, b) => (a.point < b.point ? -1 : 1)),
        );
        expect(report.error?.message ?? 'none').toMatch(isNear ? /^none$/ : /is far from what was asked for/);
      });

      it('archive of the day-ahead forecast: the points stored are the last said of each in the payload', async () => {
        const span = { from: new Date(from), to: new Date(now) };
        const report = await backfill(runner, sourceById('neso-demand-forecast-history'), span);
        expect(report).toMatchObject({ refused: 0, retries: 0, windows: 1 });
        const last = new Map<string, { at: Date; point: string; mw: unknown; said: Date }>();
        for (const row of await payload('9847e7bb-986e-49be-8138-717b25933fbb')) {
          const date = String(row['TARGETDATE']);
          if (date < from.slice(0, 10) || date > now.slice(0, 10)) continue;
          const start = pointStart(date, Number(row['CP_ST_TIME']));
          if (start < span.from || start >= span.to) continue;
          const { FORECASTDEMAND: mw, FORECAST_TIMESTAMP: said } = row;
          const point = String(row['CARDINALPOINT']);
          last.set(`${start.getTime()} ${point}`, { at: start, point, mw, said: new Date(String(said)) });
        }
        const { rows } = await database.owner.query<Record<string, unknown>>(
          `select at, cardinal_point as point, demand_mw as mw, issued_at as said
           from demand_cardinal_points join sources using (source_id)
           where code = 'neso-demand-forecast-history' order by at, cardinal_point`,
        );
        expect(rows).toEqual([...last].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, point]) => point));
        const points = [...last.values()].map(({ at, point, mw }) => ({
          from: at.toISOString(),
          cardinalPoint: point,
          demandMw: mw,
        }));
        expect(await servedPoints(server, span)).toEqual(
          points.toSorted((a, b) => (a.from + a.cardinalPoint < b.from + b.cardinalPoint ? -1 : 1)),
        );
        // What is recorded ends in June 2025.
        expect(rows.length > 0).toBe(now < '2025-06-11');
      });

      it.each(['neso-demand-update', 'neso-embedded-forecast', 'neso-demand-forecast-14-day'])(
        '%s: nothing is recorded of these days, and that is a failure with a reason',
        async (id) => {
          expect(await run(id)).toMatchObject({ status: 'FAILED', error: { code: 'SOURCE_EMPTY' } });
        },
      );
    });

    describe.each([
      ['neso-demand-update', '2026-10-08T08:00:00Z', 11],
      ['neso-embedded-forecast', '2026-08-16T17:30:00Z', 20],
      ['neso-demand-forecast-14-day', '2026-07-29T09:00:00Z', 6],
      ['neso-demand-forecast-day-ahead', '2025-01-31T12:00:00Z', 11],
    ])('%s at %s', (id, now, count) => {
      const source = sourceById(id);
      beforeAll(() => start(now));
      afterAll(stop);
      afterEach(() => replay.control({ reset: true }));

      it('comes in whole, and again without a change', async () => {
        expect(await run(id)).toMatchObject({ status: 'SUCCEEDED', rowsRead: count, rowsNew: count });
        expect(await run(id)).toMatchObject({ status: 'SUCCEEDED', rowsChanged: 0 });
      });

      it('is served as the payload says', async () => {
        await run(id);
        const rows = await payload(RESOURCE_IDS[id] ?? '');
        if (id === 'neso-demand-forecast-day-ahead') {
          const read = rows.map((row) => {
            const date = String(row['TARGETDATE']).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
            const start = pointStart(date, Number(row['CP_ST_TIME']));
            return `${start.toISOString()} ${String(row['CARDINALPOINT'])} ${String(row['FORECASTDEMAND'])}`;
          });
          const points = await servedPoints(server, around(now, 2, 5));
          const told = points.map((point) => `${point.from} ${point.cardinalPoint} ${point.demandMw}`);
          expect(told.toSorted()).toEqual(read.toSorted());
          return;
        }
        const read = rows.map((row) => readByHand(id, row));
        expect(Object.fromEntries(await servedDemand(server, around(now, 60, 15)))).toEqual(
          Object.fromEntries(read),
        );
        expect(read).toHaveLength(count);
      });

      it.each([
        ['500', 'SOURCE_UNAVAILABLE'],
        ['503', 'SOURCE_UNAVAILABLE'],
        ['429', 'SOURCE_RATE_LIMITED'],
        ['timeout', 'SOURCE_UNAVAILABLE'],
        ['reset', 'SOURCE_UNAVAILABLE'],
        ['truncate', 'SOURCE_UNAVAILABLE'],
        ['html', 'SOURCE_CONTRACT_BROKEN'],
        ['empty', 'SOURCE_EMPTY'],
        ['wrongschema', 'SOURCE_CONTRACT_BROKEN'],
      ])('%s: nothing is written, and the run names it', async (fault, code) => {
        const count = async (): Promise<unknown> =>
          (
            await database.owner.query(
              'select (select count(*) from demand_statements) as demand, (select count(*) from demand_cardinal_points) as points',
            )
          ).rows;
        const before = await count();
        await replay.control({ prefix: 'neso', path: 'datastore_search', fault, times: 100 });
        expect(await run(id)).toMatchObject({ status: 'FAILED', error: { code } });
        expect(await count()).toEqual(before);
      });

      it.each(['slow', 'dup'])('%s: the values go in once', async (fault) => {
        const patient = createTestRunner(database, `${replay.origin}/neso`, { timeoutMs: 5_000 });
        await replay.control({ prefix: 'neso', path: 'datastore_search', fault, times: 1 });
        const window = windowNow(source, undefined, database.clock.now());
        expect(await runSource(patient, { source, mode: 'COMMAND', window })).toMatchObject({
          status: 'SUCCEEDED',
          rowsChanged: 0,
        });
        await patient.close();
      });
    });
  },
);
