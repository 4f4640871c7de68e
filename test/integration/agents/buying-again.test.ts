import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act } from '../../../src/actions/action.js';
import { confirmOrder } from '../../../src/actions/orders/confirm-order.js';
import { selectOffer } from '../../../src/actions/orders/select-offer.js';
import { releasePlacement } from '../../../src/actions/placing/release-placement.js';
import { updateAgent } from '../../../src/actions/registry/update-agent.js';
import { amendWorkload } from '../../../src/actions/work/amend-workload.js';
import { cancelWorkload } from '../../../src/actions/work/cancel-workload.js';
import { windowIdOf } from '../../../src/agents/offers-seen.js';
import { readPurchasesSeen } from '../../../src/agents/purchases-seen.js';
import { codeOf, done, freshKey } from '../../support/compute.js';
import { BAP, startBuying, type BuyingShop } from './buying-shop.js';

const LEAVE = { hosted: true, buysWindows: true };

describe('an agent that bought before, or may not any more', () => {
  let shop: BuyingShop;

  beforeAll(async () => {
    shop = await startBuying();
  });
  afterAll(() => shop.close());

  const configure = (config: object) =>
    done(shop.database, shop.viewer, updateAgent, { agentId: 'buyer', config });

  const placementOf = async (jobId: string): Promise<string> => {
    const { rows } = await shop.database.owner.query<{ code: string }>(
      `select p.code from placements p join workloads w using (workload_id) where w.job_id = $1 and p.state = 'CONFIRMED'`,
      [jobId],
    );
    if (!rows[0]) throw new Error(`${jobId} has no place`);
    return rows[0].code;
  };

  const release = async (jobId: string) =>
    done(shop.database, shop.viewer, releasePlacement, {
      placementId: await placementOf(jobId),
      reason: 'not begun',
    });

  it('buys where work runs now, though a window for another time stands', async () => {
    const { jobId, first } = await shop.submit();
    await shop.settle();
    await shop.forecastCleaner(first + 4, first + 5);
    await shop.goTo(first);
    await release(jobId);
    await shop.settle();
    for (const i of [1, 2, 3]) await shop.goTo(first + i);
    expect(await shop.purchases(jobId)).toMatchObject([
      { item: 'early-0', state: 'CONFIRMED' },
      { item: 'late-0', state: 'CONFIRMED' },
    ]);
    // Whatever place they were begun for, they are shown until when the work has its place by now.
    const { rows } = await shop.database.owner.query<{ number: number; ends: Date }>(
      `select workload_id as number, max(s.slot_from) + interval '30 minutes' as ends from workloads w
         join placements p using (workload_id) join placement_slots s using (placement_id)
       where w.job_id = $1 and p.state = 'CONFIRMED' group by workload_id`,
      [jobId],
    );
    const seen = await readPurchasesSeen(
      shop.database.owner,
      { number: 0, operatorId: shop.viewer.operatorId },
      rows[0]?.number ?? 0,
      shop.database.clock.now(),
    );
    expect(seen.map(({ placedUntil }) => placedUntil)).toEqual([rows[0]?.ends, rows[0]?.ends]);
  });

  it('gives back what was bought, for work that ends after leave was taken away', async () => {
    const { jobId } = await shop.submit();
    await shop.settle();
    expect(await shop.only(jobId)).toMatchObject({ state: 'CONFIRMED' });
    await configure({ hosted: true, buysWindows: false });
    await done(shop.database, shop.viewer, cancelWorkload, { jobId, reason: 'no more' });
    await shop.settle();
    expect(await shop.only(jobId)).toMatchObject({ state: 'CANCELLED', isSeenTo: true });
    await configure(LEAVE);
    await shop.settle();
  });

  it.each<[string, string, (jobId: string) => Promise<unknown>]>([
    ['its agent may not buy any more', 'does not let it buy', () => configure({ hosted: true })],
    ['its agent may pay less', 'at most 99 is', () => configure({ ...LEAVE, maxWindowGbpPerMwh: 99 })],
    ['its work has lost its place', 'has no place within', release],
  ])('does not confirm, whatever it decided before, where %s', async (_what, fault, change) => {
    const { jobId } = await shop.submit();
    shop.bpp.play('init', { isSent: false });
    await shop.settle();
    const { code } = await shop.only(jobId);
    await shop.bpp.release(0);
    expect(await shop.only(jobId)).toMatchObject({ state: 'INITIALISED' });
    await change(jobId);
    const answer = await act({ ...shop.database, bap: BAP }, shop.viewer, confirmOrder, {
      idempotencyKey: freshKey(),
      input: { transactionId: code },
    });
    expect(answer).toMatchObject({
      refusal: {
        code: 'LIMIT_BROKEN',
        faults: [{ path: 'input', message: expect.stringContaining(fault) as unknown }],
      },
    });
    await configure(LEAVE);
    await shop.settle();
    expect(shop.askedOf(code).slice(0, 2)).toEqual(['select', 'init']);
  });

  it('confirms at most at what its agent may pay', async () => {
    const { jobId } = await shop.submit();
    await configure({ ...LEAVE, maxWindowGbpPerMwh: 100 });
    await shop.settle();
    expect(await shop.only(jobId)).toMatchObject({ state: 'CONFIRMED', accepted: 100 });
  });

  it('counts the energy of the facility where a place is named, and else that of the machines', async () => {
    const { jobId, first } = await shop.submit();
    await shop.open(null);
    await shop.settle();
    expect(await shop.slots(jobId)).toEqual([first, first + 1]);
    await shop.database.owner.query('update data_centres set pue = 1.5');
    await done(shop.database, shop.viewer, amendWorkload, { jobId, maxCostGbp: 120 });
    const { rows } = await shop.database.owner.query<{ id: number }>(
      'select compute_window_id as id from compute_windows where item_id = $1',
      [`early-${(first - 6) / 6}`],
    );
    const select = async (placementId: string | null) =>
      codeOf(
        await act({ ...shop.database, bap: BAP }, shop.viewer, selectOffer, {
          idempotencyKey: freshKey(),
          input: { windowId: windowIdOf(rows[0]?.id ?? 0), jobId, placementId },
        }),
      );
    expect(await select(await placementOf(jobId))).toBe('LIMIT_BROKEN');
    expect(await select(null)).toBeNull();
  });
});
