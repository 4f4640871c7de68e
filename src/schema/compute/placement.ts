import { builder } from '../builder.js';
import { rowNumberOf } from './node-id.js';

export const PlacementType = builder.prismaNode('Placement', {
  id: { resolve: ({ placementId }) => placementId },
  findUnique: (id) => ({ placementId: rowNumberOf(id) }),
  nullable: true,
  description: "Power of a data centre in some half hours, kept for a workload. Its operator's own.",
  fields: (t) => ({
    placementId: t.exposeString('code', { description: 'Its id.' }),
  }),
});
