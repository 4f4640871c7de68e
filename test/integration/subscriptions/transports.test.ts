import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encodeCursor } from '../../../src/domain/cursor.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import {
  TRANSPORTS,
  changes,
  events,
  gridSignals,
  ingestRuns,
  openStream,
  seen,
  sequenceOf,
  told,
  type Operation,
  type Stream,
} from '../../support/streams.js';
import { until } from '../../support/until.js';
import { NATIONAL, REGIONAL, createWriter, forecast, readLog, type Writer } from '../../support/writer.js';

const NOON = new Date('2026-03-02T12:00:00Z');
const HALF_PAST = new Date('2026-03-02T12:30:00Z');

let database: TestDatabase;
let server: TestServer;
let writer: Writer;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startTestServer(database);
  writer = await createWriter(database);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** A value that no test wrote before, so that every write is a change. */
let last = 0;
const fresh = (): number => (last += 1);

const headCursor = async (): Promise<string> => {
  const { rows } = await database.pool.query<{ log_id: string; last_sequence: bigint }>(
    'select log_id, last_sequence from event_head',
  );
  return encodeCursor(rows[0]?.log_id ?? '', rows[0]?.last_sequence ?? 0n);
};

describe.each(TRANSPORTS)('a subscription over %s', (transport) => {
  const streams: Stream[] = [];
  const open = (operation: Operation): Stream => {
    const stream = openStream(transport, server, operation);
    streams.push(stream);
    return stream;
  };
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.close();
    await until('an empty hub', () => server.hub.subscriberCount === 0 && server.hub.groupCount === 0);
  });

  it('begins with READY, whose cursor resumes after what was there before', async () => {
    await writer.write([forecast(13, NOON, fresh())]);
    const stream = open(gridSignals({}));
    const [ready] = await stream.take(1);
    expect(ready).toMatchObject({ kind: 'READY', cursor: await headCursor(), signal: null, gap: null });
    const value = fresh();
    await writer.write([forecast(13, NOON, value)]);
    const [, change] = await stream.take(2);
    expect(change).toMatchObject({
      kind: 'CHANGE',
      gap: null,
      signal: { region: { regionId: 13 }, carbonIntensity: { forecastGco2PerKwh: value } },
    });
    const resumed = open(gridSignals({ after: ready?.cursor }));
    expect(await resumed.take(1)).toEqual([change]);
  });

  it('with `after` sends everything since in order, then what comes, without READY', async () => {
    const after = await headCursor();
    for (let i = 0; i < 3; i += 1)
      await writer.write([forecast(5, NOON, fresh()), forecast(6, HALF_PAST, fresh())]);
    const stream = open(gridSignals({ after }));
    await stream.take(6);
    await writer.write([forecast(7, NOON, fresh())]);
    const messages = await stream.take(7);
    const log = (await readLog(database, sequenceOf(after))).filter(({ topic }) => topic === 'GRID_SIGNALS');
    expect(messages.map(({ kind }) => kind)).toEqual(messages.map(() => 'CHANGE'));
    expect(messages.map(seen)).toEqual(log.map(told));
  });

  it('shows each object as of its sequence, although newer values are there by the time it is sent', async () => {
    const after = await headCursor();
    const values = [fresh(), fresh(), fresh(), fresh()];
    for (const value of values) await writer.write([forecast(9, NOON, value)]);
    const stream = open(gridSignals({ regionIds: [9], after }));
    expect((await stream.take(4)).map((message) => seen(message).forecast)).toEqual(values);
  });

  it('keeps to its regions and thresholds', async () => {
    const stream = open(gridSignals({ regionIds: [3, 4], above: 10_000, below: 10_003 }));
    const [ready] = await stream.take(1);
    await writer.write([forecast(3, NOON, 10_000), forecast(4, NOON, 10_001), forecast(5, NOON, 10_002)]);
    await writer.write([forecast(3, NOON, 10_002), forecast(4, NOON, 10_003), forecast(5, NOON, 10_001)]);
    const { lastSequence } = await writer.write([forecast(3, NOON, 10_001), forecast(4, NOON, fresh())]);
    const expected = [
      { regionId: 4, forecast: 10_001 },
      { regionId: 3, forecast: 10_002 },
      { regionId: 3, forecast: 10_001 },
    ];
    expect(changes(await stream.take(4)).map(seen)).toMatchObject(expected);
    const again = open(
      gridSignals({ regionIds: [4, 3], above: 10_000, below: 10_003, after: ready?.cursor }),
    );
    expect((await again.take(3)).map(seen)).toMatchObject(expected);
    expect(lastSequence).toBeGreaterThan(sequenceOf((await stream.take(4)).at(-1)?.cursor ?? ''));
    await writer.write([forecast(3, NOON, fresh()), forecast(4, NOON, fresh())]);
  });

  it('of `events` brings every topic in log order, or those asked for', async () => {
    const after = await headCursor();
    const all = open(events({ after }));
    const runs = open(events({ after, topics: ['INGEST_RUNS'] }));
    await writer.write([forecast(1, NOON, fresh()), forecast(2, NOON, fresh())]);
    await writer.fail(NATIONAL);
    const log = await readLog(database, sequenceOf(after));
    expect(log).toHaveLength(4);
    const messages = await all.take(4);
    expect(messages.map(seen)).toEqual(log.map(told));
    expect(messages.map(({ topic }) => topic)).toEqual(log.map(({ topic }) => topic));
    expect(messages.map(({ ingestRun }) => ingestRun)).toEqual([
      null,
      null,
      { source: REGIONAL, status: 'SUCCEEDED' },
      { source: NATIONAL, status: 'FAILED' },
    ]);
    expect(await runs.take(2)).toEqual(messages.slice(2));
  });

  it('of `ingestRuns` brings the runs of its sources', async () => {
    const stream = open(ingestRuns({ sources: [NATIONAL] }));
    await stream.take(1);
    await writer.write([forecast(1, NOON, fresh())]);
    await writer.fail(NATIONAL);
    expect((await stream.take(2))[1]).toMatchObject({
      kind: 'CHANGE',
      ingestRun: { source: NATIONAL, status: 'FAILED' },
    });
  });

  it('executes a query that is sent where a subscription could be, under the same limits', async () => {
    const query = (text: string): Stream => open({ query: text });
    const fine = query('{ gridSignals: region(regionId: 13) { cursor: code } }');
    await until('the answer', () => fine.ended);
    expect(fine.messages).toEqual([{ cursor: 'LONDON' }]);
    const deep = `{ region(regionId: 1) ${'{ parent '.repeat(14)}{ id }${' }'.repeat(14)} }`;
    expect(await query(deep).failure()).toEqual(['QUERY_TOO_COMPLEX']);
    expect(
      await query(`{ ${Array.from({ length: 31 }, (_, i) => `a${i}: __typename`).join(' ')} }`).failure(),
    ).toEqual(['QUERY_TOO_COMPLEX']);
    expect(await query(`{ ${'__typename '.repeat(1_001)} }`).failure()).toEqual(['QUERY_TOO_COMPLEX']);
  });

  describe('answers what it cannot serve with a typed error, and goes on serving', () => {
    const [other] = ['00000000'];
    it.each([
      ['a cursor of garbage', gridSignals({ after: 'garbage' }), 'BAD_CURSOR'],
      ['an empty cursor', gridSignals({ after: '' }), 'BAD_CURSOR'],
      ['a cursor of another database', gridSignals({ after: encodeCursor(other ?? '', 1n) }), 'BAD_CURSOR'],
      ['an unknown region', gridSignals({ regionIds: [13, 99] }), 'REGION_NOT_FOUND'],
      ['no region', gridSignals({ regionIds: [] }), 'BAD_USER_INPUT'],
      ['no topic', events({ topics: [] }), 'BAD_USER_INPUT'],
      ['no source', ingestRuns({ sources: [] }), 'BAD_USER_INPUT'],
      ['an unknown source', ingestRuns({ sources: ['nobody'] }), 'SOURCE_NOT_FOUND'],
      [
        'a variable of the wrong type',
        { query: gridSignals({}).query, variables: { regionIds: 'x' } },
        'BAD_USER_INPUT',
      ],
      ['an unknown field', { query: 'subscription { gridSignals { colour } }' }, 'GRAPHQL_VALIDATION_FAILED'],
      ['a syntax error', { query: 'subscription { gridSignals { ' }, 'GRAPHQL_PARSE_FAILED'],
      [
        'two fields at once',
        { query: 'subscription { events { kind } gridSignals { kind } }' },
        'GRAPHQL_VALIDATION_FAILED',
      ],
      [
        'two operations and no name',
        { query: 'query A { __typename } query B { __typename }' },
        'OPERATION_RESOLUTION_FAILURE',
      ],
    ] satisfies [string, Operation, string][])('%s', async (_what, operation, code) => {
      const stream = open(operation);
      expect(await stream.failure()).toEqual([code]);
      expect(stream.messages).toEqual([]);
      expect((await server.query('{ __typename }')).status).toBe(200);
    });

    it('a cursor of the future', async () => {
      const { sequence, logId } = await database.pool
        .query<{ sequence: bigint; logId: string }>(
          'select last_sequence + 1 as sequence, log_id as "logId" from event_head',
        )
        .then(({ rows }) => rows[0] as { sequence: bigint; logId: string });
      expect(await open(gridSignals({ after: encodeCursor(logId, sequence) })).failure()).toEqual([
        'BAD_CURSOR',
      ]);
    });
  });
});
