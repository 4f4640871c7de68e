import { builder } from '../builder.js';
import { rowNumberOf } from './node-id.js';

export const UserType = builder.prismaNode('User', {
  id: { resolve: ({ userId }) => userId },
  findUnique: (id) => ({ userId: rowNumberOf(id) }),
  nullable: true,
  description: "A person on whose behalf work is submitted. Its operator's own.",
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name for people.' }),
    email: t.exposeString('email', { description: 'Its address, which no other user of the operator has.' }),
  }),
});
