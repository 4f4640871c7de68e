import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { killAll, type PylonProcess } from '../support/process.js';
import { until } from '../support/until.js';
import {
  Follower,
  atRest,
  expectWholeLog,
  keepDue,
  serveGrid,
  startRestlessPublisher,
  type RestlessPublisher,
} from './grid.js';

let database: TestDatabase;
let publisher: RestlessPublisher;
let stopAgeing: () => Promise<void>;
/** The process that leads, and one that waits; each with the address of its graph. */
let leader: PylonProcess;
let heir: PylonProcess;
let leaderUrl: string;
let heirUrl: string;

beforeEach(async () => {
  database = await createTestDatabase();
  publisher = await startRestlessPublisher();
  stopAgeing = keepDue(database);
  leader = await serveGrid(database, publisher);
  leaderUrl = await leader.up();
  await until('a leader', () => finished(leader) > 0);
  heir = await serveGrid(database, publisher);
  heirUrl = await heir.up();
}, 120_000);
afterEach(async () => {
  await killAll();
  await stopAgeing();
  await publisher.close();
  await database.drop();
});

const finished = (pylon: PylonProcess): number => pylon.logged('ingest.run.finished').length;

it(
  'both deliver every event; when the one that ingests is killed the other takes over, and nothing is lost',
  { timeout: 120_000 },
  async () => {
    let address = leaderUrl;
    const wanderer = new Follower(() => address);
    const settled = new Follower(() => heirUrl);
    await until('both told', () => wanderer.count > 200 && settled.count > 200);
    expect(finished(heir)).toBe(0);

    await leader.kill();
    address = heirUrl;
    await until('the heir ingests', () => finished(heir) >= 5);
    await stopAgeing();
    await atRest(database);
    await expectWholeLog(database, wanderer);
    expect(wanderer.sessions).toBe(2);
    await expectWholeLog(database, settled);
  },
);

it(
  'one that is frozen in the middle of a run and thawed after the other took over writes nothing, and serves on',
  { timeout: 120_000 },
  async () => {
    const LATE = 999;
    const follower = new Follower(() => leaderUrl);
    await until('READY', () => follower.count > 0);
    const { asked, release } = publisher.hold('/regional/');
    await asked;
    await atRest(database); // its other sources have written; this one waits
    expect(finished(heir)).toBe(0);
    leader.signal('SIGSTOP');
    await until('the heir ingests in its place', () =>
      heir.logged('ingest.run.finished').some(({ source }) => source === 'carbon-intensity-regional'),
    );
    release(LATE);
    leader.signal('SIGCONT');
    const refused = await until('the refusal', () =>
      leader.logged('ingest.run.refused').find(({ source }) => source === 'carbon-intensity-regional'),
    );
    expect(String(refused['error'])).toMatch(/lease .* is not held any more/);
    const { rows } = await database.pool.query('select from observations where intensity_gco2_per_kwh = $1', [
      LATE,
    ]);
    expect(rows).toEqual([]);
    const led = finished(leader);
    const before = finished(heir);
    await until('the heir ingests on', () => finished(heir) > before + 5);
    expect(finished(leader)).toBe(led);
    await stopAgeing();
    await atRest(database);
    await expectWholeLog(database, follower);
    expect(follower.sessions).toBe(1);
  },
);
