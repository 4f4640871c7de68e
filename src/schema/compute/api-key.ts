import { builder } from '../builder.js';
import { rowNumberOf } from './node-id.js';

export const ApiKeyType = builder.prismaNode('ApiKey', {
  id: { resolve: ({ apiKeyId }) => apiKeyId },
  findUnique: (id) => ({ apiKeyId: rowNumberOf(id) }),
  description: "A key to the API; its secret was shown once. Its operator's own.",
  fields: (t) => ({
    name: t.exposeString('name', { description: "What it is for, in its maker's words." }),
  }),
});
