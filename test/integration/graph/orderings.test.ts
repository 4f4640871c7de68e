import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { createTenantRows } from '../../support/tenant-rows.js';
import { createTenant, type Tenant } from '../../support/tenants.js';

interface Pages {
  readonly edges: readonly { readonly cursor: string; readonly node: Readonly<Record<string, unknown>> }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
type Value = string | number;

const WORKLOADS = 11;
/** Each value several times, so that ties are many; by the number of the workload. */
const valueOf: Readonly<Record<string, (n: number) => Value>> = {
  deadline: (n) => new Date(Date.UTC(2026, 2, 9, n % 3)).toISOString(),
  earliestStart: (n) => new Date(Date.UTC(2026, 2, 2, n % 4)).toISOString(),
  priority: (n) => (n * 7) % 5,
  estimatedEnergyKwh: (n) => (n % 4) + 0.1 + 0.2,
  powerKw: (n) => (n % 4) / 3 + 1,
  durationMinutes: (n) => 30 + (n % 2),
  name: (n) => ['ä', 'Zoë', 'a'.repeat(255), '漢'.repeat(255)][n % 4] ?? '',
};

describe('an order of a connection', () => {
  let database: TestDatabase;
  let server: TestServer;
  let tenant: Tenant;

  beforeAll(async () => {
    database = await createTestDatabase();
    server = await startTestServer(database);
    await createTenantRows(database, 'Others', { text: 'x', number: 7 });
    tenant = await createTenant(database, 'Orderly');
    for (let n = 0; n < WORKLOADS; n += 1) {
      const columns = Object.entries(valueOf).map(([field, of]) => [
        field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        of(n),
      ]);
      await database.owner.query(
        `insert into workloads (operator_id, job_id, type, ${columns.map(([column]) => column).join(', ')})
         values ($1, $2, 'OTHER', ${columns.map((_, i) => `$${i + 3}`).join(', ')})`,
        [tenant.operatorId, `job-${n}`, ...columns.map(([, value]) => value)],
      );
    }
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const page = async (args: string, field = 'jobId'): Promise<Pages> => {
    const { data, errors } = await server.query<{ workloads: Pages }>(
      `{ workloads(${args}) { edges { cursor node { jobId ${field} } } pageInfo { hasNextPage endCursor } } }`,
      {},
      tenant.key,
    );
    if (!data) throw new Error(errors?.[0]?.extensions.code);
    return data.workloads;
  };
  const walk = async (order: string, field: string): Promise<[Value, number][]> => {
    const found: [Value, number][] = [];
    for (let after: string | null = null, more = true; more;) {
      const { edges, pageInfo }: Pages = await page(
        `${order}, first: 3${after === null ? '' : `, after: "${after}"`}`,
        field,
      );
      for (const { node } of edges)
        found.push([node[field] as Value, Number(String(node['jobId']).slice(4))]);
      after = pageInfo.endCursor;
      more = pageInfo.hasNextPage;
    }
    return found;
  };

  it.each([
    ['DEADLINE', 'deadline', 'ASC'],
    ['EARLIEST_START', 'earliestStart', 'ASC'],
    ['PRIORITY', 'priority', 'DESC'],
    ['ENERGY', 'estimatedEnergyKwh', 'DESC'],
    ['POWER', 'powerKw', 'DESC'],
    ['DURATION', 'durationMinutes', 'DESC'],
    ['NAME', 'name', 'ASC'],
  ])(
    'by %s is whole over pages, stable where values are the same, and turns round',
    async (order, field, usually) => {
      const column = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      for (const direction of ['ASC', 'DESC']) {
        const { rows } = await database.owner.query<{ job_id: string }>(
          `select job_id from workloads where operator_id = $1 order by ${column} ${direction}, workload_id ${direction}`,
          [tenant.operatorId],
        );
        const expected = rows.map(({ job_id: jobId }) => {
          const n = Number(jobId.slice(4));
          return [valueOf[field]?.(n), n];
        });
        expect(await walk(`orderBy: ${order}, orderDirection: ${direction}`, field)).toEqual(expected);
        if (direction === usually) expect(await walk(`orderBy: ${order}`, field)).toEqual(expected);
      }
    },
  );

  it('is newest first where none is asked for', async () => {
    const numbers = (await walk('orderDirection: null', 'jobId')).map(([, n]) => n);
    expect(numbers).toEqual(Array.from({ length: WORKLOADS }, (_, n) => WORKLOADS - 1 - n));
    expect((await walk('orderBy: CREATED_AT, orderDirection: ASC', 'jobId')).map(([, n]) => n)).toEqual(
      numbers.toReversed(),
    );
  });

  it('takes no cursor of another order or direction, and none that it did not write', async () => {
    const [edge] = (await page('orderBy: DEADLINE, first: 1')).edges;
    const cursor = edge?.cursor ?? '';
    expect((await page(`orderBy: DEADLINE, after: "${cursor}"`)).edges).toHaveLength(WORKLOADS - 1);
    const forged = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
    for (const args of [
      `after: "${cursor}"`,
      `orderBy: EARLIEST_START, after: "${cursor}"`,
      `orderBy: DEADLINE, orderDirection: DESC, after: "${cursor}"`,
      `orderBy: PRIORITY, after: "${forged(['wl.PRIORITY.DESC', 40_000, 1])}"`,
      `orderBy: PRIORITY, after: "${forged(['wl.PRIORITY.DESC', 1.5, 1])}"`,
      `orderBy: DEADLINE, after: "${forged(['wl.DEADLINE.ASC', 9e15, 1])}"`,
      `orderBy: NAME, after: "${forged(['wl.NAME.ASC', '\0', 1])}"`,
      `orderBy: NAME, after: "${forged(['wl.NAME.ASC', 'a', 1e12])}"`,
      `orderBy: POWER, after: "${forged(['dc.POWER.DESC', 1, 1])}"`,
    ])
      await expect(page(args), args).rejects.toThrow('BAD_CURSOR');
  });

  it('is taken by every connection that names orders, each of its values in both directions', async () => {
    const { data } = await server.query<{
      __schema: {
        queryType: {
          fields: readonly {
            name: string;
            args: readonly { name: string; type: { enumValues: readonly { name: string }[] | null } }[];
          }[];
        };
      };
    }>('{ __schema { queryType { fields { name args { name type { enumValues { name } } } } } } }');
    const ordered = (data?.__schema.queryType.fields ?? []).flatMap(({ name, args }) => {
      const values = args.find((arg) => arg.name === 'orderBy')?.type.enumValues;
      return values ? [[name, values.map((value) => value.name)] as const] : [];
    });
    expect(ordered.map(([name]) => name).sort()).toEqual([
      'agents',
      'dataCentres',
      'decisions',
      'flexibilityWindows',
      'negotiations',
      'operators',
      'placements',
      'storageAssets',
      'users',
      'workloads',
    ]);
    const admin = await createTenant(database, 'Overseer', { role: 'ADMIN' });
    for (const [name, values] of ordered)
      for (const value of values)
        for (const direction of ['ASC', 'DESC']) {
          const order = `orderBy: ${value}, orderDirection: ${direction}`;
          const ask = async (after: string) =>
            server.query<Record<string, Pages>>(
              `{ page: ${name}(${order}, first: 1${after}) { edges { cursor } } }`,
              {},
              admin.key,
            );
          const first = await ask('');
          expect(first.errors, `${name} ${order}`).toBeUndefined();
          const cursor = first.data?.['page']?.edges[0]?.cursor ?? '';
          expect(cursor, name).not.toBe('');
          expect((await ask(`, after: "${cursor}"`)).errors, `${name} ${order}`).toBeUndefined();
        }
  });
});
