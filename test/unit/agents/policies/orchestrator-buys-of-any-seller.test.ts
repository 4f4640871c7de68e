import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkProposals } from '../../../../src/agents/contract.js';
import { orchestrator } from '../../../../src/agents/policies/orchestrator.js';
import type { Proposal } from '../../../../src/agents/policy.js';
import type { OfferSeen, PurchaseSeen } from '../../../../src/agents/seen.js';
import { isBinding, mayBeBought } from '../../../../src/domain/beckn-order/commitment.js';
import { foldMessages } from '../../../../src/domain/beckn-order/fold.js';
import type { Answer, OrderMessage, OrderStatement } from '../../../../src/domain/beckn-order/messages.js';
import { needsReplanning, standingOf } from '../../../../src/domain/beckn-order/standing.js';
import { BECKN_STEPS, type BecknAction } from '../../../../src/domain/beckn-order/states.js';
import {
  HALF_HOUR,
  agentSeen,
  decided,
  offerSeen,
  outlookOf,
  placedAt,
  purchaseSeen,
  viewOf,
  workSeen,
} from '../../../support/seen.js';
import { GONE, TTL_SECONDS, UNWILLING, asks, says, second } from '../../domain/beckn-order/messages.js';

/** What a seller does when he is asked. LATE: the usual, after its time. TAKEN_BACK: it is gone, and later it is not. */
type Reaction =
  'USUAL' | 'SILENT' | 'LATE' | 'TAKEN_BACK' | 'GONE' | 'REFUSED' | 'NACK' | { readonly price: number };

const GRID_GBP_PER_MWH = 60;
const work = workSeen({ status: 'SCHEDULED', placement: placedAt([4, 5]) });
const offers = [50, 52, 54].map((gbpPerMwh, i) => offerSeen({ windowId: `window-${i}`, gbpPerMwh }));
const outlook = outlookOf(13, 24, () => ({ gbpPerMwh: GRID_GBP_PER_MWH }));

const ASKED: Partial<Readonly<Record<Proposal['action'], BecknAction>>> = {
  selectOffer: 'select',
  initOrder: 'init',
  confirmOrder: 'confirm',
  refreshOrder: 'status',
  updateOrder: 'update',
  cancelOrder: 'cancel',
};
const USUAL: Readonly<Record<BecknAction, OrderStatement['word']>> = {
  select: 'QUOTED',
  init: 'QUOTED',
  confirm: 'CONFIRMED',
  status: 'IN_PROGRESS',
  update: 'IN_PROGRESS',
  cancel: 'CANCELLED',
};

/** What must be so whenever something is asked of a seller. */
function demand(isSo: boolean, what: string): asserts isSo {
  if (!isSo) throw new Error(`it is not so that ${what}`);
}

/** Purchases in memory, by the domain's own rules, with a seller who does what he is told to, and then the usual. */
class Market {
  now = 0;
  readonly #orders: {
    readonly offer: OfferSeen;
    readonly messages: OrderMessage[];
    replannedAt: Date | null;
  }[] = [];
  readonly #late: { readonly at: number; readonly order: number; readonly answer: Answer }[] = [];
  readonly #reactions: Reaction[];

  constructor(reactions: readonly Reaction[]) {
    this.#reactions = [...reactions];
  }

  get purchases(): readonly PurchaseSeen[] {
    return this.#orders.map(({ offer, messages, replannedAt }, i) => {
      const { state, awaiting, stated, accepted, replanning } = standingOf(
        foldMessages(messages),
        second(this.now),
      );
      const asked = messages.flatMap((message) => (message.direction === 'OUTBOUND' ? message.action : []));
      const count = (action: BecknAction): number => asked.filter((each) => each === action).length;
      return purchaseSeen({
        ...offer,
        transactionId: `buy-${i}`,
        state,
        isAwaited: awaiting !== null,
        gbpPerMwh: (stated?.price ?? accepted)?.gbpPerMwh ?? null,
        wasConfirmAsked: asked.includes('confirm'),
        wasCancelAsked: asked.includes('cancel'),
        replanning: replanning && needsReplanning(replanning, replannedAt) ? replanning : null,
        refreshes: asked.length - 1 - asked.findLastIndex((action) => action !== 'status'),
        confirmsAsked: count('confirm'),
        updatesAsked: count('update'),
        cancelsAsked: count('cancel'),
      });
    });
  }

  /** Whether anything can still happen by itself. */
  get isQuiet(): boolean {
    return this.#late.length === 0 && this.purchases.every(({ isAwaited }) => !isAwaited);
  }

  perform({ action, input }: Proposal): void {
    this.now += 1;
    const question = ASKED[action];
    const number =
      action === 'selectOffer' ? this.#orders.length : Number(String(input['transactionId']).slice(4));
    if (action === 'selectOffer') {
      demand(!this.purchases.some(mayBeBought), 'nothing else is under way');
      const offer = offers.find(({ windowId }) => windowId === input['windowId'])!;
      this.#orders.push({ offer, messages: [], replannedAt: null });
      this.#ask(number, 'select', offer.gbpPerMwh);
      return;
    }
    if (action === 'replanWorkload') return; // it stays where it is
    const purchase = this.purchases[number]!;
    if (action === 'acknowledgeReplanning') {
      demand(purchase.replanning !== null, 'there is something to look at again');
      this.#orders[number]!.replannedAt = second(this.now);
      return;
    }
    demand(!purchase.isAwaited, 'no answer is waited for');
    demand(
      question !== undefined && BECKN_STEPS[purchase.state].includes(question),
      `${action} may be asked`,
    );
    if (action === 'confirmOrder') {
      demand(!this.purchases.some((each, i) => i !== number && isBinding(each)), 'no other is bought');
      demand((purchase.gbpPerMwh ?? Infinity) <= GRID_GBP_PER_MWH, 'it is not dearer than the grid');
      demand(input['acceptGbpPerMwh'] === purchase.gbpPerMwh, 'the price that is accepted is named');
    }
    const accepts = action === 'initOrder' || action === 'confirmOrder' ? purchase.gbpPerMwh : null;
    this.#ask(number, question, accepts);
  }

  /** Until the next thing happens. */
  wait(): void {
    this.now += TTL_SECONDS + 1;
    for (const { order, answer } of this.#late.splice(0)) this.#orders[order]!.messages.push(answer);
  }

  #ask(order: number, action: BecknAction, accepts: number | null): void {
    const { messages, offer } = this.#orders[order]!;
    const reaction = this.#reactions.shift() ?? 'USUAL';
    messages.push(asks(action, this.now, { price: accepts, nack: reaction === 'NACK' ? UNWILLING : null }));
    const asked = this.now;
    const usual = { word: USUAL[action], price: accepts ?? offer.gbpPerMwh ?? 0 };
    this.now += 1;
    const told = (statement: Parameters<typeof says>[2]) =>
      void messages.push(says(action, this.now, { id: `on-${action}-${asked}`, ...statement }));
    if (reaction === 'USUAL') told(usual);
    else if (reaction === 'GONE' || reaction === 'TAKEN_BACK') told({ error: GONE });
    else if (reaction === 'REFUSED') told({ error: UNWILLING });
    else if (typeof reaction === 'object') told({ ...usual, price: reaction.price });
    if (reaction === 'LATE' || reaction === 'TAKEN_BACK') {
      const at = asked + TTL_SECONDS + 1;
      this.#late.push({ at, order, answer: says(action, at, { id: `late-${action}-${asked}`, ...usual }) });
    }
  }
}

/** Lets the orchestrator act until it has nothing more to do. */
function buyFrom(reactions: readonly Reaction[]): Market {
  const market = new Market(reactions);
  const agent = agentSeen({ config: { buysWindows: true } });
  for (let round = 0; round < 100; round += 1) {
    const now = second(market.now);
    const proposals = decided(orchestrator, {
      stimulus: HALF_HOUR,
      view: viewOf({ now, agent, workloads: [work], offers, outlook, purchases: market.purchases }),
    });
    checkProposals(orchestrator, 'us', proposals);
    if (proposals.length === 0 && market.isQuiet) return market;
    for (const proposal of proposals) market.perform(proposal);
    if (proposals.length === 0) market.wait();
  }
  throw new Error('it never ends');
}

describe('the orchestrator that buys, whatever a seller does', () => {
  const reaction = fc.oneof(
    { weight: 3, arbitrary: fc.constant('USUAL' as const) },
    fc.constantFrom(
      'SILENT' as const,
      'LATE' as const,
      'TAKEN_BACK' as const,
      'GONE' as const,
      'REFUSED' as const,
      'NACK' as const,
    ),
    fc.record({ price: fc.constantFrom(40, 55, 60, 61, 90) }),
  );

  it('comes to an end, within the protocol and its rule, with one window at most that it would keep', () => {
    fc.assert(
      fc.property(fc.array(reaction, { maxLength: 30 }), (reactions) => {
        const { purchases } = buyFrom(reactions);
        expect(purchases.length).toBeLessThanOrEqual(offers.length);
        // A seller who will not take it back is asked twice.
        const kept = purchases.filter((each) => each.state === 'CONFIRMED' && each.cancelsAsked < 2);
        expect(kept.length).toBeLessThanOrEqual(1);
        for (const { refreshes, confirmsAsked, cancelsAsked } of purchases) {
          expect(refreshes).toBeLessThanOrEqual(2);
          expect(confirmsAsked).toBeLessThanOrEqual(3);
          expect(cancelsAsked).toBeLessThanOrEqual(2);
        }
      }),
      { numRuns: 2_000, seed: 20261121 },
    );
  });

  it('asks a seller once more who confirmed late and will not take it back, when another is bought', () => {
    const { purchases } = buyFrom(['USUAL', 'USUAL', 'TAKEN_BACK', 'USUAL', 'USUAL', 'USUAL', 'REFUSED']);
    expect(purchases).toMatchObject([
      { state: 'CANCELLED', cancelsAsked: 2 },
      { state: 'CONFIRMED', cancelsAsked: 0 },
    ]);
  });

  it('buys the first window of a seller who does the usual, and the next of one who has sold it', () => {
    const states = (...reactions: Reaction[]) => buyFrom(reactions).purchases.map(({ state }) => state);
    expect(states()).toEqual(['CONFIRMED']);
    expect(states('USUAL', 'USUAL', 'GONE')).toEqual(['GONE', 'CONFIRMED']);
    expect(states('USUAL', { price: 61 })).toEqual(['CANCELLED', 'CONFIRMED']);
    expect(states('USUAL', { price: 59 })).toEqual(['CONFIRMED']);
    expect(states('USUAL', 'USUAL', 'SILENT')).toEqual(['CONFIRMED']);
    // Of the first it was never asked to confirm: once it is called off, the next may be bought before that is answered.
    expect(states('SILENT', 'SILENT', 'SILENT', 'SILENT')).toEqual(['CANCELLED', 'CONFIRMED']);
  });
});
