import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADAPTERS } from '../../../src/beckn/adapter.js';
import { readContext } from '../../../src/beckn/message-context.js';
import { takeOrderAnswer } from '../../../src/beckn/order-answers.js';
import { actOn, refusalOf } from '../../support/act.js';
import { createHostedAgent } from '../../support/agents.js';
import { onOrder } from '../../support/bpp.js';
import { createDataCentre } from '../../support/compute.js';
import { silent } from '../../support/runner.js';
import { openStream } from '../../support/streams.js';
import { createTenant } from '../../support/tenants.js';
import { NOW, PUBLIC_URL, startShop, type Shop } from './purchases.js';

const GONE = { error: { code: 'OUT_OF_STOCK', message: 'the window is sold' } };

describe('the purchase of a compute window', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await startShop();
  });
  afterEach(() => {
    for (const action of ['select', 'init', 'confirm', 'status', 'update', 'cancel']) shop.bpp.play(action);
  });
  afterAll(() => shop.close());

  /** A purchase whose order is drawn up: the next step is to confirm it. */
  const drawnUp = async (limits?: object): Promise<string> => {
    const id = await shop.begin(limits);
    await shop.post();
    await shop.take('initOrder', id);
    expect(await shop.read(id)).toMatchObject({ state: 'INITIALISED' });
    return id;
  };
  const bought = async (limits?: object): Promise<string> => {
    const id = await drawnUp(limits);
    await shop.take('confirmOrder', id);
    expect(await shop.read(id)).toMatchObject({ state: 'CONFIRMED', needsReplanning: false });
    return id;
  };

  it('goes from offer to order, is asked about, updated and cancelled, each message stored once and whole', async () => {
    const id = await shop.begin();
    expect(await shop.read(id)).toMatchObject({
      state: 'SELECTING',
      awaiting: 'select',
      acceptedPrice: { gbpPerMwh: 100 },
      statedPrice: null,
    });
    await shop.post();
    expect(await shop.read(id)).toMatchObject({
      state: 'SELECTED',
      awaiting: null,
      statedPrice: { gbpPerMwh: 100 },
    });
    await shop.take('initOrder', id);
    await shop.take('confirmOrder', id);
    expect(await shop.read(id)).toMatchObject({
      state: 'CONFIRMED',
      acceptedPrice: { gbpPerMwh: 100 },
      fault: null,
    });
    await shop.take('refreshOrder', id);
    await shop.take('updateOrder', id, { change: 'LOAD_REDUCTION', reason: 'stress', loadReductionKw: 300 });
    expect(await shop.read(id)).toMatchObject({ state: 'CONFIRMED', needsReplanning: false });
    await shop.take('cancelOrder', id, { reason: 'found better' });
    expect(await shop.read(id)).toMatchObject({ state: 'CANCELLED', needsReplanning: false });

    const messages = await shop.messages(id);
    expect(messages.map(({ action, delivery }) => [action, delivery])).toEqual(
      ['select', 'init', 'confirm', 'status', 'update', 'cancel'].flatMap((action) => [
        [action, 'DELIVERED'],
        [`on_${action}`, null],
      ]),
    );
    const asked = shop.bpp.asked.filter(({ context }) => context.transaction_id === id);
    expect(
      messages.filter(({ direction }) => direction === 'OUTBOUND').map(({ payload }) => payload),
    ).toEqual(asked);
    const [select] = asked;
    expect(select?.context).toEqual({
      version: '2.0.0',
      action: 'select',
      domain: 'beckn.one:DEG:compute-energy:1.0',
      timestamp: expect.stringMatching(/^2026-03-02T12:/),
      message_id: expect.any(String),
      transaction_id: id,
      bap_id: 'pylon.example',
      bap_uri: `${PUBLIC_URL}/beckn`,
      bpp_id: 'aire.example',
      bpp_uri: 'https://aire.example',
      ttl: 'PT30S',
      schema_context: [expect.any(String)],
    });
    expect(select?.message).toMatchObject({
      order: {
        'beckn:orderStatus': 'QUOTE_REQUESTED',
        'beckn:seller': 'provider-aire',
        'beckn:buyer': 'pylon.example',
        'beckn:orderItems': [
          {
            'beckn:orderedItem': 'item-1',
            'beckn:acceptedOffer': { 'beckn:id': 'offer-1', 'beckn:price': { currency: 'GBP', price: 0.1 } },
            'beckn:orderItemAttributes': {
              'beckn:timeWindow': { start: '2026-03-02T14:00:00.000Z', end: '2026-03-02T18:00:00.000Z' },
            },
          },
        ],
      },
    });
    expect(new Set(shop.bpp.acks)).toEqual(new Set(['ACK']));
  });

  it('is reached from its work, window, offer and placement, and back, by its operator alone', async () => {
    await createDataCentre(shop.database, shop.buyer.operatorId, 'centre', { regionId: 5 });
    const jobId = await shop.submit();
    const { placementId } = await actOn(
      shop.server,
      shop.buyer.key,
      'holdPlacement',
      { jobId, dcId: 'centre', from: '2026-03-02T14:00:00Z', to: '2026-03-02T15:00:00Z' },
      { selection: 'Placement { placementId }' },
    );
    const { transactionId: id } = await shop.step('selectOffer', {
      windowId: shop.windowId,
      jobId,
      placementId,
    });
    await shop.post();
    const query = `query ($id: String!, $window: ID!) {
      becknTransaction(transactionId: $id) { workload { becknTransactions(first: 1) { edges { node { transactionId } } } }
        window { itemId } offer { offerId gbpPerMwh } placement { placementId becknTransaction { transactionId } }
        messages(first: 2) { edges { node { action direction payload transaction { transactionId } } } pageInfo { hasNextPage } } }
      node(id: $window) { ... on ComputeWindow { becknTransactions(state: SELECTED, first: 1) { edges { node { transactionId } } }
        offers { becknTransactions(first: 1) { edges { node { transactionId } } } } } } }`;
    const variables = { id, window: shop.windowId };
    const one = { edges: [{ node: { transactionId: id } }] };
    const { data, errors } = await shop.server.query(query, variables, shop.buyer.key);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      becknTransaction: {
        workload: { becknTransactions: one },
        window: { itemId: 'item-1' },
        offer: { offerId: 'offer-1', gbpPerMwh: 100 },
        placement: { placementId, becknTransaction: { transactionId: id } },
        messages: {
          edges: [
            {
              node: {
                action: 'select',
                direction: 'OUTBOUND',
                payload: expect.objectContaining({ message: expect.anything() }),
                transaction: { transactionId: id },
              },
            },
            { node: expect.objectContaining({ action: 'on_select', direction: 'INBOUND' }) },
          ],
          pageInfo: { hasNextPage: false },
        },
      },
      node: { becknTransactions: one, offers: [{ becknTransactions: one }] },
    });
    const stranger = await shop.server.query(query, variables);
    expect(stranger.data).toEqual({
      becknTransaction: null,
      node: { becknTransactions: { edges: [] }, offers: [{ becknTransactions: { edges: [] } }] },
    });
  });

  it('takes duplicated callbacks once', async () => {
    const id = await drawnUp();
    shop.bpp.play('confirm', { isSent: false });
    await shop.take('confirmOrder', id);
    await shop.bpp.release(0, 0, 0);
    const { version } = await shop.read(id);
    expect((await shop.messages(id)).filter(({ action }) => action === 'on_confirm')).toHaveLength(1);
    await shop.bpp.settled();
    expect(await shop.read(id)).toMatchObject({ state: 'CONFIRMED', version });
  });

  it('comes to the same by reordered callbacks, the newest word of the seller holding', async () => {
    const say = (second: number, gbpPerKwh: number) => ({
      gbpPerKwh,
      timestamp: `2026-03-02T12:00:${second}Z`,
    });
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0, 1],
    ]) {
      const id = await drawnUp();
      shop.bpp.play('confirm', { isSent: false, callbacks: [say(10, 0.1), say(20, 0.3), say(30, 0.1)] });
      await shop.take('confirmOrder', id);
      await shop.bpp.release(...order);
      expect(await shop.read(id)).toMatchObject({ state: 'CONFIRMED', statedPrice: { gbpPerMwh: 100 } });
    }
  });

  it('times out when the seller is silent until ttl, by the clock; a late answer still counts, and says so', async () => {
    const id = await drawnUp();
    shop.bpp.play('confirm', { isSent: false });
    await shop.take('confirmOrder', id);
    expect(await shop.read(id)).toMatchObject({ state: 'CONFIRMING', awaiting: 'confirm' });
    expect(refusalOf(await shop.step('cancelOrder', { transactionId: id }))).toBe('IMPOSSIBLE_TRANSITION');
    await shop.database.advance({ seconds: 31 });
    // Whether it was noted or not.
    expect(await shop.read(id)).toMatchObject({ state: 'TIMED_OUT', needsReplanning: true });
    await shop.post();
    expect(await shop.read(id)).toMatchObject({
      state: 'TIMED_OUT',
      awaiting: null,
      expiresAt: null,
      needsReplanning: true,
      replanningReason: 'TIMED_OUT',
    });
    expect(await shop.step('acknowledgeReplanning', { transactionId: id })).toMatchObject({
      needsReplanning: false,
    });
    await shop.bpp.release(0);
    expect(await shop.read(id)).toMatchObject({
      state: 'CONFIRMED',
      needsReplanning: true,
      replanningReason: 'CONFIRMED_LATE',
    });
    await shop.take('cancelOrder', id);
    expect(await shop.read(id)).toMatchObject({ state: 'CANCELLED', needsReplanning: false });
  });

  it('asks a silent seller how the order stands', async () => {
    const id = await drawnUp();
    shop.bpp.play('confirm', { callbacks: [] });
    await shop.take('confirmOrder', id);
    await shop.database.advance({ seconds: 31 });
    await shop.post();
    await shop.take('refreshOrder', id);
    expect(await shop.read(id)).toMatchObject({ state: 'CONFIRMED', replanningReason: 'CONFIRMED_LATE' });
  });

  it('is not confirmed at a price that changed, and is at the new one where that is accepted by name and within the limits', async () => {
    const limits = { maxPriceGbpPerMwh: 120 };
    for (const step of ['init', 'confirm']) {
      const id = await shop.begin(limits);
      await shop.post();
      shop.bpp.play(step, { callbacks: [{ gbpPerKwh: 0.11 }] });
      await shop.take('initOrder', id);
      if (step === 'confirm') await shop.take('confirmOrder', id);
      expect(await shop.read(id)).toMatchObject({
        state: 'PRICE_CHANGED',
        acceptedPrice: { gbpPerMwh: 100 },
        statedPrice: { gbpPerMwh: 110 },
        needsReplanning: true,
        replanningReason: 'PRICE_CHANGED',
      });
      expect(refusalOf(await shop.step('confirmOrder', { transactionId: id }))).toBe('PRICE_CHANGED');
      expect(refusalOf(await shop.step('confirmOrder', { transactionId: id, acceptGbpPerMwh: 100 }))).toBe(
        'PRICE_CHANGED',
      );
      shop.bpp.play('confirm', { callbacks: [{ gbpPerKwh: 0.11 }] });
      await shop.take('confirmOrder', id, { acceptGbpPerMwh: 110 });
      expect(await shop.read(id)).toMatchObject({
        state: 'CONFIRMED',
        acceptedPrice: { gbpPerMwh: 110 },
        needsReplanning: false,
      });
    }
    const id = await drawnUp(limits);
    shop.bpp.play('confirm', { callbacks: [{ gbpPerKwh: 0.13 }] });
    await shop.take('confirmOrder', id);
    expect(refusalOf(await shop.step('confirmOrder', { transactionId: id, acceptGbpPerMwh: 130 }))).toBe(
      'LIMIT_BROKEN input',
    );
  });

  it('needs replanning where the window is gone at confirm, told by a callback, a NACK or at once', async () => {
    for (const reaction of [
      { callbacks: [GONE] },
      { ack: 'NACK' },
      { ack: 'AT_ONCE', callbacks: [GONE] },
    ] as const) {
      const id = await drawnUp();
      shop.bpp.play('confirm', reaction);
      await shop.take('confirmOrder', id);
      expect(await shop.read(id)).toMatchObject({
        state: 'GONE',
        awaiting: null,
        fault: 'the window is sold',
        needsReplanning: true,
        replanningReason: 'GONE',
        replanningNote: 'the window is sold',
      });
      expect(refusalOf(await shop.step('confirmOrder', { transactionId: id }))).toBe('IMPOSSIBLE_TRANSITION');
      const { data } = await shop.server.query<{
        becknTransactions: { edges: { node: { transactionId: string } }[] };
      }>(
        '{ becknTransactions(needsReplanning: true, state: GONE, first: 1) { edges { node { transactionId } } } }',
        {},
        shop.buyer.key,
      );
      expect(data?.becknTransactions.edges[0]?.node.transactionId).toBe(id);
    }
  });

  it('needs replanning by an unasked update, and tells its subscribers so', async () => {
    const stream = openStream('websocket', shop.server, {
      query: `subscription { becknTransactions(states: [CONFIRMED]) { kind cursor
        becknTransaction { transactionId needsReplanning replanningReason replanningNote } } }`,
      key: shop.buyer.key,
    });
    await stream.take(1);
    const id = await bought();
    await shop.bpp.say('update', id, { status: 'IN_PROGRESS', carbonIntensity: 320, event: 'carbon_spike' });
    const changed = (await stream.take(3)).map(
      (message) => Reflect.get(message, 'becknTransaction') as unknown,
    );
    expect(changed).toEqual([
      null,
      { transactionId: id, needsReplanning: false, replanningReason: null, replanningNote: null },
      {
        transactionId: id,
        needsReplanning: true,
        replanningReason: 'UPDATED',
        replanningNote: 'carbon_spike: carbon intensity 320 gCO2/kWh, 131 when it was bought',
      },
    ]);
    stream.close();
    await shop.take('updateOrder', id, { change: 'CONTINUE', reason: 'worth it' });
    expect(await shop.read(id)).toMatchObject({ state: 'CONFIRMED', needsReplanning: false });
  });

  it('takes answers given at once', async () => {
    const id = await shop.begin();
    shop.bpp.play('select', { ack: 'AT_ONCE' });
    await shop.post();
    expect(await shop.read(id)).toMatchObject({ state: 'SELECTED' });
  });

  it('answers a retry of a step with what the first try came to, and asks once', async () => {
    const input = { windowId: shop.windowId, jobId: await shop.submit() };
    const [first, again] = [
      await shop.step('selectOffer', input, 'one'),
      await shop.step('selectOffer', input, 'one'),
    ];
    expect(again).toEqual(first);
    await shop.post();
    expect(await shop.messages(String(first['transactionId']))).toHaveLength(2);
  });

  it('is begun once for the same work, whoever asks at the same time, until the one before is off', async () => {
    const jobId = await shop.submit();
    const input = { windowId: shop.windowId, jobId };
    const answers = await Promise.all(
      ['first', 'second', 'third'].map((key) => shop.step('selectOffer', input, `${jobId}-${key}`)),
    );
    const begun = answers.filter(({ __typename }) => __typename === 'BecknTransaction');
    expect(begun).toHaveLength(1);
    expect(answers.filter((answer) => refusalOf(answer) === 'ALREADY_BOUGHT')).toHaveLength(2);
    const id = String(begun[0]?.['transactionId']);
    await shop.post();
    await shop.take('initOrder', id);
    await shop.take('confirmOrder', id);
    expect(refusalOf(await shop.step('selectOffer', input))).toBe('ALREADY_BOUGHT');
    shop.bpp.play('cancel', { isSent: false });
    await shop.take('cancelOrder', id);
    // It was bought, and nobody knows yet that it is off.
    expect(refusalOf(await shop.step('selectOffer', input))).toBe('ALREADY_BOUGHT');
    await shop.bpp.release(0);
    expect(await shop.step('selectOffer', input)).toMatchObject({ state: 'SELECTING' });
  });

  it('is confirmed once for the same work, where the one before was called off by us and not by its seller', async () => {
    const jobId = await shop.submit();
    const begin = async (): Promise<string> => {
      const { transactionId } = await shop.step('selectOffer', { windowId: shop.windowId, jobId });
      await shop.post();
      return String(transactionId);
    };
    const first = await begin();
    await shop.take('initOrder', first);
    shop.bpp.play('cancel', { callbacks: [{ error: { code: 'NO', message: 'it stands' } }] });
    await shop.take('cancelOrder', first);
    expect(await shop.read(first)).toMatchObject({ state: 'INITIALISED' });
    const second = await begin();
    await shop.take('initOrder', second);
    await shop.take('confirmOrder', second);
    expect(await shop.read(second)).toMatchObject({ state: 'CONFIRMED' });
    expect(refusalOf(await shop.step('confirmOrder', { transactionId: first }))).toBe('ALREADY_BOUGHT');
  });

  it('names the agent that begins it, which must be of the same operator', async () => {
    const agentOf = async (operatorId: number, code: string): Promise<void> =>
      void (await createHostedAgent(shop.database, operatorId, code, 'COMPUTE_ORCHESTRATOR'));
    await agentOf(shop.buyer.operatorId, 'ours');
    const other = await createTenant(shop.database, 'Other buyer');
    await agentOf(other.operatorId, 'theirs');
    const select = async (agentId: string) =>
      shop.step('selectOffer', { windowId: shop.windowId, jobId: await shop.submit(), agentId });
    expect(refusalOf(await select('nobody'))).toContain('NOT_FOUND');
    expect(refusalOf(await select('theirs'))).toBe('NOT_ALLOWED');
    const { transactionId: id } = await select('ours');
    const { data } = await shop.server.query(
      `query ($id: String!) { becknTransaction(transactionId: $id) {
         agent { agentId becknTransactions(first: 1) { edges { node { transactionId } } } } } }`,
      { id },
      shop.buyer.key,
    );
    expect(data).toEqual({
      becknTransaction: {
        agent: { agentId: 'ours', becknTransactions: { edges: [{ node: { transactionId: id } }] } },
      },
    });
  });

  it('is refused where the window does not suit the work, is not on offer, or is unknown', async () => {
    const refused = async (limits: object, input: object = {}) =>
      refusalOf(
        await shop.step('selectOffer', {
          windowId: shop.windowId,
          jobId: await shop.submit(limits),
          ...input,
        }),
      );
    expect(await refused({ maxPriceGbpPerMwh: 99 })).toBe('LIMIT_BROKEN input');
    expect(await refused({ maxCarbonIntensityGco2PerKwh: 100 })).toBe('LIMIT_BROKEN input');
    expect(await refused({ carbonBudgetGco2: 1_000 })).toBe('LIMIT_BROKEN input');
    expect(await refused({ powerKw: 4_000 })).toBe('LIMIT_BROKEN input');
    expect(await refused({ deadline: '2026-03-02T14:30:00Z' })).toBe('LIMIT_BROKEN input');
    expect(await refused({ allowedRegionIds: [13] })).toBe('LIMIT_BROKEN input');
    expect(await refused({}, { offerId: 'offer-2' })).toBe('NOT_FOUND');
    expect(await refused({}, { windowId: 'nonsense' })).toBe('NOT_FOUND');
    expect(await refused({}, { placementId: 'no-placement' })).toBe('NOT_FOUND');
    expect(refusalOf(await shop.step('initOrder', { transactionId: 'none' }))).toBe('NOT_FOUND');
  });

  it('is refused out of turn, with what is possible, and at another version', async () => {
    const id = await drawnUp();
    expect(
      await shop.step('updateOrder', { transactionId: id, change: 'CONTINUE', reason: 'r' }),
    ).toMatchObject({
      code: 'IMPOSSIBLE_TRANSITION',
      possible: ['confirmOrder', 'cancelOrder'],
    });
    expect(refusalOf(await shop.step('confirmOrder', { transactionId: id, expectedVersion: 1 }))).toBe(
      'VERSION_CONFLICT',
    );
    expect(refusalOf(await shop.step('acknowledgeReplanning', { transactionId: id }))).toBe(
      'IMPOSSIBLE_TRANSITION',
    );
  });

  it('takes nothing that is signed by another platform than was asked; unsigned, a name proves nothing', async () => {
    const id = await drawnUp();
    shop.bpp.play('confirm', { callbacks: [] });
    await shop.take('confirmOrder', id);
    const body = onOrder('confirm', id, {
      status: 'CONFIRMED',
      bppId: 'another.example',
      timestamp: NOW.toISOString(),
    });
    const head = readContext(body, shop.database.clock.now());
    if ('fault' in head) throw new Error(head.fault);
    const take = (signature: 'VERIFIED' | 'UNVERIFIED') =>
      takeOrderAnswer(
        { database: shop.database, log: silent },
        { body, context: head.context, adapter: ADAPTERS[0], signature },
      );
    expect(await take('VERIFIED')).toEqual({
      status: 'REFUSED',
      fault: '"another.example" is not who this was asked of',
    });
    expect(await shop.read(id)).toMatchObject({ state: 'CONFIRMING' });
    expect([await take('UNVERIFIED'), await take('UNVERIFIED')]).toEqual([
      { status: 'RECORDED' },
      { status: 'DUPLICATE' },
    ]);
    expect(await shop.read(id)).toMatchObject({ state: 'CONFIRMED' });
  });

  it('takes nothing that is neither an order nor an error, and keeps it aside', async () => {
    const id = await drawnUp();
    shop.bpp.play('confirm', { callbacks: [] });
    await shop.take('confirmOrder', id);
    const said = onOrder('confirm', id, { timestamp: NOW.toISOString() });
    const broken = await fetch(`${shop.bpp.callbackUrl}/on_confirm`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...said, message: { order: 'none' } }),
    });
    expect([broken.status, await broken.json()]).toEqual([
      400,
      {
        message: { ack: { status: 'NACK' } },
        error: {
          code: 'MALFORMED',
          message: 'neither an error nor an order: message.order is "none"',
        },
      },
    ]);
    expect(await shop.read(id)).toMatchObject({ state: 'CONFIRMING' });
    const { rows } = await shop.database.owner.query(
      'select status from beckn_messages where transaction_id = $1',
      [id],
    );
    expect(rows).toEqual([{ status: 'MALFORMED' }]);
  });

  it('stands, each time, where a replay of its stored messages says', async () => {
    const purchases = await shop.replayed();
    expect(purchases.length).toBeGreaterThan(10);
    for (const { stored, replayed } of purchases) expect(stored).toEqual(replayed);
  });
});
