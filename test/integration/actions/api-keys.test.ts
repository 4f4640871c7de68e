import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { createKey, createTenant, type Tenant } from '../../support/tenants.js';

const CREATE = `mutation ($key: String!, $input: CreateApiKeyInput!) {
  answer: createApiKey(idempotencyKey: $key, input: $input) {
    __typename
    ... on CreatedApiKey { secret secretNote apiKey { id name prefix role scopes lastUsedAt revokedAt } }
    ... on ActionRefusal { code message faults { path message } }
  }
}`;
const REVOKE = `mutation ($key: String!, $prefix: String!) {
  answer: revokeApiKey(idempotencyKey: $key, input: { prefix: $prefix }) {
    __typename
    ... on ApiKey { id prefix revokedAt }
    ... on ActionRefusal { code message }
  }
}`;
const VIEWER = '{ viewer { role scopes operator { name } apiKey { prefix } } }';

interface Answer {
  readonly __typename: string;
  readonly code?: string;
  readonly secret: string | null;
  readonly secretNote: string;
  readonly revokedAt: string | null;
  readonly faults?: readonly { readonly path: string }[];
  readonly apiKey: { readonly id: string; readonly prefix: string; readonly scopes: readonly string[] };
}

describe('API keys', () => {
  let database: TestDatabase;
  let server: TestServer;
  let tenant: Tenant;
  let other: Tenant;
  let number = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    server = await startTestServer(database);
    tenant = await createTenant(database, 'Ours');
    other = await createTenant(database, 'Theirs');
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const act = async (query: string, variables: object, as: string) => {
    number += 1;
    const { data, errors } = await server.query<{ answer: Answer }>(
      query,
      { key: `key-${number}`, ...variables },
      as,
    );
    if (!data) throw new Error(JSON.stringify(errors));
    return data.answer;
  };
  const create = (input: object, as = tenant.key) => act(CREATE, { input }, as);
  const revoke = (prefix: string, as = tenant.key) => act(REVOKE, { prefix }, as);
  const viewerOf = (key?: string) => server.query<{ viewer: unknown }>(VIEWER, {}, key);

  it('are made by an administrator for any operator, and by nobody else for another', async () => {
    const served = await createTenant(database, 'Served');
    const admin = await createKey(database.owner, tenant.operatorId, { role: 'ADMIN' });
    const made = await create({ operator: 'Served', name: 'by the administrator', role: 'AGENT' }, admin);
    expect(made).toMatchObject({ __typename: 'CreatedApiKey', apiKey: { role: 'AGENT' } });
    const { data } = await viewerOf(made.secret ?? '');
    expect(data?.viewer).toMatchObject({ role: 'AGENT', operator: { name: 'Served' } });
    const input = { name: 'x', role: 'READER' };
    expect(await create({ ...input, operator: 'Served' })).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await create({ ...input, operator: 'Nobody' }, admin)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await create({ ...input, operator: 'Served' }, served.key)).toMatchObject({
      __typename: 'CreatedApiKey',
    });
    const { rows } = await database.owner.query('select from api_keys where operator_id = $1', [
      served.operatorId,
    ]);
    expect(rows).toHaveLength(3);
  });

  it('shows the secret once; a retry is answered the same key without it, and says why', async () => {
    const request = { key: 'once', input: { name: 'a worker', role: 'AGENT' } };
    const first = await act(CREATE, request, tenant.key);
    expect(first).toMatchObject({ __typename: 'CreatedApiKey', apiKey: { name: 'a worker', role: 'AGENT' } });
    expect(first.secret).toMatch(new RegExp(`^pylon_${first.apiKey.prefix}_[\\w-]{43}$`));
    const retry = await act(CREATE, request, tenant.key);
    expect(retry.apiKey).toEqual(first.apiKey);
    expect(retry.secret).toBeNull();
    expect(retry.secretNote).toContain(first.apiKey.prefix);
    const { data } = await viewerOf(first.secret ?? '');
    expect(data?.viewer).toEqual({
      role: 'AGENT',
      scopes: first.apiKey.scopes,
      operator: { name: 'Ours' },
      apiKey: { prefix: first.apiKey.prefix },
    });
  });

  it('keeps the secret nowhere in the database', async () => {
    const { secret } = await create({ name: 'secret', role: 'READER' });
    const random = (secret ?? '').split('_').slice(2).join('_');
    expect(random).toHaveLength(43);
    const { rows: tables } = await database.owner.query<{ name: string }>(
      `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
    expect(tables.length).toBeGreaterThan(30);
    const found: string[] = [];
    for (const { name } of tables) {
      const { rowCount } = await database.owner.query(
        `select from "${name}" t where strpos(to_jsonb(t)::text, $1) > 0`,
        [random],
      );
      if (rowCount) found.push(name);
    }
    expect(found).toEqual([]);
  });

  it('are good for nothing that their maker is not good for', async () => {
    expect(await create({ name: 'x', role: 'ADMIN' })).toMatchObject({ code: 'NOT_ALLOWED' });
    const beyond = await create({ name: 'x', role: 'READER', scopes: ['READ', 'WORKLOADS'] });
    expect(beyond).toMatchObject({ code: 'NOT_ALLOWED', faults: [{ path: 'input.scopes' }] });
    const narrow = await createKey(database.owner, tenant.operatorId, { scopes: ['KEYS', 'WORKLOADS'] });
    expect(await create({ name: 'x', role: 'AGENT', scopes: ['DECISIONS'] }, narrow)).toMatchObject({
      code: 'NOT_ALLOWED',
    });
    // A key that names no scope has all of its role's: one that could be given none must not be made.
    expect(await create({ name: 'x', role: 'READER' }, narrow)).toMatchObject({ code: 'NOT_ALLOWED' });
    const made = await create({ name: 'x', role: 'OPERATOR' }, narrow);
    expect([...made.apiKey.scopes].sort()).toEqual(['KEYS', 'WORKLOADS']);
    const agent = await createKey(database.owner, tenant.operatorId, { role: 'AGENT' });
    const { errors } = await server.query(
      CREATE,
      { key: 'agent', input: { name: 'x', role: 'READER' } },
      agent,
    );
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it.each([
    ['an empty name', { name: ' ', role: 'READER' }, 'input.name'],
    ['a name with NUL', { name: 'a\0b', role: 'READER' }, 'input.name'],
    ['a name of a lone surrogate', { name: '\ud800', role: 'READER' }, 'input.name'],
    ['a name too long', { name: 'x'.repeat(101), role: 'READER' }, 'input.name'],
    ['no scope at all', { name: 'x', role: 'READER', scopes: [] }, 'input.scopes'],
  ])('are refused for %s', async (_what, input, path) => {
    expect(await create(input)).toMatchObject({ code: 'INVALID', faults: [{ path }] });
  });

  it('that are revoked are refused at once, and stay so', async () => {
    const { secret, apiKey } = await create({ name: 'short', role: 'READER' });
    expect((await viewerOf(secret ?? '')).status).toBe(200);
    const revoked = await revoke(apiKey.prefix);
    expect(revoked.revokedAt).not.toBeNull();
    expect((await viewerOf(secret ?? '')).status).toBe(401);
    expect(await revoke(apiKey.prefix)).toEqual(revoked);
  });

  it("may revoke themselves, but nobody else's", async () => {
    const own = await create({ name: 'own', role: 'OPERATOR' });
    expect(await revoke(own.apiKey.prefix, other.key)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await revoke('0'.repeat(12))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await revoke('x')).toMatchObject({ code: 'INVALID' });
    expect((await viewerOf(own.secret ?? '')).status).toBe(200);
    expect(await revoke(own.apiKey.prefix, own.secret ?? '')).toMatchObject({ __typename: 'ApiKey' });
    expect((await viewerOf(own.secret ?? '')).status).toBe(401);
  });

  it("are listed for their operator alone, newest first, and are nobody's without a key", async () => {
    const list = async (key?: string, args = '') => {
      const { data } = await server.query<{ apiKeys: { edges: { node: Record<string, unknown> }[] } }>(
        `{ apiKeys${args} { edges { node { name revokedAt operator { name } } } } }`,
        {},
        key,
      );
      return data?.apiKeys.edges.map(({ node }) => node) ?? [];
    };
    expect(await list()).toEqual([]);
    expect(await list(other.key)).toEqual([{ name: 'test', revokedAt: null, operator: { name: 'Theirs' } }]);
    const all = await list(tenant.key);
    const revoked = await list(tenant.key, '(revoked: true)');
    expect(revoked.length).toBeGreaterThan(0);
    expect(revoked.every(({ revokedAt }) => revokedAt !== null)).toBe(true);
    expect((await list(tenant.key, '(revoked: false)')).length).toBe(all.length - revoked.length);
    expect(all.at(-1)).toMatchObject({ name: 'test' });
  });

  it('viewer is null without one', async () => {
    expect((await viewerOf()).data).toEqual({ viewer: null });
  });
});
