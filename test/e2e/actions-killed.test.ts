import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { verifyDecisions } from '../../src/database/decision-chain.js';
import { createDataCentre } from '../support/compute.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { killAll, startPylon, type PylonProcess } from '../support/process.js';
import { createTenant, type Tenant } from '../support/tenants.js';
import { until } from '../support/until.js';

const KILLS = process.env['PYLON_SOAK'] ? 20 : 2;
const AGENTS = 8;
const MEGAWATTS = 1;
const HALF_HOUR_MS = 30 * 60_000;

let database: TestDatabase;
let tenants: readonly Tenant[];

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = await Promise.all(
    ['First', 'Second'].map((name) => createTenant(database, name, { role: 'AGENT' })),
  );
  await createDataCentre(database, tenants[0]?.operatorId ?? 0, 'centre', { capacityMw: MEGAWATTS });
});
afterEach(() => killAll());
afterAll(() => database.drop());

/** What an agent asks for, again and again under the same key until it is answered. */
interface Step {
  readonly key: string;
  readonly mutation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly apiKey: string;
}

/** A server that lives answered something else than an action does: asking again would not help. */
class Mistaken extends Error {}

const ask = async (url: string, { key, mutation, input, apiKey }: Step): Promise<string> => {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const object = mutation.endsWith('Decision')
    ? 'Decision { decisionId number hash }'
    : mutation.endsWith('Placement')
      ? 'Placement { placementId state version }'
      : 'Workload { jobId status version }';
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({
      query: `mutation ($key: String!, $input: ${type}!) { ${mutation}(idempotencyKey: $key, input: $input) {
        __typename ... on ${object} ... on ActionRefusal { code message } } }`,
      variables: { key, input },
    }),
  });
  const body = (await response.json()) as { data?: Record<string, unknown> | null };
  const answer = body.data?.[mutation];
  if (answer === undefined || answer === null) throw new Mistaken(JSON.stringify(body));
  return JSON.stringify(answer);
};

it(
  `agents whose server is killed ${KILLS} times in the midst of their actions find each done wholly, once, and answered as at first`,
  { timeout: KILLS * 40_000 + 90_000 },
  async () => {
    let url: string | null = null;
    let pylon: PylonProcess | undefined;
    const start = async (): Promise<void> => {
      pylon = await startPylon(['serve'], {
        DATABASE_URL: database.ownerUrl,
        PORT: '0',
        INGEST: 'off',
        LOG_LEVEL: 'info',
      });
      url = await pylon.up();
    };
    await start();

    let playing = true;
    let interrupted = 0;
    const answered: { readonly step: Step; readonly answer: string }[] = [];
    /** Asks until it is answered; whatever happened to an attempt, the next one is the same. */
    const insist = async (step: Step): Promise<Record<string, string>> => {
      for (;;) {
        try {
          if (url === null) throw new Error('no server');
          const answer = await ask(url, step);
          answered.push({ step, answer });
          return JSON.parse(answer) as Record<string, string>;
        } catch (error) {
          if (error instanceof Mistaken) throw error;
          // Killed before, during or after it: that is what is tested.
          interrupted += 1;
          await sleep(50);
        }
      }
    };
    const agent = async (number: number): Promise<void> => {
      const apiKey = tenants[number % tenants.length]?.key ?? '';
      for (let i = 0; playing; i += 1) {
        const jobId = `agent-${number}-${i}`;
        const step = (mutation: string, input: Record<string, unknown>) =>
          insist({ key: `${jobId}-${mutation}`, mutation, input, apiKey });
        const from = new Date(Math.floor(Date.now() / HALF_HOUR_MS) * HALF_HOUR_MS);
        await step('submitWorkload', {
          jobId,
          name: jobId,
          type: 'OTHER',
          powerKw: 200,
          durationMinutes: 30,
          deadline: new Date(from.getTime() + 8 * HALF_HOUR_MS),
        });
        await step('recordDecision', {
          decisionId: jobId,
          jobId,
          type: 'ACCEPT_WORKLOAD',
          reasoning: 'It fits.',
        });
        const slots = [0, 1].map((k) => ({
          from: new Date(from.getTime() + k * HALF_HOUR_MS),
          powerKw: 200,
        }));
        const held = await step('holdPlacement', { jobId, dcId: 'centre', slots, ttlSeconds: 3_600 });
        if (held['placementId'] !== undefined) {
          await step('confirmPlacement', { placementId: held['placementId'] });
          await step('startWorkload', { jobId });
          await step('completeWorkload', { jobId, actualEnergyKwh: 1 });
        } else await step('cancelWorkload', { jobId, reason: held['code'] });
      }
    };
    const agents = Array.from({ length: AGENTS }, (_, number) => agent(number));
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = answered.length;
      await until('actions under way', () => answered.length > before + AGENTS * 3);
      await sleep(Math.random() * 200);
      pylon?.signal('SIGKILL');
      url = null;
      await pylon?.ended;
      await start();
    }
    const before = answered.length;
    await until('actions after the last kill', () => answered.length > before + AGENTS * 3);
    playing = false;
    await Promise.all(agents);
    expect(interrupted).toBeGreaterThan(0);

    // All of it: each job is done, or was called off because there was no room; each change has its event.
    const { rows: odd } = await database.owner.query(
      `select w.job_id, w.status, p.state, r.stopped_at from workloads w
       left join placements p using (workload_id) left join workload_runs r using (workload_id)
       where (w.status, p.state, r.stopped_at is not null) is distinct from ('COMPLETED', 'DONE', true)
         and (w.status, p.state, r.workload_id) is distinct from ('CANCELLED', null, null)`,
    );
    expect(odd).toEqual([]);
    const { rows: doubled } = await database.owner.query(
      `select job_id from workloads w left join placements p using (workload_id) left join workload_runs r using (workload_id)
       group by workload_id having count(*) > 1`,
    );
    expect(doubled).toEqual([]);
    const { rows: unheard } = await database.owner.query(
      `select 'workload', workload_id, version from workloads w
         where version <> (select count(*) from event_log l where topic = 8 and object_id = w.workload_id)
       union all select 'placement', placement_id, version from placements p
         where version <> (select count(*) from event_log l where topic = 9 and object_id = p.placement_id)`,
    );
    expect(unheard).toEqual([]);
    // One decision about each, in a chain that is whole, and one event of each.
    const { rows: undecided } = await database.owner.query(
      `select w.job_id from workloads w left join decisions d on d.workload_id = w.workload_id and d.code = w.job_id
       left join event_log l on l.topic = 10 and l.object_id = d.decision_id
       group by w.workload_id having count(d.decision_id) <> 1 or count(l.sequence) <> 1`,
    );
    expect(undecided).toEqual([]);
    expect((await verifyDecisions(database.owner)).fault).toBeNull();
    // None of it twice: the same key, the same answer as long ago. What was INVALID was never tried, such as a hold of a
    // half hour that had just ended, and is not kept.
    for (const { step, answer } of answered)
      if (!answer.includes('"INVALID"')) expect(await ask(url ?? '', step)).toBe(answer);
  },
);
