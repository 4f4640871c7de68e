import { carbonFactors, type CarbonFactor } from '../resolvers/carbon-factors.js';
import { AS_OF } from './as-of.js';
import { builder } from './builder.js';
import { IngestRunType } from './ingest-run.js';

const CarbonFactorType = builder.objectRef<CarbonFactor>('CarbonFactor').implement({
  description:
    'Carbon dioxide emitted by generating a kilowatt hour from one fuel: operational, neither marginal nor life-cycle.',
  fields: (t) => ({
    fuel: t.exposeString('fuel', {
      description:
        "The publisher's own name of the fuel, such as `Gas (Combined Cycle)`: finer than the fuels of a mix.",
    }),
    gco2PerKwh: t.exposeInt('gco2PerKwh', {
      description: 'Carbon dioxide for each kilowatt hour generated, gCO2/kWh.',
    }),
    knownAt: t.expose('knownAt', {
      type: 'DateTime',
      description: 'When Pylon received this value; it has not changed since.',
    }),
    ingestRun: t.field({
      type: IngestRunType,
      description: 'The run that brought it.',
      resolve: ({ ingestRunId }, _args, { loaders }) => loaders.ingestRun.load(ingestRunId),
    }),
  }),
});

builder.prismaObjectField(IngestRunType, 'carbonFactors', (t) =>
  t.field({
    type: [CarbonFactorType],
    complexity: { field: 1, multiplier: 14 },
    description: 'Carbon factors that it changed, by fuel. Empty for runs of other sources.',
    resolve: async ({ ingestRunId }, _args, { loaders }) => [...(await loaders.runFactors.load(ingestRunId))],
  }),
);

builder.queryField('carbonFactors', (t) =>
  t.field({
    type: [CarbonFactorType],
    args: { asOf: t.arg({ type: 'DateTime', description: AS_OF }) },
    complexity: { field: 1, multiplier: 14 },
    description: 'Carbon factors, one a fuel, by name of the fuel. Empty until they were published once.',
    resolve: (_root, { asOf }, context) => carbonFactors(asOf, context),
  }),
);
