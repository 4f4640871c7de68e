import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { createTenant, type Tenant } from '../../support/tenants.js';

const REGISTER = `mutation ($key: String!, $input: RegisterOperatorInput!) {
  registerOperator(idempotencyKey: $key, input: $input) {
    __typename
    ... on Operator { id name type email createdAt }
    ... on ActionRefusal { code message faults { path message } possible }
  }
}`;

describe('registerOperator', () => {
  let database: TestDatabase;
  let server: TestServer;
  let admin: Tenant;
  let tenant: Tenant;

  beforeAll(async () => {
    database = await createTestDatabase();
    server = await startTestServer(database);
    admin = await createTenant(database, 'Pylon', { role: 'ADMIN' });
    tenant = await createTenant(database, 'Somebody');
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const register = (key: string, input: object, as: string | undefined = admin.key) =>
    server.query<{ registerOperator: Record<string, unknown> }>(REGISTER, { key, input }, as);

  it('makes an operator, and answers a retry as the first time', async () => {
    const input = { name: 'North Compute', type: 'COMPUTE_OPERATOR', email: 'ops@north.example' };
    const first = await register('one', input);
    expect(first.data?.registerOperator).toMatchObject({
      __typename: 'Operator',
      name: 'North Compute',
      type: 'COMPUTE_OPERATOR',
      email: 'ops@north.example',
    });
    await database.owner.query(`update operators set name = 'Renamed' where name = 'North Compute'`);
    expect(await register('one', input)).toEqual(first);
    const { rows } = await database.owner.query(
      `select from operators where name in ('Renamed', 'North Compute')`,
    );
    expect(rows).toHaveLength(1);
  });

  it('refuses a key that was used with another body, a name that is taken, and all that is wrong at once', async () => {
    await register('two', { name: 'Two', type: 'RESEARCH', email: 'two@example.com' });
    const reused = await register('two', { name: 'Three', type: 'RESEARCH', email: 'two@example.com' });
    expect(reused.data?.registerOperator).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    const taken = await register('three', { name: 'Two', type: 'RESEARCH', email: 'three@example.com' });
    expect(taken.data?.registerOperator).toMatchObject({ code: 'ALREADY_EXISTS' });
    const wrong = await register('', {
      name: ' ',
      type: 'RESEARCH',
      email: 'nobody',
      metadata: { text: 'a\0b' },
    });
    expect(wrong.data?.registerOperator).toMatchObject({ code: 'INVALID' });
    expect(wrong.data?.registerOperator['faults']).toMatchObject(
      ['idempotencyKey', 'input.name', 'input.email', 'input.metadata'].map((path) => ({ path })),
    );
  });

  it('needs a key with its scope', async () => {
    const input = { name: 'Nobody', type: 'RESEARCH', email: 'nobody@example.com' };
    const anonymous = await server.query(REGISTER, { key: 'a', input });
    expect(anonymous.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    const other = await register('a', input, tenant.key);
    expect(other.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    const unknown = await register(
      'a',
      input,
      `${tenant.key.slice(0, -1)}${tenant.key.endsWith('A') ? 'B' : 'A'}`,
    );
    expect([unknown.status, unknown.errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('shows the account of an operator to itself alone', async () => {
    const read = async (key?: string) => {
      const { data } = await server.query<{
        operators: { edges: { node: { name: string; email: string | null } }[] };
      }>('{ operators { edges { node { name email } } } }', {}, key);
      return Object.fromEntries(data?.operators.edges.map(({ node }) => [node.name, node.email]) ?? []);
    };
    expect(await read()).toMatchObject({ Pylon: null, Somebody: null });
    expect(await read(tenant.key)).toMatchObject({ Pylon: null, Somebody: 'somebody@example.com' });
    expect(await read(admin.key)).toMatchObject({
      Pylon: 'pylon@example.com',
      Somebody: 'somebody@example.com',
    });
  });
});
