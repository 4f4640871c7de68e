import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act, type Action } from '../../../src/actions/action.js';
import { cancelWorkload } from '../../../src/actions/work/cancel-workload.js';
import { confirmPlacement } from '../../../src/actions/placing/confirm-placement.js';
import { holdPlacement } from '../../../src/actions/placing/hold-placement.js';
import { releasePlacement } from '../../../src/actions/placing/release-placement.js';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import type { ActionAnswer } from '../../../src/database/actions.js';
import { acquireLease } from '../../../src/database/leases.js';
import { createPool } from '../../../src/database/pools.js';
import { releaseExpiredHolds } from '../../../src/database/sweeps.js';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import type { KnownViewer } from '../../../src/domain/viewer.js';
import { codeOf, createDataCentre, done, freshKey, viewerOf } from '../../support/compute.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createTenant } from '../../support/tenants.js';
import { counted } from '../database/writers.js';

const AGENTS = 50;
const OPERATORS = 5;
const ROUNDS = counted(12, 1_000);
const NOW = new Date('2026-03-02T12:00:00Z');
const SLOTS_A_ROUND = 4;
/** As many as two processes have. */
const CONNECTIONS = 24;
const CENTRES = [
  { dcId: 'narrow', capacityMw: 1, pue: 1.137 },
  { dcId: 'wide', capacityMw: 1.5, pue: 1.6 },
];

interface Agent {
  readonly viewer: KnownViewer;
  readonly jobId: string;
}

/** Repeats for one number: rounds differ, runs do not. */
function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe(`${AGENTS} agents of ${OPERATORS} operators after the last power of two data centres`, () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let agents: readonly Agent[];
  const roundOf = (round: number): Date => addHalfHours(NOW, round * SLOTS_A_ROUND + 2);

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    pool = createPool({
      url: database.appUrl,
      name: 'pylon-contest',
      max: CONNECTIONS,
      onError: () => undefined, // an idle connection that breaks; a borrowed one tells its query
    });
    const viewers = await Promise.all(
      Array.from({ length: OPERATORS }, async (_, i) =>
        viewerOf(database, await createTenant(database, `Operator ${i}`, { role: 'AGENT' })),
      ),
    );
    for (const { dcId, ...options } of CENTRES)
      await createDataCentre(database, viewers[0]?.operatorId ?? 0, dcId, options);
    agents = await Promise.all(
      Array.from({ length: AGENTS }, async (_, i) => {
        const viewer = viewers[i % OPERATORS] as KnownViewer;
        const jobId = `agent-${i}`;
        await done(database, viewer, submitWorkload, workOf(jobId));
        return { viewer, jobId };
      }),
    );
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const workOf = (jobId: string) => ({
    jobId,
    name: jobId,
    type: 'INFERENCE_BATCH',
    powerKw: 100,
    durationMinutes: 30,
    deadline: new Date('2026-12-31T00:00Z'),
  });

  /** What was given away in each half hour, in which something was, beside what there is; holds that nobody released count, expired or not. */
  async function overbooked(from: Date): Promise<unknown[]> {
    const { rows } = await database.owner.query(
      `select d.dc_id, s.slot_from, sum(s.facility_w)::integer as given_w, d.capacity_mw * 1e6 as capacity_w
       from placement_slots s join placements p using (placement_id) join data_centres d on d.data_centre_id = s.data_centre_id
       where p.state in ('HELD', 'CONFIRMED', 'RUNNING') and s.slot_from >= $1 group by d.data_centre_id, s.slot_from
       having sum(s.facility_w) > d.capacity_mw * 1e6`,
      [from],
    );
    return rows;
  }

  it(
    `never get more than there is, in ${ROUNDS} rounds, and are told by name why not`,
    { timeout: ROUNDS * 1_500 + 60_000 },
    async () => {
      const codes = new Map<string, number>();
      let playing = true;
      let round = 0;
      const lease = await acquireLease(database.pool, 'test:sweeper', 'test', 3_600);
      if (!lease) throw new Error('a lease of a new name is not to be had');
      /** Each process has a clock of its own, and none is quite right. */
      const clockOf = (dice: () => number, minutes: number) => {
        const at = new Date(database.clock.now().getTime() + minutes * 60_000 + (dice() - 0.5) * 4_000);
        return { ...database, pool, clock: { offsetMs: 0, now: () => at } };
      };

      const play = async ({ viewer, jobId }: Agent, round: number, dice: () => number): Promise<void> => {
        const call = async <Input>(
          action: Action<Input>,
          input: unknown,
          minutes: number,
        ): Promise<ActionAnswer> => {
          const answer = await act(clockOf(dice, minutes), viewer, action, {
            idempotencyKey: freshKey(),
            input,
          });
          const code = codeOf(answer) ?? 'done';
          codes.set(code, (codes.get(code) ?? 0) + 1);
          return answer;
        };
        const own = dice() < 0.1;
        const job = own ? `${jobId}-${round}` : jobId;
        if (own) await call(submitWorkload, workOf(job), 0);
        const first = Math.floor(dice() * SLOTS_A_ROUND);
        const slots = Array.from({ length: 1 + Math.floor(dice() * (SLOTS_A_ROUND - first)) }, (_, i) => ({
          from: addHalfHours(roundOf(round), first + i),
          powerKw: 1 + Math.floor(dice() * 300_000) / 1000,
        }));
        const { dcId } = CENTRES[Math.floor(dice() * CENTRES.length)] ?? CENTRES[0]!;
        const held = await call(holdPlacement, { jobId: job, dcId, slots, ttlSeconds: 30 }, 0);
        if ('refusal' in held) return;
        const placementId = held.state['code'];
        const next = dice();
        // Some come to confirm when they are late, or nearly so: by then another may have what was theirs.
        if (next < 0.7) {
          const late = dice() < 0.4 ? 0.5 : 0;
          if (own)
            await Promise.all([
              call(cancelWorkload, { jobId: job }, 0),
              call(confirmPlacement, { placementId }, late),
            ]);
          else await call(confirmPlacement, { placementId }, late);
        } else if (next < 0.85) await call(releasePlacement, { placementId }, 0);
        else await call(holdPlacement, { jobId: job, dcId, slots: slots.slice(0, 1), ttlSeconds: 30 }, 0.6);
      };
      const sweep = async (): Promise<void> => {
        while (playing) {
          await releaseExpiredHolds(database.pool, lease, database.clock.now(), 5);
          await sleep(50);
        }
      };
      const watch = async (): Promise<void> => {
        while (playing) {
          expect(await overbooked(roundOf(round))).toEqual([]);
          await sleep(20);
        }
      };
      const rounds = async (): Promise<void> => {
        for (; round < ROUNDS; round += 1) {
          await Promise.all(agents.map((agent, i) => play(agent, round, diceOf(round * AGENTS + i + 1))));
        }
      };
      await Promise.all([rounds().finally(() => (playing = false)), sweep(), watch()]);

      expect(await overbooked(NOW)).toEqual([]);
      const named = ['done', 'CAPACITY_EXCEEDED', 'HOLD_EXPIRED', 'IMPOSSIBLE_TRANSITION'];
      // Which of the later refusals come is a matter of who was faster; in a short run one of them may not.
      expect(named).toEqual(expect.arrayContaining([...codes.keys()]));
      for (const code of ['done', 'CAPACITY_EXCEEDED']) expect(codes.get(code)).toBeGreaterThan(0);
      const { rows } = await database.owner.query<{ deadlocks: number; expired: number }>(
        `select (select deadlocks::integer from pg_stat_database where datname = current_database()) as deadlocks,
           (select count(*)::integer from placements where released_reason = 'EXPIRED') as expired`,
      );
      expect(rows[0]?.deadlocks).toBe(0);
      expect(rows[0]?.expired).toBeGreaterThan(0);
    },
  );

  it('get the last watt, and not one more', async () => {
    const [agent] = agents;
    if (!agent) throw new Error('no agent');
    const from = roundOf(ROUNDS + 1);
    const hold = (powerKw: number) =>
      act(database, agent.viewer, holdPlacement, {
        idempotencyKey: freshKey(),
        input: { jobId: agent.jobId, dcId: 'narrow', slots: [{ from, powerKw }] },
      });
    // 879 kW × 1.137 = 999.423 kW of 1 MW; 577 W are left, which is 0.507 kW × 1.137 = 576.459 W up to the watt.
    expect(codeOf(await hold(879))).toBeNull();
    const refused = await hold(0.508);
    expect(refused).toMatchObject({
      refusal: {
        code: 'CAPACITY_EXCEEDED',
        faults: [
          {
            path: 'input.slots.0',
            message: expect.stringContaining('0.577 kW of the facility are left') as unknown,
          },
        ],
      },
    });
    expect(codeOf(await hold(0.507))).toBeNull();
    expect(codeOf(await hold(0.001))).toBe('CAPACITY_EXCEEDED');
  });

  it('find every event of what they did in the log, once', async () => {
    const { rows } = await database.owner.query(
      `select p.placement_id from placements p
       left join event_log l on l.topic = 9 and l.object_id = p.placement_id
       group by p.placement_id having count(l.sequence) <> p.version`,
    );
    expect(rows).toEqual([]);
  });
});
