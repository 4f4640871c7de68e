import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act, type Action } from '../../../src/actions/action.js';
import { cancelWorkload } from '../../../src/actions/work/cancel-workload.js';
import { completeWorkload } from '../../../src/actions/work/complete-workload.js';
import { confirmPlacement } from '../../../src/actions/placing/confirm-placement.js';
import { recordDecision } from '../../../src/actions/decisions/record-decision.js';
import { holdPlacement } from '../../../src/actions/placing/hold-placement.js';
import { startWorkload } from '../../../src/actions/work/start-workload.js';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import { verifyDecisions } from '../../../src/database/decision-chain.js';
import type { ActionDatabase } from '../../../src/database/actions.js';
import type { KnownViewer } from '../../../src/domain/viewer.js';
import { createDataCentre, done, freshKey, viewerOf } from '../../support/compute.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createTenant } from '../../support/tenants.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const SLOT = { from: new Date('2026-03-02T12:00Z'), to: new Date('2026-03-02T13:00Z') };

type Cut = 'before' | 'after';
/** Cut before a statement, the one before it was done: the same as after that one, but for what is told of it. */
const CUTS: readonly Cut[] = process.env['PYLON_SOAK'] ? ['before', 'after'] : ['after'];

/** A pool whose connection is cut before or after its nth statement is done. */
function cutPool({ pool, owner }: TestDatabase, n: number, when: Cut): { pool: pg.Pool; sent(): number } {
  let sent = 0;
  const cut = async (client: pg.PoolClient): Promise<void> => {
    const { processID } = client as pg.PoolClient & { readonly processID: number };
    await owner.query('select pg_terminate_backend($1, 5000)', [processID]);
  };
  const connect = async (): Promise<pg.PoolClient> => {
    const client = await pool.connect();
    return new Proxy(client, {
      get(target, name) {
        if (name !== 'query') {
          const member = Reflect.get(target, name) as unknown;
          return typeof member === 'function' ? (member.bind(target) as unknown) : member;
        }
        return async (...args: Parameters<pg.PoolClient['query']>) => {
          sent += 1;
          const isTheOne = sent === n;
          if (isTheOne && when === 'before') await cut(target);
          const result = await (target.query(...args) as unknown as Promise<unknown>);
          if (!isTheOne || when === 'before') return result;
          await cut(target);
          throw new Error('the connection was cut before the answer was read');
        };
      },
    });
  };
  const cutting = new Proxy(pool, {
    get: (target, name) => (name === 'connect' ? connect : (Reflect.get(target, name) as unknown)),
  });
  return { pool: cutting, sent: () => sent };
}

describe('an action whose connection is cut', () => {
  let database: TestDatabase;
  let viewer: KnownViewer;
  let jobs = 0;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    const tenant = await createTenant(database, 'Unlucky');
    viewer = await viewerOf(database, tenant);
    await createDataCentre(database, tenant.operatorId, 'centre', { capacityMw: 2_000 });
  });
  afterAll(() => database.drop());

  /** All that actions change, as one text. */
  async function everything(): Promise<string> {
    const { rows } = await database.owner.query<{ state: string }>(
      `select json_build_array(
         (select json_agg(w order by workload_id) from workloads w), (select json_agg(p order by placement_id) from placements p),
         (select json_agg(s order by placement_id, slot_from) from placement_slots s),
         (select json_agg(r order by workload_run_id) from workload_runs r),
         (select json_agg(c order by workload_id, from_at) from workload_consumption c),
         (select json_agg(k order by key) from action_keys k),
         (select json_agg(l order by sequence) from event_log l where topic in (8, 9)))::text as state`,
    );
    return rows[0]?.state ?? '';
  }

  const submitted = async (): Promise<string> => {
    const jobId = `job-${(jobs += 1)}`;
    const deadline = new Date('2026-03-09T00:00Z');
    await done(database, viewer, submitWorkload, {
      jobId,
      name: jobId,
      type: 'OTHER',
      powerKw: 100,
      durationMinutes: 60,
      deadline,
    });
    return jobId;
  };
  const held = async (): Promise<{ jobId: string; placementId: unknown }> => {
    const jobId = await submitted();
    const { code } = await done(database, viewer, holdPlacement, { jobId, dcId: 'centre', ...SLOT });
    return { jobId, placementId: code };
  };
  const confirmed = async (): Promise<{ jobId: string }> => {
    const { jobId, placementId } = await held();
    await done(database, viewer, confirmPlacement, { placementId });
    return { jobId };
  };
  const started = async (): Promise<{ jobId: string }> => {
    const { jobId } = await confirmed();
    await done(database, viewer, startWorkload, { jobId });
    return { jobId };
  };

  const actions: readonly [string, Action<never>, () => Promise<unknown>][] = [
    [
      'submitWorkload',
      submitWorkload as Action<never>,
      async () => ({
        name: 'x',
        type: 'OTHER',
        powerKw: 1,
        durationMinutes: 1,
        deadline: new Date('2026-03-09T00:00Z'),
      }),
    ],
    [
      'holdPlacement',
      holdPlacement as Action<never>,
      async () => ({ jobId: await submitted(), dcId: 'centre', ...SLOT }),
    ],
    [
      'confirmPlacement',
      confirmPlacement as Action<never>,
      async () => ({ placementId: (await held()).placementId }),
    ],
    ['startWorkload', startWorkload as Action<never>, confirmed],
    [
      'completeWorkload',
      completeWorkload as Action<never>,
      async () => ({ ...(await started()), actualEnergyKwh: 7 }),
    ],
    ['cancelWorkload', cancelWorkload as Action<never>, confirmed],
    ['cancelWorkload, refused', cancelWorkload as Action<never>, async () => ({ jobId: 'nothing' })],
  ];

  it.each(actions)(
    'has done all of %s or nothing, and its retry answers what was done',
    async (_name, action, prepare) => {
      for (const when of CUTS) {
        let committed = 0;
        for (let n = 1; ; n += 1) {
          const input = await prepare();
          const key = freshKey();
          const attempt = (through: ActionDatabase) =>
            act(through, viewer, action, { idempotencyKey: key, input });
          const before = await everything();
          const cut = cutPool(database, n, when);
          const first = await attempt({ ...database, pool: cut.pool }).then(
            (answer) => ({ answer }),
            (error: unknown) => ({ error }),
          );
          if ('answer' in first && cut.sent() < n) break; // it has fewer statements: every one of them was cut
          expect(first).toHaveProperty('error');
          const between = await everything();
          const retried = await attempt(database);
          const after = await everything();
          // Only the last statement commits; cut after it, all was done, and the retry does nothing.
          expect(after).not.toBe(before);
          expect(between === before || between === after).toBe(true);
          if (between === after) committed += 1;
          expect(await attempt(database)).toEqual(retried);
          expect(await everything()).toBe(after);
        }
        expect(committed).toBe(when === 'after' ? 1 : 0);
      }
    },
  );

  it.each(CUTS)(
    'has recorded a decision once, also when the connection is cut %s any statement',
    async (when) => {
      for (let n = 1; ; n += 1) {
        const input = { type: 'NEGOTIATE', decisionId: `cut-${when}-${n}`, reasoning: 'x' };
        const key = freshKey();
        const attempt = (through: ActionDatabase) =>
          act(through, viewer, recordDecision, { idempotencyKey: key, input });
        const cut = cutPool(database, n, when);
        const first = await attempt({ ...database, pool: cut.pool }).catch(() => null);
        const retried = await attempt(database);
        expect(retried).toMatchObject({ state: { code: input.decisionId } });
        // One that was tried alone, after its batch had failed, is answered at once.
        if (first) expect(first).toEqual(retried);
        const { rows } = await database.owner.query('select from decisions where code = $1', [
          input.decisionId,
        ]);
        expect(rows).toHaveLength(1);
        if (cut.sent() < n) break;
      }
      expect((await verifyDecisions(database.owner)).fault).toBeNull();
    },
  );
});
