import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/domain/canonical-json.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { createTenant, type Tenant } from '../../support/tenants.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const FIELDS = `month from to workloadCount energyKwh carbonGco2 costGbp carbonGco2PerKwh costGbpPerKwh unknownCarbonCount unknownCostCount
  carbonSaved { predictedGco2 realisedGco2 predictedGco2PerKwh realisedGco2PerKwh predictedCount realisedCount }
  costSaved { predictedGbp realisedGbp predictedGbpPerKwh realisedGbpPerKwh predictedCount realisedCount }`;
/** What a saving shows, by its unit. */
const saving = (
  unit: 'Gco2' | 'Gbp',
  [predicted, realised, predictedPerKwh, realisedPerKwh]: readonly (number | null)[],
  [predictedCount, realisedCount]: readonly number[],
) => ({
  [`predicted${unit}`]: predicted,
  [`realised${unit}`]: realised,
  [`predicted${unit}PerKwh`]: predictedPerKwh,
  [`realised${unit}PerKwh`]: realisedPerKwh,
  predictedCount,
  realisedCount,
});
const NOTHING = [null, null, null, null];
const NO_CARBON = saving('Gco2', NOTHING, [0, 0]);
const NO_COST = saving('Gbp', NOTHING, [0, 0]);

interface Month {
  readonly month: string;
  readonly workloadCount: number;
}

describe('months of completed work', () => {
  let database: TestDatabase;
  let server: TestServer;
  let ours: Tenant;
  let theirs: Tenant;
  let decisions = 0;

  /** A workload of a tenant, and its number. */
  const completed = async (
    { operatorId }: Tenant,
    jobId: string,
    completedAt: string,
    [energy, carbon, cost]: readonly (number | null)[],
    { userId = null, status = 'COMPLETED' }: { userId?: number | null; status?: string } = {},
  ): Promise<number> => {
    const { rows } = await database.owner.query<{ workload_id: number }>(
      `insert into workloads (operator_id, user_id, job_id, name, type, estimated_energy_kwh, power_kw, duration_minutes, earliest_start, deadline,
         status, completed_at, actual_energy_kwh, actual_carbon_gco2, actual_cost_gbp)
       values ($1, $2, $3, $3, 'OTHER', 10, 10, 60, '2026-01-01T00:00Z', '2027-01-01T00:00Z', $4::workload_status, $5, $6, $7, $8) returning workload_id`,
      [operatorId, userId, jobId, status, completedAt, energy, carbon, cost],
    );
    return rows[0]?.workload_id ?? 0;
  };
  /** A decision about a workload, with what it predicted and what became known of it, each newer than the one before. */
  const decided = async (
    { operatorId }: Tenant,
    workloadId: number,
    prediction: Readonly<Record<string, number | null>>,
    outcomes: readonly (readonly [carbonSaved: number | null, costSaved: number | null])[],
    supersedes: number | null = null,
  ): Promise<number> => {
    decisions += 1;
    const hash = String(decisions).padStart(64, '0');
    await database.owner.query(
      `insert into decisions (decision_id, code, operator_id, type, workload_id, supersedes_id, decided_at, content, previous_hash, hash)
       values ($1, $2, $3, 'DEFER_WORKLOAD', $4, $5, now(), $6, $7, $8)`,
      [
        decisions,
        `d-${decisions}`,
        operatorId,
        workloadId,
        supersedes,
        canonicalJson({ prediction }),
        hash,
        hash,
      ],
    );
    for (const [carbonSaved, costSaved] of outcomes)
      await database.owner.query(
        `insert into decision_outcomes (decision_id, operator_id, carbon_saved_gco2, cost_saved_gbp) values ($1, $2, $3, $4)`,
        [decisions, operatorId, carbonSaved, costSaved],
      );
    return decisions;
  };

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    server = await startTestServer(database);
    ours = await createTenant(database, 'Ours');
    theirs = await createTenant(database, 'Theirs');
    const { rows } = await database.owner.query<{ user_id: number }>(
      `insert into users (operator_id, email, name) values ($1, 'ada@ours.example', 'Ada') returning user_id`,
      [ours.operatorId],
    );
    const userId = rows[0]?.user_id ?? 0;
    // Clocks show summer time until 25 October: the first two are completed in October and September of London.
    const october = await completed(ours, 'october', '2026-09-30T23:00:00Z', [10, 2_000.1, 4], { userId });
    await completed(ours, 'september', '2026-09-30T22:59:59.999Z', [5, 500, 1]);
    const other = await completed(ours, 'october-2', '2026-10-31T23:59:59Z', [20, 1_000.2, null]);
    const unknown = await completed(ours, 'october-3', '2026-10-10T00:00:00Z', [30, null, null], { userId });
    await completed(ours, 'failed', '2026-10-10T00:00:00Z', [7, 7, 7], { status: 'FAILED' });
    await completed(ours, 'november', '2026-11-01T00:00:00Z', [0, 0, 0]);
    await completed(ours, 'long-ago', '2025-11-30T23:59:59Z', [1, 1, 1]);
    await completed(ours, 'a-year', '2025-12-01T00:00:00Z', [1, 1, 1]);
    await completed(theirs, 'theirs', '2026-10-10T00:00:00Z', [100, 100, 100]);

    const old = await decided(ours, october, { carbonSavedGco2: 9e9, costSavedGbp: 9e9 }, [[9e9, 9e9]]);
    await decided(ours, october, { carbonSavedGco2: 8e8, costSavedGbp: 3 }, [[8e8, 2]], old);
    await decided(ours, october, { carbonSavedGco2: 1_000, costSavedGbp: null }, [
      [7e7, null],
      [900, null],
      [null, null],
    ]);
    await decided(ours, october, { carbonSavedGco2: null, costSavedGbp: null }, []);
    await decided(ours, other, { carbonSavedGco2: 500 }, [[-100.5, null]]);
    await decided(ours, unknown, { carbonSavedGco2: 600 }, [[null, null]]);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const months = async <Shown = Month>(
    args = '',
    fields = 'month workloadCount',
    as = ours.key,
  ): Promise<Shown[]> => {
    const { data, errors } = await server.query<{ operator: { months: Shown[] } }>(
      `{ operator(name: "Ours") { months${args} { ${fields} } } }`,
      {},
      as,
    );
    if (!data || errors) throw new Error(`${errors?.[0]?.extensions.code} ${errors?.[0]?.message}`);
    return data.operator.months;
  };

  it('are London’s, of completed work alone, with what each is per kWh and what decisions saved', async () => {
    expect(await months('(from: "2026-09-01T00:00Z")', FIELDS)).toEqual([
      {
        month: '2026-09',
        from: '2026-08-31T23:00:00.000Z',
        to: '2026-09-30T23:00:00.000Z',
        workloadCount: 1,
        energyKwh: 5,
        carbonGco2: 500,
        costGbp: 1,
        carbonGco2PerKwh: 100,
        costGbpPerKwh: 0.2,
        unknownCarbonCount: 0,
        unknownCostCount: 0,
        carbonSaved: NO_CARBON,
        costSaved: NO_COST,
      },
      {
        month: '2026-10',
        from: '2026-09-30T23:00:00.000Z',
        to: '2026-11-01T00:00:00.000Z',
        workloadCount: 3,
        energyKwh: 60,
        carbonGco2: 3_000.3,
        costGbp: 4,
        carbonGco2PerKwh: 100.01, // 3,000.3 g over the 30 kWh of those two
        costGbpPerKwh: 0.4,
        unknownCarbonCount: 1,
        unknownCostCount: 2,
        // 1,000 + 500 + 600 over 60 kWh; 900 - 100.5 over 30 kWh
        carbonSaved: saving('Gco2', [2_100, 799.5, 35, 26.65], [3, 2]),
        costSaved: saving('Gbp', [3, 2, 0.3, 0.2], [1, 1]),
      },
      {
        month: '2026-11',
        from: '2026-11-01T00:00:00.000Z',
        to: '2026-12-01T00:00:00.000Z',
        workloadCount: 1,
        energyKwh: 0,
        carbonGco2: 0,
        costGbp: 0,
        carbonGco2PerKwh: null,
        costGbpPerKwh: null,
        unknownCarbonCount: 0,
        unknownCostCount: 0,
        carbonSaved: NO_CARBON,
        costSaved: NO_COST,
      },
    ]);
  });

  it('are those of the last twelve when no span is named, and of what was completed within one', async () => {
    const shown = (await months()).map(({ month, workloadCount }) => [month, workloadCount]);
    expect(shown).toEqual([
      ['2025-12', 1],
      ['2026-09', 1],
      ['2026-10', 3],
      ['2026-11', 1],
    ]);
    expect(await months('(from: "2026-09-30T23:00Z", to: "2026-10-31T23:59:59Z")')).toEqual([
      { month: '2026-10', workloadCount: 2 },
    ]);
    expect(await months('(from: "2016-11-22T00:00Z")')).toHaveLength(5);
    for (const span of [
      '(from: "2015-01-01T00:00Z")',
      '(from: "2026-10-02T00:00Z", to: "2026-10-01T00:00Z")',
    ])
      await expect(months(span)).rejects.toThrow('BAD_USER_INPUT');
  });

  it('are of a user what was submitted for it', async () => {
    const { data } = await server.query<{ user: unknown }>(
      '{ user(email: "ada@ours.example") { months { month workloadCount energyKwh carbonGco2 carbonSaved { predictedGco2 } } } }',
      {},
      ours.key,
    );
    expect(data?.user).toEqual({
      months: [
        {
          month: '2026-10',
          workloadCount: 2,
          energyKwh: 40,
          carbonGco2: 2_000.1,
          carbonSaved: { predictedGco2: 1_600 },
        },
      ],
    });
  });

  it('are nobody else’s to see but administrators’', async () => {
    expect(await months('', 'month workloadCount', theirs.key)).toEqual([]);
    const admin = await createTenant(database, 'Overseer', { role: 'ADMIN' });
    expect(await months('', 'month workloadCount', admin.key)).toHaveLength(4);
    const { data } = await server.query<{
      operators: { edges: { node: { name: string; months: Month[] } }[] };
    }>(
      '{ operators(orderBy: NAME) { edges { node { name months { month workloadCount } } } } }',
      {},
      admin.key,
    );
    expect(data?.operators.edges.map(({ node }) => [node.name, node.months.length])).toEqual([
      ['Ours', 4],
      ['Overseer', 0],
      ['Theirs', 1],
    ]);
  });
});
