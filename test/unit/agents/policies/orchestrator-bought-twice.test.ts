import { describe, expect, it } from 'vitest';
import { orchestrator } from '../../../../src/agents/policies/orchestrator.js';
import type { PurchaseSeen, View } from '../../../../src/agents/seen.js';
import {
  HALF_HOUR,
  agentSeen,
  at,
  decided,
  eventOf,
  offerSeen,
  outlookOf,
  placedAt,
  purchaseSeen,
  shortly,
  viewOf,
  workSeen,
} from '../../../support/seen.js';

const buyer = agentSeen({ config: { buysWindows: true } });
const outlook = outlookOf(13, 24, () => ({ gco2PerKwh: 100, gbpPerMwh: 60 }));
const work = (slots: readonly number[]) => workSeen({ status: 'SCHEDULED', placement: placedAt(slots) });
const OWN = eventOf('BECKN_TRANSACTIONS', { agent_id: 1, workload_id: 5, awaiting: null });
const bought = { state: 'CONFIRMED', wasConfirmAsked: true } as const;

const does = (view: Partial<View>, stimulus = OWN) =>
  shortly(decided(orchestrator, { stimulus, view: viewOf({ agent: buyer, outlook, ...view }) }));

describe('the orchestrator that bought for the same work before', () => {
  const before = (purchase: Partial<PurchaseSeen>) =>
    purchaseSeen({ ...bought, transactionId: 'buy-0', windowId: 'old', updatesAsked: 1, ...purchase });
  const next = purchaseSeen({ windowId: 'new', from: at(10), to: at(20) });

  it('goes on where the window before is over, or is for another time', () => {
    for (const [from, to] of [
      [-8, -2],
      [-2, 2],
      [-2, 10],
    ] as const)
      expect(
        does({ workloads: [work([12, 13])], purchases: [before({ from: at(from), to: at(to) }), next] }),
      ).toEqual(['initOrder buy-1']);
  });

  it('stops where the window before overlaps', () => {
    const overlapping = before({ from: at(-2), to: at(11) });
    expect(does({ workloads: [work([12, 13])], purchases: [overlapping, next] })).toEqual([
      'cancelOrder buy-1',
    ]);
  });

  it('looks for a window beside one for another time, and not beside one that overlaps', () => {
    const found = (to: number) =>
      does(
        {
          workloads: [work([12, 13])],
          purchases: [before({ from: at(-2), to: at(to) })],
          offers: [offerSeen({ windowId: 'new', from: at(10), to: at(20) })],
        },
        HALF_HOUR,
      );
    expect(found(2)).toEqual(['selectOffer job']);
    expect(found(10)).toEqual(['selectOffer job']);
    expect(found(11)).toEqual([]);
  });
});

describe('the orchestrator that has two windows for one work', () => {
  const late = { replanning: { reason: 'CONFIRMED_LATE', note: 'late' } } as const;
  const updated = { replanning: { reason: 'UPDATED', note: 'changed' } } as const;
  const refusedOnce = { wasCancelAsked: true, cancelsAsked: 1 } as const;
  const pair = (one: Partial<PurchaseSeen>, other: Partial<PurchaseSeen>) =>
    does({
      workloads: [work([4, 5])],
      purchases: [
        purchaseSeen({ ...bought, transactionId: 'buy-0', ...one }),
        purchaseSeen({ ...bought, transactionId: 'buy-1', windowId: 'other', ...other }),
      ],
    });
  const ack = 'acknowledgeReplanning buy-0';
  const cancel = 'cancelOrder buy-0';

  it.each<[string, Partial<PurchaseSeen>, Partial<PurchaseSeen>, readonly string[]]>([
    ['was confirmed late', late, {}, [ack, cancel]],
    ['was called off, which its seller refused', refusedOnce, {}, [cancel]],
    ['was confirmed late and changed since', updated, {}, [ack, cancel]],
    [
      'was called off, though the other changed',
      refusedOnce,
      updated,
      ['replanWorkload job', 'acknowledgeReplanning buy-1', cancel],
    ],
    ['was called off too often', { ...refusedOnce, cancelsAsked: 2 }, {}, []],
    ['has nothing new, as the other: one of them goes', {}, {}, ['cancelOrder buy-1']],
    ['was called off, as the other: one of them goes', refusedOnce, refusedOnce, ['cancelOrder buy-1']],
    ['is for another time', { ...late, to: at(6) }, { from: at(6) }, [ack, 'cancelOrder buy-1']],
    [
      'was confirmed late, while the other is called off as its work is elsewhere',
      { ...late },
      { to: at(5), from: at(1) },
      [ack, 'cancelOrder buy-1'],
    ],
    [
      'was confirmed late, while the other waits for its seller',
      late,
      { state: 'CONFIRMING', isAwaited: true },
      [],
    ],
    [
      'was confirmed late, while the seller of the other is silent',
      late,
      { state: 'TIMED_OUT' },
      [ack, 'cancelOrder buy-1'],
    ],
  ])('calls off one at most, where the first %s', (_what, one, other, expected) => {
    expect([...pair(one, other)].sort()).toEqual([...expected].sort());
  });

  it('never calls off both', () => {
    const kinds = [{}, late, updated, refusedOnce, { ...refusedOnce, ...late }];
    for (const one of kinds)
      for (const other of kinds)
        expect(pair(one, other).filter((step) => step.startsWith('cancelOrder'))).toHaveLength(1);
  });
});

describe('the orchestrator that may not buy any more', () => {
  const plain = agentSeen();
  const back = (purchase: Partial<PurchaseSeen>, agent = plain) =>
    does({ agent, purchases: [purchaseSeen({ ...bought, from: at(4), ...purchase })] }, HALF_HOUR);

  it.each([plain, agentSeen({ config: { buysWindows: true, maxWindowGbpPerMwh: '100' } })])(
    'still sees its purchases, and no offers',
    (agent) => {
      expect(orchestrator.needs(HALF_HOUR, agent)).toMatchObject({ purchases: 'ALL' });
      expect(orchestrator.needs(HALF_HOUR, agent)).not.toHaveProperty('offers');
      for (const status of ['SCHEDULED', 'COMPLETED', 'CANCELLED', 'FAILED', 'REJECTED'])
        expect(orchestrator.needs(eventOf('WORKLOADS', { workload_id: 5, status }), agent)).toEqual({
          workloads: 5,
          purchases: 5,
        });
    },
  );

  it('gives back what its work does not need', () => {
    expect(back({ workStatus: 'CANCELLED' })).toEqual(['cancelOrder buy-1']);
    expect(back({ from: at(-2), workStatus: 'CANCELLED' })).toEqual(['updateOrder buy-1']);
  });

  it('keeps what is bought while its work runs in it', () => {
    const purchases = [purchaseSeen(bought)];
    expect(does({ agent: plain, workloads: [work([4, 5])], purchases }, HALF_HOUR)).toEqual([]);
  });

  it('calls off what is not bought yet, though its work waits', () => {
    const waiting = workSeen({ status: 'QUEUED' });
    expect(does({ agent: plain, workloads: [waiting], purchases: [purchaseSeen()] })).toEqual([
      'cancelOrder buy-1',
    ]);
  });
});
