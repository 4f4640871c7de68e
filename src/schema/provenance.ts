import type { Provenance } from '../domain/grid-signal.js';
import { builder } from './builder.js';
import { QualityEnum } from './enums.js';

export const ProvenanceType = builder.objectRef<Provenance>('Provenance').implement({
  description: 'Where a group of values comes from.',
  fields: (t) => ({
    source: t.exposeString('source', {
      description: 'Id of the source, as in `sources`; `synthetic` for what a model made up.',
    }),
    quality: t.expose('quality', {
      type: QualityEnum,
      description: 'REAL when a publisher stated it, SYNTHETIC when a model made it up.',
    }),
    issuedAt: t.expose('issuedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the publisher says it issued the value. Null: this publisher does not say.',
    }),
    knownAt: t.expose('knownAt', {
      type: 'DateTime',
      description: 'When Pylon received it; `asOf` shows it from then on.',
    }),
  }),
});
