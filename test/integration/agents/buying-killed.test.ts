import { afterAll, beforeAll, expect, it } from 'vitest';
import { POLICIES } from '../../../src/agents/registry.js';
import { replayDecision } from '../../../src/agents/replay.js';
import { verifyDecisions } from '../../../src/database/decision-chain.js';
import { hostOf } from '../../support/agents.js';
import { mortalPool } from '../../support/mortal-pool.js';
import { BAP, startBuying, type BuyingShop } from './buying-shop.js';

/** Points of a purchase at which its host is killed, from its first statement to its last. */
const KILLS = 24;

let shop: BuyingShop;

beforeAll(async () => {
  shop = await startBuying();
});
afterAll(() => shop.close());

/** Buys for new work with a host that is killed after so many statements, and says how many it came to. */
async function buyUntil(jobId: string, lastStatement: number): Promise<number> {
  const { database } = shop;
  const mortal = mortalPool(database.pool, lastStatement);
  const host = hostOf({ ...database, pool: mortal.pool, bap: BAP }, POLICIES);
  await shop.submit({ number: 0, jobId });
  await shop.settle(host).catch((error: unknown) => {
    if (!mortal.isDead) throw error;
  });
  await host.close().catch((error: unknown) => {
    if (!mortal.isDead) throw error;
  });
  // Its lease runs out some time: here at once.
  await database.owner.query("update leases set expires_at = clock_timestamp() where name = 'agents'");
  return mortal.sent;
}

it('buys once and explains it once, whichever of its statements its host is killed after', async () => {
  const { database } = shop;
  await shop.hosts[0]?.close();
  const whole = await buyUntil('whole', Infinity);
  expect(whole).toBeGreaterThan(2 * KILLS);
  expect(await shop.only('whole')).toMatchObject({ state: 'CONFIRMED' });
  const jobs = Array.from({ length: KILLS }, (_, i) => ({
    jobId: `killed-${i}`,
    lastStatement: 1 + Math.floor((i * whole) / KILLS),
  }));
  for (const { jobId, lastStatement } of jobs) {
    await buyUntil(jobId, lastStatement);
    await buyUntilDone(jobId);
  }
  const { rows } = await database.owner.query(
    `select count(*)::integer as decisions, count(distinct workload_id)::integer as jobs from decisions
     where content::jsonb -> 'policy' ->> 'name' = 'pylon.orchestrator' and type = 'PRICE_OPTIMIZATION'`,
  );
  expect(rows).toEqual([{ decisions: (KILLS + 1) * 2, jobs: KILLS + 1 }]);
  const owner = await database.owner.connect();
  const { fault, replayed, verified } = await verifyDecisions(owner, null, replayDecision).finally(() =>
    owner.release(),
  );
  expect(fault).toBeNull();
  expect(replayed).toBe(verified);
});

async function buyUntilDone(jobId: string): Promise<void> {
  await shop.open(BAP);
  await shop.settle();
  const bought = await shop.only(jobId);
  expect(bought).toMatchObject({ state: 'CONFIRMED', isSeenTo: true });
  expect(shop.askedOf(bought.code)).toEqual(['select', 'init', 'confirm']);
  await shop.hosts.at(-1)?.close();
}
