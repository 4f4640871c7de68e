import { builder } from '../builder.js';
import { rowNumberOf } from './node-id.js';

export const NegotiationType = builder.prismaNode('Negotiation', {
  id: { resolve: ({ negotiationId }) => negotiationId },
  findUnique: (id) => ({ negotiationId: rowNumberOf(id) }),
  nullable: true,
  description: 'Two agents finding terms, in turns. Seen by the operators of both.',
  fields: (t) => ({
    negotiationId: t.exposeString('code', { description: 'Its id.' }),
  }),
});
