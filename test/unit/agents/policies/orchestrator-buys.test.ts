import { describe, expect, it } from 'vitest';
import { checkProposals } from '../../../../src/agents/contract.js';
import { orchestrator } from '../../../../src/agents/policies/orchestrator.js';
import type { Proposal, Shown } from '../../../../src/agents/policy.js';
import type { OfferSeen, PurchaseSeen, View, WorkloadSeen } from '../../../../src/agents/seen.js';
import type { RefusalCode } from '../../../../src/domain/refusal.js';
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
/** Placed at 14:00 and 14:30. */
const placed = (work: Partial<WorkloadSeen> = {}): WorkloadSeen =>
  workSeen({ status: 'SCHEDULED', placement: placedAt([4, 5]), ...work });

const shownOf = (view: Partial<View>, stimulus: Shown['stimulus'] = HALF_HOUR): Shown => ({
  stimulus,
  view: viewOf({ agent: buyer, workloads: [placed()], outlook, ...view }),
});
const does = (shown: Shown): readonly string[] => {
  const proposals = decided(orchestrator, shown);
  checkProposals(orchestrator, 'us', proposals);
  return shortly(proposals);
};

describe('the orchestrator that may buy', () => {
  describe('looks for a window', () => {
    const selects = (offer: Partial<OfferSeen>, work: Partial<WorkloadSeen> = {}, view: Partial<View> = {}) =>
      does(shownOf({ offers: [offerSeen(offer)], workloads: [placed(work)], ...view }));
    const buys = ['selectOffer job'];

    it('selects one that covers the place of its work within all limits, and says by which', () => {
      const [proposal] = decided(orchestrator, shownOf({ offers: [offerSeen()] }));
      expect(proposal).toMatchObject({
        action: 'selectOffer',
        input: { windowId: 'window', offerId: 'offer', jobId: 'job', placementId: 'place', agentId: 'us' },
        decision: {
          type: 'PRICE_OPTIMIZATION',
          jobId: 'job',
          reasoning:
            'A quote is asked for the compute window 2026-03-02T12:00Z to 2026-03-03T00:00Z in region 13 at 50.00 GBP/MWh: ' +
            'it covers the place of job at london-1, within all limits.',
          signals: [
            { regionId: 13, from: at(4) },
            { regionId: 13, from: at(5) },
          ],
          constraintsEvaluated: [
            { name: 'gridGbpPerMwh', unit: 'GBP/MWh', limit: 60, value: 50, satisfied: true },
            { name: 'facilityPowerKw', unit: 'kW', limit: 120, value: 1_000, satisfied: true },
          ],
        },
      });
    });

    it.each<[string, Partial<OfferSeen>, Partial<WorkloadSeen>, boolean]>([
      ['begins with its place', { from: at(4) }, {}, true],
      ['begins after its place does', { from: at(5) }, {}, false],
      ['ends with its place', { to: at(6) }, {}, true],
      ['ends before its place does', { to: new Date(at(6).getTime() - 1) }, {}, false],
      ['is in another region', { regionId: 12 }, {}, false],
      ['is nobody knows where', { regionId: null }, {}, false],
      ['has just the power', { capacityMw: 0.12 }, {}, true],
      ['has too little power for the facility', { capacityMw: 0.11 }, {}, false],
      ['has nobody knows what power', { capacityMw: null }, {}, false],
      ['costs what the grid does', { gbpPerMwh: 60 }, {}, true],
      ['is dearer than the grid', { gbpPerMwh: 60.01 }, {}, false],
      ['is dearer than its work allows', {}, { maxPriceGbpPerMwh: 49 }, false],
      ['costs in all what its work allows, with the PUE', {}, { maxCostGbp: 6 }, true],
      ['costs more in all than its work allows', {}, { maxCostGbp: 5.99 }, false],
      ['has no price in pounds', { gbpPerMwh: null }, {}, false],
      ['is dirtier than its work allows', {}, { maxCarbonIntensityGco2PerKwh: 39 }, false],
      ['emits in all what its work allows, with the PUE', {}, { carbonBudgetGco2: 4_800 }, true],
      ['emits more in all than its work allows', {}, { carbonBudgetGco2: 4_799 }, false],
      ['has no stated intensity', { gco2PerKwh: null }, { maxCarbonIntensityGco2PerKwh: 500 }, false],
      ['has too few renewables', {}, { minRenewablePct: 81 }, false],
      ['is for work that waits', {}, { status: 'QUEUED', placement: null }, false],
      ['is for work that runs', {}, { status: 'RUNNING' }, false],
      ['is for work that begins now', {}, { placement: placedAt([0, 1]) }, false],
    ])('one that %s', (_what, offer, work, isBought) => {
      expect(selects(offer, work).filter((step) => step.startsWith('selectOffer'))).toEqual(
        isBought ? buys : [],
      );
    });

    it.each<[string, object, readonly string[]]>([
      ['may not buy', {}, []],
      ['may buy, said otherwise than by true', { buysWindows: 'yes' }, []],
      ['may pay no more than that', { buysWindows: true, maxWindowGbpPerMwh: 50 }, buys],
      ['may pay less', { buysWindows: true, maxWindowGbpPerMwh: 49 }, []],
      ['has a limit that cannot be read', { buysWindows: true, maxWindowGbpPerMwh: '100' }, []],
    ])('for an agent that %s', (_what, config, expected) => {
      expect(selects({}, {}, { agent: agentSeen({ config: { ...config } }) })).toEqual(expected);
    });

    it('holds it to the limits alone where the price of the grid is not known', () => {
      const dark = { outlook: outlookOf(13, 24, () => ({ gco2PerKwh: 100 })) };
      const upTo = (max: number) => ({
        ...dark,
        agent: agentSeen({ config: { buysWindows: true, maxWindowGbpPerMwh: max } }),
      });
      expect(selects({ gbpPerMwh: 400 }, { maxPriceGbpPerMwh: 400 }, dark)).toEqual(buys);
      expect(selects({ gbpPerMwh: 400 }, { maxPriceGbpPerMwh: 399 }, dark)).toEqual([]);
      expect(selects({ gbpPerMwh: 400 }, { maxCostGbp: 48 }, dark)).toEqual(buys);
      expect(selects({ gbpPerMwh: 400 }, {}, upTo(400))).toEqual(buys);
      expect(selects({ gbpPerMwh: 400 }, {}, upTo(399))).toEqual([]);
    });

    it('buys at no price where neither the grid nor anybody limits it, and says so in its decision and not to the seller', () => {
      const dark = { outlook: outlookOf(13, 24, () => ({ gco2PerKwh: 100 })) };
      expect(selects({ gbpPerMwh: 1 }, {}, dark)).toEqual([]);
      const quoted = shownOf({ ...dark, purchases: [purchaseSeen()] });
      expect(decided(orchestrator, quoted)[0]).toMatchObject({
        action: 'cancelOrder',
        input: { reason: 'The buyer does not take this window.' },
        decision: {
          reasoning: expect.stringContaining('gridGbpPerMwh is not known') as string,
        },
      });
    });

    it('takes the cheapest, then the cleanest, whatever order they are shown in', () => {
      const offers = [
        offerSeen({ windowId: 'dear', gbpPerMwh: 55, gco2PerKwh: 1 }),
        offerSeen({ windowId: 'clean', gco2PerKwh: 10 }),
        offerSeen({ windowId: 'dirty', gco2PerKwh: 90 }),
      ];
      for (const shown of [offers, [...offers].reverse()])
        expect(decided(orchestrator, shownOf({ offers: shown }))[0]?.input['windowId']).toBe('clean');
    });

    it.each<[string, Partial<PurchaseSeen>, readonly string[]]>([
      ['is under way', { isAwaited: true, state: 'SELECTING' }, []],
      ['is bought', { state: 'CONFIRMED', wasConfirmAsked: true }, []],
      [
        'is called off and not answered yet',
        { state: 'CANCELLING', isAwaited: true, wasConfirmAsked: true },
        [],
      ],
      [
        'is silent since it was to be bought',
        { state: 'TIMED_OUT', isAwaited: true, wasConfirmAsked: true },
        [],
      ],
      ['is under way by a person', { isMine: false }, []],
      ['was called off', { state: 'CANCELLED' }, buys],
      [
        'was called off before it was to be bought',
        { isAwaited: true, state: 'CANCELLING', wasCancelAsked: true },
        buys,
      ],
      ['is gone', { state: 'GONE' }, buys],
    ])('where another window %s', (_what, purchase, expected) => {
      const purchases = [purchaseSeen({ windowId: 'another', ...purchase })];
      expect(selects({}, {}, { purchases })).toEqual(expected);
    });

    it('never tries the same window again', () => {
      for (const state of ['GONE', 'REFUSED', 'CANCELLED'] as const)
        expect(selects({}, {}, { purchases: [purchaseSeen({ state })] })).toEqual([]);
    });

    it('tries the next best where the best is refused for itself, and ends', () => {
      const offers = ['a', 'b', 'c'].map((windowId) => offerSeen({ windowId }));
      const shown = shownOf({ offers });
      const refused = (proposal: Proposal | undefined, code: RefusalCode) =>
        (proposal &&
          orchestrator.onRefusal?.(shown, proposal, { code, message: 'no', faults: [], possible: [] })) ??
        [];
      const tried: unknown[] = [];
      for (let next = decided(orchestrator, shown); next.length > 0; next = refused(next[0], 'LIMIT_BROKEN'))
        tried.push(next[0]?.input['windowId']);
      expect(tried).toEqual(['a', 'b', 'c']);
      const [first] = decided(orchestrator, shown);
      expect(shortly(refused(first, 'WINDOW_NOT_ON_OFFER'))).toEqual(['selectOffer job']);
      expect(refused(first, 'ALREADY_BOUGHT')).toEqual([]);
      expect(refused(first, 'NOT_FOUND')).toEqual([]);
    });
  });

  describe('goes on with a purchase', () => {
    const bought = { state: 'CONFIRMED', wasConfirmAsked: true } as const;
    const says = (reason: NonNullable<PurchaseSeen['replanning']>['reason']) => ({
      replanning: { reason, note: 'the seller says so' },
    });
    const moved = { placement: placedAt([30, 31]) };
    const running = { status: 'RUNNING', placement: placedAt([-1, 0], 'RUNNING') } as const;
    const ack = 'acknowledgeReplanning buy-1';
    const cancel = 'cancelOrder buy-1';

    it.each<[string, Partial<PurchaseSeen>, Partial<WorkloadSeen>, readonly string[]]>([
      ['quoted', {}, {}, ['initOrder buy-1']],
      ['quoted, and an answer is waited for', { isAwaited: true }, {}, []],
      ['quoted for somebody else', { isMine: false }, {}, []],
      ['quoted dearer than the grid', { gbpPerMwh: 61 }, {}, [cancel]],
      [
        'quoted dirtier than its work allows',
        { gco2PerKwh: 90 },
        { maxCarbonIntensityGco2PerKwh: 80 },
        [cancel],
      ],
      ['quoted without a price', { gbpPerMwh: null }, {}, [cancel]],
      ['quoted, and its work has moved', {}, moved, [cancel]],
      ['quoted, and its work waits for a place', {}, { status: 'QUEUED', placement: null }, []],
      [
        'quoted, and its work can no longer be done in it',
        { to: at(1) },
        { status: 'DEFERRED_CARBON', placement: null },
        [cancel],
      ],
      ['drawn up', { state: 'INITIALISED' }, {}, ['confirmOrder buy-1']],
      ['drawn up, and its work has moved', { state: 'INITIALISED' }, moved, [cancel]],
      [
        'at another price within the rule',
        { state: 'PRICE_CHANGED', gbpPerMwh: 59, ...says('PRICE_CHANGED') },
        {},
        ['confirmOrder buy-1'],
      ],
      [
        'at another price beyond the rule',
        { state: 'PRICE_CHANGED', gbpPerMwh: 61, ...says('PRICE_CHANGED') },
        {},
        [ack, cancel],
      ],
      [
        'at another price within the rule, again and again',
        { state: 'PRICE_CHANGED', gbpPerMwh: 59, confirmsAsked: 3, ...says('PRICE_CHANGED') },
        {},
        [ack, cancel],
      ],
      [
        'called off too often',
        {
          state: 'PRICE_CHANGED',
          gbpPerMwh: 61,
          cancelsAsked: 2,
          wasConfirmAsked: true,
          ...says('PRICE_CHANGED'),
        },
        {},
        [ack],
      ],
      ['silent', { state: 'TIMED_OUT', ...says('TIMED_OUT') }, {}, ['refreshOrder buy-1']],
      [
        'silent again',
        { state: 'TIMED_OUT', refreshes: 1, ...says('TIMED_OUT') },
        {},
        ['refreshOrder buy-1'],
      ],
      ['silent to the end', { state: 'TIMED_OUT', refreshes: 2, ...says('TIMED_OUT') }, {}, [ack, cancel]],
      ['silent, and its work has moved', { state: 'TIMED_OUT', ...says('TIMED_OUT') }, moved, [ack, cancel]],
      [
        'silent though called off twice',
        { state: 'TIMED_OUT', refreshes: 2, cancelsAsked: 2, wasConfirmAsked: true, ...says('TIMED_OUT') },
        {},
        [ack],
      ],
      ['gone', { state: 'GONE', ...says('GONE') }, {}, ['replanWorkload job', ack]],
      [
        'gone, and its work waits',
        { state: 'GONE', ...says('GONE') },
        { status: 'DEFERRED_CAPACITY', placement: null },
        ['placeWorkload job', ack],
      ],
      ['refused', { state: 'REFUSED', ...says('REFUSED') }, {}, ['replanWorkload job', ack]],
      [
        'cancelled by its seller',
        { state: 'CANCELLED', ...says('CANCELLED_BY_SELLER') },
        {},
        ['replanWorkload job', ack],
      ],
      ['bought', bought, {}, []],
      ['bought, and its work runs in it', { ...bought, from: at(-4) }, running, []],
      ['bought, and its work waits', bought, { status: 'QUEUED', placement: null }, []],
      ['changed by its seller', { ...bought, ...says('UPDATED') }, {}, ['replanWorkload job', ack]],
      ['bought late', { ...bought, ...says('CONFIRMED_LATE') }, {}, [ack]],
      [
        'bought late, and its work has moved',
        { ...bought, from: at(1), ...says('CONFIRMED_LATE') },
        moved,
        [ack, cancel],
      ],
      ['bought, and its work has moved before it began', { ...bought, from: at(1) }, moved, [cancel]],
      ['bought, and its work has moved since it began', bought, moved, ['updateOrder buy-1']],
      ['bought, and its seller knows that its work has moved', { ...bought, updatesAsked: 1 }, moved, []],
      ['over', { ...bought, to: at(0), from: at(-4) }, moved, []],
      ['done', { state: 'COMPLETED', wasConfirmAsked: true }, {}, []],
    ])('that is %s', (_what, purchase, work, expected) => {
      const purchases = [purchaseSeen({ ...purchase, ...(work.status ? { workStatus: work.status } : {}) })];
      const stimulus = eventOf('BECKN_TRANSACTIONS', { agent_id: 1, workload_id: 5, awaiting: null });
      const view = { purchases, workloads: [placed(work)] };
      expect(does(shownOf(view, stimulus))).toEqual(expected);
      // The beginning of a half hour does the same for what no event told of.
      const besides = ['QUEUED', 'DEFERRED_CARBON', 'DEFERRED_CAPACITY'].includes(work.status ?? '')
        ? ['placeWorkload job']
        : [];
      expect(does(shownOf(view))).toEqual([...besides, ...expected]);
    });

    it.each<[string, Partial<PurchaseSeen>, readonly string[]]>([
      ['was cancelled before it began', { ...bought, from: at(1), workStatus: 'CANCELLED' }, [cancel]],
      ['failed in it', { ...bought, workStatus: 'FAILED' }, ['updateOrder buy-1']],
      ['was done early', { ...bought, workStatus: 'COMPLETED' }, ['updateOrder buy-1']],
      ['was done in its last half hour', { ...bought, workStatus: 'COMPLETED', placedUntil: at(1) }, []],
      [
        'was done a half hour early',
        { ...bought, workStatus: 'COMPLETED', placedUntil: at(2) },
        ['updateOrder buy-1'],
      ],
      ['was done, nobody knows where', { ...bought, workStatus: 'COMPLETED', placedUntil: null }, []],
      ['was cancelled, before it was bought', { workStatus: 'CANCELLED' }, [cancel]],
      ['is not shown, and not over', { ...bought, from: at(1), workStatus: 'SCHEDULED' }, []],
    ])('whose work %s', (_what, purchase, expected) => {
      expect(does(shownOf({ workloads: [], purchases: [purchaseSeen(purchase)] }))).toEqual(expected);
    });

    it('names the price that it saw, and explains what it buys by each limit', () => {
      const purchases = [purchaseSeen({ state: 'PRICE_CHANGED', gbpPerMwh: 59 })];
      const [proposal] = decided(orchestrator, shownOf({ purchases }));
      expect(proposal).toMatchObject({
        input: { transactionId: 'buy-1', acceptGbpPerMwh: 59 },
        decision: {
          reasoning:
            'The compute window 2026-03-02T12:00Z to 2026-03-03T00:00Z in region 13 is bought for job at 59.00 GBP/MWh, ' +
            'which is another price than before and within all limits too.',
          constraintsEvaluated: [{ name: 'gridGbpPerMwh', limit: 60, value: 59, satisfied: true }, {}],
        },
      });
    });

    it('buys nothing more when it may not any more', () => {
      for (const state of ['SELECTED', 'INITIALISED', 'PRICE_CHANGED'] as const)
        expect(
          does(
            shownOf(
              { agent: agentSeen(), purchases: [purchaseSeen({ state })] },
              eventOf('BECKN_TRANSACTIONS', { agent_id: 1, workload_id: 5, awaiting: null }),
            ),
          ),
        ).toEqual([cancel]);
    });

    it('never has two at a time: it calls off what is not bought yet, or was bought late', () => {
      const first = purchaseSeen({ ...bought, transactionId: 'buy-0', windowId: 'first', isMine: false });
      for (const purchase of [
        purchaseSeen({ state: 'SELECTED' }),
        purchaseSeen({ state: 'INITIALISED' }),
        purchaseSeen({ ...bought, replanning: { reason: 'CONFIRMED_LATE', note: 'late' } }),
      ])
        expect(does(shownOf({ purchases: [first, purchase] })).at(-1)).toBe(cancel);
    });

    it('goes on with the older of two, where the seller takes back that the window is gone', () => {
      const [older, newer] = [
        purchaseSeen({ transactionId: 'buy-0', state: 'INITIALISED' }),
        purchaseSeen({ transactionId: 'buy-1', state: 'INITIALISED', windowId: 'another' }),
      ];
      expect(does(shownOf({ purchases: [older, newer] }))).toEqual(['confirmOrder buy-0', cancel]);
    });

    it('calls off what it may not confirm any more, and nothing else', () => {
      const shown = shownOf({ purchases: [purchaseSeen({ state: 'INITIALISED' })] });
      const [proposal] = decided(orchestrator, shown);
      const instead = (code: RefusalCode) =>
        orchestrator.onRefusal?.(shown, proposal!, { code, message: 'no', faults: [], possible: [] }) ?? [];
      expect(shortly(instead('LIMIT_BROKEN'))).toEqual([cancel]);
      expect(shortly(instead('ALREADY_BOUGHT'))).toEqual([cancel]);
      expect(instead('PRICE_CHANGED')).toEqual([]);
      expect(instead('IMPOSSIBLE_TRANSITION')).toEqual([]);
    });
  });

  it('asks to see the market where it may buy', () => {
    const market = { workloads: 5, offers: 5, purchases: 5, outlookOfPlaces: true };
    expect(orchestrator.needs(HALF_HOUR, buyer)).toMatchObject({ offers: 'ALL', purchases: 'ALL' });
    for (const status of ['SCHEDULED', 'COMPLETED', 'CANCELLED', 'FAILED', 'REJECTED'])
      expect(orchestrator.needs(eventOf('WORKLOADS', { workload_id: 5, status }), buyer)).toEqual(market);
    expect(orchestrator.needs(eventOf('WORKLOADS', { workload_id: 5, status: 'RUNNING' }), buyer)).toBeNull();
    const own = (awaiting: string | null) =>
      eventOf('BECKN_TRANSACTIONS', { agent_id: 1, workload_id: 5, awaiting });
    expect(orchestrator.needs(own(null), agentSeen())).toEqual(market);
    expect(orchestrator.needs(own('confirm'), buyer)).toBeNull();
  });
});
