import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendDueMessages } from '../../../src/beckn/order-post.js';
import { createPost, type Post } from '../../../src/beckn/post.js';
import { startOrderPostman } from '../../../src/cli/order-post.js';
import { createLeaseKeeper } from '../../../src/database/lease-keeper.js';
import { acquireLease } from '../../../src/database/leases.js';
import { FAILURES_TO_OPEN } from '../../../src/domain/circuit.js';
import { actOn, refusalOf } from '../../support/act.js';
import { silent } from '../../support/runner.js';
import { startTestServer } from '../../support/server.js';
import { until } from '../../support/until.js';
import { startShop, type Shop } from './purchases.js';

describe('what is asked of a seller', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.close());

  const askedOf = (transactionId: string) =>
    shop.bpp.asked.filter(({ context }) => context.transaction_id === transactionId);
  const selectOf = async (transactionId: string) => (await shop.messages(transactionId))[0];

  it('is sent again where the sender is cut off before he notes it: the same text, which the seller knows by its id', async () => {
    const id = await shop.begin();
    const post = createPost();
    const cutOff: Pick<Post, 'send'> = {
      async send(...message) {
        await post.send(...message);
        throw new Error('cut off');
      },
    };
    const lease = await acquireLease(shop.database.pool, `cut:${randomUUID()}`, 'cut', 600);
    if (!lease) throw new Error('a lease of a new name is not to be had');
    shop.bpp.play(
      'select',
      { callbacks: [{ messageId: 'the-answer' }] },
      { callbacks: [{ messageId: 'the-answer' }] },
    );
    const deps = { database: shop.database, log: silent, url: shop.bpp.url, post: cutOff };
    await expect(sendDueMessages(deps, lease)).rejects.toThrow('cut off');
    await shop.bpp.settled();
    expect(await selectOf(id)).toMatchObject({ delivery: 'TO_SEND' });
    expect(await shop.read(id)).toMatchObject({ state: 'SELECTED' }); // the answer came all the same
    await shop.post();
    expect(await selectOf(id)).toMatchObject({ delivery: 'DELIVERED' });
    const [first, second, ...more] = askedOf(id);
    expect([second, more]).toEqual([first, []]);
    expect((await shop.messages(id)).map(({ action }) => action)).toEqual(['select', 'on_select']);
    await post.close();
  });

  it('is tried again after a failure, later each time, until it is taken', async () => {
    const id = await shop.begin();
    shop.bpp.play('select', { ack: 'UNAVAILABLE' }, { ack: 'CUT' });
    await shop.post();
    expect(await selectOf(id)).toMatchObject({ delivery: 'TO_SEND', attempts: 1 });
    await shop.post(); // too early
    expect(askedOf(id)).toHaveLength(1);
    await shop.database.advance({ seconds: 2 });
    await shop.post();
    expect(await selectOf(id)).toMatchObject({ delivery: 'TO_SEND', attempts: 2 });
    await shop.database.advance({ seconds: 3 });
    await shop.post();
    expect(await selectOf(id)).toMatchObject({ delivery: 'DELIVERED', attempts: 3 });
    expect(new Set(askedOf(id).map(({ context }) => context.message_id)).size).toBe(1);
    expect(await shop.read(id)).toMatchObject({ state: 'SELECTED' });
  });

  it('is given up when it runs out, and after some that were the marketplace is left alone for a while', async () => {
    for (let i = 0; i < FAILURES_TO_OPEN; i += 1) {
      const id = await shop.begin();
      shop.bpp.play('select', { ack: 'CUT' });
      await shop.post();
      await shop.database.advance({ seconds: 31 });
      await shop.post();
      expect(await selectOf(id)).toMatchObject({ delivery: 'UNDELIVERED', attempts: 1 });
      expect(await shop.read(id)).toMatchObject({ state: 'TIMED_OUT', needsReplanning: true });
    }
    const untried = await shop.begin();
    await shop.post();
    expect([await selectOf(untried), askedOf(untried)]).toMatchObject([
      { delivery: 'TO_SEND', attempts: 0 },
      [],
    ]);
    await shop.database.advance({ minutes: 2 });
    await shop.post();
    expect(await selectOf(untried)).toMatchObject({ delivery: 'UNDELIVERED', attempts: 0 });
    // One message decides whether it answers again.
    const [one, two] = [await shop.begin(), await shop.begin()];
    await shop.post();
    expect([askedOf(one).length, askedOf(two).length]).toEqual([1, 0]);
    await shop.post();
    expect(await shop.read(two)).toMatchObject({ state: 'SELECTED' });
  });

  it('is sent by one of several processes, without being told to', async () => {
    const postmen = ['one', 'two'].map(() => {
      const leases = createLeaseKeeper(shop.database.pool, { seconds: 30, onError: () => undefined });
      const postman = startOrderPostman(
        { database: shop.database, leases, log: silent },
        { url: shop.bpp.url },
      );
      return { leases, postman };
    });
    const rounds = await Promise.all(postmen.map(({ postman }) => postman.round()));
    expect(rounds.filter((round) => round !== null)).toHaveLength(1);
    const id = await shop.begin();
    await until('a quote', async () => (await shop.read(id))['state'] === 'SELECTED');
    expect(askedOf(id)).toHaveLength(1);
    for (const { leases, postman } of postmen) {
      await postman.stop();
      await leases.close();
    }
  });

  it('is not asked where nobody said who we are and where we are answered', async () => {
    const server = await startTestServer(shop.database);
    const jobId = await shop.submit();
    const answer = await actOn(
      server,
      shop.buyer.key,
      'selectOffer',
      { windowId: shop.windowId, jobId },
      { selection: 'BecknTransaction { state }' },
    );
    expect(refusalOf(answer)).toBe('BECKN_NOT_CONFIGURED');
    await server.stop();
  });
});
