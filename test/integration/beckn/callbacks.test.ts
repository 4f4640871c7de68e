import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { context, item, offer, onDiscover } from '../../support/beckn.js';
import { startMarket, type Market } from './market.js';

const KEPT_BYTES = 256 * 1024;

describe('a callback', () => {
  let market: Market;
  let transactionId: string;

  beforeAll(async () => {
    market = await startMarket();
  });
  afterAll(() => market.close());
  beforeEach(async () => {
    await market.closeQuestions(); // what an earlier test left unanswered must not keep this one from asking
    transactionId = (await market.openQuestion()).context.transaction_id;
  });

  const messagesOfThis = async () =>
    (await market.messages()).filter(({ transaction_id }) => transaction_id === transactionId);
  const capacityOf = (itemId: string) =>
    market.value(
      `select array_agg(s.capacity_mw order by s.sequence) from window_snapshots s
       join compute_windows w using (compute_window_id) where w.item_id = $1`,
      itemId,
    );
  const totals = () =>
    market.value(
      `select jsonb_build_array((select count(*) from compute_windows), (select count(*) from window_snapshots),
         (select count(*) from offers), (select count(*) from event_log), (select count(*) from ingest_runs))`,
    );
  const id = (): string => `item-${randomUUID()}`;

  it('that answers our question is stored whole, and what it states is known, with one event a window and its run', async () => {
    const [a, b] = [id(), id()];
    const before = await market.value<bigint>('select last_sequence from event_head');
    const body = onDiscover(
      { transactionId, timestamp: '2026-03-02T12:00:00Z' },
      [item({ id: a, start: '22:00:00Z', end: '06:00:00Z' }), item({ id: b })],
      [offer('o1', [a, b]), offer('o2', [a], { value: '0.05', currency: 'EUR' })],
    );
    expect(await market.call('on_discover', body)).toEqual({ status: 200, ack: 'ACK' });
    expect(await messagesOfThis()).toEqual([
      expect.objectContaining({
        direction: 'INBOUND',
        party: 'aire.example',
        message_id: body.context.message_id,
        status: 'APPLIED',
        is_late: false,
        signature: 'UNVERIFIED',
        fault: null,
        payload: body,
      }),
    ]);
    const { rows } = await market.database.owner.query(
      `select l.topic, l.region_id, w.item_id, w.from_at, w.to_at, r.status as run
       from event_log l left join compute_windows w on l.topic = 7 and w.compute_window_id = l.object_id
       left join ingest_runs r on l.topic = 2 and r.ingest_run_id = l.object_id
       where l.sequence > $1 order by l.sequence`,
      [before],
    );
    const window = (itemId: string, from: string, to: string) => ({
      topic: 7,
      region_id: 5,
      item_id: itemId,
      from_at: new Date(from),
      to_at: new Date(to),
      run: null,
    });
    expect(rows).toEqual([
      window(a, '2026-03-02T22:00:00Z', '2026-03-03T06:00:00Z'),
      window(b, '2026-03-02T10:00:00Z', '2026-03-02T14:00:00Z'),
      { topic: 2, region_id: null, item_id: null, from_at: null, to_at: null, run: 'SUCCEEDED' },
    ]);
    expect(
      await market.value(
        `select jsonb_agg(jsonb_build_array(offer_code, gbp_per_mwh, original_price, original_currency) order by offer_code)
         from offers join compute_windows using (compute_window_id) where item_id = $1`,
        a,
      ),
    ).toEqual([
      ['o1', 87, 0.087, 'GBP'],
      ['o2', null, 0.05, 'EUR'],
    ]);
    expect(
      await market.value('select status from beckn_transactions where transaction_id = $1', transactionId),
    ).toBe('ANSWERED');
  });

  it('that comes again, at once or later, is acknowledged and is there once', async () => {
    const body = onDiscover({ transactionId }, [item({ id: id() })], [offer('o', ['x'])]);
    const replies = await Promise.all(Array.from({ length: 8 }, () => market.call('on_discover', body)));
    const after = await totals();
    replies.push(await market.call('on_discover', body));
    for (const reply of replies) expect(reply).toEqual({ status: 200, ack: 'ACK' });
    expect(await messagesOfThis()).toHaveLength(1);
    expect(await totals()).toEqual(after);
  });

  it('of a second platform answers the same question too', async () => {
    const [a, b] = [id(), id()];
    await market.call('on_discover', onDiscover({ transactionId, bppId: 'one.example' }, [item({ id: a })]));
    await market.call('on_discover', onDiscover({ transactionId, bppId: 'two.example' }, [item({ id: b })]));
    expect((await messagesOfThis()).map(({ party, status }) => [party, status])).toEqual([
      ['one.example', 'APPLIED'],
      ['two.example', 'APPLIED'],
    ]);
    expect([await capacityOf(a), await capacityOf(b)]).toEqual([[3.5], [3.5]]);
  });

  it('that was written before what is known is kept and changes nothing, in whatever order they come', async () => {
    const a = id();
    const say = (second: number, capacity: number) =>
      market.call(
        'on_discover',
        onDiscover({ transactionId, timestamp: `2026-03-02T12:00:0${second}Z` }, [item({ id: a, capacity })]),
      );
    await say(2, 20);
    await say(1, 10);
    await say(3, 20);
    await say(2, 30);
    expect(await capacityOf(a)).toEqual([20]);
    expect((await messagesOfThis()).map(({ status }) => status)).toEqual([
      'APPLIED',
      'SUPERSEDED',
      'APPLIED',
      'SUPERSEDED',
    ]);
  });

  it('may come in any order, and at once: the newest word holds, and no older one ever follows a newer', async () => {
    const permutations = (values: readonly number[]): number[][] =>
      values.length < 2
        ? [[...values]]
        : values.flatMap((value) =>
            permutations(values.filter((each) => each !== value)).map((rest) => [value, ...rest]),
          );
    const say = (itemId: string, second: number) =>
      market.call(
        'on_discover',
        onDiscover({ transactionId, timestamp: `2026-03-02T12:00:0${second}Z` }, [
          item({ id: itemId, capacity: second }),
        ]),
      );
    for (const order of permutations([1, 2, 3, 4])) {
      const a = id();
      for (const second of order) await say(a, second);
      const best = order.filter((second, i) => order.slice(0, i).every((earlier) => earlier < second));
      expect([order, await capacityOf(a)]).toEqual([order, best]);
    }
    const b = id();
    await Promise.all([3, 1, 4, 2, 5, 1, 3].map((second) => say(b, second)));
    const told = (await capacityOf(b)) as number[];
    expect(told.at(-1)).toBe(5);
    expect(told).toEqual([...new Set(told)].sort((x, y) => x - y));
  });

  it('that is late is kept, and counts only where it is newer than what is known', async () => {
    const [known, unknown] = [id(), id()];
    const say = (second: number, items: readonly unknown[]) =>
      market.call(
        'on_discover',
        onDiscover({ transactionId, timestamp: `2026-03-02T12:00:0${second}Z` }, items),
      );
    await say(5, [item({ id: known, capacity: 5 })]);
    await market.database.owner.query(
      `update beckn_transactions set started_at = started_at - interval '1 hour', expires_at = expires_at - interval '1 hour'`,
    );
    await say(5, [item({ id: known, capacity: 6 }), item({ id: unknown, capacity: 7 })]);
    await say(4, [item({ id: known, capacity: 4 })]);
    await say(6, [item({ id: known, capacity: 8 })]);
    expect([await capacityOf(known), await capacityOf(unknown)]).toEqual([[5, 8], [7]]);
    expect((await messagesOfThis()).map(({ status, is_late }) => [status, is_late])).toEqual([
      ['APPLIED', false],
      ['APPLIED', true],
      ['SUPERSEDED', true],
      ['APPLIED', true],
    ]);
  });

  it('after its question was given up is still taken: it was late, and is the newest word', async () => {
    const a = id();
    await market.expireQuestions();
    expect(await market.ask()).toMatchObject({
      status: 'FAILED',
      error: { code: 'SOURCE_UNAVAILABLE', message: expect.stringContaining('no callback') as unknown },
    });
    await market.call('on_discover', onDiscover({ transactionId }, [item({ id: a })]));
    expect(await capacityOf(a)).toEqual([3.5]);
    expect(
      await market.value('select status from beckn_transactions where transaction_id = $1', transactionId),
    ).toBe('ANSWERED');
  });

  it('that says nothing new writes its message and the row of its run, and no event', async () => {
    const a = id();
    await market.call('on_discover', onDiscover({ transactionId }, [item({ id: a })]));
    const before = await market.value('select count(*)::integer from event_log');
    const again = (await market.openQuestion()).context.transaction_id;
    await market.call('on_discover', onDiscover({ transactionId: again }, [item({ id: a })]));
    expect(await market.value('select count(*)::integer from event_log')).toBe(before);
    expect(await capacityOf(a)).toEqual([3.5]);
    expect(
      await market.value(
        'select r.rows_read from beckn_transactions t join ingest_runs r using (ingest_run_id) where t.transaction_id = $1',
        again,
      ),
    ).toBe(1);
  });

  it('of a transaction that is not ours is kept and does nothing else', async () => {
    const before = await totals();
    const stranger = randomUUID();
    const body = onDiscover({ transactionId: stranger }, [item({ id: id() })]);
    for (let i = 0; i < 3; i += 1)
      expect(await market.call('on_discover', body)).toEqual({ status: 200, ack: 'ACK' });
    expect(await totals()).toEqual(before);
    expect((await market.messages()).filter(({ transaction_id }) => transaction_id === stranger)).toEqual([
      expect.objectContaining({ status: 'UNKNOWN_TRANSACTION', payload: body }),
    ]);
  });

  it.each(['on_select', 'on_confirm', 'on_update'])(
    '%s, which was not asked for, is kept and does nothing else',
    async (action) => {
      const before = await totals();
      const body = { context: context({ action, transactionId }), message: { order: { 'beckn:id': 'o' } } };
      expect(await market.call(action, body)).toEqual({ status: 200, ack: 'ACK' });
      expect(await totals()).toEqual(before);
      expect(await messagesOfThis()).toEqual([
        expect.objectContaining({ action, status: 'UNWANTED', payload: body }),
      ]);
    },
  );

  it('takes the good items of a catalogue, and counts the refused with their reasons', async () => {
    const a = id();
    const bad = [
      null,
      7,
      'item',
      [],
      {},
      item({ id: 'no-capacity', capacity: '3' }),
      item({ id: 'late', end: 'noon' }),
    ];
    expect(
      await market.call('on_discover', onDiscover({ transactionId }, [...bad, item({ id: a })])),
    ).toEqual({
      status: 200,
      ack: 'ACK',
    });
    expect(await capacityOf(a)).toEqual([3.5]);
    const run = await market.value<Record<string, unknown>>(
      'select to_jsonb(r) from beckn_transactions t join ingest_runs r using (ingest_run_id) where t.transaction_id = $1',
      transactionId,
    );
    expect(run).toMatchObject({ status: 'SUCCEEDED', rows_read: 8, rows_changed: 1, rows_refused: 7 });
    expect(run['refusals']).toContainEqual({
      row: 'late',
      reason: 'end "noon" is neither an instant nor a time of day with its offset',
    });
  });

  it.each<[string, (body: ReturnType<typeof onDiscover>) => unknown, string]>([
    [
      'an error',
      ({ context: head }) => ({ context: head, error: { code: '30001', message: 'closed' } }),
      'SOURCE_CONTRACT_BROKEN',
    ],
    ['no catalogues', ({ context: head }) => ({ context: head, message: {} }), 'SOURCE_CONTRACT_BROKEN'],
    [
      'catalogues that are text',
      ({ context: head }) => ({ context: head, message: { catalogs: 'none' } }),
      'SOURCE_CONTRACT_BROKEN',
    ],
    [
      'items that are no list',
      ({ context: head }) => ({ context: head, message: { catalogs: [{ 'beckn:items': {} }] } }),
      'SOURCE_CONTRACT_BROKEN',
    ],
    ['no item at all', ({ context: head }) => ({ context: head, message: { catalogs: [] } }), 'SOURCE_EMPTY'],
    [
      'no good item',
      ({ context: head }) => ({ context: head, message: { catalogs: [{ 'beckn:items': [1, 2] }] } }),
      'SOURCE_CONTRACT_BROKEN',
    ],
  ])(
    'with %s in place of a catalogue is refused, kept, and named by a failed run',
    async (_what, spoil, code) => {
      const reply = await market.call('on_discover', spoil(onDiscover({ transactionId }, [])));
      expect(reply).toMatchObject({ status: 400, ack: 'NACK', error: { code: 'BROKEN' } });
      expect(await messagesOfThis()).toEqual([
        expect.objectContaining({ status: 'BROKEN', fault: reply.error?.message }),
      ]);
      expect(
        await market.value(
          'select r.error_code from beckn_transactions t join ingest_runs r using (ingest_run_id) where t.transaction_id = $1',
          transactionId,
        ),
      ).toBe(code);
      const { data } = await market.server.query<{
        sources: { id: string; state: string; lastErrorCode: string }[];
      }>('{ sources { id state lastErrorCode } }');
      expect(data?.sources.find(({ id: source }) => source === 'beckn-discover')).toMatchObject({
        state: 'FAILING',
        lastErrorCode: code,
      });
    },
  );

  const head = () => context({ transactionId });
  it.each<[string, () => unknown]>([
    ['nothing', () => ''],
    ['no JSON', () => '{"context":'],
    ['HTML', () => '<!DOCTYPE html><h1>hello</h1>'],
    ['NUL as text', () => '\0'],
    ['bytes that are no UTF-8', () => Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['null', () => 'null'],
    ['a number', () => '1e999'],
    ['a list', () => [[onDiscover({ transactionId }, [])]]],
    ['an object without a context', () => ({ message: {} })],
    ['a context that is a list', () => ({ context: [head()], message: {} })],
    ['a context in the prototype', () => '{"__proto__":{"context":{"action":"on_discover"}},"message":{}}'],
    ['ids that are numbers', () => ({ context: { ...head(), message_id: 1 } })],
    ['ids that are lists', () => ({ context: { ...head(), transaction_id: [transactionId] } })],
    ['an id that is empty', () => ({ context: { ...head(), message_id: ' ' } })],
    ['an id of 10,000 letters', () => ({ context: { ...head(), message_id: 'x'.repeat(10_000) } })],
    ['NUL in an id', () => ({ context: { ...head(), message_id: 'a\0b' } })],
    ['half a character in an id', () => ({ context: { ...head(), message_id: 'a\uD800b' } })],
    ['a platform that is an object', () => ({ context: { ...head(), bpp_id: {} } })],
    ['no timestamp', () => ({ context: { ...head(), timestamp: undefined } })],
    ['30 February', () => ({ context: { ...head(), timestamp: '2026-02-30T00:00:00Z' } })],
    ['the year 9999', () => ({ context: { ...head(), timestamp: '9999-12-31T00:00:00Z' } })],
    ['another action than its address', () => ({ context: { ...head(), action: 'on_select' } })],
    ['100,000 lists in one another', () => '['.repeat(100_000) + ']'.repeat(100_000)],
    ['30,000 objects in one another', () => `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`],
  ])('that holds %s is refused by name and kept', async (_what, make) => {
    const before = (await market.messages()).length;
    const untouched = await totals();
    const reply = await market.call('on_discover', make());
    expect(reply).toMatchObject({ status: 400, ack: 'NACK', error: { code: 'MALFORMED' } });
    const messages = await market.messages();
    expect(messages.slice(before)).toEqual([
      expect.objectContaining({ status: 'MALFORMED', fault: reply.error?.message }),
    ]);
    expect(await totals()).toEqual(untouched);
  });

  it('with NUL and halves of characters in it is kept in a form that can be read', async () => {
    const a = id();
    const body = onDiscover({ transactionId }, [
      { ...item({ id: a }), note: 'a\0b\uD800', 'k\0ey': [1, 'x\uDC00'] },
    ]);
    expect(await market.call('on_discover', body)).toEqual({ status: 200, ack: 'ACK' });
    expect(await capacityOf(a)).toEqual([3.5]);
    expect(
      await market.value(
        `select payload #>> '{message,catalogs,0,beckn:items,0,note}' from beckn_messages where transaction_id = $1 and direction = 'INBOUND'`,
        transactionId,
      ),
    ).toBe('a\u{FFFD}b\u{FFFD}');
  });

  it('of 300 KB is refused, and that it came is kept', async () => {
    const before = (await market.messages()).length;
    const reply = await market.call('on_discover', `{"context":"${'x'.repeat(300 * 1024)}"}`);
    expect(reply).toMatchObject({ status: 413, ack: 'NACK' });
    expect((await market.messages()).slice(before)).toEqual([
      expect.objectContaining({ status: 'MALFORMED', payload: null, payload_text: null }),
    ]);
  });

  it('as long as may be is kept whole', async () => {
    const a = id();
    const body = onDiscover({ transactionId }, [item({ id: a })]);
    const room = KEPT_BYTES - JSON.stringify({ ...body, padding: '' }).length;
    expect(await market.call('on_discover', { ...body, padding: 'x'.repeat(room) })).toMatchObject({
      status: 200,
    });
    expect(await capacityOf(a)).toEqual([3.5]);
  });

  it('that is compressed is refused and kept', async () => {
    const reply = await market.call('on_discover', 'x', { 'content-encoding': 'gzip' });
    expect(reply).toMatchObject({ status: 415, ack: 'NACK' });
    expect((await market.messages()).at(-1)).toMatchObject({ status: 'MALFORMED', payload_text: null });
  });

  it.each(['discover', 'on_nothing', '__proto__', 'on_discover%00', '%E2%82%AC'])(
    'to /beckn/%s, which is no callback, is refused and kept',
    async (action) => {
      const reply = await market.call(action, onDiscover({ transactionId }, []));
      expect(reply).toMatchObject({ status: 400, ack: 'NACK' });
      expect((await market.messages()).at(-1)).toMatchObject({ status: 'MALFORMED' });
    },
  );

  it.each([
    ['another domain', { domain: 'beckn.one:DEG:demand-flexibility:1.0' }],
    ['another version', { version: '1.1.0' }],
  ])('in %s is refused and kept', async (_what, changed) => {
    const reply = await market.call(
      'on_discover',
      onDiscover({ transactionId, ...changed }, [item({ id: id() })]),
    );
    expect(reply).toMatchObject({ status: 400, ack: 'NACK', error: { code: 'UNSUPPORTED' } });
    expect(await messagesOfThis()).toEqual([expect.objectContaining({ status: 'UNSUPPORTED' })]);
  });

  it('whatever its content type is read as JSON, and in the other spelling of the domain', async () => {
    const a = id();
    const body = onDiscover({ transactionId, domain: 'beckn.one.DEG:compute-energy:1.0' }, [item({ id: a })]);
    expect(await market.call('on_discover', body, { 'content-type': 'text/plain' })).toMatchObject({
      status: 200,
    });
    expect(await capacityOf(a)).toEqual([3.5]);
  });
});

describe('a callback while the database is away', () => {
  it('is answered 503 in the form of the protocol', async () => {
    const market = await startMarket();
    try {
      await market.database.owner.query('alter table beckn_messages rename to beckn_messages_elsewhere');
      const reply = await market.call('on_discover', onDiscover({}, []));
      expect(reply).toMatchObject({ status: 503, ack: 'NACK', error: { code: 'UNAVAILABLE' } });
    } finally {
      await market.close();
    }
  });
});
