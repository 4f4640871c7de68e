import type { DemandReading } from '../database/series/demand-readings.js';
import { demandReadings } from '../resolvers/demand-readings.js';
import { builder } from './builder.js';
import { pageArgs, pageCost } from './page.js';
import { ProvenanceType } from './provenance.js';
import { readingSpanArgs } from './span.js';

const DemandReadingType = builder.objectRef<DemandReading>('DemandReading').implement({
  description:
    'Rolling demand of the system at one instant, as Elexon gives it for charts, from generation by fuel. ' +
    'Nothing documents which of the demands it is, nor over which minutes it rolls: it is neither national nor transmission system demand, which are in `demand`.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'The instant it is given for.' }),
    demandMw: t.exposeInt('demandMw', { description: 'Rolling demand, MW.' }),
    recordType: t.exposeString('recordType', {
      nullable: true,
      description: "Elexon's own word of what the row is, undocumented. Null: it said none.",
    }),
    provenance: t.expose('provenance', { type: ProvenanceType, description: 'Where it comes from.' }),
  }),
});

const DemandReadingConnection = builder.connectionObject(
  {
    type: DemandReadingType,
    name: 'DemandReadingConnection',
    description: 'A page of readings, oldest first.',
  },
  { description: 'A reading and its place in the connection.' },
);

builder.queryField('demandReadings', (t) =>
  t.field({
    type: DemandReadingConnection,
    args: { ...readingSpanArgs(31), ...pageArgs },
    complexity: pageCost,
    description:
      'Readings of the rolling demand of the system over a span, oldest first. Never mixed into `demand` or the demand of a grid signal.',
    resolve: (_root, args, context) => demandReadings(args, context),
  }),
);
