import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { LISTED_SOURCES } from '../../../src/ingest/registry.js';
import type { RunReport } from '../../../src/ingest/run.js';
import { startApp, type App } from '../../../src/server/app.js';
import { withDatabase } from '../../support/global-setup.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { FORECASTS, OUTTURNS, said, startGrid, type Grid } from '../graph/grid.js';
import { post, send } from './requests.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const ORIGIN = 'https://grid.example';

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly errorId?: string;
  readonly error?: string;
}

/** A server whose log the test reads. */
async function startLogged(database: TestDatabase): Promise<{ app: App; lines: LogLine[] }> {
  const lines: LogLine[] = [];
  const log = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line) as LogLine) });
  const app = await startApp({
    config: { HOST: '127.0.0.1', PORT: 0, ALLOWED_ORIGINS: [ORIGIN] },
    database,
    log,
    streams: { pollMs: 100 },
  });
  return { app, lines };
}

describe('the probes', () => {
  let grid: Grid;

  beforeAll(async () => {
    grid = await startGrid(NOW);
  });
  afterAll(() => grid.close());

  it('say that the process lives and can answer, and how its sources are', async () => {
    expect((await send(`${grid.server.url}/health/live`)).text).toBe('{"status":"live"}');
    const { status, text } = await send(`${grid.server.url}/health/ready`);
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { status: 'ready', sources: Object.fromEntries(LISTED_SOURCES.map(({ id }) => [id, 'NEVER_RUN'])) },
    ]);
  });

  it('stay ready while a publisher is down: its last values are served', async () => {
    await grid.record(FORECASTS, [said({ from: NOW_HALF_HOUR, intensityGco2PerKwh: 1 })]);
    await grid.fail(OUTTURNS);
    const { status, text } = await send(`${grid.server.url}/health/ready`);
    expect(status).toBe(200);
    expect((JSON.parse(text) as { sources: Record<string, string> }).sources).toMatchObject({
      [FORECASTS]: 'HEALTHY',
      [OUTTURNS]: 'FAILING',
    });
  });

  it('are measured: what is told is of this moment, from the first scrape on', async () => {
    const scrape = async () => {
      const { status, headers, text } = await send(`${grid.server.url}/metrics`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
      return new Map(
        text
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#'))
          .map((line): [string, number] => {
            const space = line.lastIndexOf(' ');
            return [line.slice(0, space), Number(line.slice(space + 1))];
          }),
      );
    };
    const first = await scrape();
    expect(first.get('pylon_database_up')).toBe(1);
    expect(first.get(`pylon_source_healthy{source="${FORECASTS}"}`)).toBe(1);
    expect(first.get(`pylon_source_healthy{source="${OUTTURNS}"}`)).toBe(0);
    expect(first.get(`pylon_source_failures{source="${OUTTURNS}"}`)).toBe(1);
    expect(first.get(`pylon_source_age_seconds{source="${FORECASTS}"}`)).toBeGreaterThanOrEqual(0);
    expect(first.has(`pylon_source_age_seconds{source="${OUTTURNS}"}`)).toBe(false);
    const before = first.get('pylon_log_sequence') ?? NaN;
    await grid.record(OUTTURNS, [said({ from: NOW_HALF_HOUR, kind: 'OUTTURN', intensityGco2PerKwh: 2 })]);
    const report: Pick<RunReport, 'source' | 'status' | 'rowsRead' | 'rowsChanged' | 'rowsRefused'> = {
      source: OUTTURNS,
      status: 'SUCCEEDED',
      rowsRead: 3,
      rowsChanged: 1,
      rowsRefused: 2,
    };
    grid.server.countRun(report as RunReport);
    const { agents } = grid.server;
    expect(first.has('pylon_agent_lag_events')).toBe(false);
    for (const refusal of [null, { code: 'NO_PLAN' }])
      agents.countOutcome({ policy: 'orchestrator', proposal: { action: 'placeWorkload' }, refusal });
    agents.countFailure({ isGivenUp: true });
    agents.readLagBy(() => 7);
    await post(grid.server.url, '{ __typename }');
    const second = await scrape();
    expect(second.get('pylon_log_sequence')).toBe(before + 2);
    expect(second.get(`pylon_source_healthy{source="${OUTTURNS}"}`)).toBe(1);
    expect(second.get(`pylon_source_failures{source="${OUTTURNS}"}`)).toBe(0);
    expect(second.get(`pylon_ingest_runs_total{source="${OUTTURNS}",status="SUCCEEDED"}`)).toBe(1);
    expect(second.get(`pylon_ingest_rows_total{source="${OUTTURNS}",outcome="refused"}`)).toBe(2);
    const placing = 'policy="orchestrator",action="placeWorkload"';
    expect(second.get(`pylon_agent_proposals_total{${placing}}`)).toBe(2);
    expect(second.get(`pylon_agent_refusals_total{${placing},code="NO_PLAN"}`)).toBe(1);
    expect(second.get('pylon_agent_failures_total{outcome="GIVEN_UP"}')).toBe(1);
    expect(second.get('pylon_agent_lag_events')).toBe(7);
    expect(
      second.get('pylon_http_request_seconds_count{route="/graphql",status="200"}'),
    ).toBeGreaterThanOrEqual(1);
    for (const name of [
      'pylon_sockets',
      'pylon_subscribers',
      'pylon_subscription_groups',
      'pylon_pushed_messages',
      'pylon_subscription_gaps',
      'pylon_subscriptions_abandoned',
    ])
      expect(second.get(name)).toBe(0);
    expect(second.get('process_cpu_seconds_total')).toBeGreaterThan(0);
  });

  it('are counted by route, never by path', async () => {
    for (let i = 0; i < 5; i += 1) await send(`${grid.server.url}/nonsense/${i}?a=${i}`);
    const { text } = await send(`${grid.server.url}/metrics`);
    expect(text).toContain('pylon_http_request_seconds_count{route="none",status="404"} 5');
    expect(text).not.toContain('nonsense');
  });
});

const NOW_HALF_HOUR = new Date('2026-03-02T12:30:00Z');

describe('a fault of ours', () => {
  let database: TestDatabase;
  let app: App;
  let lines: LogLine[];

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    ({ app, lines } = await startLogged(database));
  });
  afterAll(async () => {
    await app.stop();
    await database.drop();
  });

  it('is masked with an id, under which it is logged', async () => {
    await database.owner.query('alter table grid_signals rename column outturn_index to hidden_column');
    try {
      const { status, body, code, text } = await post(
        app.url,
        '{ broken: gridNow { from } sound: regions(kind: NATION) { code } }',
      );
      expect([status, code]).toEqual([200, 'INTERNAL_SERVER_ERROR']);
      expect(body?.data).toEqual({ broken: null, sound: [{ code: 'GB' }] });
      expect(text).not.toMatch(/outturn|does not exist/);
      const errorId = body?.errors?.[0]?.extensions['errorId'];
      expect(body?.errors?.[0]?.message).toContain(String(errorId));
      expect(lines.filter((line) => line.errorId === errorId)).toMatchObject([
        {
          msg: 'graph.field.failed',
          error: expect.stringContaining('outturn_index') as unknown,
          stack: expect.stringContaining('at ') as unknown,
        },
      ]);
    } finally {
      await database.owner.query('alter table grid_signals rename column hidden_column to outturn_index');
    }
    expect((await post(app.url, '{ gridNow { from } }')).code).toBe('DATA_MISSING');
  });

  it('is masked where Prisma reads, too', async () => {
    await database.owner.query('alter table ingest_runs rename to hidden_runs');
    try {
      const { code, text } = await post(app.url, '{ ingestRuns { edges { node { id } } } }');
      expect(code).toBe('INTERNAL_SERVER_ERROR');
      expect(text).not.toMatch(/hidden|prisma|ingest_runs/i);
    } finally {
      await database.owner.query('alter table hidden_runs rename to ingest_runs');
    }
  });

  it('of the caller is not logged as ours', async () => {
    const before = lines.length;
    for (const query of [
      '{',
      '{ nonsense }',
      '{ gridNow(regionId: 99) { from } }',
      `{ ${'__typename '.repeat(1_100)} }`,
    ])
      await post(app.url, query);
    await send(`${app.url}/nonsense`);
    await send(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect(lines.slice(before)).toEqual([]);
  });
});

describe('without its database', () => {
  let database: TestDatabase;
  let app: App;
  let lines: LogLine[];

  /** Cuts every connection and lets none in again, or lets them in. */
  const admit = async (allowed: boolean): Promise<void> => {
    const name = new URL(database.ownerUrl).pathname.slice(1);
    const admin = new pg.Client({ connectionString: withDatabase(inject('ownerUrl'), 'postgres') });
    await admin.connect();
    await admin.query(`alter database ${name} with allow_connections ${allowed}`);
    if (!allowed)
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    await admin.end();
  };

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    ({ app, lines } = await startLogged(database));
    await admit(false);
  });
  afterAll(async () => {
    await admit(true);
    await app.stop();
    await database.drop();
  });

  it('the server lives, is not ready, and tells no more than that', async () => {
    expect((await send(`${app.url}/health/live`)).status).toBe(200);
    const { status, text } = await send(`${app.url}/health/ready`);
    expect([status, text]).toEqual([503, '{"status":"database unavailable"}']);
    expect(lines.map(({ msg }) => msg)).toContain('health.database.unavailable');
  });

  it('questions are answered with a masked error', async () => {
    for (const query of [
      '{ gridNow { from } }',
      '{ regions { code } }',
      '{ sources { id } }',
      '{ ingestRuns { edges { cursor } } }',
    ]) {
      const { status, code } = await post(app.url, query);
      expect([status, code]).toEqual([200, 'INTERNAL_SERVER_ERROR']);
    }
  });

  it('its metrics are still told, with what the database would say left out', async () => {
    const { status, text } = await send(`${app.url}/metrics`);
    expect(status).toBe(200);
    expect(text).toContain('pylon_database_up 0');
    expect(text).not.toMatch(/^pylon_(log_sequence|source_\w+)\b.* \d/m);
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('the server is not lost: it is ready again once the database is back', async () => {
    await admit(true);
    expect((await send(`${app.url}/health/ready`)).status).toBe(200);
    expect((await post(app.url, '{ gridNow { from } }')).code).toBe('DATA_MISSING');
  });
});
