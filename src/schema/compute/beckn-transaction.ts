import type { OrderStatement } from '../../domain/beckn-order/messages.js';
import type { StatedPrice } from '../../domain/compute-window.js';
import {
  becknState,
  becknTransaction,
  becknTransactionPage,
  needsReplanning,
  transactionMessages,
  transactionOffer,
  transactionWindow,
} from '../../resolvers/compute/beckn-transactions.js';
import { builder } from '../builder.js';
import { ComputeWindowType } from '../compute-market-refs.js';
import { OfferType } from '../compute-market.js';
import { ownStatementCost, pageArgs, pageCost } from '../page.js';
import { BecknActionEnum, BecknTransactionStateEnum, ReplanningReasonEnum } from './beckn-enums.js';
import { BecknMessageConnection, BecknMessageType } from './beckn-message.js';
import { rowNumberOf } from './node-id.js';

/** The columns hold what the fold of the messages put there. */
const statedOf = (stored: unknown): OrderStatement | null => stored as OrderStatement | null;
const priceOf = (stored: unknown): StatedPrice | null => stored as StatedPrice | null;

const BecknPriceType = builder.objectRef<StatedPrice>('BecknPrice').implement({
  description: 'A price of an order.',
  fields: (t) => ({
    gbpPerMwh: t.exposeFloat('gbpPerMwh', {
      nullable: true,
      description:
        'GBP/MWh. Null: it was stated in another currency or unit, and no exchange rate is made up.',
    }),
    originalPrice: t.exposeFloat('originalPrice', {
      nullable: true,
      description: 'As it was stated, in `originalCurrency`. Null: none was.',
    }),
    originalCurrency: t.exposeString('originalCurrency', {
      nullable: true,
      description: 'Currency of `originalPrice`, as a code. Null: none was stated.',
    }),
    originalUnit: t.exposeString('originalUnit', {
      nullable: true,
      description: 'What `originalPrice` is for, in the words of the seller. Null: he did not say.',
    }),
  }),
});

/** Its columns are always loaded: what it is now follows from several. */
export const BecknTransactionType = builder.prismaNode('BecknTransaction', {
  id: { resolve: ({ orderTransactionId }) => orderTransactionId },
  findUnique: (id) => ({ orderTransactionId: rowNumberOf(id) }),
  nullable: true,
  description:
    "The purchase of a compute window from a seller of the Beckn marketplace, for a workload. Its operator's own. Where it stands follows " +
    'from its messages, in whatever order, and however often, those of the seller came.',
  fields: (t) => ({
    transactionId: t.exposeString('code', { description: 'Its id, which all its messages carry.' }),
    orderId: t.exposeString('orderCode', { description: 'Id of the order in the messages.' }),
    platformId: t.exposeString('bppId', {
      description: 'The provider platform (BPP) that it is bought from.',
    }),
    state: t.field({
      type: BecknTransactionStateEnum,
      description: 'Where it stands now; TIMED_OUT from `expiresAt` on unless it was answered by then.',
      resolve: (row, _args, context) => becknState(row, context),
    }),
    awaiting: t.field({
      type: BecknActionEnum,
      nullable: true,
      description: 'The question whose answer was last waited for. Null: none is.',
      resolve: ({ awaiting }) => awaiting as 'select' | null,
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when that answer is waited for. Null: none is.',
    }),
    acceptedPrice: t.field({
      type: BecknPriceType,
      nullable: true,
      description: 'The price that we accepted last: at first that of the offer. Null: none was known.',
      resolve: ({ accepted }) => priceOf(accepted),
    }),
    statedPrice: t.field({
      type: BecknPriceType,
      nullable: true,
      description: 'The price that the seller stated last. Null: he stated none yet.',
      resolve: ({ stated }) => statedOf(stated)?.price,
    }),
    statedCarbonIntensityGco2PerKwh: t.float({
      nullable: true,
      description:
        'Carbon intensity that the seller stated with it, gCO2/kWh. Null: he stated none. A later spike is in `replanningNote`.',
      resolve: ({ stated }) => statedOf(stated)?.carbonIntensityGco2PerKwh,
    }),
    fault: t.exposeString('fault', {
      nullable: true,
      description: 'Why the seller will not, in his words. Null: he did not say that he will not.',
    }),
    needsReplanning: t.boolean({
      description: 'Whether whoever planned with it must look again, and has not by `acknowledgeReplanning`.',
      resolve: (row, _args, context) => needsReplanning(row, context),
    }),
    replanningReason: t.expose('replanningReason', {
      type: ReplanningReasonEnum,
      nullable: true,
      description: 'Why, looked at or not. Null: there is no reason.',
    }),
    replanningNote: t.exposeString('replanningNote', {
      nullable: true,
      description: 'Why, for people. Null: there is no reason.',
    }),
    replanningSince: t.expose('replanningSince', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when. Null: there is no reason.',
    }),
    replannedAt: t.expose('replannedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When somebody last looked again. Null: nobody has.',
    }),
    version: t.exposeInt('version', {
      description: 'Grows with every change: what `expectedVersion` is compared with.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it began.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
    messages: t.field({
      type: BecknMessageConnection,
      args: pageArgs,
      complexity: ownStatementCost,
      description: 'All its messages, in the order in which they were stored.',
      resolve: (row, args, context) => transactionMessages(row, args, context),
    }),
    operator: t.relation('operator', { description: 'Who buys.' }),
    agent: t.relation('agent', {
      nullable: true,
      description:
        'The agent that began it. It goes on with it by itself only if it is hosted here, an orchestrator and not OFFLINE. Null: a person did, or other software.',
    }),
    workload: t.relation('workload', { description: 'What it is bought for.' }),
    placement: t.relation('placement', {
      nullable: true,
      description: 'The placement that it supplies. Null: none was named.',
    }),
    window: t.field({
      type: ComputeWindowType,
      description: 'What is bought, as the market states it now.',
      resolve: (row, _args, context) => transactionWindow(row, context),
    }),
    offer: t.field({
      type: OfferType,
      nullable: true,
      description: 'The offer that was selected, as it was then. Null: the window had none.',
      resolve: (row, _args, context) => transactionOffer(row, context),
    }),
  }),
});

builder.prismaObjectField(BecknMessageType, 'transaction', (t) =>
  t.relation('transaction', { description: 'The purchase that it belongs to.' }),
);

export const BecknTransactionConnection = builder.connectionObject(
  {
    type: BecknTransactionType,
    name: 'BecknTransactionConnection',
    description: 'A page of purchases, newest first.',
  },
  { description: 'A purchase and its place in the connection.' },
);

/** What a page of purchases may be held to. */
export const becknTransactionFilters = builder.args((t) => ({
  state: t.field({
    type: BecknTransactionStateEnum,
    description: 'Only of this state; of all when left out.',
  }),
  needsReplanning: t.boolean({
    description: 'True: only those that somebody must look at again; false: only others; all when left out.',
  }),
}));

builder.queryFields((t) => ({
  becknTransactions: t.field({
    type: BecknTransactionConnection,
    args: { ...becknTransactionFilters, ...pageArgs },
    complexity: pageCost,
    description:
      "Purchases of compute windows of the viewer's operator, newest first; an administrator sees those of all.",
    resolve: (_root, args, context) => becknTransactionPage(args, {}, context),
  }),
  becknTransaction: t.field({
    type: BecknTransactionType,
    nullable: true,
    args: { transactionId: t.arg.string({ required: true, description: 'Its id.' }) },
    description: "A purchase of the viewer's operator by its id. Null: it has none of that id.",
    resolve: (_root, { transactionId }, context) => becknTransaction(transactionId, context),
  }),
}));
