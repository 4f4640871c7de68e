/** How the orchestrator goes on with a purchase that it began, by where it stands. What somebody else began, it leaves alone. */
import { isBinding, mayBeBought } from '../../../domain/beckn-order/commitment.js';
import { leaveOf } from '../../../domain/beckn-order/leave.js';
import type { BecknState } from '../../../domain/beckn-order/states.js';
import { overlaps } from '../../../domain/beckn-order/window-span.js';
import { addHalfHours } from '../../../domain/half-hour.js';
import type { Refusal } from '../../../domain/refusal.js';
import { evaluateTerms, fitOf, type Evaluated, type Fit } from '../../buying-rule.js';
import type { Proposal } from '../../policy.js';
import type { PurchaseSeen, View, WorkloadSeen } from '../../seen.js';
import { explained, priceText, windowText } from './buy.js';
import { acknowledge, planAgain } from './purchase.js';

/** How often a silent seller is asked how it stands before it is called off. */
const MOST_REFRESHES = 2;
/** How often it is tried to buy it: a seller may ask another price every time. */
const MOST_CONFIRMS = 3;
/** How often it is called off: a seller who never answers, or will not, is not asked for ever. */
const MOST_CANCELS = 2;
/** What sellers are told. Why it is so is their buyer's own: limits, jobs and other purchases are named in its decision alone. */
const NOT_WANTED = 'The buyer does not take this window.';
const LOAD_GONE = 'The load of this window is gone.';

/** A purchase with all that its next step depends on. */
interface Order {
  readonly view: View;
  readonly purchase: PurchaseSeen;
  /** Null: it is over. */
  readonly work: WorkloadSeen | null;
  readonly fit: Fit;
}

/** The next step of a purchase; none where it is another's, an answer is waited for, or all is done. */
export function goOn(view: View, purchase: PurchaseSeen, work: WorkloadSeen | null): readonly Proposal[] {
  if (!purchase.isMine || purchase.isAwaited) return [];
  const fit = fitOf(purchase, work, view.now);
  return fit === null ? [] : STEPS[purchase.state]({ view, purchase, work, fit });
}

/** Nothing is asked while the seller's answer is waited for. */
const nothing = (): readonly Proposal[] => [];

const STEPS: Readonly<Record<BecknState, (order: Order) => readonly Proposal[]>> = {
  SELECTING: nothing,
  INITIALISING: nothing,
  CONFIRMING: nothing,
  CANCELLING: nothing,
  CANCELLED: plannedAgain,
  COMPLETED: nothing,
  GONE: plannedAgain,
  REFUSED: plannedAgain,
  SELECTED: (order) => orCallOff(order, accept),
  INITIALISED: (order) => orCallOff(order, confirm),
  PRICE_CHANGED: (order) => orCallOff(order, confirm),
  CONFIRMED: keepOrRelease,
  TIMED_OUT: askAgain,
};

/** The window is not to be had: its work is planned without it. */
function plannedAgain({ view, purchase, work }: Order): readonly Proposal[] {
  const { replanning, transactionId: code } = purchase;
  return replanning ? planAgain(view, work, { code, note: replanning.note }) : [];
}

/** On with it, while it may be bought; else it is called off. Work that waits for a place is waited for, by an agent that may buy. */
function orCallOff(
  order: Order,
  step: (order: Order, work: WorkloadSeen, evaluated: readonly Evaluated[]) => Proposal,
): readonly Proposal[] {
  const { view, purchase, work, fit } = order;
  if (fit === 'WAITS' && leaveOf(view.agent)) return [];
  const obstacle = obstacleOf(order);
  if (obstacle !== null) return callOff(order, obstacle);
  if (!work?.placement) return [];
  const evaluated = evaluateTerms(view, work, work.placement, purchase);
  const broken = evaluated.find(({ satisfied }) => !satisfied);
  return broken ? callOff(order, brokenText(broken), evaluated) : [step(order, work, evaluated)];
}

/** Why nothing may be bought, whatever it costs; null: it may. */
function obstacleOf({ view, purchase, fit }: Order): string | null {
  if (!leaveOf(view.agent)) return 'its agent may not buy any more';
  if (fit === 'ENDED') return `${purchase.jobId} is ${purchase.workStatus}`;
  if (fit === 'MISSES') return `${purchase.jobId} has no place within it`;
  if (purchase.state === 'PRICE_CHANGED' && purchase.confirmsAsked >= MOST_CONFIRMS)
    return `its price was another ${purchase.confirmsAsked} times`;
  const rival = boughtBesides(view, purchase) ?? begunBefore(view, purchase);
  return rival ? `purchase ${rival.transactionId} for ${purchase.jobId} may be bought already` : null;
}

/** Other purchases for the same work, for a time that overlaps. */
const rivalsOf = (view: View, purchase: PurchaseSeen): readonly PurchaseSeen[] =>
  view.purchases.filter(
    (each) =>
      each.workload === purchase.workload &&
      each.transactionId !== purchase.transactionId &&
      overlaps(each, purchase),
  );

/** One that its seller may hold us to. */
const boughtBesides = (view: View, purchase: PurchaseSeen): PurchaseSeen | undefined =>
  rivalsOf(view, purchase).find(isBinding);

/** An older one that stands again: its seller took back that it was gone. */
function begunBefore(view: View, purchase: PurchaseSeen): PurchaseSeen | undefined {
  const age = (each: PurchaseSeen): number => view.purchases.indexOf(each);
  return rivalsOf(view, purchase).find((each) => age(each) < age(purchase) && mayBeBought(each));
}

const brokenText = ({ name, unit, limit, value }: Evaluated): string =>
  limit === null
    ? `${name} is not known`
    : `${name} is ${limit} ${unit}, and ${value ?? 'nothing'} is stated`;

const accept = ({ purchase }: Order, { jobId }: WorkloadSeen): Proposal => ({
  action: 'initOrder',
  input: { transactionId: purchase.transactionId, acceptGbpPerMwh: purchase.gbpPerMwh },
  reason: `the quote of ${priceText(purchase)} for ${windowText(purchase)} suits ${jobId}: the order is drawn up`,
});

function confirm({ view, purchase }: Order, work: WorkloadSeen, evaluated: readonly Evaluated[]): Proposal {
  const { transactionId, state, gbpPerMwh } = purchase;
  const changed =
    state === 'PRICE_CHANGED' ? ', which is another price than before and within all limits too' : '';
  const reason = `${windowText(purchase)} is bought for ${work.jobId} at ${priceText(purchase)}${changed}`;
  return {
    action: 'confirmOrder',
    input: { transactionId, acceptGbpPerMwh: gbpPerMwh },
    reason,
    decision: explained(view, work, reason, { evaluated, inputs: { transactionId } }),
  };
}

/** Nobody knows what the seller did: he is asked, and if he stays silent it is called off. */
function askAgain(order: Order): readonly Proposal[] {
  const { transactionId, refreshes } = order.purchase;
  const obstacle = obstacleOf(order);
  if (obstacle !== null || refreshes >= MOST_REFRESHES)
    return callOff(order, obstacle ?? 'its seller does not answer');
  return [
    {
      action: 'refreshOrder',
      input: { transactionId },
      reason: `purchase ${transactionId} was not answered in time: its seller is asked how it stands`,
    },
  ];
}

/** What is bought is kept while its work runs in it, and no other is kept for it. What may be bought besides is waited for. */
function keepOrRelease(order: Order): readonly Proposal[] {
  const { view, purchase, work, fit } = order;
  const { replanning, transactionId: code, jobId } = purchase;
  if (fit === 'MISSES' || fit === 'ENDED') return release(order);
  const kept = keptInstead(order);
  if (kept) return callOff(order, `${jobId} has another window by now, by purchase ${kept.transactionId}`);
  if (!replanning || rivalsOf(view, purchase).some((each) => each.isAwaited && isBinding(each))) return [];
  return replanning.reason === 'CONFIRMED_LATE'
    ? [acknowledge(code, `purchase ${code} was confirmed late, and ${jobId} still runs in its window`)]
    : planAgain(view, work, { code, note: replanning.note });
}

/** Another that is bought for the same time and suits as well, where that is the one to keep. */
const keptInstead = ({ view, purchase, work }: Order): PurchaseSeen | undefined =>
  rivalsOf(view, purchase).find(
    (each) =>
      each.state === 'CONFIRMED' && fitOf(each, work, view.now) !== 'MISSES' && isKeptBefore(each, purchase),
  );

/** Of two that are bought, that is kept which was not called off, then which has nothing new. Else it does not matter, if only it is the same one for whoever asks. */
const isKeptBefore = (a: PurchaseSeen, b: PurchaseSeen): boolean =>
  (Number(a.wasCancelAsked) - Number(b.wasCancelAsked) ||
    Number(a.replanning !== null) - Number(b.replanning !== null) ||
    (a.transactionId < b.transactionId ? -1 : 1)) < 0;

/** What was bought and is not needed: called off before it begins; after that its seller is told, once, that the load is gone, unless its work was done in the last half hour of its place. */
function release(order: Order): readonly Proposal[] {
  const { view, purchase, work, fit } = order;
  const { jobId, workStatus, placedUntil, transactionId } = purchase;
  const why = fit === 'ENDED' ? `${jobId} is ${workStatus}` : `${jobId} runs elsewhere or at another time`;
  if (purchase.from > view.now) return callOff(order, why);
  const wasUsed =
    workStatus === 'COMPLETED' && (placedUntil === null || placedUntil <= addHalfHours(view.now, 1));
  if (purchase.to <= view.now || wasUsed || purchase.updatesAsked > 0) return seenTo(purchase);
  const reason = `${why}: the seller of ${windowText(purchase)} is told that its load is gone`;
  return [
    ...seenTo(purchase),
    {
      action: 'updateOrder',
      input: {
        transactionId,
        change: fit === 'ENDED' ? 'LOAD_REDUCTION' : 'WORKLOAD_SHIFT',
        reason: LOAD_GONE,
        ...(work ? { loadReductionKw: work.powerKw } : {}),
      },
      reason,
      decision: explained(view, { jobId, placement: null }, reason, { inputs: { transactionId } }),
    },
  ];
}

/** Called off, where that was not asked too often. Whoever asks has looked again: that is said first, while it can be. */
function callOff(
  { view, purchase, work }: Omit<Order, 'fit'>,
  why: string,
  evaluated: readonly Evaluated[] = [],
): readonly Proposal[] {
  const { transactionId, jobId, cancelsAsked } = purchase;
  if (cancelsAsked >= MOST_CANCELS) return seenTo(purchase);
  const reason = `${windowText(purchase)} is not bought for ${jobId}, or given back: ${why}`;
  return [
    ...seenTo(purchase),
    {
      action: 'cancelOrder',
      input: { transactionId, reason: NOT_WANTED },
      reason,
      decision: explained(view, work ?? { jobId, placement: null }, reason, {
        evaluated,
        inputs: { transactionId },
      }),
    },
  ];
}

const seenTo = ({ replanning, transactionId }: PurchaseSeen): readonly Proposal[] =>
  replanning
    ? [
        acknowledge(
          transactionId,
          `what became of purchase ${transactionId} was looked at: ${replanning.note}`,
        ),
      ]
    : [];

/** What is done where the next step was refused because the window does not suit any more: it is called off. */
export function calledOff(view: View, refused: Proposal, { code, message }: Refusal): readonly Proposal[] {
  if (code !== 'LIMIT_BROKEN' && code !== 'ALREADY_BOUGHT') return [];
  const purchase = view.purchases.find(
    ({ transactionId }) => transactionId === refused.input['transactionId'],
  );
  const work = view.workloads.find(({ number }) => number === purchase?.workload) ?? null;
  return purchase ? callOff({ view, purchase, work }, message) : [];
}
