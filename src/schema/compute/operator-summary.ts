import { builder } from '../builder.js';
import { OperatorType } from './operator.js';
import { OperatorSummaryType } from './workload-counts.js';

builder.prismaObjectField(OperatorType, 'summary', (t) =>
  t.field({
    type: OperatorSummaryType,
    description: 'What belongs to it, counted now.',
    resolve: ({ operatorId }, _args, { loaders }) => loaders.operatorSummary.load(operatorId),
  }),
);
