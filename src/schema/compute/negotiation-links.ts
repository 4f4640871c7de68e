/** The ways to negotiations from what they are about. */
import { negotiationPage, ofAgent } from '../../resolvers/compute/negotiations.js';
import { builder } from '../builder.js';
import { ownStatementCost } from '../page.js';
import { AgentType } from './agent.js';
import { NegotiationConnection, negotiationFilters, negotiationPageArgs } from './negotiation.js';
import { WorkloadType } from './workload.js';

const args = { ...negotiationFilters, ...negotiationPageArgs };

builder.prismaObjectField(WorkloadType, 'negotiations', (t) =>
  t.field({
    type: NegotiationConnection,
    args,
    complexity: ownStatementCost,
    description: 'Negotiations about it, newest first.',
    resolve: ({ workloadId }, page, context) => negotiationPage(page, { workloadId }, context),
  }),
);

builder.prismaObjectField(AgentType, 'negotiations', (t) =>
  t.field({
    type: NegotiationConnection,
    args,
    complexity: ownStatementCost,
    description: "Negotiations it is a side of that the viewer's operator is too, newest first.",
    resolve: ({ agentId }, page, context) => negotiationPage(page, ofAgent({ agentId }), context),
  }),
);
