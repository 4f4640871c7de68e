import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startScheduler } from '../../../src/ingest/scheduler.js';
import { becknDiscover } from '../../../src/ingest/sources/beckn-discover.js';
import { discover } from '../../../src/beckn/discover.js';
import { item, offer, onDiscover } from '../../support/beckn.js';
import { ACK, answering, type Question, type TestMarketplace } from '../../support/marketplace.js';
import { createTestRunner } from '../../support/runner.js';
import { startMarket, type Market } from './market.js';

/** What a marketplace does wrong, and how its run is named. */
const FAULTS: readonly [string, TestMarketplace['respond'], string][] = [
  ['500', answering(() => ({}), 500), 'SOURCE_UNAVAILABLE'],
  ['429', answering(() => ({}), 429), 'SOURCE_RATE_LIMITED'],
  [
    'a connection that it resets',
    (_question, _response, request) => void request.socket.resetAndDestroy(),
    'SOURCE_UNAVAILABLE',
  ],
  [
    'half an answer',
    (_question, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"message":', () => response.destroy());
    },
    'SOURCE_UNAVAILABLE',
  ],
  [
    'HTML',
    (_question, response) =>
      void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'),
    'SOURCE_CONTRACT_BROKEN',
  ],
  ['an empty object', answering(() => ({})), 'SOURCE_CONTRACT_BROKEN'],
  ['a list', answering(() => []), 'SOURCE_CONTRACT_BROKEN'],
  [
    'NACK',
    answering(() => ({ message: { ack: { status: 'NACK' } }, error: { message: 'closed' } })),
    'SOURCE_CONTRACT_BROKEN',
  ],
  [
    'NACK with 400',
    answering(() => ({ message: { ack: { status: 'NACK' } } }), 400),
    'SOURCE_CONTRACT_BROKEN',
  ],
  [
    'another shape',
    answering(({ context }) => ({ context_v2: context, message_v2: {} })),
    'SOURCE_CONTRACT_BROKEN',
  ],
  [
    'an answer of another transaction',
    answering(() => onDiscover({ transactionId: randomUUID() }, [item({ id: 'x' })])),
    'SOURCE_CONTRACT_BROKEN',
  ],
  [
    'an answer to something else',
    answering(({ context }) =>
      onDiscover({ action: 'on_select', transactionId: context.transaction_id }, []),
    ),
    'SOURCE_CONTRACT_BROKEN',
  ],
  [
    'an answer in another version',
    answering(({ context }) => onDiscover({ version: '3.0.0', transactionId: context.transaction_id }, [])),
    'SOURCE_CONTRACT_BROKEN',
  ],
  [
    'an empty catalogue',
    answering(({ context }) => onDiscover({ transactionId: context.transaction_id }, [])),
    'SOURCE_EMPTY',
  ],
  [
    'an answer nested too deeply',
    (_question, response) =>
      void response.writeHead(200).end(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`),
    'SOURCE_CONTRACT_BROKEN',
  ],
];

describe('discover', () => {
  let market: Market;
  beforeAll(async () => {
    market = await startMarket();
  });
  afterAll(() => market.close());
  beforeEach(() => {
    market.marketplace.respond = answering(() => ACK);
  });

  const windows = () => market.value<number>('select count(*)::integer from compute_windows');
  const lastTransaction = () =>
    market.value('select status from beckn_transactions order by beckn_transaction_id desc limit 1');
  const health = async () => {
    const { data } = await market.server.query<{ sources: { id: string }[] }>(
      '{ sources { id state lastErrorCode failures } }',
    );
    return data?.sources.find(({ id }) => id === becknDiscover.id);
  };
  const answerAtOnce = (items: readonly unknown[], offers: readonly unknown[] = []) => {
    market.marketplace.respond = answering(({ context }) =>
      onDiscover({ transactionId: context.transaction_id }, items, offers),
    );
  };

  it('sends one message with a filter, keeps it, and takes an answer that comes at once', async () => {
    answerAtOnce(
      [item({ id: 'a' }), item({ id: 'b', start: '22:00:00Z', end: '06:00:00Z' })],
      [offer('o', ['a'])],
    );
    const before = market.marketplace.sent.length;
    const report = await market.ask();
    expect(report).toMatchObject({
      status: 'SUCCEEDED',
      rowsRead: 2,
      rowsNew: 2,
      rowsChanged: 2,
      error: null,
    });
    expect(market.marketplace.sent).toHaveLength(before + 1);
    const question = JSON.parse(market.marketplace.sent[before] ?? '') as Question;
    expect(question).toMatchObject({
      context: {
        version: '2.0.0',
        action: 'discover',
        domain: 'beckn.one:DEG:compute-energy:1.0',
        bap_id: 'pylon.example',
        bap_uri: `${market.server.url}/beckn`,
        ttl: 'PT30S',
      },
      message: { filters: { type: 'jsonpath', expression: '$[?(@.wanted)]' } },
    });
    expect(
      await market.value(
        `select payload from beckn_messages where direction = 'OUTBOUND' and message_id = $1`,
        question.context.message_id,
      ),
    ).toEqual(question);
    expect(
      await market.value('select http_status from ingest_runs order by ingest_run_id desc limit 1'),
    ).toBe(200);
    expect(await health()).toMatchObject({ state: 'HEALTHY' });
  });

  it('that is acknowledged waits for the callback, and asks nothing meanwhile', async () => {
    const { context } = await market.openQuestion();
    const asked = market.marketplace.sent.length;
    expect(await market.ask()).toBeNull();
    expect(market.marketplace.sent).toHaveLength(asked);
    await market.call(
      'on_discover',
      onDiscover({ transactionId: context.transaction_id }, [item({ id: 'c' })]),
    );
    expect(await lastTransaction()).toBe('ANSWERED');
    const { data } = await market.server.query<{ ingestRuns: { edges: { node: unknown }[] } }>(
      '{ ingestRuns(source: "beckn-discover", first: 1) { edges { node { source mode status endpoint rowsRead rowsNew error } } } }',
    );
    expect(data?.ingestRuns.edges[0]?.node).toEqual({
      source: 'beckn-discover',
      mode: 'SCHEDULED',
      status: 'SUCCEEDED',
      endpoint: '/discover',
      rowsRead: 1,
      rowsNew: 1,
      error: null,
    });
  });

  it('takes a callback that comes before its acknowledgement', async () => {
    const before = await windows();
    market.marketplace.respond = (question, response) => {
      const callback = onDiscover({ transactionId: question.context.transaction_id }, [
        item({ id: 'early' }),
      ]);
      void market
        .call('on_discover', callback)
        .then(() => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(ACK)));
    };
    expect(await market.ask()).toBeNull();
    expect([await windows(), await lastTransaction()]).toEqual([before + 1, 'ANSWERED']);
  });

  it('tries again with the same message, so that it is one message', async () => {
    const before = market.marketplace.sent.length;
    market.marketplace.respond = (question, response, request) => {
      if (market.marketplace.sent.length === before + 1)
        return answering(() => ({}), 503)(question, response, request);
      return answering(() =>
        onDiscover({ transactionId: question.context.transaction_id }, [item({ id: 'again' })]),
      )(question, response, request);
    };
    expect(await market.ask()).toMatchObject({ status: 'SUCCEEDED', retries: 1 });
    const [first, second] = market.marketplace.sent.slice(before);
    expect(second).toBe(first);
  });

  it.each(FAULTS)(
    'that is answered with %s fails by name and changes nothing',
    async (_what, respond, code) => {
      const before = await windows();
      market.marketplace.respond = respond;
      expect(await market.ask()).toMatchObject({ status: 'FAILED', rowsChanged: 0, error: { code } });
      expect([await windows(), await lastTransaction()]).toEqual([before, 'FAILED']);
      expect(await health()).toMatchObject({ state: 'FAILING', lastErrorCode: code });
    },
  );

  it('that may only be answered by callback fails where nobody could send it', async () => {
    expect(await market.ask({ publicUrl: null })).toMatchObject({
      status: 'FAILED',
      error: { code: 'CONFIG_INVALID', message: expect.stringContaining('PUBLIC_URL') as unknown },
    });
    answerAtOnce([item({ id: 'nobody' })]);
    expect(await market.ask({ publicUrl: null })).toMatchObject({ status: 'SUCCEEDED', rowsNew: 1 });
    expect(market.marketplace.sent.at(-1)).toContain('"bap_uri":"https://pylon.invalid/beckn"');
  });

  it('is one message a transaction, though a marketplace uses an id again', async () => {
    market.marketplace.respond = answering(({ context }) =>
      onDiscover({ transactionId: context.transaction_id, messageId: 'always' }, [item({ id: 'steady' })]),
    );
    expect(await market.ask()).toMatchObject({ status: 'SUCCEEDED', rowsNew: 1 });
    expect(await market.ask()).toMatchObject({ status: 'SUCCEEDED', rowsChanged: 0 });
  });

  it('that is given up because this process stops writes no run; the question runs out by itself', async () => {
    const runner = createTestRunner(market.database, '');
    const runs = await market.value('select count(*)::integer from ingest_runs');
    market.marketplace.respond = () => runner.http.abandon();
    const asking = discover(
      {
        ...runner,
        marketplace: { url: market.marketplace.url, publicUrl: null, bapId: null, filter: '$' },
      },
      'SCHEDULED',
    );
    await expect(asking).rejects.toThrow('this process is stopping');
    expect([
      await market.value('select count(*)::integer from ingest_runs'),
      await lastTransaction(),
    ]).toEqual([runs, 'OPEN']);
    await market.expireQuestions();
    expect(await market.ask()).toMatchObject({ status: 'FAILED', error: { code: 'SOURCE_UNAVAILABLE' } });
    await runner.close();
  });

  it('is refused while another process asks', async () => {
    const other = createTestRunner(market.database, '');
    const lease = await other.leases.acquire(`source:${becknDiscover.id}`);
    await expect(market.ask()).rejects.toMatchObject({ code: 'LEASE_HELD' });
    expect(lease).not.toBeNull();
    await other.close();
  });

  it('writes nothing when its lease was lost meanwhile', async () => {
    const runner = createTestRunner(market.database, '');
    const asking = discover(
      {
        ...runner,
        leases: {
          ...runner.leases,
          acquire: async (name) => {
            const lease = await runner.leases.acquire(name);
            await market.database.owner.query('update leases set fencing = fencing + 1 where name = $1', [
              name,
            ]);
            return lease;
          },
        },
        marketplace: { url: market.marketplace.url, publicUrl: null, bapId: null, filter: '$' },
      },
      'COMMAND',
    );
    await expect(asking).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await market.database.owner.query(`update leases set expires_at = '-infinity'`);
    await runner.close();
  });
});

describe('the scheduler', () => {
  it('asks the marketplace when it is due, counts its run, and leaves it alone until the next update', async () => {
    const market = await startMarket();
    const runner = createTestRunner(market.database, 'http://127.0.0.1:1');
    const reports: string[] = [];
    market.marketplace.respond = answering(({ context }) =>
      onDiscover({ transactionId: context.transaction_id }, [item({ id: 'a' })]),
    );
    const scheduler = startScheduler(runner, {
      intervalSeconds: 3600,
      syntheticSeed: null,
      logRetentionHours: 168,
      jobs: [{ source: becknDiscover, run: () => market.ask() }],
      onRun: ({ source, status }) => reports.push(`${source} ${status}`),
    });
    try {
      const looked = await scheduler.look();
      expect(looked?.find(({ source }) => source === becknDiscover.id)).toMatchObject({
        status: 'SUCCEEDED',
      });
      expect(reports).toContain('beckn-discover SUCCEEDED');
      await market.database.owner.query(
        // An update of the marketplace may fall due between two looks: what was just asked is not.
        `update ingest_runs set started_at = started_at + interval '1 hour', finished_at = finished_at + interval '1 hour'`,
      );
      await scheduler.look();
      expect(market.marketplace.sent).toHaveLength(1);
    } finally {
      await scheduler.stop();
      await runner.close();
      await market.close();
    }
  });
});
