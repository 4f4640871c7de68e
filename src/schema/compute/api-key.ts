import { createApiKey } from '../../actions/registry/create-api-key.js';
import { revokeApiKey } from '../../actions/registry/revoke-api-key.js';
import { scopesOf } from '../../domain/viewer.js';
import type { ApiKey } from '../../generated/prisma/client.js';
import { newestFirst } from '../../resolvers/compute/newest-first.js';
import { builder } from '../builder.js';
import { pageArgs, pageCost } from '../page.js';
import { actionMutation, shownActionMutation } from './action-mutation.js';
import { ApiRoleEnum, ApiScopeEnum } from './enums.js';
import { rowNumberOf } from './node-id.js';

export const ApiKeyType = builder.prismaNode('ApiKey', {
  id: { resolve: ({ apiKeyId }) => apiKeyId },
  findUnique: (id) => ({ apiKeyId: rowNumberOf(id) }),
  nullable: true,
  description: "A key to the API; its secret was shown once. Its operator's own.",
  fields: (t) => ({
    name: t.exposeString('name', { description: "What it is for, in its maker's words." }),
    prefix: t.exposeString('prefix', {
      description:
        'Its part that is no secret: the key begins with `pylon_` and this. `revokeApiKey` takes it.',
    }),
    role: t.expose('role', { type: ApiRoleEnum, description: 'The most that it may be used for.' }),
    scopes: t.field({
      type: [ApiScopeEnum],
      description: 'What it may be used for.',
      resolve: ({ role, scopes }) => [...scopesOf(role, scopes)],
    }),
    isDevelopment: t.exposeBoolean('isDevelopment', {
      description:
        'True: made by the first start in development; production refuses to start while it counts.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last shown, to the minute. Null: never yet.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it counts no more. Null: it counts.',
    }),
    operator: t.relation('operator', { description: 'Whose it is.' }),
  }),
});

export const ApiKeyConnection = builder.connectionObject(
  { type: ApiKeyType, name: 'ApiKeyConnection', description: 'A page of API keys, newest first.' },
  { description: 'An API key and its place in the connection.' },
);

builder.queryField('apiKeys', (t) =>
  t.field({
    type: ApiKeyConnection,
    args: {
      revoked: t.arg.boolean({
        description: 'True: only those that were revoked. False: only those that count. All when left out.',
      }),
      ...pageArgs,
    },
    complexity: pageCost,
    description:
      "The keys of the caller's operator, newest first, without their secrets. Empty without a key.",
    resolve: (_root, { revoked, ...page }, { prisma }) =>
      newestFirst(
        'key',
        page,
        ({ take, below }) =>
          prisma.apiKey.findMany({
            where: {
              ...(revoked == null ? {} : { revokedAt: revoked ? { not: null } : null }),
              ...(below === null ? {} : { apiKeyId: { lt: below } }),
            },
            orderBy: { apiKeyId: 'desc' },
            take,
          }),
        ({ apiKeyId }) => apiKeyId,
      ),
  }),
);

interface Created {
  readonly apiKey: ApiKey;
  readonly secret: string | null;
}

const CreatedApiKeyType = builder.objectRef<Created>('CreatedApiKey').implement({
  description: 'A new API key.',
  fields: (t) => ({
    apiKey: t.field({ type: ApiKeyType, description: 'The key.', resolve: ({ apiKey }) => apiKey }),
    secret: t.exposeString('secret', {
      nullable: true,
      description:
        'The whole key, to be sent as `Authorization: Bearer` or `x-api-key`. Kept nowhere: null in the answer to a retry, as `secretNote` says.',
    }),
    secretNote: t.string({
      description: 'What to do with the secret, or without it.',
      resolve: ({ secret, apiKey: { prefix } }) =>
        secret === null
          ? `The secret was shown in the first answer under this idempotencyKey and is kept nowhere. If that answer was lost, revoke ${prefix} and make another key under a new idempotencyKey.`
          : 'Keep it now: it is shown this once.',
    }),
  }),
});

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'A new API key.',
  fields: (t) => ({
    operator: t.string({
      description:
        "Whose it is, by name: the caller's own operator when left out, another for administrators only.",
    }),
    name: t.string({ required: true, description: 'What it is for, 1–100 characters.' }),
    role: t.field({
      type: ApiRoleEnum,
      required: true,
      description: "Its role, not above the caller's own.",
    }),
    scopes: t.field({
      type: [ApiScopeEnum],
      description:
        "What it may be used for: of its role's, those that the caller's own key has; all of these when left out.",
    }),
  }),
});

shownActionMutation(
  createApiKey,
  {
    input: CreateApiKeyInput,
    type: CreatedApiKeyType,
    description: "Makes a key of the caller's operator, or for an ADMIN of any, and shows it this once.",
  },
  (apiKey, secret) => ({ apiKey, secret }),
);

const RevokeApiKeyInput = builder.inputType('RevokeApiKeyInput', {
  description: 'Which API key counts no more.',
  fields: (t) => ({
    prefix: t.string({ required: true, description: 'Its `prefix`: the 12 characters after `pylon_`.' }),
  }),
});

actionMutation(revokeApiKey, {
  input: RevokeApiKeyInput,
  type: ApiKeyType,
  description:
    "Revokes a key of the caller's operator, also the caller's own, at once and for ever: requests are refused, and what it holds open is " +
    'closed within 15 seconds. One that was revoked before is answered as it is.',
});
