import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { submitWorkload } from '../../src/actions/work/submit-workload.js';
import { addHalfHours, floorToHalfHour } from '../../src/domain/half-hour.js';
import type { KnownViewer } from '../../src/domain/viewer.js';
import { REGIONAL, forecasts, startGrid, type Grid } from '../integration/graph/grid.js';
import { createHostedAgent } from '../support/agents.js';
import { createDataCentre, done, viewerOf } from '../support/compute.js';
import { killAll, startPylon, type PylonProcess } from '../support/process.js';
import { createTenant } from '../support/tenants.js';
import { until } from '../support/until.js';

const KILLS = process.env['PYLON_SOAK'] ? 10 : 1;
const JOBS_EACH = 8;

let grid: Grid;
let viewer: KnownViewer;
const now = new Date();

beforeAll(async () => {
  grid = await startGrid(now);
  const { database } = grid;
  const compute = await createTenant(database, 'Compute');
  const desk = await createTenant(database, 'Grid', { type: 'GRID_OPERATOR' });
  viewer = await viewerOf(database, compute);
  await createDataCentre(database, compute.operatorId, 'centre', { capacityMw: 50 });
  await createHostedAgent(database, compute.operatorId, 'orchestrator', 'COMPUTE_ORCHESTRATOR');
  await createHostedAgent(database, desk.operatorId, 'grid-desk', 'GRID_OPERATOR');
  await grid.record(
    REGIONAL,
    forecasts(floorToHalfHour(now), 90, [13], (_region, i) => (i < 10 ? 200 : 90)),
  );
});
afterEach(() => killAll());
afterAll(() => grid.close());

it(
  `agents whose server is killed (${KILLS} ×) do everything once, and stop in order when they are told to`,
  { timeout: KILLS * 60_000 + 120_000 },
  async () => {
    const { database } = grid;
    const start = (): Promise<PylonProcess> =>
      startPylon(['serve'], {
        DATABASE_URL: database.ownerUrl,
        PORT: '0',
        INGEST: 'off',
        AGENTS: 'on',
        LEASE_SECONDS: '6',
      });
    const counted = async (sql: string): Promise<number> =>
      (await database.owner.query<{ count: number }>(`select count(*)::integer as count from ${sql}`)).rows[0]
        ?.count ?? -1;
    let pylon = await start();
    await pylon.up();
    for (let kill = 0; kill <= KILLS; kill += 1) {
      const before = await counted('decisions');
      for (let i = 0; i < JOBS_EACH; i += 1)
        await done(database, viewer, submitWorkload, {
          jobId: `job-${kill}-${i}`,
          name: 'A run',
          type: 'OTHER',
          powerKw: 100,
          durationMinutes: 60,
          deadline: addHalfHours(floorToHalfHour(now), 80),
          // Every other one is over its cap, and so is negotiated.
          maxCarbonIntensityGco2PerKwh: i % 2 === 0 ? 120 : null,
        });
      if (kill === KILLS) break;
      // In the midst of it: some of what there is to do is done.
      await until('the agents are at work', async () => (await counted('decisions')) > before + 2, 60_000);
      await pylon.kill();
      pylon = await start();
      await pylon.up();
    }
    await until(
      'all work is placed',
      async () => (await counted("workloads where status <> 'SCHEDULED'")) === 0,
      60_000,
    );
    const jobs = (KILLS + 1) * JOBS_EACH;
    const { rows } = await database.owner.query(
      `select count(*)::integer as jobs, max(placed) as placed, max(taken) as taken, max(targets) as targets, max(talks) as talks from (
         select (select count(*)::integer from placements p where p.workload_id = w.workload_id) as placed,
           (select count(*)::integer from decisions d where d.workload_id = w.workload_id and d.type in ('ACCEPT_WORKLOAD', 'DEFER_WORKLOAD') and d.target_data_centre_id is null) as taken,
           (select count(*)::integer from decisions d where d.workload_id = w.workload_id and d.target_data_centre_id is not null) as targets,
           (select count(*)::integer from negotiations n where n.workload_id = w.workload_id) as talks
         from workloads w) counts`,
    );
    expect(rows).toEqual([{ jobs, placed: 1, taken: 1, targets: 1, talks: 1 }]);
    expect(await counted("negotiations where status <> 'ACCEPTED'")).toBe(0);
    await until(
      'nothing is under way',
      async () => (await counted('agent_cursors where pending is not null')) === 0,
    );

    pylon.signal('SIGTERM');
    expect(await pylon.ended).toEqual({ code: 0, signal: null });
    expect(pylon.logged('agent.failed')).toEqual([]);
    expect(await counted("leases where name = 'agents' and expires_at > clock_timestamp()")).toBe(0);
  },
);
