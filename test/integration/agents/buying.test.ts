import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cancelWorkload } from '../../../src/actions/work/cancel-workload.js';
import { completeWorkload } from '../../../src/actions/work/complete-workload.js';
import { failWorkload } from '../../../src/actions/work/fail-workload.js';
import { startWorkload } from '../../../src/actions/work/start-workload.js';
import { replayDecision } from '../../../src/agents/replay.js';
import { verifyDecisions } from '../../../src/database/decision-chain.js';
import { done } from '../../support/compute.js';
import { BAP, startBuying, type BuyingShop } from './buying-shop.js';

describe('an agent that may buy', () => {
  let shop: BuyingShop;

  beforeAll(async () => {
    shop = await startBuying();
  });
  afterEach(() => {
    for (const action of ['select', 'init', 'confirm', 'status', 'update', 'cancel']) shop.bpp.play(action);
  });
  afterAll(() => shop.close());

  it('buys the cheapest window that covers the place of its work, from select to confirm, and says why', async () => {
    const { jobId, first } = await shop.submit();
    await shop.settle();
    expect(await shop.slots(jobId)).toEqual([first, first + 1]);
    const bought = await shop.only(jobId);
    expect(bought).toMatchObject({ item: 'early-0', state: 'CONFIRMED', accepted: 100, isSeenTo: true });
    expect(shop.askedOf(bought.code)).toEqual(['select', 'init', 'confirm']);
    expect(await shop.reasons(jobId)).toEqual([
      expect.stringMatching(/^A quote is asked for the compute window .* at 100\.00 GBP\/MWh: it covers/),
      expect.stringMatching(/is bought for job-0 at 100\.00 GBP\/MWh\.$/),
    ]);
    const { rows } = await shop.database.owner.query(
      'select a.code, p.state from order_transactions t join agents a using (agent_id) join placements p using (placement_id)',
    );
    expect(rows).toEqual([{ code: 'buyer', state: 'CONFIRMED' }]);
  });

  it('buys once where answers come twice, and in any order', async () => {
    const { jobId } = await shop.submit();
    const say = (second: number, gbpPerKwh: number) => ({
      gbpPerKwh,
      timestamp: `2026-03-02T08:01:${second}Z`,
    });
    shop.bpp.play('init', { isSent: false, callbacks: [say(10, 0.1), say(20, 0.5), say(30, 0.1)] });
    shop.bpp.play('confirm', { isSent: false });
    await shop.settle();
    await shop.bpp.release(2, 0, 1, 2);
    await shop.settle();
    await shop.bpp.release(0, 0, 0);
    await shop.settle();
    const bought = await shop.only(jobId);
    expect(bought).toMatchObject({ state: 'CONFIRMED', accepted: 100 });
    expect(shop.askedOf(bought.code)).toEqual(['select', 'init', 'confirm']);
  });

  it('asks a silent seller how it stands, keeps what he confirmed, and hears his late answer once', async () => {
    const { jobId } = await shop.submit();
    shop.bpp.play('confirm', { isSent: false });
    await shop.settle();
    await shop.later(31);
    const bought = await shop.only(jobId);
    expect(bought).toMatchObject({ state: 'CONFIRMED', isSeenTo: true });
    expect(shop.askedOf(bought.code)).toEqual(['select', 'init', 'confirm', 'status']);
    await shop.bpp.release(0);
    await shop.settle();
    expect(await shop.only(jobId)).toMatchObject({ state: 'CONFIRMED', isSeenTo: true });
  });

  it('calls off what a silent seller never answers, and takes the next window', async () => {
    const { jobId } = await shop.submit();
    shop.bpp.play('select', { callbacks: [] });
    shop.bpp.play('status', { callbacks: [] }, { callbacks: [] });
    await shop.settle();
    for (let i = 0; i < 3; i += 1) await shop.later(31);
    const [silentOne, next] = await shop.purchases(jobId);
    expect(shop.askedOf(silentOne?.code ?? '')).toEqual(['select', 'status', 'status', 'cancel']);
    expect(silentOne).toMatchObject({ item: 'early-3', state: 'CANCELLED' });
    expect(next).toMatchObject({ item: 'early-2-3', state: 'CONFIRMED', accepted: 100 });
  });

  it('takes another price within its rule, by name', async () => {
    const { jobId } = await shop.submit();
    shop.bpp.play('init', { callbacks: [{ gbpPerKwh: 0.11 }] });
    shop.bpp.play('confirm', { callbacks: [{ gbpPerKwh: 0.112 }] }, { callbacks: [{ gbpPerKwh: 0.112 }] });
    await shop.settle();
    const bought = await shop.only(jobId);
    expect(bought).toMatchObject({ state: 'CONFIRMED', accepted: 112, isSeenTo: true });
    expect(shop.askedOf(bought.code)).toEqual(['select', 'init', 'confirm', 'confirm']);
  });

  it('calls off what became too dear, and takes the next window, and not that one again', async () => {
    const { jobId } = await shop.submit();
    shop.bpp.play('confirm', { callbacks: [{ gbpPerKwh: 0.13 }] });
    await shop.settle();
    const [dear, next, ...more] = await shop.purchases(jobId);
    expect(shop.askedOf(dear?.code ?? '')).toEqual(['select', 'init', 'confirm', 'cancel']);
    expect(dear).toMatchObject({ item: 'early-5', state: 'CANCELLED', isSeenTo: true });
    expect(next).toMatchObject({ item: 'early-2-5', state: 'CONFIRMED' });
    expect(more).toEqual([]);
    expect((await shop.reasons(jobId))[2]).toMatch(
      /not bought for job-5.*gridGbpPerMwh is 118 GBP\/MWh, and 130/,
    );
  });

  it('plans its work again where the window is gone at confirm, and buys where it then runs', async () => {
    const { jobId, first } = await shop.submit();
    shop.bpp.play('init', { isSent: false });
    await shop.settle();
    await shop.forecastCleaner(first + 4, first + 5);
    shop.bpp.play('confirm', {
      callbacks: [{ error: { code: 'OUT_OF_STOCK', message: 'the window is sold' } }],
    });
    await shop.bpp.release(0);
    await shop.settle();
    expect(await shop.slots(jobId)).toEqual([first + 4, first + 5]);
    expect(await shop.purchases(jobId)).toMatchObject([
      { item: 'early-6', state: 'GONE', isSeenTo: true },
      { item: 'late-6', state: 'CONFIRMED', isSeenTo: true },
    ]);
  });

  it('takes another window for the same place where no better place is found', async () => {
    const { jobId, first } = await shop.submit();
    shop.bpp.play('confirm', { ack: 'NACK' });
    await shop.settle();
    expect(await shop.slots(jobId)).toEqual([first, first + 1]);
    expect(await shop.purchases(jobId)).toMatchObject([
      { item: 'early-7', state: 'GONE', isSeenTo: true },
      { item: 'early-2-7', state: 'CONFIRMED', isSeenTo: true },
    ]);
  });

  it('leaves a window that a spike of carbon intensity spoils, gives it back and buys where its work then runs', async () => {
    const { jobId, first } = await shop.submit();
    await shop.settle();
    const { code } = await shop.only(jobId);
    await shop.forecastCleaner(first + 4, first + 5);
    await shop.bpp.say('update', code, {
      status: 'IN_PROGRESS',
      carbonIntensity: 320,
      event: 'carbon_spike',
    });
    await shop.settle();
    expect(await shop.slots(jobId)).toEqual([first + 4, first + 5]);
    expect(await shop.purchases(jobId)).toMatchObject([
      { item: 'early-8', state: 'CANCELLED' },
      { item: 'late-8', state: 'CONFIRMED' },
    ]);
    expect(shop.askedOf(code)).toEqual(['select', 'init', 'confirm', 'cancel']);
  });

  it('gives back what was bought for work that is cancelled before it begins', async () => {
    const { jobId } = await shop.submit();
    await shop.settle();
    await done(shop.database, shop.viewer, cancelWorkload, { jobId, reason: 'not needed' });
    await shop.settle();
    expect(await shop.only(jobId)).toMatchObject({ state: 'CANCELLED', isSeenTo: true });
    expect((await shop.reasons(jobId)).at(-1)).toContain(`${jobId} is CANCELLED`);
  });

  it('cancels no more than twice where a seller will not', async () => {
    const { jobId } = await shop.submit();
    await shop.settle();
    const { code } = await shop.only(jobId);
    const no = { callbacks: [{ error: { code: 'NO', message: 'too late' } }] };
    shop.bpp.play('cancel', no, no, no);
    await done(shop.database, shop.viewer, cancelWorkload, { jobId, reason: 'not needed' });
    await shop.settle();
    expect(shop.askedOf(code)).toEqual(['select', 'init', 'confirm', 'cancel', 'cancel']);
    expect(await shop.only(jobId)).toMatchObject({ state: 'CONFIRMED' });
  });

  it('buys nothing in a process that cannot, nor beyond what its operator lets it spend', async () => {
    const configure = (config: object) =>
      shop.database.owner.query('update agent_settings set config = $1', [config]);
    await shop.open(null);
    const { jobId } = await shop.submit();
    await shop.settle();
    expect(await shop.slots(jobId)).toHaveLength(2);
    expect(await shop.purchases(jobId)).toEqual([]);

    await shop.open(BAP);
    await configure({ hosted: true });
    await shop.later(1_800);
    expect(await shop.purchases(jobId)).toEqual([]);
    await configure({ hosted: true, buysWindows: true, maxWindowGbpPerMwh: 99 });
    await shop.later(1_800);
    expect(await shop.purchases(jobId)).toEqual([]);
    await configure({ hosted: true, buysWindows: true, maxWindowGbpPerMwh: 100 });
    // The beginning of a half hour shows what no event told of.
    await shop.later(1_800);
    expect(await shop.only(jobId)).toMatchObject({ item: 'early-11', state: 'CONFIRMED' });
  });

  it('tells the seller once that the load is gone where its work fails in the window', async () => {
    const { jobId, first } = await shop.submit();
    await shop.settle();
    await shop.goTo(first);
    await done(shop.database, shop.viewer, startWorkload, { jobId });
    await done(shop.database, shop.viewer, failWorkload, { jobId, reason: 'the machine broke' });
    await shop.settle();
    const bought = await shop.only(jobId);
    expect(bought).toMatchObject({ state: 'CONFIRMED', isSeenTo: true });
    expect(shop.askedOf(bought.code)).toEqual(['select', 'init', 'confirm', 'update']);
    const update = shop.bpp.asked.at(-1);
    expect(JSON.stringify(update?.message)).toContain('"loadReduction":1,');
    expect((await shop.reasons(jobId)).at(-1)).toMatch(
      /is FAILED: the seller of .* is told that its load is gone\.$/,
    );
  });

  it('tells the seller so where its work is done early, and not where it is done in time', async () => {
    const [early, punctual] = [await shop.submit(), await shop.submit({ number: 13, jobId: 'punctual' })];
    await shop.settle();
    const complete = async (jobId: string): Promise<readonly string[]> => {
      await done(shop.database, shop.viewer, completeWorkload, { jobId, actualEnergyKwh: 900 });
      await shop.settle();
      return shop.askedOf((await shop.only(jobId)).code);
    };
    await shop.goTo(early.first);
    for (const { jobId } of [early, punctual])
      await done(shop.database, shop.viewer, startWorkload, { jobId });
    await shop.later(600);
    expect(await complete(early.jobId)).toEqual(['select', 'init', 'confirm', 'update']);
    await shop.goTo(early.first + 1);
    // A minute before its place ends.
    await shop.later(1_735);
    expect(await complete(punctual.jobId)).toEqual(['select', 'init', 'confirm']);
  });

  it('never has two windows for one work at once, never fails, and decides each time the same again', async () => {
    expect(shop.hosts.flatMap(({ failures, errors }) => [...failures, ...errors])).toEqual([]);
    const { rows } = await shop.database.owner.query(
      `select a.code from order_transactions a join order_transactions b using (workload_id)
       where a.order_transaction_id < b.order_transaction_id and a.state = 'CONFIRMED' and b.state = 'CONFIRMED'`,
    );
    expect(rows).toEqual([]);
    const owner = await shop.database.owner.connect();
    const { fault, replayed, verified } = await verifyDecisions(owner, null, replayDecision).finally(() =>
      owner.release(),
    );
    expect(fault).toBeNull();
    expect(replayed).toBe(verified);
    expect(replayed).toBeGreaterThan(40);
  });
});
