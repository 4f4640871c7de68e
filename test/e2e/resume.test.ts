import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { killAll, type PylonProcess } from '../support/process.js';
import { until } from '../support/until.js';
import { NATIONAL, createWriter, forecast } from '../support/writer.js';
import {
  Follower,
  expectWholeLog,
  keepDue,
  serveGrid,
  startRestlessPublisher,
  type RestlessPublisher,
} from './grid.js';

const KILLS = process.env['PYLON_SOAK'] ? 20 : 2;
const NOON = new Date('2026-03-02T12:00:00Z');

let database: TestDatabase;
let publisher: RestlessPublisher;
let stopAgeing: () => Promise<void>;

beforeAll(async () => {
  database = await createTestDatabase();
  publisher = await startRestlessPublisher();
  stopAgeing = keepDue(database);
});
afterEach(() => killAll());
afterAll(async () => {
  await stopAgeing();
  await publisher.close();
  await database.drop();
});

it(
  `a subscriber that stores its cursor is told the whole log, once and in order, while its server is killed ${KILLS} times under ingest`,
  { timeout: KILLS * 30_000 + 60_000 },
  async () => {
    let url: string | null = null;
    let pylon: PylonProcess;
    const start = async (): Promise<void> => {
      pylon = await serveGrid(database, publisher);
      url = await pylon.up();
    };
    await start();
    const follower = new Follower(() => url);
    await until('READY', () => follower.count > 0);

    // Another process writes on, also while no server is there.
    const writer = await createWriter(database, NATIONAL);
    let writing = true;
    const writes = (async () => {
      for (let i = 0; writing; i += 1) {
        await writer.write([forecast(18, new Date(NOON.getTime() + (i % 50) * 1_800_000), i % 1_000)]);
        await sleep(10);
      }
    })();

    let runs = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = follower.count;
      await until('something new', () => follower.count > before);
      await until('a run of its own', () => pylon.logged('ingest.run.finished').length > 0);
      await sleep(Math.random() * 700);
      pylon!.signal('SIGKILL');
      url = null;
      await pylon!.ended;
      runs += pylon!.logged('ingest.run.finished').length;
      // As if the time of its leases had passed.
      await database.owner.query(`update leases set expires_at = '-infinity' where name not like 'test:%'`);
      await start();
    }
    writing = false;
    await writes;
    await stopAgeing();
    pylon!.signal('SIGTERM');
    await pylon!.ended;
    url = null;
    await start();
    await expectWholeLog(database, follower);
    expect(follower.sessions).toBeGreaterThan(KILLS);
    expect(runs).toBeGreaterThanOrEqual(KILLS);
  },
);
