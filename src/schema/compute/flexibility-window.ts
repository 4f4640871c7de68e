import { builder } from '../builder.js';
import { rowNumberOf } from './node-id.js';

export const FlexibilityWindowType = builder.prismaNode('FlexibilityWindow', {
  id: { resolve: ({ flexibilityWindowId }) => flexibilityWindowId },
  findUnique: (id) => ({ flexibilityWindowId: rowNumberOf(id) }),
  nullable: true,
  description: 'A time in which the grid pays for more or less demand. Open to read.',
  fields: (t) => ({
    flexibilityWindowId: t.exposeString('code', { description: 'Its id.' }),
  }),
});
