import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { submitWorkload } from '../../src/actions/work/submit-workload.js';
import { replayDecision } from '../../src/agents/replay.js';
import { verifyDecisions } from '../../src/database/decision-chain.js';
import { addHalfHours, floorToHalfHour } from '../../src/domain/half-hour.js';
import type { KnownViewer } from '../../src/domain/viewer.js';
import { REGIONAL, forecasts, startGrid, type Grid } from '../integration/graph/grid.js';
import { createHostedAgent } from '../support/agents.js';
import { item, offer } from '../support/beckn.js';
import { startBpp, type TestBpp } from '../support/bpp.js';
import { createDataCentre, done, viewerOf } from '../support/compute.js';
import { stateItems } from '../support/market-writer.js';
import { killAll, startPylon, type PylonProcess } from '../support/process.js';
import { createTenant } from '../support/tenants.js';
import { until } from '../support/until.js';

const KILLS = 10;
const JOBS_EACH = 3;
const YORKSHIRE = 5;
const STEPS = ['select', 'init', 'confirm'];
const now = new Date();
const at = (halfHours: number): Date => addHalfHours(floorToHalfHour(now), halfHours);

let grid: Grid;
let bpp: TestBpp;
let viewer: KnownViewer;

beforeAll(async () => {
  grid = await startGrid(now);
  const { database } = grid;
  bpp = await startBpp();
  bpp.insists = true;
  const tenant = await createTenant(database, 'Compute');
  viewer = await viewerOf(database, tenant);
  await createDataCentre(database, tenant.operatorId, 'leeds', { regionId: YORKSHIRE, capacityMw: 50 });
  await createHostedAgent(database, tenant.operatorId, 'buyer', 'COMPUTE_ORCHESTRATOR', {
    buysWindows: true,
    maxWindowGbpPerMwh: 100,
  });
  await grid.record(
    REGIONAL,
    forecasts(floorToHalfHour(now), 60, [YORKSHIRE], (_region, i) => (i < 20 ? 200 : 90)),
  );
  // Two windows for the same half hours: whoever bought both would have bought twice.
  const names = ['first', 'second'];
  await stateItems(
    database,
    names.map((id) => item({ id, start: at(10).toISOString(), end: at(48).toISOString() })),
    [offer('offer-1', names, { value: '0.1', currency: 'GBP' })],
  );
});
afterEach(() => killAll());
afterAll(async () => {
  await grid.close();
  await bpp.close();
});

// test/integration/agents/buying-killed kills the host after each of its statements; this kills whole servers, and takes its time.
it.runIf(process.env['PYLON_SOAK'])(
  `an agent whose server is killed (${KILLS} ×) between the steps of its purchases buys once for each work`,
  { timeout: KILLS * 60_000 + 180_000 },
  async () => {
    const { database } = grid;
    const start = async (): Promise<PylonProcess> => {
      const pylon = await startPylon(['serve'], {
        DATABASE_URL: database.ownerUrl,
        PORT: '0',
        INGEST: 'off',
        AGENTS: 'on',
        LEASE_SECONDS: '6',
        BECKN_URL: bpp.url,
        PUBLIC_URL: 'https://pylon.example',
        BECKN_BAP_ID: 'pylon.example',
      });
      bpp.callbackUrl = `${await pylon.up()}/beckn`;
      return pylon;
    };
    const counted = async (sql: string): Promise<number> =>
      (await database.owner.query<{ count: number }>(`select count(*)::integer as count from ${sql}`)).rows[0]
        ?.count ?? -1;
    let pylon = await start();
    for (let kill = 0; kill <= KILLS; kill += 1) {
      const before = bpp.asked.length;
      for (let i = 0; i < JOBS_EACH; i += 1)
        await done(database, viewer, submitWorkload, {
          jobId: `job-${kill}-${i}`,
          name: 'A run',
          type: 'OTHER',
          powerKw: 100,
          durationMinutes: 60,
          deadline: at(48),
        });
      if (kill === KILLS) break;
      await until('a purchase is under way', () => bpp.asked.length > before, 60_000);
      await sleep(Math.random() * 2_500);
      await pylon.kill();
      pylon = await start();
    }
    const jobs = (KILLS + 1) * JOBS_EACH;
    await until(
      'a window is bought for all work',
      async () =>
        (await counted(
          `workloads w where exists (select from order_transactions t where t.workload_id = w.workload_id and t.state = 'CONFIRMED')`,
        )) === jobs,
      150_000,
    );
    await bpp.settled();
    await until(
      'nothing is under way',
      async () =>
        (await counted('agent_cursors where pending is not null')) === 0 &&
        (await counted('order_transactions where awaiting is not null')) === 0,
      60_000,
    );
    pylon.signal('SIGTERM');
    expect(await pylon.ended).toEqual({ code: 0, signal: null });
    expect(pylon.logged('agent.failed')).toEqual([]);

    // What stands, and what the seller was ever asked to sell and not asked to take back: one for each work.
    const { rows } = await database.owner.query(
      `select count(*)::integer as jobs, max(bought)::integer as bought, max(standing)::integer as standing from (
         select count(*) filter (where t.state = 'CONFIRMED') as bought,
           count(*) filter (where t.state not in ('GONE', 'REFUSED', 'CANCELLED', 'COMPLETED')) as standing
         from order_transactions t group by t.workload_id) counts`,
    );
    expect(rows).toEqual([{ jobs, bought: 1, standing: 1 }]);
    const askedFor = (action: string): Set<string> =>
      new Set(
        bpp.asked
          .filter(({ context }) => context.action === action)
          .map(({ context }) => context.transaction_id),
      );
    const takenBack = askedFor('cancel');
    expect([...askedFor('confirm')].filter((id) => !takenBack.has(id))).toHaveLength(jobs);
    // Each step has one question, however often it was sent.
    const questions = new Map<string, Set<string>>();
    for (const { context } of bpp.asked.filter(({ context: { action } }) => STEPS.includes(action))) {
      const name = `${context.transaction_id} ${context.action}`;
      questions.set(name, (questions.get(name) ?? new Set()).add(context.message_id));
    }
    expect([...questions].filter(([, ids]) => ids.size > 1)).toEqual([]);
    const owner = await database.owner.connect();
    const { fault, replayed, verified } = await verifyDecisions(owner, null, replayDecision).finally(() =>
      owner.release(),
    );
    expect(fault).toBeNull();
    expect(replayed).toBe(verified);
    // Taken in, placed, selected and confirmed.
    expect(replayed).toBeGreaterThanOrEqual(jobs * 4);
  },
);
