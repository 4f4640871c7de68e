import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquireLease, type Lease } from '../../../src/database/leases.js';
import { releaseExpiredHolds } from '../../../src/database/sweeps.js';
import { PLACEMENT_MOVES, type PlacementState } from '../../../src/domain/compute/placement-states.js';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import { createDataCentre } from '../../support/compute.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createTenant } from '../../support/tenants.js';
import { until } from '../../support/until.js';
import { counted } from './writers.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const FIRST = addHalfHours(NOW, 2);
const HALF_HOURS = 6;
const MINUTES = 4;
const later = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
/** Between them lie the ends of all holds. */
const INSTANTS = Array.from({ length: MINUTES + 2 }, (_, i) => later(i - 0.5));
const STATES = Object.keys(PLACEMENT_MOVES) as PlacementState[];
const WORKERS = 5;

/** Something done in a transaction of its own, to placements that nobody else moves. */
type Deed =
  | {
      readonly kind: 'hold';
      readonly centre: number;
      readonly first: number;
      readonly slots: number;
      readonly minutes: number;
    }
  | {
      readonly kind: 'move';
      readonly which: readonly number[];
      readonly to: PlacementState;
      readonly minutes: number;
    }
  | {
      readonly kind: 'add slot' | 'change slots' | 'drop slots' | 'delete';
      readonly which: readonly number[];
    }
  | { readonly kind: 'sweep'; readonly minutes: number };

const which = fc.array(fc.nat(20), { minLength: 1, maxLength: 3 });
const minutes = fc.integer({ min: 0, max: MINUTES });
const aDeed: fc.Arbitrary<{ readonly deed: Deed; readonly aborts: boolean }> = fc.record({
  deed: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('hold' as const),
        centre: fc.nat(1),
        first: fc.nat(HALF_HOURS - 1),
        slots: fc.integer({ min: 1, max: HALF_HOURS }),
        minutes: fc.integer({ min: 1, max: MINUTES }),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('move' as const),
        which,
        to: fc.constantFrom(...STATES),
        minutes,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          'add slot' as const,
          'change slots' as const,
          'drop slots' as const,
          'delete' as const,
        ),
        which,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const), minutes }) },
  ),
  aborts: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
});

describe('the power ledger', () => {
  let database: TestDatabase;
  let lease: Lease;
  let operatorId: number;
  let workloads: number[];
  let centres: number[];
  let codes = 0;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    ({ operatorId } = await createTenant(database, 'Holder'));
    centres = [
      await createDataCentre(database, operatorId, 'one', { capacityMw: 100, pue: 1.137 }),
      await createDataCentre(database, operatorId, 'two', { capacityMw: 100 }),
    ];
    const { rows } = await database.owner.query<{ workload_id: number }>(
      `insert into workloads (operator_id, job_id, name, type, estimated_energy_kwh, power_kw, duration_minutes, earliest_start, deadline)
       select $1, 'job-' || i, 'job', 'OTHER', 50, 100, 30, $2, $2::timestamptz + interval '1 day' from generate_series(1, $3::integer) i returning workload_id`,
      [operatorId, NOW, WORKERS],
    );
    workloads = rows.map((row) => row.workload_id);
    lease = (await acquireLease(database.pool, 'test:sweeper', 'test', 3_600))!;
  });
  afterAll(() => database.drop());

  /** A transaction of the operator's by the login that requests use, or of the owner of the database. */
  async function inTransaction<Result>(
    pool: pg.Pool,
    aborts: boolean,
    work: (client: pg.PoolClient) => Promise<Result>,
  ): Promise<Result> {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query(
        `select set_config('pylon.operator', $1, true), set_config('pylon.role', 'OPERATOR', true)`,
        [String(operatorId)],
      );
      const result = await work(client);
      await client.query(aborts ? 'rollback' : 'commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  const hold = async (
    client: Pick<pg.ClientBase, 'query'>,
    workload: number,
    {
      centre,
      first,
      slots,
      minutes: ttl,
    }: { readonly centre: number; readonly first: number; readonly slots: number; readonly minutes: number },
  ): Promise<number> => {
    const { rows } = await client.query<{ held_id: number | null; refusal: unknown }>(
      'select * from hold_placement($1, $2, $3, $4, $5, $6, null, $7)',
      [
        `placement-${(codes += 1)}`,
        workload,
        centres[centre],
        Array.from({ length: slots }, (_, i) => addHalfHours(FIRST, first + i)),
        Array.from({ length: slots }, () => 100.001),
        later(ttl),
        NOW,
      ],
    );
    if (rows[0]?.held_id == null) throw new Error(JSON.stringify(rows[0]?.refusal));
    return rows[0].held_id;
  };
  const move = async (
    client: Pick<pg.ClientBase, 'query'>,
    placement: number,
    to: PlacementState,
    at = NOW,
  ): Promise<number> => {
    const { rows } = await client.query<{ moved: number[] }>(
      `select move_placements(array[$1::integer], $2::placement_state, 'test', $3) as moved`,
      [placement, to, at],
    );
    return rows[0]?.moved.length ?? 0;
  };
  const slotSql = {
    'add slot': `insert into placement_slots (placement_id, slot_from, data_centre_id, operator_id, power_w, facility_w)
      select placement_id, $2, data_centre_id, operator_id, 7, 11 from placements where placement_id = $1 on conflict do nothing`,
    'change slots':
      'update placement_slots set facility_w = facility_w + 13 where placement_id = $1 and slot_from <> $2',
    'drop slots': 'delete from placement_slots where placement_id = $1 and slot_from <> $2',
    delete: 'delete from placement_slots where placement_id = $1 and $2::timestamptz is not null',
  };

  /** What the ledger and the slots say differently of any half hour, at any instant, in one look. */
  async function differences(): Promise<unknown[]> {
    const { rows } = await database.owner.query(
      `select * from unnest($4::timestamptz[]) as at (instant) cross join lateral (
         select * from committed_power($1, $2, $3, at.instant) c
         full join (
           select s.data_centre_id, s.slot_from, sum(s.facility_w) as slots_w
           from placement_slots s join placements p using (placement_id)
           where p.state in ('CONFIRMED', 'RUNNING') or (p.state = 'HELD' and p.expires_at > at.instant)
           group by s.data_centre_id, s.slot_from
         ) o using (data_centre_id, slot_from)
         where c.committed_w is distinct from o.slots_w) d`,
      [centres, FIRST, addHalfHours(FIRST, 2 * HALF_HOURS), INSTANTS],
    );
    return rows;
  }
  const entries = async (): Promise<number[]> => {
    const { rows } = await database.owner.query<{ w: number }>(
      'select facility_w::float8 as w from power_ledger order by data_centre_id, slot_from, facility_w',
    );
    return rows.map(({ w }) => w);
  };
  const clear = () => database.owner.query('delete from placement_slots; delete from placements');

  it(
    'agrees with the slots at every moment, whoever holds, moves, lets expire, changes and deletes at once',
    { timeout: 600_000 },
    async () => {
      let moved = 0;
      const live = async (
        workload: number,
        deeds: readonly { readonly deed: Deed; readonly aborts: boolean }[],
      ): Promise<void> => {
        const own: number[] = [];
        for (const { deed, aborts } of deeds) {
          if (deed.kind === 'sweep') await releaseExpiredHolds(database.pool, lease, later(deed.minutes), 3);
          else if (deed.kind === 'hold') {
            const held = await inTransaction(database.pool, aborts, (client) => hold(client, workload, deed));
            if (!aborts) own.push(held);
          } else if (own.length > 0) {
            const chosen = deed.which.map((n) => own[n % own.length]!);
            const isMove = deed.kind === 'move';
            await inTransaction(isMove ? database.pool : database.owner, aborts, async (client) => {
              for (const id of chosen) {
                if (isMove) moved += await move(client, id, deed.to, later(deed.minutes));
                else await client.query(slotSql[deed.kind], [id, addHalfHours(FIRST, id % HALF_HOURS)]);
                if (deed.kind === 'delete')
                  await client.query('delete from placements where placement_id = $1', [id]);
              }
            });
            if (deed.kind === 'delete' && !aborts)
              for (const id of chosen) if (own.includes(id)) own.splice(own.indexOf(id), 1);
          }
        }
      };
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(aDeed, { minLength: 10, maxLength: 25 }), {
            minLength: WORKERS,
            maxLength: WORKERS,
          }),
          async (lives) => {
            let living = true;
            const watch = async (): Promise<void> => {
              while (living) expect(await differences()).toEqual([]);
            };
            const all = Promise.all(lives.map((deeds, i) => live(workloads[i]!, deeds)));
            await Promise.all([all.finally(() => (living = false)), watch()]);
            expect(await differences()).toEqual([]);
            await clear();
            expect(await differences()).toEqual([]);
          },
        ),
        { numRuns: counted(20, 400) },
      );
      expect(moved).toBeGreaterThan(0);
    },
  );

  /** One confirmed half hour at each of two data centres. */
  const confirmedAtBoth = (workload: number): Promise<number[]> =>
    inTransaction(database.pool, false, async (client) => {
      const held: number[] = [];
      for (const centre of [0, 1])
        held.push(await hold(client, workload, { centre, first: 0, slots: 1, minutes: 1 }));
      for (const id of held) expect(await move(client, id, 'CONFIRMED')).toBe(1);
      return held;
    });

  it('is waited for by nobody: two transactions give back at the same data centres in opposite orders', async () => {
    const [a1, a2] = await confirmedAtBoth(workloads[0]!);
    const [b1, b2] = await confirmedAtBoth(workloads[1]!);
    // One after the other, all from here: were one to wait for the other, this would get no further.
    await inTransaction(database.pool, false, (a) =>
      inTransaction(database.pool, false, async (b) => {
        expect(await move(a, a1!, 'RELEASED')).toBe(1);
        expect(await move(b, b2!, 'RELEASED')).toBe(1);
        expect(await move(a, a2!, 'RELEASED')).toBe(1);
        expect(await move(b, b1!, 'RELEASED')).toBe(1);
      }),
    );
    expect(await differences()).toEqual([]);
    await clear();
  });

  it('folds the entries of a half hour into one, or into none, with the next change that finds them free', async () => {
    const [a] = await confirmedAtBoth(workloads[0]!);
    const [b] = await confirmedAtBoth(workloads[1]!);
    const [c] = await confirmedAtBoth(workloads[2]!);
    const [one, two] = [113_702, 100_001];
    expect(await entries()).toEqual([3 * one, 3 * two]);
    await inTransaction(database.pool, true, async (client) => {
      await move(client, a!, 'RELEASED');
      await inTransaction(database.pool, false, (other) => move(other, b!, 'RELEASED'));
    });
    expect(await entries()).toEqual([-one, 3 * one, 3 * two]);
    expect(await differences()).toEqual([]);
    await inTransaction(database.pool, false, (client) => move(client, c!, 'RUNNING'));
    expect(await entries()).toEqual([-one, 3 * one, 3 * two]);
    await inTransaction(database.pool, false, (client) => move(client, c!, 'DONE'));
    expect(await entries()).toEqual([one, 3 * two]);
    await clear();
    expect(await entries()).toEqual([]);
  });

  it('counts a slot that comes while its placement is being confirmed, whichever is first', async () => {
    const confirm = "update placements set state = 'CONFIRMED', expires_at = null where placement_id = $1";
    const waits = async (): Promise<boolean> => {
      const { rows } = await database.pool.query<{ waiting: boolean }>(
        `select count(*) = 1 as waiting from pg_locks l join pg_stat_activity a using (pid)
         where not l.granted and a.datname = current_database()`,
      );
      return rows[0]?.waiting ?? false;
    };
    for (const isSlotFirst of [true, false]) {
      const placement = await inTransaction(database.pool, false, (client) =>
        hold(client, workloads[0]!, { centre: 0, first: 0, slots: 1, minutes: 1 }),
      );
      const both: pg.QueryConfig[] = [
        { text: slotSql['add slot'], values: [placement, addHalfHours(FIRST, 1)] },
        { text: confirm, values: [placement] },
      ];
      const [first, second] = isSlotFirst ? both : both.reverse();
      const { waiting } = await inTransaction(database.owner, false, async (client) => {
        await client.query(first!);
        const waiting = database.owner.query(second!);
        await until('the one waits for the other', waits);
        return { waiting };
      });
      await waiting;
      expect(await entries()).toEqual([113_702, 11]);
      expect(await differences()).toEqual([]);
      await clear();
    }
  });

  it('is empty when the slots are truncated', async () => {
    await confirmedAtBoth(workloads[0]!);
    expect(await entries()).toHaveLength(2);
    await database.owner.query('truncate placements cascade');
    expect(await entries()).toEqual([]);
  });
});
