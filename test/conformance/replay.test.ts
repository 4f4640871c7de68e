import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatMinute } from '../../src/domain/instant.js';
import { floorToHalfHour } from '../../src/domain/half-hour.js';
import { SOURCES, sourceById } from '../../src/ingest/registry.js';
import { runSource } from '../../src/ingest/run.js';
import { fillWithSynthetic } from '../../src/ingest/synthetic-fill.js';
import { windowNow } from '../../src/ingest/window.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTestRunner, type TestRunner } from '../support/runner.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { REPLAY_MISSING, startReplay, type Replay } from './replay-server.js';
import { expectServed, sayingsOf, type Sayings } from './sayings.js';

/** The publisher whose answers are read here. */
const OF_CARBON_INTENSITY = SOURCES.filter(({ baseUrl }) => baseUrl === 'CARBON_INTENSITY_URL');

/** Instants with recorded days around them: the recommended ones, both clock changes of 2023, and the gap of that October. */
const INSTANTS = [
  '2023-11-06T12:30:00Z',
  '2025-01-31T12:00:00Z',
  '2025-11-01T12:00:00Z',
  '2023-03-26T00:30:00Z',
  '2023-10-29T00:30:00Z',
  '2023-10-20T12:10:00Z',
];

describe.skipIf(REPLAY_MISSING)(
  `a replay of recorded days${REPLAY_MISSING ? ` (skipped: ${REPLAY_MISSING})` : ''}`,
  () => {
    describe.each(INSTANTS)('at %s', (instant) => {
      const now = new Date(instant);
      let replay: Replay;
      let database: TestDatabase;
      let runner: TestRunner;
      let server: TestServer;

      beforeAll(async () => {
        replay = await startReplay(instant);
        database = await createTestDatabase({ pylonNow: now });
        runner = createTestRunner(database, replay.carbonIntensityUrl);
        server = await startTestServer(database);
      });
      afterAll(async () => {
        await server.stop();
        await runner.close();
        await database.drop();
        await replay.stop();
      });

      const fetched = async (path: string): Promise<Sayings> => {
        const response = await fetch(`${replay.carbonIntensityUrl}${path}`);
        return sayingsOf((await response.json()) as { readonly data: unknown });
      };

      it('serves for every region and half hour what the publisher answers, and no half hour twice', async () => {
        const from = floorToHalfHour(now);
        const national = await fetched(`/intensity/${formatMinute(from)}/fw48h`);
        const past = await fetched(
          `/intensity/${formatMinute(new Date(from.getTime() - 48 * 3_600_000))}/${formatMinute(from)}`,
        );
        const regional = await fetched(`/regional/intensity/${formatMinute(from)}/fw48h`);
        for (const source of OF_CARBON_INTENSITY) {
          await runSource(runner, {
            source,
            mode: 'COMMAND',
            window: windowNow(source, undefined, database.clock.now()),
          });
        }
        // The national routes outrank the regional route's row 18; its mix is served, because they state none.
        const said: Sayings = new Map(regional);
        for (const [key, value] of [...past, ...national]) {
          const mix = regional.get(key)?.mix;
          said.set(key, {
            ...value,
            actual: value.actual ?? past.get(key)?.actual ?? null,
            ...(mix ? { mix } : {}),
          });
        }
        expect(said.size).toBeGreaterThan(0);
        await expectServed(server, said);
      });

      it('answers gridNow with the half hour that covers the instant, or says that nothing covers it', async () => {
        const covered = await fetched(`/intensity/${formatMinute(floorToHalfHour(now))}/fw48h`);
        const { data, errors } = await server.query<{ gridNow: { from: string } | null }>(
          '{ gridNow { from } }',
        );
        const from = floorToHalfHour(database.clock.now());
        if (covered.has(`18 ${formatMinute(from)}`)) expect(data?.gridNow?.from).toBe(from.toISOString());
        else expect(errors?.[0]?.extensions.code).toBe('DATA_MISSING');
      });
    });

    describe('and its faults', () => {
      let replay: Replay;
      let database: TestDatabase;
      let runner: TestRunner;
      let server: TestServer;
      const source = sourceById('carbon-intensity-national-forecast');
      const counts = async (): Promise<unknown> =>
        (
          await database.owner.query(
            'select (select count(*) from observations) as observations, (select count(*) from grid_signals) as signals, (select count(*) from event_log where topic = 1) as events',
          )
        ).rows;
      const run = () =>
        runSource(runner, {
          source,
          mode: 'COMMAND',
          window: windowNow(source, undefined, database.clock.now()),
        });

      beforeAll(async () => {
        replay = await startReplay('2023-11-06T12:30:00Z');
        database = await createTestDatabase({ pylonNow: new Date('2023-11-06T12:30:00Z') });
        runner = createTestRunner(database, replay.carbonIntensityUrl, { timeoutMs: 500 });
        server = await startTestServer(database);
        await run();
      });
      afterAll(async () => {
        await server.stop();
        await runner.close();
        await database.drop();
        await replay.stop();
      });

      it.each([
        ['500', 'SOURCE_UNAVAILABLE'],
        ['503', 'SOURCE_UNAVAILABLE'],
        ['429', 'SOURCE_RATE_LIMITED'],
        ['timeout', 'SOURCE_UNAVAILABLE'],
        ['reset', 'SOURCE_UNAVAILABLE'],
        ['truncate', 'SOURCE_UNAVAILABLE'],
        ['html', 'SOURCE_CONTRACT_BROKEN'],
        ['empty', 'SOURCE_CONTRACT_BROKEN'],
        ['wrongschema', 'SOURCE_CONTRACT_BROKEN'],
      ])(
        '%s: nothing is written, the run names it, the last good value is served with its age',
        async (fault, code) => {
          const before = await counts();
          await replay.control({ prefix: 'carbon-intensity', fault, times: 100 });
          const report = await run();
          await replay.control({ reset: true });
          expect(report).toMatchObject({ status: 'FAILED', error: { code } });
          expect(await counts()).toEqual(before);
          const { data } = await server.query<{
            sources: { id: string; state: string; lastErrorCode: string }[];
            gridNow: Record<string, unknown>;
          }>(
            '{ sources { id state lastErrorCode } gridNow { quality ageSeconds carbonIntensity { forecastGco2PerKwh } } }',
          );
          expect(data?.sources.find(({ id }) => id === source.id)).toMatchObject({
            state: 'FAILING',
            lastErrorCode: code,
          });
          expect(data?.gridNow).toMatchObject({
            quality: 'REAL',
            ageSeconds: expect.any(Number),
            carbonIntensity: { forecastGco2PerKwh: 126 },
          });
        },
      );

      it.each(['slow', 'dup'])('%s: the values go in once', async (fault) => {
        const before = await counts();
        await replay.control({ prefix: 'carbon-intensity', fault, times: 1 });
        expect(await run()).toMatchObject({ status: 'SUCCEEDED', rowsChanged: 0 });
        expect(await counts()).toEqual(before);
      });

      it('fills nothing synthetic over real values', async () => {
        await fillWithSynthetic(runner, [source], 1);
        const { data } = await server.query<{ gridNow: { quality: string } }>('{ gridNow { quality } }');
        expect(data?.gridNow.quality).toBe('REAL');
      });
    });
  },
);
