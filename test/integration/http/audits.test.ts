import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';

/**
 * Audits that do not pass, with the reason. All are of the kind MAY: a GET without a header that browsers ask about first
 * is refused, so that no foreign page can have one sent (csrfPrevention).
 */
const REFUSED_ON_PURPOSE: Readonly<Record<string, string>> = {
  '5A70': 'MAY accept GET requests: only with a header that makes a browser ask first',
  D6D5: 'the same, with variables, accepting application/graphql-response+json',
  '6A70': 'the same, with variables, accepting application/json',
};

let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startTestServer(database);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const audits = serverAudits({ url: () => `${server.url}/graphql` });
const isRefused = ({ id }: { readonly id: string }): boolean => id in REFUSED_ON_PURPOSE;

describe("graphql-http's audits", () => {
  it.each(audits.filter((audit) => !isRefused(audit)))('$id $name', async ({ fn }) => {
    const result = await fn();
    expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
  });

  it.each(audits.filter(isRefused))('$id $name: not, on purpose', async ({ name, fn }) => {
    expect(name).toMatch(/^MAY /);
    expect(await fn()).toMatchObject({ status: 'notice' });
  });

  it('are all there', () => {
    expect(audits.length).toBeGreaterThanOrEqual(60);
    expect(audits.filter(isRefused)).toHaveLength(Object.keys(REFUSED_ON_PURPOSE).length);
  });
});

describe('the same requests with a header that browsers ask about first', () => {
  const asking = serverAudits({
    url: () => `${server.url}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), 'apollo-require-preflight': '1' },
      }),
  });

  it.each(asking.filter(isRefused))('$id $name', async ({ fn }) => {
    expect((await fn()).status).toBe('ok');
  });
});
