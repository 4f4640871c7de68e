import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ActionTransaction } from '../../database/actions.js';
import { insertTransaction, lockTransaction } from '../../database/order-transactions.js';
import { mayBeBought } from '../../domain/beckn-order/commitment.js';
import { TAKING_POWER } from '../../domain/compute/placement-states.js';
import type { StatedOffer } from '../../domain/compute-window.js';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { findAgent } from '../negotiations/negotiation-agents.js';
import { requireOnlyPurchase } from './only-purchase.js';
import { ask, pueOf, requireBap, requireWithinLimits } from './order-rows.js';
import { findWindow, type OfferedWindow } from './order-windows.js';
import { placementsOf } from '../placing/placement-rows.js';
import { code, optional, text } from '../rules.js';
import { lockWorkload, type WorkloadRow } from '../work/workload-rows.js';

/** Begins the purchase of a compute window for a workload of the caller's: its seller is asked for a quote. */
export const selectOffer = defineAction({
  name: 'selectOffer',
  scope: 'PLACEMENTS',
  answers: 'order_transactions',
  input: z.object({
    windowId: text(100),
    offerId: optional(text(160)),
    jobId: code,
    placementId: optional(code),
    agentId: optional(code),
  }),
  async perform(transaction, input) {
    const { db, now } = transaction;
    const bap = requireBap(transaction);
    const window = await findWindow(transaction, input.windowId);
    if (!window.isListed || window.to <= now)
      throw new Refused('WINDOW_NOT_ON_OFFER', `window ${window.itemId} is not on offer`);
    const offer = offerOf(window, input.offerId);
    const work = await lockWorkload(transaction, input);
    const placementId =
      input.placementId === null ? null : await ownPlacement(transaction, work, input.placementId);
    const pue = await pueOf(transaction, placementId);
    requireWithinLimits({ work, window, pue }, offer, now);
    await requireOnlyPurchase(transaction, work, window, mayBeBought);
    const id = await insertTransaction(
      db,
      {
        code: randomUUID(),
        order_code: `order-${randomUUID()}`,
        operator_id: work.operator_id,
        workload_id: work.workload_id,
        placement_id: placementId,
        compute_window_id: window.computeWindowId,
        offer_sequence: window.sequence,
        offer_code: offer?.offerCode ?? null,
        bpp_id: window.bppId,
        agent_id: input.agentId === null ? null : await ownAgent(transaction, input.agentId),
      },
      now,
    );
    const row = await lockTransaction(db, id);
    if (!row) throw new Error(`purchase ${id}, just begun, is not there`);
    return ask(transaction, { row, work, window, bap }, 'select', { accepts: offer });
  },
});

/** The offer that is named; else the cheapest in GBP/MWh, or the first. Null: the window has none. @throws {Refused} NOT_FOUND */
function offerOf({ offers, itemId }: OfferedWindow, named: string | null): StatedOffer | null {
  const found =
    named === null
      ? offers.reduce<StatedOffer | undefined>((best, offer) => cheaper(best, offer), undefined)
      : offers.find(({ offerCode }) => offerCode === named);
  if (named !== null && !found)
    throw new Refused('NOT_FOUND', `window ${itemId} has no offer ${JSON.stringify(named)} now`);
  return found ?? null;
}

const cheaper = (best: StatedOffer | undefined, offer: StatedOffer): StatedOffer =>
  best === undefined ||
  (offer.gbpPerMwh !== null && (best.gbpPerMwh === null || offer.gbpPerMwh < best.gbpPerMwh))
    ? offer
    : best;

/** @throws {Refused} NOT_FOUND, NOT_ALLOWED for another operator's. */
async function ownAgent(
  { db, viewer }: Pick<ActionTransaction, 'db' | 'viewer'>,
  code: string,
): Promise<number> {
  const { agentId, operatorId } = await findAgent({ db }, 'input.agentId', code);
  if (operatorId !== viewer.operatorId)
    throw new Refused('NOT_ALLOWED', `the agent ${JSON.stringify(code)} is another operator's`);
  return agentId;
}

/** @throws {Refused} NOT_FOUND */
async function ownPlacement(
  transaction: Pick<ActionTransaction, 'db'>,
  work: WorkloadRow,
  placementId: string,
): Promise<number> {
  const placement = (await placementsOf(transaction, work, TAKING_POWER)).find(
    (each) => each.code === placementId,
  );
  if (!placement)
    throw new Refused(
      'NOT_FOUND',
      `workload ${work.job_id} has no placement ${placementId} that takes power`,
    );
  return placement.placement_id;
}
