import type { PriceGroup } from '../domain/grid-signal.js';
import { builder } from './builder.js';
import { ProvenanceType } from './provenance.js';

export const SignalPriceType = builder.objectRef<PriceGroup>('SignalPrice').implement({
  description: 'The wholesale price of a half hour. There is one for all of Great Britain.',
  fields: (t) => ({
    gbpPerMwh: t.exposeFloat('gbpPerMwh', {
      description: 'Price, GBP/MWh; negative prices are real.',
    }),
    market: t.exposeString('market', { description: 'The market it was made on.' }),
    provenance: t.expose('provenance', { type: ProvenanceType, description: 'Where it comes from.' }),
  }),
});
