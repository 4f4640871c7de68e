/** The ways to purchases from what they are about. */
import { becknTransactionPage } from '../../resolvers/compute/beckn-transactions.js';
import { builder } from '../builder.js';
import { ComputeWindowType } from '../compute-market-refs.js';
import { OfferType } from '../compute-market.js';
import { ownStatementCost, pageArgs } from '../page.js';
import {
  BecknTransactionConnection,
  BecknTransactionType,
  becknTransactionFilters,
} from './beckn-transaction.js';
import { AgentType } from './agent.js';
import { PlacementType } from './placement.js';
import { WorkloadType } from './workload.js';

const args = { ...becknTransactionFilters, ...pageArgs };

builder.prismaObjectField(WorkloadType, 'becknTransactions', (t) =>
  t.field({
    type: BecknTransactionConnection,
    args,
    complexity: ownStatementCost,
    description: 'Purchases of compute windows for it, newest first.',
    resolve: ({ workloadId }, page, context) => becknTransactionPage(page, { workloadId }, context),
  }),
);

builder.prismaObjectField(PlacementType, 'becknTransaction', (t) =>
  t.field({
    type: BecknTransactionType,
    nullable: true,
    complexity: 200, // a statement for each placement, as `ownStatementCost` has it
    description: 'The newest purchase that supplies it. Null: none names it.',
    resolve: ({ placementId }, _args, { prisma }) =>
      prisma.becknTransaction.findFirst({ where: { placementId }, orderBy: { orderTransactionId: 'desc' } }),
  }),
);

builder.prismaObjectField(AgentType, 'becknTransactions', (t) =>
  t.field({
    type: BecknTransactionConnection,
    args,
    complexity: ownStatementCost,
    description: "Purchases that it began, newest first, as far as they are the viewer's operator's.",
    resolve: ({ agentId }, page, context) => becknTransactionPage(page, { agentId }, context),
  }),
);

const ofWindow = "the viewer's operator, newest first. Nobody sees another's.";

builder.objectField(ComputeWindowType, 'becknTransactions', (t) =>
  t.field({
    type: BecknTransactionConnection,
    args,
    complexity: ownStatementCost,
    description: `Purchases of it by ${ofWindow}`,
    resolve: ({ computeWindowId }, page, context) => becknTransactionPage(page, { computeWindowId }, context),
  }),
);

builder.objectField(OfferType, 'becknTransactions', (t) =>
  t.field({
    type: BecknTransactionConnection,
    args,
    complexity: ownStatementCost,
    description: `Purchases of its window that selected it, as it is now or was before, by ${ofWindow}`,
    resolve: ({ computeWindowId, offerCode }, page, context) =>
      becknTransactionPage(page, { computeWindowId, offerCode }, context),
  }),
);
