import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdPlacement } from '../../../src/actions/placing/hold-placement.js';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import type { KnownViewer } from '../../../src/domain/viewer.js';
import { createDataCentre, done, viewerOf } from '../../support/compute.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createTenant } from '../../support/tenants.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const DENIED = { code: '42501' };

describe('the login that requests use', () => {
  let database: TestDatabase;
  let ours: KnownViewer;
  let theirs: KnownViewer;
  let centre: number;
  let placement: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    ours = await viewerOf(database, await createTenant(database, 'Ours'));
    theirs = await viewerOf(database, await createTenant(database, 'Theirs'));
    centre = await createDataCentre(database, ours.operatorId, 'centre');
    await done(database, ours, submitWorkload, {
      jobId: 'job',
      name: 'job',
      type: 'OTHER',
      powerKw: 100,
      durationMinutes: 30,
      deadline: new Date('2026-03-03T00:00Z'),
    });
    placement = await done(database, ours, holdPlacement, {
      jobId: 'job',
      dcId: 'centre',
      slots: [{ from: new Date('2026-03-02T12:30Z'), powerKw: 100 }],
    });
  });
  afterAll(() => database.drop());

  /** In a transaction of somebody's, which is then undone. */
  async function as<Result>(
    viewer: KnownViewer | null,
    work: (client: pg.PoolClient) => Promise<Result>,
  ): Promise<Result> {
    const client = await database.pool.connect();
    try {
      await client.query('begin');
      if (viewer)
        await client.query(
          `select set_config('pylon.operator', $1, true), set_config('pylon.role', $2, true)`,
          [String(viewer.operatorId), viewer.role],
        );
      return await work(client);
    } finally {
      await client.query('rollback');
      client.release();
    }
  }
  const hold = (expiresAt = new Date('2026-03-02T12:05Z')) => ({
    text: `select * from hold_placement('x', $1, $2, array[timestamptz '2026-03-02 12:30Z'], array[1.0], $3, null, $4)`,
    values: [placement['workload_id'], centre, expiresAt, NOW],
  });
  const move = (to: string) => ({
    text: `select move_placements(array[$1::integer], $2::placement_state, null, $3) as moved`,
    values: [placement['placement_id'], to, NOW],
  });

  it('writes placements, their slots and their sums by no statement of its own, and reads no sums of others', async () => {
    for (const sql of [
      `update placements set state = 'CONFIRMED', expires_at = null`,
      `update placements set expires_at = 'infinity'`,
      'delete from placements',
      'truncate placements',
      `update placement_slots set facility_w = 1`,
      'delete from placement_slots',
      'select from power_ledger',
      'delete from power_ledger',
      'select enter_power(null)',
      'delete from action_keys',
      'update workload_consumption set energy_kwh = 0',
      'delete from workload_consumption',
    ])
      await expect(as(ours, (client) => client.query(sql))).rejects.toMatchObject(DENIED);
  });

  it('holds for its own workloads alone, and moves its own placements alone', async () => {
    for (const who of [theirs, null]) {
      await expect(as(who, (client) => client.query(hold()))).rejects.toMatchObject(DENIED);
      await expect(as(who, (client) => client.query(move('RELEASED')))).rejects.toMatchObject(DENIED);
    }
    const { rows } = await as(ours, (client) => client.query<{ held_id: number }>(hold()));
    expect(rows[0]?.held_id).toBeGreaterThan(0);
  });

  it('moves a placement by the moves of its state alone', async () => {
    const moved = await as(ours, async (client) => {
      const answers: unknown[] = [];
      for (const to of [
        'RUNNING',
        'DONE',
        'HELD',
        'CONFIRMED',
        'HELD',
        'RUNNING',
        'RELEASED',
        'DONE',
        'CONFIRMED',
      ])
        answers.push((await client.query<{ moved: number[] }>(move(to))).rows[0]?.moved.length);
      return answers;
    });
    expect(moved).toEqual([0, 0, 0, 1, 0, 1, 0, 1, 0]);
  });

  it('makes no hold that is over already', async () => {
    await expect(as(ours, (client) => client.query(hold(NOW)))).rejects.toMatchObject({ code: '22023' });
  });

  it("sees its own operator's rows alone", async () => {
    for (const table of [
      'workloads',
      'placements',
      'placement_slots',
      'workload_runs',
      'workload_consumption',
    ]) {
      for (const who of [theirs, null])
        expect((await as(who, (client) => client.query(`select from ${table}`))).rowCount).toBe(0);
    }
    expect((await as(ours, (client) => client.query('select from placement_slots'))).rowCount).toBe(1);
  });
});
