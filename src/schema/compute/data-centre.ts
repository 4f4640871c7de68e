import { builder } from '../builder.js';
import { rowNumberOf } from './node-id.js';

export const DataCentreType = builder.prismaNode('DataCentre', {
  id: { resolve: ({ dataCentreId }) => dataCentreId },
  findUnique: (id) => ({ dataCentreId: rowNumberOf(id) }),
  nullable: true,
  description: 'A place where work runs. Open to read.',
  fields: (t) => ({
    dcId: t.exposeString('dcId', { description: 'Its id, which no other data centre has.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
  }),
});
