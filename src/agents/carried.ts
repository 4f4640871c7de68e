import { acceptNegotiation } from '../actions/accept-negotiation.js';
import { acknowledgeReplanning } from '../actions/acknowledge-replanning.js';
import type { Action } from '../actions/action.js';
import { amendWorkload } from '../actions/amend-workload.js';
import { completeWorkload } from '../actions/complete-workload.js';
import { counterNegotiation } from '../actions/counter-negotiation.js';
import { deferWorkload } from '../actions/defer-workload.js';
import { failWorkload } from '../actions/fail-workload.js';
import { openNegotiation } from '../actions/open-negotiation.js';
import { pauseWorkload } from '../actions/pause-workload.js';
import { placeWorkload } from '../actions/place-workload.js';
import { publishFlexibilityWindow } from '../actions/publish-flexibility-window.js';
import { queueWorkload } from '../actions/queue-workload.js';
import { recordDecision } from '../actions/record-decision.js';
import { rejectNegotiation } from '../actions/reject-negotiation.js';
import { rejectWorkload } from '../actions/reject-workload.js';
import { releasePlacement } from '../actions/release-placement.js';
import { replanWorkload } from '../actions/replan-workload.js';
import { resumeWorkload } from '../actions/resume-workload.js';
import { startWorkload } from '../actions/start-workload.js';
import { updateStorageAsset } from '../actions/update-storage-asset.js';
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
  acknowledgeReplanning,
  openNegotiation,
  counterNegotiation,
  acceptNegotiation,
  rejectNegotiation,
  publishFlexibilityWindow,
  updateStorageAsset,
  recordDecision,
};
