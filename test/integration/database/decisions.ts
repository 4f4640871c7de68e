/** A chain of decisions for tests: two operators, and signals to decide from. */
import pg from 'pg';
import { act } from '../../../src/actions/action.js';
import { recordDecision } from '../../../src/actions/decisions/record-decision.js';
import type { ActionAnswer } from '../../../src/database/actions.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createFleetTenant, type FleetTenant } from '../../support/fleet.js';
import { createWriter } from '../../support/writer.js';

export const FROM = new Date('2026-03-02T12:00Z');

export interface DecisionsDatabase {
  readonly database: TestDatabase;
  /** One connection of the owner. */
  readonly owner: pg.Client;
  readonly north: FleetTenant;
  readonly south: FleetTenant;
  /** A decision of an operator that fills every column it can; under a key of its own unless one is given. */
  record(tenant: FleetTenant, input?: Readonly<Record<string, unknown>>, key?: string): Promise<ActionAnswer>;
  /** The same, and nothing but done. @returns its number. */
  recorded(tenant: FleetTenant, input?: Readonly<Record<string, unknown>>): Promise<number>;
  drop(): Promise<void>;
}

export async function createDecisionsDatabase(): Promise<DecisionsDatabase> {
  const database = await createTestDatabase();
  const owner = new pg.Client({ connectionString: database.ownerUrl, options: '-c TimeZone=UTC' });
  await owner.connect();
  const writer = await createWriter(database);
  await writer.write(
    [0, 1].map((n) => ({
      regionId: 13,
      from: new Date(FROM.getTime() + n * 1_800_000),
      kind: 'FORECAST' as const,
      issuedAt: null,
      intensityGco2PerKwh: 90 + n,
      index: 'LOW' as const,
      mix: null,
    })),
  );
  const north = await createFleetTenant(database, 'North');
  const south = await createFleetTenant(database, 'South');
  let keys = 0;
  const record: DecisionsDatabase['record'] = (tenant, input = {}, key = `own-${(keys += 1)}`) =>
    act(database, tenant.viewer, recordDecision, {
      idempotencyKey: key,
      input: {
        type: 'DEFER_WORKLOAD',
        agentId: tenant.agent,
        jobId: tenant.job,
        sourceDcId: tenant.centre,
        targetDcId: north.centre,
        signals: [0, 1].map((n) => ({ regionId: 13, from: new Date(FROM.getTime() + n * 1_800_000) })),
        reasoning: `Because "ü" \\ '\nand a second line, ${key}`,
        prediction: { predictedCarbonGco2: 0.1 + 0.2, carbonSavedGco2: 1e14 / 3, costSavedGbp: -0 },
        ...input,
      },
    });
  return {
    database,
    owner,
    north,
    south,
    record,
    async recorded(tenant, input) {
      const answer = await record(tenant, input);
      if ('refusal' in answer) throw new Error(answer.refusal.message);
      return answer.id;
    },
    async drop() {
      await owner.end();
      await database.drop();
    },
  };
}
