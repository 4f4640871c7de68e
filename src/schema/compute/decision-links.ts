/** The ways to decisions from what they are about. */
import { decisionPage } from '../../resolvers/compute/decisions.js';
import { builder } from '../builder.js';
import { ownStatementCost } from '../page.js';
import { GridSignalType } from '../signal-ref.js';
import { AgentType } from './agent.js';
import { DataCentreType } from './data-centre.js';
import { DecisionConnection, decisionFilters, decisionPageArgs } from './decision.js';
import { WorkloadType } from './workload.js';

const args = { ...decisionFilters, ...decisionPageArgs };

builder.prismaObjectField(WorkloadType, 'decisions', (t) =>
  t.field({
    type: DecisionConnection,
    args,
    complexity: ownStatementCost,
    description: 'Decisions about it, newest first.',
    resolve: ({ workloadId }, page, context) => decisionPage(page, { workloadId }, context),
  }),
);

builder.prismaObjectField(AgentType, 'decisions', (t) =>
  t.field({
    type: DecisionConnection,
    args,
    complexity: ownStatementCost,
    description: 'Decisions that it took, newest first; empty for everyone but its operator.',
    resolve: ({ agentId }, page, context) => decisionPage(page, { agentId }, context),
  }),
);

builder.prismaObjectField(DataCentreType, 'decisions', (t) =>
  t.field({
    type: DecisionConnection,
    args,
    complexity: ownStatementCost,
    description:
      "Decisions of the viewer's operator that move something away from it or to it, newest first.",
    resolve: ({ dataCentreId }, page, context) =>
      decisionPage(
        page,
        { OR: [{ sourceDataCentreId: dataCentreId }, { targetDataCentreId: dataCentreId }] },
        context,
      ),
  }),
);

builder.objectField(GridSignalType, 'decisionsUsing', (t) =>
  t.field({
    type: DecisionConnection,
    args,
    complexity: ownStatementCost,
    description:
      "Decisions of the viewer's operator that were made from this region and half hour, newest first.",
    resolve: ({ regionId, from }, page, context) =>
      decisionPage(page, { signals: { some: { regionId, from } } }, context),
  }),
);
