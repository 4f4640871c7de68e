/**
 * Decisions recorded by eight writers at once, each an action as callers do it: idempotency key, ids resolved, the append to
 * the chain, its event, its answer; and the same with the values of two signals looked up first. Beside them eight writers
 * that insert the same rows into a bare table. Turn by turn, so that all meet the same machine.
 */
import { act } from '../src/actions/action.js';
import { recordDecision } from '../src/actions/decisions/record-decision.js';
import { readDecisionHead, verifyDecisions } from '../src/database/decision-chain.js';
import { maintainPartitions } from '../src/database/maintenance.js';
import { addHalfHours, floorToHalfHour } from '../src/domain/half-hour.js';
import { scopesOf, type KnownViewer } from '../src/domain/viewer.js';
import { carbonIntensityRegional } from '../src/ingest/sources/carbon-intensity-regional.js';
import { benchmark } from './support/benchmark.js';
import { holdLease, startBenchDatabase, type BenchDatabase } from './support/database.js';
import { againstLimit, againstPeer, claim, note, shown } from './support/report.js';
import { recordTick } from './support/revision.js';
import { SimulatedGrid } from './support/simulated-grid.js';
import { median, spread, timed } from './support/statistics.js';

const WRITERS = 8;
const DECISIONS = 200;
const WARM_UP = 1;
const ROUNDS = 5;
const LEAST_A_SECOND = 800;

async function createOperator({ owner }: BenchDatabase): Promise<KnownViewer> {
  const { rows } = await owner.query<{ operator_id: number }>(
    `insert into operators (name, type) values ('Bench', 'COMPUTE_OPERATOR') returning operator_id`,
  );
  const operatorId = rows[0]?.operator_id ?? 0;
  await owner.query(
    `insert into agents (code, name, type, operator_id) values ('bench', 'Bench', 'CARBON_OPTIMIZER', $1)`,
    [operatorId],
  );
  return {
    operatorId,
    operatorName: 'Bench',
    role: 'AGENT',
    scopes: scopesOf('AGENT', []),
    apiKeyId: 0,
  };
}

/** So many by eight writers at once. @returns how many a second. */
async function rateOf(write: (n: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < DECISIONS) {
      next += 1;
      await write(next);
    }
  };
  const [ms] = await timed(() => Promise.all(Array.from({ length: WRITERS }, writer)));
  return (DECISIONS * 1000) / ms;
}

await benchmark('decisions', async (scope) => {
  const database = await startBenchDatabase(scope);
  await maintainPartitions(database, 168);
  const lease = await holdLease(scope, database, carbonIntensityRegional.id);
  const first = floorToHalfHour(database.clock.now());
  await recordTick(database, lease, new SimulatedGrid(first).next());
  const viewer = await createOperator(database);
  await database.owner.query('create table plain_decisions (like decisions)');
  await database.owner.query(`grant insert on plain_decisions to public`);

  let keys = 0;
  const decide = async (signals: readonly { regionId: number; from: Date }[]): Promise<void> => {
    keys += 1;
    const answer = await act(database, viewer, recordDecision, {
      idempotencyKey: String(keys),
      input: {
        type: 'DEFER_WORKLOAD',
        agentId: 'bench',
        signals,
        policy: { name: 'carbon-first', version: '1' },
        reasoning: 'The region is cleaner an hour from now, and the deadline allows it.',
        constraintsEvaluated: [
          { name: 'maxCarbonIntensityGco2PerKwh', limit: 120, value: 90, satisfied: true },
        ],
        alternativesConsidered: [{ name: 'now', predictedCarbonGco2: 600_000, whyNot: 'It emits more.' }],
        prediction: { predictedCarbonGco2: 450_000, carbonSavedGco2: 150_000 },
      },
    });
    if ('refusal' in answer) throw new Error(answer.refusal.message);
  };
  const twoOf = (n: number) => [0, 1].map((i) => ({ regionId: 13, from: addHalfHours(first, (n + i) % 90) }));
  const rates: number[] = [];
  const informedRates: number[] = [];
  const bareRates: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const rate = await rateOf(() => decide([]));
    const informed = await rateOf((n) => decide(twoOf(n)));
    const { rows } = await database.owner.query<Record<string, unknown>>(
      'select * from decisions order by decision_id desc limit $1',
      [DECISIONS],
    );
    const bare = await rateOf((n) => {
      const row = Object.entries(rows[n - 1] ?? {});
      return database.pool.query({
        name: 'plain-decision',
        text: `insert into plain_decisions (${row.map(([column]) => column).join(', ')}) values (${row.map((_, i) => `$${i + 1}`).join(', ')})`,
        values: row.map(([, value]) => value),
      });
    });
    if (round < WARM_UP) continue;
    rates.push(rate);
    informedRates.push(informed);
    bareRates.push(bare);
  }
  againstLimit({
    name: `decisions recorded by ${WRITERS} writers`,
    value: median(rates),
    unit: '/s',
    limit: { atLeast: LEAST_A_SECOND },
  });
  for (const [name, own] of [
    ['a decision', rates],
    ['a decision from two signals', informedRates],
  ] as const)
    againstPeer({
      name: `time of ${name}`,
      value: 1000 / median(own),
      unit: 'ms',
      peer: `a bare insert of its row by ${WRITERS} writers`,
      peerValue: 1000 / median(bareRates),
    });
  note(
    `a second, low / median / high: ${spread(rates)}; from two signals ${spread(informedRates)}; bare ${spread(bareRates)}`,
  );

  const { count } = await readDecisionHead(database.pool);
  const owner = await database.owner.connect();
  try {
    const [ms, report] = await timed(() => verifyDecisions(owner));
    claim(
      'the chain they made',
      report.fault === null && report.verified === count,
      `${report.verified} of ${count} whole`,
    );
    note(`verified at ${shown((count * 1000) / ms)} decisions/s`);
  } finally {
    owner.release();
  }
});
