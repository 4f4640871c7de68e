import type { KnownViewer } from '../../domain/viewer.js';
import { builder } from '../builder.js';
import { ApiKeyType } from './api-key.js';
import { ApiRoleEnum, ApiScopeEnum } from './enums.js';
import { OperatorType } from './operator.js';

const ViewerType = builder.objectRef<KnownViewer>('Viewer').implement({
  description: 'Who asks: what the API key that came with the request stands for.',
  fields: (t) => ({
    operator: t.prismaField({
      type: OperatorType,
      description: 'Whose key it is.',
      resolve: (query, { operatorId }, _args, { prisma }) =>
        prisma.operator.findUniqueOrThrow({ ...query, where: { operatorId } }),
    }),
    role: t.expose('role', { type: ApiRoleEnum, description: 'The role of the key.' }),
    scopes: t.field({
      type: [ApiScopeEnum],
      description: 'What the key may be used for.',
      resolve: ({ scopes }) => [...scopes],
    }),
    apiKey: t.prismaField({
      type: ApiKeyType,
      nullable: true,
      description: 'The key itself. Null: it has not the scope READ.',
      resolve: (query, { apiKeyId }, _args, { prisma }) =>
        prisma.apiKey.findUnique({ ...query, where: { apiKeyId } }),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerType,
    nullable: true,
    description: 'Who asks. Null: nobody in particular, because no API key came with the request.',
    resolve: (_root, _args, { viewer }) => viewer,
  }),
);
