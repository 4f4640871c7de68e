import type { StatedPrice } from '../compute-window.js';
import type { Asked, OrderFacts } from './fold.js';
import type { Answer, OrderError, OrderStatement } from './messages.js';
import { isSamePrice, priceText } from './price.js';
import { BECKN_ACTIONS, type BecknAction, type BecknState } from './states.js';

/** Why what was planned does not hold, and who planned it must look again. */
export const REPLANNING_REASONS = [
  'GONE',
  'REFUSED',
  'PRICE_CHANGED',
  'TIMED_OUT',
  'CANCELLED_BY_SELLER',
  'CONFIRMED_LATE',
  'UPDATED',
] as const;
export type ReplanningReason = (typeof REPLANNING_REASONS)[number];

export interface Replanning {
  readonly reason: ReplanningReason;
  /** For people. */
  readonly note: string;
  /** Since when it is so. */
  readonly since: Date;
}

/** Where a purchase stands at an instant. */
export interface Standing {
  readonly state: BecknState;
  /** The question whose answer is waited for, and until when; null where none is. */
  readonly awaiting: { readonly action: BecknAction; readonly expiresAt: Date } | null;
  /** The price that we accepted last; null: none was, or none is known. */
  readonly accepted: StatedPrice | null;
  /** What the seller said last of the terms; null: nothing yet. */
  readonly stated: OrderStatement | null;
  /** Why the seller did not do what he was asked; null where he did, or said nothing. */
  readonly fault: string | null;
  readonly replanning: Replanning | null;
}

/** Steps of a purchase, the last one first: it is where the purchase stands. */
const STEPS = ['confirm', 'init', 'select'] as const;
type Step = (typeof STEPS)[number];

const ASKED: Readonly<Record<Step, BecknState>> = {
  select: 'SELECTING',
  init: 'INITIALISING',
  confirm: 'CONFIRMING',
};
const ANSWERED: Readonly<Record<Step, BecknState>> = {
  select: 'SELECTED',
  init: 'INITIALISED',
  confirm: 'CONFIRMED',
};

type Outcome = Pick<Standing, 'state' | 'fault' | 'replanning'>;

/** Where a purchase stands: a pure function of its messages and the instant. */
export function standingOf(facts: OrderFacts, now: Date): Standing {
  const step = STEPS.find((each) => facts.asked[each]);
  const purchase = step ? outcomeOf(step, facts, now) : undefined;
  if (!purchase) throw new RangeError('a purchase begins with a select');
  return {
    ...(ended(facts) ?? cancelling(facts, now) ?? purchase),
    awaiting: awaitedOf(facts, now),
    accepted: acceptedOf(facts),
    stated: statedOf(facts),
  };
}

/** Whether somebody who planned with it must look again, unless he did since. */
export const needsReplanning = (
  replanning: Pick<Replanning, 'since'> | null,
  replannedAt: Date | null,
): boolean => replanning !== null && (replannedAt === null || replanning.since > replannedAt);

const settled = (state: BecknState): Outcome => ({ state, fault: null, replanning: null });

const unsettled = (
  reason: ReplanningReason,
  state: BecknState,
  note: string,
  since: Date,
  fault: string | null = null,
): Outcome => ({ state, fault, replanning: { reason, note, since } });

/** The newest word of the seller about an order that is over. */
function ended(facts: OrderFacts): Outcome | null {
  const wasAsked = facts.asked.cancel !== undefined;
  const cancelled = facts.cancelled ?? facts.reports.findLast(({ says }) => says.word === 'CANCELLED');
  if (cancelled)
    return wasAsked
      ? settled('CANCELLED')
      : unsettled(
          'CANCELLED_BY_SELLER',
          'CANCELLED',
          cancelled.says.note ?? 'the seller cancelled the order',
          cancelled.recordedAt,
        );
  return facts.reports.some(({ says }) => says.word === 'COMPLETED') ? settled('COMPLETED') : null;
}

/** Null: nobody asked for it, or the seller would not. */
function cancelling(facts: OrderFacts, now: Date): Outcome | null {
  const { cancel, status } = facts.asked;
  if (!cancel || cancel.question.nack || cancel.answers.some(({ says }) => says.error !== null)) return null;
  const stillStands = status && status.turn > cancel.turn && status.answers.some(isLive);
  if (stillStands) return null;
  const { expiresAt } = cancel.question;
  return expiresAt <= now ? timedOut('cancel', expiresAt) : settled('CANCELLING');
}

function outcomeOf(step: Step, facts: OrderFacts, now: Date): Outcome | undefined {
  const asked = facts.asked[step];
  if (!asked) return undefined;
  const { question } = asked;
  const deciding = asked.answers.filter(isDeciding);
  const newest = deciding.at(-1);
  if (newest) {
    const verdict = verdictOn(step, question.accepts, newest);
    return verdict.state === 'CONFIRMED' ? confirmed(facts, asked, deciding, newest) : verdict;
  }
  if (question.nack) return refused(question.nack, question.nack.at);
  // A seller who never answered `confirm` may say later that the order stands.
  const report = step === 'confirm' ? reportsSince(facts, asked).findLast(isLive) : undefined;
  if (report) {
    const verdict = verdictOn(step, question.accepts, report);
    return verdict.state === 'CONFIRMED' ? confirmed(facts, asked, [report], report) : verdict;
  }
  return question.expiresAt <= now ? timedOut(step, question.expiresAt) : settled(ASKED[step]);
}

function verdictOn(step: Step, accepts: StatedPrice | null, { says, recordedAt }: Answer): Outcome {
  if (says.error) return refused(says.error, recordedAt);
  if (says.word === 'REJECTED' || says.word === 'CANCELLED')
    return refused(
      { code: null, message: says.note ?? `the seller calls the order ${says.word}`, isGone: false },
      recordedAt,
    );
  if (step !== 'select' && !isSamePrice(accepts, says.price))
    return unsettled(
      'PRICE_CHANGED',
      'PRICE_CHANGED',
      `${priceText(says.price)} is asked, ${priceText(accepts)} was accepted`,
      recordedAt,
    );
  return settled(ANSWERED[step]);
}

function confirmed(
  facts: OrderFacts,
  { question }: Asked,
  deciding: readonly Answer[],
  answer: Answer,
): Outcome {
  // Whoever was told that it is off has planned without it meanwhile.
  const wasOff = deciding.some(
    (other) =>
      other.recordedAt < answer.recordedAt &&
      verdictOn('confirm', question.accepts, other).state !== 'CONFIRMED',
  );
  const late: Replanning | null =
    wasOff || answer.recordedAt > question.expiresAt
      ? {
          reason: 'CONFIRMED_LATE',
          note: 'the order was confirmed after it had been given up: keep it or cancel it',
          since: answer.recordedAt,
        }
      : null;
  const updated = updatedOf(facts);
  const newest = late && updated && late.since > updated.since ? late : (updated ?? late);
  return { state: 'CONFIRMED', fault: null, replanning: newest };
}

/** What came unasked of an order that stands; null where all that came answers our own update. */
function updatedOf(facts: OrderFacts): Replanning | null {
  const [first] = facts.updates;
  if (!first) return null;
  const bought = boughtCarbon(facts);
  const isWorse = ({ says: { carbonIntensityGco2PerKwh: now } }: Answer): boolean =>
    now !== null && bought !== null && now > bought;
  const answersOurs = facts.asked.update !== undefined && facts.updates.length === 1 && !isWorse(first);
  if (answersOurs) return null;
  const update = facts.updates.findLast(isWorse) ?? facts.updates.at(-1) ?? first;
  const { note, carbonIntensityGco2PerKwh: carbon } = update.says;
  const spike =
    carbon === null
      ? null
      : `carbon intensity ${carbon} gCO2/kWh, ${bought ?? 'not stated'} when it was bought`;
  return {
    reason: 'UPDATED',
    note: [note, spike].filter((part) => part !== null).join(': ') || 'the seller changed the order',
    // The last to come: whoever looked before it has not seen all.
    since: facts.updates.reduce(
      (at, { recordedAt }) => (recordedAt > at ? recordedAt : at),
      first.recordedAt,
    ),
  };
}

const refused = (error: OrderError, since: Date): Outcome => {
  const reason = error.isGone ? 'GONE' : 'REFUSED';
  return unsettled(reason, reason, error.message, since, error.message);
};

const timedOut = (action: BecknAction, since: Date): Outcome =>
  unsettled('TIMED_OUT', 'TIMED_OUT', `no answer to ${action} came by ${since.toISOString()}`, since);

/** An answer that says neither yes nor no decides nothing. */
const isDeciding = ({ says }: Answer): boolean => says.error !== null || says.word !== 'PENDING';

const isLive = ({ says }: Answer): boolean => says.word === 'CONFIRMED' || says.word === 'IN_PROGRESS';

const reportsSince = (facts: OrderFacts, { turn }: Asked): readonly Answer[] =>
  facts.reports.filter(({ turns }) => turns > turn);

/** The newest question that has neither answer nor NACK, while it is good. */
function awaitedOf(facts: OrderFacts, now: Date): Standing['awaiting'] {
  const open = BECKN_ACTIONS.flatMap((action) => facts.asked[action] ?? [])
    .filter(({ question, answers }) => answers.length === 0 && !question.nack && question.expiresAt > now)
    .sort((a, b) => b.turn - a.turn);
  const [newest] = open;
  return newest ? { action: newest.question.action, expiresAt: newest.question.expiresAt } : null;
}

const acceptedOf = (facts: OrderFacts): StatedPrice | null => {
  const step = STEPS.find((each) => facts.asked[each]);
  return (step && facts.asked[step]?.question.accepts) ?? null;
};

/** The terms as the seller put them last, answering the last step that he answered. */
function statedOf(facts: OrderFacts): OrderStatement | null {
  for (const step of STEPS) {
    const newest = facts.asked[step]?.answers.findLast(isDeciding);
    if (newest) return newest.says;
  }
  return null;
}

/** The carbon intensity that was stated when it was bought, gCO2/kWh; null where none was. */
function boughtCarbon(facts: OrderFacts): number | null {
  for (const step of STEPS)
    for (const { says } of (facts.asked[step]?.answers ?? []).toReversed())
      if (says.carbonIntensityGco2PerKwh !== null) return says.carbonIntensityGco2PerKwh;
  return null;
}
