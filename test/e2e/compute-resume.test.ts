import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { killAll, startPylon, type PylonProcess } from '../support/process.js';
import { changes, openStream, type Message, type Stream } from '../support/streams.js';
import { announce, createTenantRows, type TenantRows } from '../support/tenant-rows.js';
import { until } from '../support/until.js';

const KILLS = process.env['PYLON_SOAK'] ? 20 : 2;
const EVENTS_A_KILL = 40;

vi.setConfig({ testTimeout: KILLS * 30_000 + 60_000 });

let database: TestDatabase;
let ours: TenantRows;
let theirs: TenantRows;

beforeAll(async () => {
  database = await createTestDatabase();
  ours = await createTenantRows(database, 'Ours', { text: 'our-own', number: 5 });
  theirs = await createTenantRows(database, 'Theirs', { text: 'their-own', number: 7 });
});
afterEach(() => killAll());
afterAll(() => database.drop());

const serve = (): Promise<PylonProcess> =>
  startPylon(['serve'], { PORT: '0', INGEST: 'off', DATABASE_URL: database.ownerUrl });

const names = (messages: readonly Message[]): string[] =>
  changes(messages).map((message) => (message as unknown as { workload: { name: string } }).workload.name);

it(`an operator that stores its cursor is told each change of its workloads, once and as it was, while its server is killed ${KILLS} times`, async () => {
  let pylon = await serve();
  let url = await pylon.up();
  let after: string | undefined;
  const open = (): Stream =>
    openStream(
      'websocket',
      { url },
      {
        query: 'subscription ($after: String) { workloads(after: $after) { kind cursor workload { name } } }',
        variables: { after },
        key: ours.key,
      },
    );
  let stream = open();
  await stream.take(1);
  const told: string[] = [];
  /** What came so far, and where it ended: as a client stores it. */
  const keep = (): void => {
    told.push(...names(stream.messages));
    after = stream.messages.at(-1)?.cursor ?? after;
  };

  const written: string[] = [];
  const write = async (): Promise<void> => {
    const name = `state ${written.length}`;
    await database.owner.query('update workloads set name = $2 where workload_id = $1', [
      ours.ids.workloads,
      name,
    ]);
    await announce(database.owner, [
      { table: 'workloads', id: theirs.ids.workloads },
      { table: 'workloads', id: ours.ids.workloads },
    ]);
    written.push(name);
  };

  for (let kill = 0; kill < KILLS; kill += 1) {
    for (let i = 0; i < EVENTS_A_KILL; i += 1) {
      await write();
      if (i === EVENTS_A_KILL / 2) pylon.signal('SIGKILL');
    }
    await pylon.ended;
    await until('the end of the stream', () => stream.ended);
    keep();
    pylon = await serve();
    url = await pylon.up();
    stream = open();
  }
  await until('the rest', () => told.length + names(stream.messages).length >= written.length);
  keep();
  stream.close();
  expect(told).toEqual(written);
});
