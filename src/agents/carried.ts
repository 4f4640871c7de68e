import { acceptNegotiation } from '../actions/negotiations/accept-negotiation.js';
import { acknowledgeReplanning } from '../actions/orders/acknowledge-replanning.js';
import type { Action } from '../actions/action.js';
import { amendWorkload } from '../actions/work/amend-workload.js';
import { cancelOrder } from '../actions/orders/cancel-order.js';
import { completeWorkload } from '../actions/work/complete-workload.js';
import { confirmOrder } from '../actions/orders/confirm-order.js';
import { counterNegotiation } from '../actions/negotiations/counter-negotiation.js';
import { deferWorkload } from '../actions/work/defer-workload.js';
import { failWorkload } from '../actions/work/fail-workload.js';
import { initOrder } from '../actions/orders/init-order.js';
import { openNegotiation } from '../actions/negotiations/open-negotiation.js';
import { pauseWorkload } from '../actions/work/pause-workload.js';
import { placeWorkload } from '../actions/placing/place-workload.js';
import { publishFlexibilityWindow } from '../actions/flexibility/publish-flexibility-window.js';
import { queueWorkload } from '../actions/work/queue-workload.js';
import { recordDecision } from '../actions/decisions/record-decision.js';
import { refreshOrder } from '../actions/orders/refresh-order.js';
import { rejectNegotiation } from '../actions/negotiations/reject-negotiation.js';
import { rejectWorkload } from '../actions/work/reject-workload.js';
import { releasePlacement } from '../actions/placing/release-placement.js';
import { replanWorkload } from '../actions/placing/replan-workload.js';
import { resumeWorkload } from '../actions/work/resume-workload.js';
import { selectOffer } from '../actions/orders/select-offer.js';
import { startWorkload } from '../actions/work/start-workload.js';
import { updateOrder } from '../actions/orders/update-order.js';
import { updateStorageAsset } from '../actions/registry/update-storage-asset.js';
import type { ProposableAction } from './policy.js';

/** The actions behind the names that policies use. Their inputs are checked by the actions themselves. */
export const CARRIED: Readonly<Record<ProposableAction, Action<unknown>>> = {
  queueWorkload,
  deferWorkload,
  rejectWorkload,
  amendWorkload,
  startWorkload,
  pauseWorkload,
  resumeWorkload,
  completeWorkload,
  failWorkload,
  placeWorkload,
  replanWorkload,
  releasePlacement,
  selectOffer,
  initOrder,
  confirmOrder,
  refreshOrder,
  updateOrder,
  cancelOrder,
  acknowledgeReplanning,
  openNegotiation,
  counterNegotiation,
  acceptNegotiation,
  rejectNegotiation,
  publishFlexibilityWindow,
  updateStorageAsset,
  recordDecision,
};
