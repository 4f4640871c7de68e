import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { viewerOfKey } from '../../../src/database/api-keys.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createTenant } from '../../support/tenants.js';
import { pylon, type Ended } from '../ingest/command.js';

/** Each is a process of its own, which takes its time on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await createTenant(database, 'North');
});
afterAll(() => database.drop());

const keys = (...args: readonly string[]): Promise<Ended> =>
  pylon(['keys', ...args], database, { url: 'http://127.0.0.1:1' }).ended;

describe('pylon keys', () => {
  it('makes a key, prints it alone on stdout, and revokes it', async () => {
    const { code, stdout, stderr } = await keys(
      'create',
      '--operator',
      'North',
      '--role',
      'agent',
      '--scopes',
      'READ,WORKLOADS',
      '--name',
      'nightly',
    );
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^pylon_[0-9a-f]{12}_[\w-]{43}\n$/)]);
    expect(stderr).toMatch(/North, AGENT, for READ, WORKLOADS.*once/);
    const key = stdout.trim();
    expect(await viewerOfKey(database.pool, key)).toMatchObject({
      operatorName: 'North',
      role: 'AGENT',
      scopes: new Set(['READ', 'WORKLOADS']),
    });
    const prefix = key.split('_')[1] ?? '';
    const listed = await keys('list');
    expect(listed.stdout).toMatch(
      new RegExp(`${prefix}  North  AGENT \\(READ, WORKLOADS\\)  nightly  last used`),
    );
    expect(listed.stdout).not.toContain(key);
    const revoked = await keys('revoke', prefix);
    expect([revoked.code, revoked.stdout]).toEqual([0, expect.stringMatching(/North is revoked since 2/)]);
    expect(await viewerOfKey(database.pool, key)).toBeNull();
  });

  it('makes the operator too, where it is told to', async () => {
    const made = await keys(
      'create',
      '--operator',
      'South',
      '--create-operator',
      'AGGREGATOR',
      '--email',
      'ops@south.example',
      '--json',
    );
    const { key, role, scopes } = JSON.parse(made.stdout) as Record<'key' | 'role', string> & {
      scopes: string[];
    };
    expect([role, scopes.includes('KEYS')]).toEqual(['OPERATOR', true]);
    expect(await viewerOfKey(database.pool, key)).toMatchObject({ operatorName: 'South' });
    const { rows } = await database.owner.query(
      `select type, email from operators join operator_accounts using (operator_id) where name = 'South'`,
    );
    expect(rows).toEqual([{ type: 'AGGREGATOR', email: 'ops@south.example' }]);
  });

  it.each([
    [['create', '--operator', 'Nobody'], /no operator "Nobody".*--create-operator/],
    [['create', '--operator', 'North', '--role', 'KING'], /--role: "KING" is none of READER/],
    [
      ['create', '--operator', 'North', '--role', 'READER', '--scopes', 'KEYS'],
      /KEYS are beyond the role READER/,
    ],
    [['create', '--operator', 'New', '--create-operator', 'RESEARCH'], /needs --email/],
    [
      ['create', '--operator', 'New', '--create-operator', 'RESEARCH', '--email', 'north@example.com'],
      /another operator is reached/,
    ],
    [['revoke', '0'.repeat(12)], /there is no key/],
    [['revoke', 'x'], /12 characters/],
  ])('%j is refused and makes nothing', async (args, reason) => {
    const count = async () => {
      const { rows } = await database.owner.query(
        'select (select count(*) from operators) as operators, (select count(*) from api_keys) as keys',
      );
      return rows;
    };
    const before = await count();
    const { code, stdout, stderr } = await keys(...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/ {4}at /);
    expect(await count()).toEqual(before);
  });
});
