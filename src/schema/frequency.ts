import type { FrequencyReading } from '../database/series/frequency.js';
import { frequencyPage } from '../resolvers/frequency.js';
import { builder } from './builder.js';
import { pageArgs, pageCost } from './page.js';
import { ProvenanceType } from './provenance.js';
import { readingSpanArgs } from './span.js';

export const FrequencyReadingType = builder.objectRef<FrequencyReading>('FrequencyReading').implement({
  description: 'The frequency of the grid at one instant. It falls while demand is above supply.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When it was measured.' }),
    hz: t.exposeFloat('hz', { description: 'Frequency, Hz; 50 when supply and demand are even.' }),
    provenance: t.expose('provenance', { type: ProvenanceType, description: 'Where it comes from.' }),
  }),
});

const FrequencyReadingConnection = builder.connectionObject(
  {
    type: FrequencyReadingType,
    name: 'FrequencyReadingConnection',
    description: 'A page of readings, oldest first.',
  },
  { description: 'A reading and its place in the connection.' },
);

builder.queryField('frequency', (t) =>
  t.field({
    type: FrequencyReadingConnection,
    args: { ...readingSpanArgs(31), ...pageArgs },
    complexity: pageCost,
    description: 'Readings of the frequency of the grid over a span, oldest first.',
    resolve: (_root, args, context) => frequencyPage(args, context),
  }),
);
