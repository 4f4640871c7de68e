import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { wholePublisher } from '../support/payloads.js';
import { killAll, startPylon, type PylonProcess } from '../support/process.js';
import { startPublisher, type Publisher } from '../support/publisher.js';
import { openRaw } from '../support/raw-socket.js';
import { gridSignals, openStream } from '../support/streams.js';
import { TEMPORARY } from '../support/temporary.js';
import { until } from '../support/until.js';
import { createWriter, forecast } from '../support/writer.js';

/** A start takes its time on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

const NOON = new Date('2026-03-02T12:00:00Z');
/** Nobody listens there: a reserved port. */
const NOBODY = 'http://127.0.0.1:1';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await killAll();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}, 60_000);

const newDatabase = async (): Promise<TestDatabase> => {
  const database = await createTestDatabase();
  cleanups.push(() => database.drop());
  return database;
};
const newPublisher = async (): Promise<Publisher> => {
  const publisher = await startPublisher(wholePublisher(new Date()));
  cleanups.push(() => publisher.close());
  return publisher;
};
/** Every publisher at one address, so that no test asks a real one. */
const publishersAt = (url: string) => ({ CARBON_INTENSITY_URL: url, ELEXON_URL: url, NESO_URL: url });
const serve = (env: Record<string, string>): Promise<PylonProcess> =>
  startPylon(['serve'], { PORT: '0', LOG_LEVEL: 'info', ...env });

const ask = async (url: string, query: string): Promise<unknown> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { data: unknown }).data;
};

const listenOn = (port: number): Promise<Server | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null)); // somebody else listens there
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

describe('on a database of its own', () => {
  it('a start says which database, which data and which addresses, and SIGTERM ends it in order', async () => {
    const database = await newDatabase();
    const publisher = await newPublisher();
    const pylon = await serve({ DATABASE_URL: database.ownerUrl, ...publishersAt(publisher.url) });
    const url = await pylon.up();
    await pylon.prints(/data +replay: http/);
    expect(pylon.output).toMatch(/Pylon is up/);
    expect(pylon.output).toMatch(/database +PostgreSQL \d+.* at 127\.0\.0\.1:\d+\/test_/);
    for (const path of ['/graphql', '/explorer', '/health/ready', '/metrics'])
      expect(pylon.output).toContain(`${url}${path}`);
    expect(pylon.output).not.toContain(new URL(database.ownerUrl).password);
    expect(pylon.output).not.toMatch(/deprecat|warning/i);

    // Planned on a thread of the built files, which then idles and holds up no end.
    const series = String.raw`slot,actual\n0,3\n1,1\n`;
    const jobs = String.raw`job,start_slot,duration_slots,slack_slots\na,0,1,1\n`;
    expect(
      await ask(
        url,
        `{ backtest(input: { seriesCsv: "${series}", jobsCsv: "${jobs}" }) { underForecast { carbonGco2 } } }`,
      ),
    ).toEqual({ backtest: { underForecast: { carbonGco2: 0.5 } } });

    const raw = await openRaw(`${url.replace('http', 'ws')}/graphql`);
    raw.send({ type: 'subscribe', id: '1', payload: gridSignals({}) });
    await raw.frame('next', '1');
    pylon.signal('SIGTERM');
    expect(await raw.closed).toBe(1001);
    expect(await pylon.ended).toEqual({ code: 0, signal: null });
    expect(raw.frames.some(({ type }) => type === 'complete')).toBe(false);
    const { rows } = await database.owner.query<{ leases: number; connections: number }>(
      `select (select count(*)::integer from leases where expires_at > clock_timestamp() and name not like 'test:%') as leases,
        (select count(*)::integer from pg_stat_activity where application_name = 'pylon-listen' and datname = current_database()) as connections`,
    );
    expect(rows).toEqual([{ leases: 0, connections: 0 }]);
  });

  it('who subscribed before a restart goes on after it by its cursor', async () => {
    const database = await newDatabase();
    const writer = await createWriter(database);
    const env = { DATABASE_URL: database.ownerUrl, INGEST: 'off' };
    const first = await serve(env);
    const stream = openStream('websocket', { url: await first.up() }, gridSignals({}));
    await stream.take(1);
    await writer.write([forecast(13, NOON, 1)]);
    const [, change] = await stream.take(2);
    first.signal('SIGINT');
    expect(await first.ended).toEqual({ code: 0, signal: null });
    await until('the end of the stream', () => stream.ended);
    await writer.write([forecast(13, NOON, 2)]);
    const second = await serve(env);
    const resumed = openStream(
      'websocket',
      { url: await second.up() },
      gridSignals({ after: change?.cursor }),
    );
    await resumed.take(1);
    await writer.write([forecast(13, NOON, 3)]);
    expect(
      (await resumed.take(2)).map(({ kind, signal }) => [kind, signal?.carbonIntensity?.forecastGco2PerKwh]),
    ).toEqual([
      ['CHANGE', 2],
      ['CHANGE', 3],
    ]);
    resumed.close();
  });

  it('SIGTERM ends it while a publisher keeps it waiting, and nothing of that run is written', async () => {
    const database = await newDatabase();
    const publisher = await newPublisher();
    publisher.fail('hang');
    const pylon = await serve({
      DATABASE_URL: database.ownerUrl,
      ...publishersAt(publisher.url),
      SOURCE_TIMEOUT_MS: '120000',
    });
    await pylon.up();
    await until('a question', () => publisher.asked.length > 0);
    pylon.signal('SIGTERM');
    expect(await pylon.ended).toEqual({ code: 0, signal: null });
    const { rows } = await database.owner.query('select from ingest_runs');
    expect(rows).toEqual([]);
  });

  it('SIGTERM before it is up ends it in order too', async () => {
    const database = await newDatabase();
    const pylon = await serve({ DATABASE_URL: database.ownerUrl, ...publishersAt(NOBODY) });
    await until('its first connection', async () => {
      const { rows } = await database.owner.query(
        `select from pg_stat_activity where application_name like 'pylon%' and datname = current_database() and usename = 'pylon_owner'`,
      );
      return rows.length > 0;
    });
    pylon.signal('SIGTERM');
    expect(await pylon.ended).toEqual({ code: 0, signal: null });
  });

  it('a PORT that is taken fails loudly', async () => {
    const database = await newDatabase();
    const taken = await listenOn(0);
    const address = taken?.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const pylon = await serve({ DATABASE_URL: database.ownerUrl, PORT: port, INGEST: 'off' });
    expect(await pylon.ended).toEqual({ code: 1, signal: null });
    expect(pylon.output).toMatch(new RegExp(`pylon: CONFIG_INVALID: PORT=${port} .*cannot be listened on`));
    expect(pylon.output).not.toMatch(/ {4}at /);
    taken?.close();
  });

  it('the default port moves on to the next free one and says so', async () => {
    const database = await newDatabase();
    const taken = await listenOn(4000);
    const pylon = await serve({ DATABASE_URL: database.ownerUrl, PORT: '', INGEST: 'off' });
    const url = await pylon.up();
    expect(pylon.output).toMatch(/Port 4000 is taken; using 40\d\d/);
    expect(url).toMatch(/:40\d\d$/);
    expect(await ask(url, '{ region(regionId: 13) { code } }')).toEqual({ region: { code: 'LONDON' } });
    taken?.close();
  });

  it('a database that cannot be reached fails with what to do', async () => {
    const pylon = await serve({ DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/nothing' });
    expect(await pylon.ended).toEqual({ code: 1, signal: null });
    expect(pylon.output).toMatch(/DATABASE_UNAVAILABLE: .*Check DATABASE_URL/);
    expect(pylon.output).not.toContain('secret');
  });
});

describe('on the embedded PostgreSQL', () => {
  it(
    'a first start without internet answers, synthetic and labelled; killed, its database is adopted by the next start, and stopped by SIGTERM',
    { timeout: 120_000 },
    async () => {
      const folder = await mkdtemp(join(TEMPORARY, 'pylon-e2e-'));
      cleanups.push(() => rm(folder, { recursive: true, force: true }));
      await chmod(folder, 0o755);
      const env = { PYLON_DATA_DIR: folder, ...publishersAt(NOBODY) };
      const first = await serve(env);
      cleanups.push(() => stopEmbedded(folder));
      const url = await first.up();
      const cluster = await first.prints(/embedded PostgreSQL \S+ in (\S+) \(created\)/);
      await first.prints(/data +synthetic/);
      expect(
        await ask(url, '{ gridNow { quality source carbonIntensity { forecastGco2PerKwh } } }'),
      ).toMatchObject({
        gridNow: { quality: 'SYNTHETIC' },
      });
      const stream = openStream('websocket', { url }, gridSignals({}));
      const [ready] = await stream.take(1);
      await first.kill();
      await until('the end of the stream', () => stream.ended);

      const second = await serve(env);
      const again = await second.up();
      expect(await second.prints(/embedded PostgreSQL \S+ in \S+ \((adopted)\)/)).toBe('adopted');
      const resumed = openStream('websocket', { url: again }, gridSignals({ after: ready?.cursor }));
      await until('an answer', async () => (await ask(again, '{ __typename }')) !== undefined);
      expect(resumed.errors).toEqual([]);
      resumed.close();
      expect(existsSync(join(cluster, 'postmaster.pid'))).toBe(true);
      second.signal('SIGTERM');
      expect(await second.ended).toEqual({ code: 0, signal: null });
      expect(existsSync(join(cluster, 'postmaster.pid'))).toBe(false);
    },
  );
});

async function stopEmbedded(dataDir: string): Promise<void> {
  const { startEmbeddedPostgres } = await import('../../src/database/embedded/supervisor.js');
  const postgres = await startEmbeddedPostgres({ dataDir });
  await postgres.stop({ force: true });
}
