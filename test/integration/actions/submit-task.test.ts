import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { createTenant, type Tenant } from '../../support/tenants.js';

const NOW = new Date('2026-11-21T19:30:00Z');

interface Submitted {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly faults?: readonly { readonly path: string; readonly message: string }[];
  readonly jobId?: string;
  readonly status?: string;
  readonly task?: {
    readonly kind: string;
    readonly assumptions: readonly { readonly what: string; readonly value: string }[];
    readonly notUnderstood: readonly string[];
  };
}

describe('submitTask', () => {
  let database: TestDatabase;
  let server: TestServer;
  let tenant: Tenant;
  let other: Tenant;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    server = await startTestServer(database);
    tenant = await createTenant(database, 'Asker', { role: 'AGENT' });
    other = await createTenant(database, 'Other');
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const submit = async (
    request: string,
    { key = randomUUID(), userEmail = 'ada@asker.example', by = tenant } = {},
  ): Promise<Submitted> => {
    const { data, errors } = await server.query<{ submitTask: Submitted }>(
      `mutation ($key: String!, $input: SubmitTaskInput!) { submitTask(idempotencyKey: $key, input: $input) { __typename
         ... on Workload { jobId status powerKw durationMinutes deadline maxCarbonIntensityGco2PerKwh user { email operator { name } }
           task { request kind said { what value words } assumptions { what value why } notUnderstood } }
         ... on ActionRefusal { code message faults { path message } } } }`,
      { key, input: { request, userEmail } },
      by.key,
    );
    expect(errors).toBeUndefined();
    if (!data) throw new Error('no data');
    return data.submitTask;
  };

  it('answers the workload with all that was read and assumed, and makes a user of the caller’s own', async () => {
    const key = randomUUID();
    const request = 'train a 7B model on 2 TB for 48 hours, finish by Friday 18:00, under 120 g, and sing';
    const first = await submit(request, { key });
    expect(first).toMatchObject({
      __typename: 'Workload',
      status: 'PENDING',
      powerKw: 83.2,
      durationMinutes: 2_880,
      maxCarbonIntensityGco2PerKwh: 120,
      user: { email: 'ada@asker.example', operator: { name: 'Asker' } },
      task: { request, kind: 'training', notUnderstood: ['sing'] },
    });
    expect(first.task?.assumptions.map(({ what }) => what)).toEqual([
      'type',
      'GPUs',
      'kind of GPU',
      'powerKw of one GPU',
      'durationMinutes',
      'estimatedEnergyKwh',
      'urgency',
      'isInterruptible',
      'userEmail',
    ]);
    // A retry is answered the same and does nothing; the next task of the same user makes no other.
    expect(await submit(request, { key })).toEqual(first);
    const second = await submit('transcode 10,000 videos');
    expect(second.task?.assumptions.map(({ what }) => what)).not.toContain('userEmail');
    const { rows } = await database.owner.query(
      'select operator_id, email, (select count(*)::integer from workloads) as work from users',
    );
    expect(rows).toEqual([{ operator_id: tenant.operatorId, email: 'ada@asker.example', work: 2 }]);
    const read = await server.query(
      'query ($id: String!) { workload(jobId: $id) { task { kind } } }',
      { id: second.jobId },
      tenant.key,
    );
    expect(read.data).toEqual({ workload: { task: { kind: 'transcoding' } } });
  });

  it('makes another operator a user of its own of the same address', async () => {
    await submit('train for 2 h', { by: other });
    const { rows } = await database.owner.query<{ count: number }>(
      `select count(*)::integer as count from users where email = 'ada@asker.example'`,
    );
    expect(rows[0]?.count).toBe(2);
  });

  it.each<[string, string, RegExp]>([
    [
      'what names no known task, with those that are known',
      'bake a cake',
      /^NOT_UNDERSTOOD .*fine-tune llama-8b/,
    ],
    [
      'a deadline that is too soon, naming it',
      'train for 10 h within 2 h',
      /^INVALID input.deadline must leave 600 minutes/,
    ],
    ['a deadline that is over', 'train for 1 h by 2026-11-20', /^INVALID /],
    [
      'parts that contradict each other',
      'train, 5,000 kWh at 10 kW for 3 h',
      /^INVALID .*must agree within 1 %/,
    ],
    ['more than a workload may be', 'train at 9,000 GW for 3 h', /^INVALID .*powerKw must be at most/],
    ['nothing', '   ', /^INVALID .*must not be empty/],
  ])('refuses %s, and leaves nothing behind', async (_what, request, expected) => {
    const before = await database.owner.query('select count(*) from users');
    const { __typename, code, message, faults } = await submit(request, { userEmail: 'new@asker.example' });
    expect(__typename).toBe('ActionRefusal');
    expect(
      [code, ...(faults ?? []).flatMap((fault) => [fault.path, fault.message]), message].join(' '),
    ).toMatch(expected);
    expect((await database.owner.query('select count(*) from users')).rows).toEqual(before.rows);
  });
});
