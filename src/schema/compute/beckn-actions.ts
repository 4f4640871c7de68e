import { acknowledgeReplanning } from '../../actions/orders/acknowledge-replanning.js';
import { cancelOrder } from '../../actions/orders/cancel-order.js';
import { confirmOrder } from '../../actions/orders/confirm-order.js';
import { initOrder } from '../../actions/orders/init-order.js';
import { refreshOrder } from '../../actions/orders/refresh-order.js';
import { selectOffer } from '../../actions/orders/select-offer.js';
import { updateOrder } from '../../actions/orders/update-order.js';
import { builder } from '../builder.js';
import { actionMutation } from './action-mutation.js';
import { LoadChangeEnum } from './beckn-enums.js';
import { BecknTransactionType } from './beckn-transaction.js';

const TRANSACTION_ID = "Id of the purchase, the caller's own operator's.";
const EXPECTED_VERSION =
  'The `version` it was read at: VERSION_CONFLICT if it changed since. Not compared when left out.';
const SENT =
  'What is asked is sent within seconds; the answer moves the purchase on. BECKN_NOT_CONFIGURED where this server cannot buy.';

actionMutation(selectOffer, {
  input: builder.inputType('SelectOfferInput', {
    description: 'A compute window to buy.',
    fields: (t) => ({
      windowId: t.string({ required: true, description: '`id` of a ComputeWindow that is on offer.' }),
      offerId: t.string({
        description: '`offerId` of one of its offers; the cheapest in GBP/MWh when left out, or the first.',
      }),
      jobId: t.string({
        required: true,
        description: "What it is for: a workload of the caller's own operator.",
      }),
      placementId: t.string({
        description: 'The placement of that workload that it supplies. None when left out.',
      }),
      agentId: t.string({
        description:
          "The agent that buys, of the caller's own operator: only it goes on by itself with what it began, if it is hosted here, an orchestrator and not OFFLINE. What it began is bought only while its `config` says `buysWindows: true`. None when left out.",
      }),
    }),
  }),
  type: BecknTransactionType,
  description: `Begins a purchase: its seller is asked for a quote (\`select\`). LIMIT_BROKEN where the window does not suit the workload, ALREADY_BOUGHT where another purchase for it stands whose window overlaps. ${SENT}`,
});

actionMutation(initOrder, {
  input: builder.inputType('InitOrderInput', {
    description: 'A quote that is accepted.',
    fields: (t) => ({
      transactionId: t.string({ required: true, description: TRANSACTION_ID }),
      acceptGbpPerMwh: t.float({
        description:
          'The quoted price, GBP/MWh: PRICE_CHANGED if it is another. Whatever it is when left out.',
      }),
      expectedVersion: t.int({ description: EXPECTED_VERSION }),
    }),
  }),
  type: BecknTransactionType,
  description: `Accepts the quote, where it is within the workload's limits, and has the order drawn up (\`init\`). ${SENT}`,
});

actionMutation(confirmOrder, {
  input: builder.inputType('ConfirmOrderInput', {
    description: 'An order that is drawn up.',
    fields: (t) => ({
      transactionId: t.string({ required: true, description: TRANSACTION_ID }),
      acceptGbpPerMwh: t.float({
        description:
          'Of PRICE_CHANGED: the new price, GBP/MWh, which must be named to be accepted, and be within the limits. Otherwise it may be left out.',
      }),
      expectedVersion: t.int({ description: EXPECTED_VERSION }),
    }),
  }),
  type: BecknTransactionType,
  description: `Buys (\`confirm\`). It is bought when the seller confirms it at that price. ALREADY_BOUGHT where another purchase for the workload may be, whose window overlaps. LIMIT_BROKEN where an agent began it that may not buy (\`buysWindows\`) or not at that price (\`maxWindowGbpPerMwh\`), or whose workload has no place within the window. ${SENT}`,
});

const RefInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({
      transactionId: t.string({ required: true, description: TRANSACTION_ID }),
      expectedVersion: t.int({ description: EXPECTED_VERSION }),
    }),
  });

actionMutation(refreshOrder, {
  input: RefInput('RefreshOrderInput', 'An order to ask about.'),
  type: BecknTransactionType,
  description: `Asks the seller how an order stands (\`status\`), also after TIMED_OUT. ${SENT}`,
});

actionMutation(updateOrder, {
  input: builder.inputType('UpdateOrderInput', {
    description: 'What the buyer does about what happened.',
    fields: (t) => ({
      transactionId: t.string({ required: true, description: TRANSACTION_ID }),
      change: t.field({ type: LoadChangeEnum, required: true, description: 'What he does with his load.' }),
      reason: t.string({ required: true, description: 'Why, 1–160 characters; the seller reads it.' }),
      loadReductionKw: t.float({ description: 'Power given up, kW. None when left out.' }),
      expectedVersion: t.int({ description: EXPECTED_VERSION }),
    }),
  }),
  type: BecknTransactionType,
  description: `Tells the seller of a confirmed order what its buyer does (\`update\`); updates that came before count as read. ${SENT}`,
});

actionMutation(cancelOrder, {
  input: builder.inputType('CancelOrderInput', {
    description: 'A purchase to call off.',
    fields: (t) => ({
      transactionId: t.string({ required: true, description: TRANSACTION_ID }),
      reason: t.string({ description: 'Why, 1–160 characters; the seller reads it. May be left out.' }),
      expectedVersion: t.int({ description: EXPECTED_VERSION }),
    }),
  }),
  type: BecknTransactionType,
  description: `Calls a purchase off (\`cancel\`). It is off when the seller says so. ${SENT}`,
});

actionMutation(acknowledgeReplanning, {
  input: RefInput('AcknowledgeReplanningInput', 'A purchase that was looked at again.'),
  type: BecknTransactionType,
  description:
    'Whoever planned with the purchase has looked again: `needsReplanning` is false until something else happens. The seller hears nothing.',
});
