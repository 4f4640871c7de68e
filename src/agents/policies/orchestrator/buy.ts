/** How the orchestrator finds a compute window for work that has its place, and begins to buy it. */
import { mayBeBought } from '../../../domain/beckn-order/commitment.js';
import { leaveOf } from '../../../domain/beckn-order/leave.js';
import { covers, overlaps } from '../../../domain/beckn-order/window-span.js';
import type { Refusal } from '../../../domain/refusal.js';
import { evaluateTerms, type Evaluated } from '../../buying-rule.js';
import { minute } from '../../conditions.js';
import type { ProposedDecision, Proposal } from '../../policy.js';
import type { OfferSeen, PlacementSeen, View, WindowTerms, WorkloadSeen } from '../../seen.js';

/** Offers that are tried one after the other, where one after the other is refused. */
const MOST_OFFERS = 5;

/** Begins the purchase of the best window for some work, if there is one and nothing else is bought for it at that time. */
export function seekWindow(view: View, work: WorkloadSeen): readonly Proposal[] {
  const [best] = suitable(view, work);
  return best ? [select(view, work, best)] : [];
}

/** What is done where an offer could not be selected: the next best is, if it was the offer that was wrong. */
export function nextWindow(view: View, refused: Proposal, { code }: Refusal): readonly Proposal[] {
  if (code !== 'WINDOW_NOT_ON_OFFER' && code !== 'LIMIT_BROKEN') return [];
  const work = view.workloads.find(({ jobId }) => jobId === refused.input['jobId']);
  if (!work) return [];
  const offers = suitable(view, work);
  const at = offers.findIndex(({ offer }) => offer.windowId === refused.input['windowId']);
  const next = at < 0 ? undefined : offers[at + 1];
  return next ? [select(view, work, next)] : [];
}

interface Suitable {
  readonly offer: OfferSeen;
  readonly placement: PlacementSeen;
  readonly evaluated: readonly Evaluated[];
}

/**
 * Windows that cover the place of some work within all limits, beside nothing that may be bought for it at their time; the
 * cheapest first, then the cleanest. A window that was tried for it before is not tried again.
 */
function suitable(view: View, work: WorkloadSeen): readonly Suitable[] {
  const { placement, status } = work;
  const [first] = placement?.slots ?? [];
  if (!leaveOf(view.agent) || status !== 'SCHEDULED' || !placement || !first || first <= view.now) return [];
  const purchases = view.purchases.filter((each) => each.workload === work.number);
  const tried = new Set(purchases.map(({ windowId }) => windowId));
  const standing = purchases.filter(mayBeBought);
  return view.offers
    .filter(
      (offer) =>
        !tried.has(offer.windowId) &&
        covers(offer, placement, view.now) &&
        !standing.some((each) => overlaps(each, offer)),
    )
    .map((offer) => ({ offer, placement, evaluated: evaluateTerms(view, work, placement, offer) }))
    .filter(({ evaluated }) => evaluated.every(({ satisfied }) => satisfied))
    .sort((a, b) => compare(a.offer, b.offer))
    .slice(0, MOST_OFFERS);
}

const compare = (a: OfferSeen, b: OfferSeen): number =>
  (a.gbpPerMwh ?? Infinity) - (b.gbpPerMwh ?? Infinity) ||
  (a.gco2PerKwh ?? Infinity) - (b.gco2PerKwh ?? Infinity) ||
  (a.windowId < b.windowId ? -1 : 1);

function select(view: View, work: WorkloadSeen, { offer, placement, evaluated }: Suitable): Proposal {
  const { jobId } = work;
  const { windowId, offerId } = offer;
  const reason = `a quote is asked for ${windowText(offer)} at ${priceText(offer)}: it covers the place of ${jobId} at ${placement.dcId}, within all limits`;
  return {
    action: 'selectOffer',
    input: { windowId, offerId, jobId, placementId: placement.placementId, agentId: view.agent.agentId },
    reason,
    decision: explained(view, work, reason, { evaluated, inputs: { windowId, offerId } }),
  };
}

export const windowText = ({ regionId, from, to }: WindowTerms): string =>
  `the compute window ${minute(from)} to ${minute(to)} in region ${regionId ?? 'unknown'}`;

export const priceText = ({ gbpPerMwh }: Pick<WindowTerms, 'gbpPerMwh'>): string =>
  gbpPerMwh === null ? 'a price that is not in GBP/MWh' : `${gbpPerMwh.toFixed(2)} GBP/MWh`;

/** A step of a purchase, as the chain keeps it: about the half hours that the work is placed in, as far as they are known. */
export function explained(
  { outlook }: Pick<View, 'outlook'>,
  work: Pick<WorkloadSeen, 'jobId' | 'placement'>,
  reason: string,
  {
    evaluated = [],
    inputs,
  }: { readonly evaluated?: readonly Evaluated[]; readonly inputs: Readonly<Record<string, unknown>> },
): ProposedDecision {
  const slots = new Set(work.placement?.slots.map((slot) => slot.getTime()));
  return {
    type: 'PRICE_OPTIMIZATION',
    jobId: work.jobId,
    reasoning: `${reason[0]?.toUpperCase()}${reason.slice(1)}.`,
    signals: outlook
      .filter(({ regionId, from }) => regionId === work.placement?.regionId && slots.has(from.getTime()))
      .map(({ regionId, from }) => ({ regionId, from })),
    inputs,
    constraintsEvaluated: evaluated,
  };
}
