import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldMessages } from '../../../../src/domain/beckn-order/fold.js';
import type { Answer, OrderMessage, Question } from '../../../../src/domain/beckn-order/messages.js';
import { needsReplanning, standingOf, type Standing } from '../../../../src/domain/beckn-order/standing.js';
import {
  BECKN_ACTIONS,
  BECKN_MOVES,
  BECKN_STATES,
  BECKN_STEPS,
  becknStateAt,
  type BecknState,
} from '../../../../src/domain/beckn-order/states.js';
import { mayMove } from '../../../../src/domain/compute/state-machine.js';
import { GONE, UNWILLING, asks, gbp, says, second } from './messages.js';

const standing = (messages: readonly OrderMessage[], at: number): Standing =>
  standingOf(foldMessages(messages), second(at));
const state = (messages: readonly OrderMessage[], at: number): BecknState => standing(messages, at).state;
const reason = (messages: readonly OrderMessage[], at: number) =>
  standing(messages, at).replanning?.reason ?? null;

const QUOTED = [
  asks('select', 0, { price: 87 }),
  says('select', 1, { price: 100, carbonIntensityGco2PerKwh: 120 }),
];
const DRAWN_UP = [...QUOTED, asks('init', 10, { price: 100 }), says('init', 11, { price: 100 })];
const ASKED = [...DRAWN_UP, asks('confirm', 20, { price: 100 })];
const BOUGHT = [...ASKED, says('confirm', 21, { word: 'CONFIRMED', price: 100 })];

describe('a purchase', () => {
  it('goes from a quote to an order, step by step', () => {
    const steps = BOUGHT.map((_, i) => state(BOUGHT.slice(0, i + 1), 25));
    expect(steps).toEqual([
      'SELECTING',
      'SELECTED',
      'INITIALISING',
      'INITIALISED',
      'CONFIRMING',
      'CONFIRMED',
    ]);
    expect(standing(BOUGHT, 25)).toEqual({
      state: 'CONFIRMED',
      awaiting: null,
      accepted: gbp(100),
      stated: {
        word: 'CONFIRMED',
        price: gbp(100),
        carbonIntensityGco2PerKwh: null,
        error: null,
        note: null,
      },
      fault: null,
      replanning: null,
    });
    expect(standing(ASKED, 25).awaiting).toEqual({ action: 'confirm', expiresAt: second(50) });
  });

  it('begins with a select', () => {
    expect(() => standing([], 0)).toThrow(RangeError);
  });

  it('is not bought where another price is asked than was accepted, at whichever step it is said', () => {
    const atInit = [...QUOTED, asks('init', 10, { price: 100 }), says('init', 11, { price: 110 })];
    const atConfirm = [...ASKED, says('confirm', 21, { word: 'CONFIRMED', price: 110 })];
    for (const messages of [atInit, atConfirm]) {
      expect(standing(messages, 25)).toMatchObject({
        state: 'PRICE_CHANGED',
        accepted: gbp(100),
        stated: { price: gbp(110) },
        replanning: { reason: 'PRICE_CHANGED', note: '110 GBP/MWh is asked, 100 GBP/MWh was accepted' },
      });
      const accepted = [...messages, asks('confirm', 30, { price: 110 })];
      expect(standing(accepted, 31)).toMatchObject({
        state: 'CONFIRMING',
        accepted: gbp(110),
        replanning: null,
      });
      expect(state([...accepted, says('confirm', 32, { word: 'CONFIRMED', price: 110 })], 33)).toBe(
        'CONFIRMED',
      );
      expect(state([...accepted, says('confirm', 32, { word: 'CONFIRMED', price: 120 })], 33)).toBe(
        'PRICE_CHANGED',
      );
    }
  });

  it('takes a price that is not stated again for the one that was accepted', () => {
    expect(state([...ASKED, says('confirm', 21, { word: 'CONFIRMED' })], 25)).toBe('CONFIRMED');
  });

  it('is over where the window is gone, and refused for any other reason, told by an answer or a NACK', () => {
    expect(standing([...ASKED, says('confirm', 21, { error: GONE })], 25)).toMatchObject({
      state: 'GONE',
      fault: 'sold',
      replanning: { reason: 'GONE', since: second(21) },
    });
    expect(state([...ASKED, says('confirm', 21, { error: UNWILLING })], 25)).toBe('REFUSED');
    expect(state([...ASKED, says('confirm', 21, { word: 'REJECTED' })], 25)).toBe('REFUSED');
    const nacked = [...DRAWN_UP, asks('confirm', 20, { price: 100, nack: GONE })];
    expect(standing(nacked, 25)).toMatchObject({ state: 'GONE', awaiting: null });
    expect(state([asks('select', 0, { nack: UNWILLING })], 25)).toBe('REFUSED');
  });

  it('waits on where the seller has not made up his mind', () => {
    const pending = [...ASKED, says('confirm', 21, { word: 'PENDING' })];
    expect(state(pending, 25)).toBe('CONFIRMING');
    expect(state([...pending, says('confirm', 26, { word: 'CONFIRMED' })], 27)).toBe('CONFIRMED');
    expect(state(pending, 50)).toBe('TIMED_OUT');
  });
});

describe('silence', () => {
  it.each([
    ['select', QUOTED.slice(0, 1), 30],
    ['init', [...QUOTED, asks('init', 10)], 40],
    ['confirm', ASKED, 50],
    ['cancel', [...BOUGHT, asks('cancel', 30)], 60],
  ] as const)(
    'after %s times out at the instant that it ran until, and not before',
    (_step, messages, end) => {
      expect(state(messages, end - 0.001)).not.toBe('TIMED_OUT');
      expect(standing(messages, end)).toMatchObject({
        state: 'TIMED_OUT',
        awaiting: null,
        replanning: { reason: 'TIMED_OUT', since: second(end) },
      });
      const before = standing(messages, end - 0.001);
      const stored = { state: before.state, expiresAt: before.awaiting?.expiresAt ?? null };
      expect(becknStateAt(stored, second(end))).toBe('TIMED_OUT');
      expect(becknStateAt(stored, second(end - 0.001))).toBe(before.state);
    },
  );

  it('after status or update changes nothing', () => {
    for (const action of ['status', 'update'] as const) {
      const messages = [...BOUGHT, asks(action, 30)];
      expect(standing(messages, 31)).toMatchObject({ state: 'CONFIRMED', awaiting: { action } });
      expect(standing(messages, 60)).toMatchObject({ state: 'CONFIRMED', awaiting: null, replanning: null });
    }
  });

  it('is broken by a late answer: it is still what the seller did', () => {
    expect(state([...QUOTED.slice(0, 1), says('select', 100)], 101)).toBe('SELECTED');
    expect(standing([...ASKED, says('confirm', 100, { word: 'CONFIRMED' })], 101)).toMatchObject({
      state: 'CONFIRMED',
      replanning: { reason: 'CONFIRMED_LATE', since: second(100) },
    });
    expect(state([...ASKED, says('confirm', 100, { error: GONE })], 101)).toBe('GONE');
  });

  it('is broken by asking how the order stands', () => {
    const asked = [...ASKED, asks('status', 60)];
    expect(state(asked, 61)).toBe('TIMED_OUT');
    expect(standing([...asked, says('status', 62, { word: 'IN_PROGRESS' })], 63)).toMatchObject({
      state: 'CONFIRMED',
      replanning: { reason: 'CONFIRMED_LATE' },
    });
    expect(state([...asked, says('status', 62, { word: 'CONFIRMED', price: 130 })], 63)).toBe(
      'PRICE_CHANGED',
    );
    expect(state([...asked, says('status', 62, { word: 'QUOTED' })], 63)).toBe('TIMED_OUT');
    expect(state([...asked, says('status', 62, { word: 'CANCELLED' })], 63)).toBe('CANCELLED');
  });
});

describe('an order that stands', () => {
  it('needs replanning when the seller changes it unasked, until somebody has looked', () => {
    const spike = says('update', 40, { carbonIntensityGco2PerKwh: 320, note: 'carbon_spike' });
    const { state: now, replanning } = standing([...BOUGHT, spike], 41);
    expect(now).toBe('CONFIRMED');
    expect(replanning).toEqual({
      reason: 'UPDATED',
      note: 'carbon_spike: carbon intensity 320 gCO2/kWh, 120 when it was bought',
      since: second(40),
    });
    expect(needsReplanning(replanning, null)).toBe(true);
    expect(needsReplanning(replanning, second(41))).toBe(false);
    const again = standing([...BOUGHT, spike, says('update', 50, { carbonIntensityGco2PerKwh: 400 })], 51);
    expect(needsReplanning(again.replanning, second(41))).toBe(true);
  });

  it('has read the updates that came before its own, and takes one answer to it for no news', () => {
    const messages = [...BOUGHT, says('update', 40, { carbonIntensityGco2PerKwh: 320 }), asks('update', 45)];
    expect(reason(messages, 46)).toBeNull();
    expect(reason([...messages, says('update', 47)], 48)).toBeNull();
    expect(reason([...messages, says('update', 47), says('update', 48)], 49)).toBe('UPDATED');
    expect(reason([...messages, says('update', 47, { carbonIntensityGco2PerKwh: 330 })], 49)).toBe('UPDATED');
    expect(reason([...messages, says('update', 47, { error: UNWILLING })], 49)).toBeNull();
  });

  it('is over by cancellation of either side, and stays where the seller will not', () => {
    const off = [...BOUGHT, asks('cancel', 30)];
    expect(standing(off, 31)).toMatchObject({ state: 'CANCELLING', replanning: null });
    expect(standing([...off, says('cancel', 32)], 33)).toMatchObject({
      state: 'CANCELLED',
      replanning: null,
    });
    expect(standing([...BOUGHT, says('cancel', 32)], 33)).toMatchObject({
      state: 'CANCELLED',
      replanning: { reason: 'CANCELLED_BY_SELLER' },
    });
    expect(state([...off, says('cancel', 32, { error: UNWILLING })], 33)).toBe('CONFIRMED');
    expect(state([...BOUGHT, asks('cancel', 30, { nack: UNWILLING })], 33)).toBe('CONFIRMED');
    const asked = [...off, asks('status', 70), says('status', 71, { word: 'CONFIRMED' })];
    expect(state(asked, 72)).toBe('CONFIRMED');
  });

  it('is not cancelled by a word about it that came before', () => {
    expect(state([...BOUGHT, says('cancel', 25, { error: UNWILLING }), asks('cancel', 30)], 31)).toBe(
      'CANCELLING',
    );
  });

  it('is completed when the seller says so', () => {
    expect(state([...BOUGHT, says('status', 90, { word: 'COMPLETED' })], 91)).toBe('COMPLETED');
  });
});

describe('answers', () => {
  it('count once by their id, and nothing where nobody asked', () => {
    const twice = [...BOUGHT, ...BOUGHT.slice(-1)];
    expect(foldMessages(twice)).toEqual(foldMessages(BOUGHT));
    expect(state([...QUOTED, says('confirm', 5, { word: 'CONFIRMED' })], 6)).toBe('SELECTED');
  });

  it('to an earlier question do not answer a later one', () => {
    const changed = [...ASKED, says('confirm', 21, { word: 'CONFIRMED', price: 110 })];
    expect(state([...changed, asks('confirm', 30, { price: 110 })], 31)).toBe('CONFIRMING');
  });

  it('hold by when they were written, not by when they came', () => {
    const newer = says('confirm', 22, { stated: 24, word: 'CONFIRMED', price: 100 });
    const older = says('confirm', 23, { stated: 21, price: 110 });
    expect(state([...ASKED, newer, older], 25)).toBe('CONFIRMED');
    expect(standing([...ASKED, older, { ...newer, recordedAt: second(26) }], 27)).toMatchObject({
      state: 'CONFIRMED',
      replanning: { reason: 'CONFIRMED_LATE' }, // it had been off meanwhile
    });
  });
});

/** Whatever a seller may say to any question, at any time it may have been written. */
const answer: fc.Arbitrary<Answer> = fc
  .record({
    action: fc.constantFrom(...BECKN_ACTIONS),
    stated: fc.integer({ min: 0, max: 200 }),
    id: fc.integer({ min: 0, max: 6 }),
    price: fc.constantFrom(undefined, 100, 110),
    word: fc.constantFrom(
      null,
      'QUOTED',
      'PENDING',
      'CONFIRMED',
      'IN_PROGRESS',
      'COMPLETED',
      'CANCELLED',
      'REJECTED',
    ),
    error: fc.constantFrom(null, null, null, GONE, UNWILLING),
    carbonIntensityGco2PerKwh: fc.constantFrom(null, 100, 300),
  })
  .map(({ action, id, price, ...rest }) =>
    says(action, 0, { ...rest, ...(price === undefined ? {} : { price }), id: `${action}-${id}` }),
  );

/** Questions as our own rules let them be asked, with the answers that came after each, before the next. */
const rounds: fc.Arbitrary<readonly { readonly question: Question; readonly answers: readonly Answer[] }[]> =
  fc
    .tuple(
      fc.constantFrom(
        ['select'],
        ['select', 'init'],
        ['select', 'init', 'confirm'],
        ['select', 'init', 'confirm', 'confirm'],
        ['select', 'init', 'confirm', 'status'],
        ['select', 'init', 'confirm', 'update', 'cancel'],
        ['select', 'init', 'confirm', 'cancel', 'status'],
      ),
      fc.array(fc.uniqueArray(answer, { selector: ({ messageId }) => messageId, maxLength: 5 }), {
        minLength: 5,
        maxLength: 5,
      }),
    )
    .map(([actions, answers]) =>
      actions.map((action, i) => ({
        question: asks(action, i * 40, { price: 100 }),
        answers: answers[i] ?? [],
      })),
    );

/** As they were stored: those of a round between its question and the next, a second apart in their order of arrival. */
const stored = (
  all: readonly { readonly question: Question; readonly answers: readonly Answer[] }[],
): OrderMessage[] =>
  all.flatMap(({ question, answers }, round) => [
    question,
    ...answers.map((each, i) => ({ ...each, recordedAt: second(round * 40 + 1 + i) })),
  ]);

describe('any answers', () => {
  it('come to one state in whatever order those to a question came, and however often', () => {
    fc.assert(
      fc.property(
        rounds.chain((all) =>
          fc.record({
            all: fc.constant(all),
            shuffled: fc.tuple(
              ...all.map(({ answers }) =>
                fc.shuffledSubarray([...answers], { minLength: answers.length, maxLength: answers.length }),
              ),
            ),
            repeats: fc.array(fc.nat(), { maxLength: 6 }),
            at: fc.integer({ min: 161, max: 400 }),
          }),
        ),
        ({ all, shuffled, repeats, at }) => {
          const inOneOrder = stored(all);
          const inAnother = stored(all.map(({ question }, i) => ({ question, answers: shuffled[i] ?? [] })));
          for (const position of repeats) {
            const repeated = inAnother[position % inAnother.length];
            if (repeated) inAnother.push(repeated);
          }
          const { state: one, accepted, stated, awaiting } = standing(inOneOrder, at);
          const other = standing(inAnother, at);
          expect(other.state).toBe(one);
          expect({ accepted: other.accepted, stated: other.stated, awaiting: other.awaiting }).toEqual({
            accepted,
            stated,
            awaiting,
          });
        },
      ),
      { numRuns: process.env['PYLON_SOAK'] ? 3_000 : 600 },
    );
  });

  it('and the clock move a purchase only as its moves allow', () => {
    fc.assert(
      fc.property(rounds, (all) => {
        const messages = stored(all);
        let before: BecknState | null = null;
        for (const [i, message] of messages.entries()) {
          const now = message.recordedAt.getTime() / 1000 - second(0).getTime() / 1000;
          const known = messages.slice(0, i);
          const steps = [...(i > 0 ? [state(known, now)] : []), state([...known, message], now)];
          for (const after of steps) {
            if (before !== null && before !== after)
              expect([
                before,
                after,
                mayMove(BECKN_MOVES, before, after) || asksOutOfTurn(before, message),
              ]).toEqual([before, after, true]);
            before = after;
          }
        }
      }),
      { numRuns: process.env['PYLON_SOAK'] ? 3_000 : 600 },
    );
  });
});

/** A question that the rules would not have let be asked there: these rounds ask it all the same. */
const asksOutOfTurn = (from: BecknState, message: OrderMessage): boolean =>
  message.direction === 'OUTBOUND' && !BECKN_STEPS[from].includes(message.action);

describe('the moves', () => {
  it('are of every state, and no step is asked from one that is final', () => {
    expect(Object.keys(BECKN_MOVES).sort()).toEqual([...BECKN_STATES].sort());
    for (const each of BECKN_STATES)
      if (BECKN_MOVES[each].length === 0) expect(BECKN_STEPS[each]).toEqual([]);
  });
});
