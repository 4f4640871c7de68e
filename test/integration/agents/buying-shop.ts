/** An operator whose agent may buy, a seller who plays faults, and work to buy for. */
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import { POLICIES } from '../../../src/agents/registry.js';
import { endSilentTransactions, sendDueMessages } from '../../../src/beckn/order-post.js';
import { createPost } from '../../../src/beckn/post.js';
import type { Bap } from '../../../src/database/actions.js';
import { acquireLease } from '../../../src/database/leases.js';
import { HALF_HOUR_MS, addHalfHours } from '../../../src/domain/half-hour.js';
import type { KnownViewer } from '../../../src/domain/viewer.js';
import { createHostedAgent, hostOf, type TestHost } from '../../support/agents.js';
import { item, offer } from '../../support/beckn.js';
import { startBpp, type TestBpp } from '../../support/bpp.js';
import { createDataCentre, done, viewerOf } from '../../support/compute.js';
import { stateItems } from '../../support/market-writer.js';
import { silent } from '../../support/runner.js';
import { createTenant } from '../../support/tenants.js';
import { REGIONAL, forecasts, startGrid, type Grid } from '../graph/grid.js';
import { createMovingDatabase, type MovingDatabase } from '../ingest/moving-clock.js';

const START = new Date('2026-03-02T08:00:00Z');
export const BAP: Bap = { bapId: 'pylon.example', bapUri: 'https://pylon.example/beckn' };
/** Where the zone of the market lies. */
const YORKSHIRE = 5;
/** Each case has three hours of its own, so that no window and no place of another suits it. */
const CASES = 14;
const GRID_GBP_PER_MWH = 118;
const HALF_HOURS = 96;
const firstOf = (number: number): number => 6 + 6 * number;
const at = (halfHours: number): Date => addHalfHours(START, halfHours);

/** A purchase, as far as these tests compare it. */
export interface Purchase {
  readonly code: string;
  readonly item: string;
  readonly state: string;
  readonly accepted: number | null;
  readonly isSeenTo: boolean;
}

export interface BuyingShop {
  readonly database: MovingDatabase;
  readonly bpp: TestBpp;
  readonly viewer: KnownViewer;
  /** Hosts that were opened here, oldest first. */
  readonly hosts: readonly TestHost[];
  /** Hosts the agents in place of who did before, in a process that can buy, or cannot. */
  open(bap: Bap | null): Promise<void>;
  /**
   * Submits work in three hours of its own, the next unless a case is named. Its first hour is the cleanest; windows `early` at
   * 100 and `early-2` at 115 GBP/MWh cover that, `late` the last hour.
   */
  submit(named?: { readonly number: number; readonly jobId: string }): Promise<{
    readonly jobId: string;
    /** Half hours from the start to the first of its three hours. */
    readonly first: number;
  }>;
  /** A newer forecast: these half hours after the start are cleaner still. */
  forecastCleaner(...halfHours: readonly number[]): Promise<void>;
  /** What the gateway does every second: sends what is due, hears the answers, ends what ran out. */
  carry(): Promise<void>;
  /** Agents and post, until neither has anything to do. */
  settle(host?: TestHost): Promise<void>;
  /** So much later, with all that follows. */
  later(seconds: number): Promise<void>;
  /** To the beginning of a half hour after the start, with all that follows. */
  goTo(halfHour: number): Promise<void>;
  /** Purchases for some work, oldest first. */
  purchases(jobId: string): Promise<readonly Purchase[]>;
  /** @throws {Error} where there is none, or more than one. */
  only(jobId: string): Promise<Purchase>;
  /** What was asked of the seller in a purchase. */
  askedOf(code: string): readonly string[];
  /** Half hours after the start in which work has its place. */
  slots(jobId: string): Promise<readonly number[]>;
  /** Why the agent bought or did not, in its words. */
  reasons(jobId: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startBuying(): Promise<BuyingShop> {
  const grid = await startGrid(START, createMovingDatabase);
  const { database } = grid;
  const bpp = await startBpp();
  bpp.callbackUrl = `${grid.server.url}/beckn`;
  const post = createPost();
  const lease = await acquireLease(database.pool, 'test-orders', 'test', 600);
  if (!lease) throw new Error('nobody else sends here');
  const tenant = await createTenant(database, 'Compute');
  const viewer = await viewerOf(database, tenant);
  await createHostedAgent(database, tenant.operatorId, 'buyer', 'COMPUTE_ORCHESTRATOR', {
    buysWindows: true,
  });
  await createDataCentre(database, tenant.operatorId, 'leeds', { regionId: YORKSHIRE, capacityMw: 40 });
  await database.owner.query('update data_centres set flexibility_rating = 1');
  const clean = new Map<number, number>();
  for (let number = 0; number < CASES; number += 1)
    for (const i of [0, 1]) clean.set(firstOf(number) + i, 100);
  await forecast(grid, clean);
  await recordPrices(grid);
  await offerWindows(database);
  const hosts: TestHost[] = [];
  let host: TestHost | undefined;
  let cases = 0;

  const head = async (): Promise<string> =>
    (await database.owner.query<{ head: string }>('select last_sequence as head from event_head')).rows[0]
      ?.head ?? '';
  const shop: BuyingShop = {
    database,
    bpp,
    viewer,
    hosts,
    async open(bap) {
      await host?.close();
      host = hostOf({ ...database, bap }, POLICIES);
      hosts.push(host);
    },
    async submit(named) {
      const number = named?.number ?? (cases += 1) - 1;
      const jobId = named?.jobId ?? `job-${number}`;
      await done(database, viewer, submitWorkload, {
        jobId,
        name: jobId,
        type: 'OTHER',
        powerKw: 1_000,
        durationMinutes: 60,
        earliestStart: at(firstOf(number)),
        deadline: at(firstOf(number) + 6),
        maxPriceGbpPerMwh: 120,
      });
      return { jobId, first: firstOf(number) };
    },
    async forecastCleaner(...halfHours) {
      for (const i of halfHours) clean.set(i, 50);
      await forecast(grid, clean);
    },
    async carry() {
      const deps = { database, log: silent, url: bpp.url, post };
      await sendDueMessages(deps, lease);
      await bpp.settled();
      await endSilentTransactions(deps);
    },
    async settle(by = host) {
      if (!by) throw new Error('nobody hosts the agents');
      for (let before = ''; ;) {
        await by.settle();
        await shop.carry();
        const now = await head();
        if (now === before) return;
        before = now;
      }
    },
    async later(seconds) {
      await database.advance({ seconds });
      await shop.carry();
      await shop.settle();
    },
    goTo: (halfHour) => shop.later((at(halfHour).getTime() + 5_000 - database.clock.now().getTime()) / 1_000),
    async purchases(jobId) {
      const { rows } = await database.owner.query<Purchase>(
        `select t.code, c.item_id as item, t.state::text, (t.accepted ->> 'gbpPerMwh')::double precision as accepted,
           t.replanning_since is null or coalesce(t.replanned_at >= t.replanning_since, false) as "isSeenTo"
         from order_transactions t join workloads w using (workload_id) join compute_windows c using (compute_window_id)
         where w.job_id = $1 order by t.order_transaction_id`,
        [jobId],
      );
      return rows;
    },
    async only(jobId) {
      const found = await shop.purchases(jobId);
      if (found.length !== 1 || !found[0]) throw new Error(`${jobId} has ${found.length} purchases, not one`);
      return found[0];
    },
    askedOf: (code) =>
      bpp.asked.filter(({ context }) => context.transaction_id === code).map(({ context }) => context.action),
    async slots(jobId) {
      const { rows } = await database.owner.query<{ slot: Date }>(
        `select s.slot_from as slot from placements p join placement_slots s using (placement_id) join workloads w using (workload_id)
         where w.job_id = $1 and p.state in ('CONFIRMED', 'RUNNING') order by s.slot_from`,
        [jobId],
      );
      return rows.map(({ slot }) => (slot.getTime() - START.getTime()) / HALF_HOUR_MS);
    },
    async reasons(jobId) {
      const { rows } = await database.owner.query<{ reasoning: string }>(
        `select d.content::jsonb ->> 'reasoning' as reasoning from decisions d join workloads w using (workload_id)
         where w.job_id = $1 and d.content::jsonb -> 'policy' ->> 'name' = 'pylon.orchestrator' and d.type = 'PRICE_OPTIMIZATION'
         order by d.decision_id`,
        [jobId],
      );
      return rows.map(({ reasoning }) => reasoning);
    },
    async close() {
      await host?.close();
      await post.close();
      await grid.close();
      await bpp.close();
    },
  };
  await shop.open(BAP);
  await shop.settle();
  return shop;
}

const forecast = (grid: Grid, clean: ReadonlyMap<number, number>): Promise<unknown> =>
  grid.record(
    REGIONAL,
    forecasts(START, HALF_HOURS, [YORKSHIRE], (_region, i) => clean.get(i) ?? 200),
  );

const recordPrices = (grid: Grid): Promise<unknown> =>
  grid.recordSeries(
    'market_prices',
    Array.from({ length: HALF_HOURS }, (_, i) => ({
      at: at(i),
      kind: 'OUTTURN' as const,
      issuedAt: null,
      market: 'MARKET_INDEX' as const,
      provider: 'APXMIDP',
      gbpPerMwh: GRID_GBP_PER_MWH,
      volumeMwh: 1_000,
      expectedErrorGbpPerMwh: null,
      formula: null,
    })),
    'elexon-market-index',
  );

/** Three windows for each case: half hours 0 and 1 of it twice, 4 and 5 once. */
function offerWindows(database: MovingDatabase): Promise<unknown> {
  const numbers = Array.from({ length: CASES }, (_, number) => number);
  const kinds = [
    ['early', 0, '0.1'],
    ['early-2', 0, '0.115'],
    ['late', 4, '0.1'],
  ] as const;
  return stateItems(
    database,
    numbers.flatMap((number) =>
      kinds.map(([name, from]) =>
        item({
          id: `${name}-${number}`,
          start: at(firstOf(number) + from).toISOString(),
          end: at(firstOf(number) + from + 2).toISOString(),
        }),
      ),
    ),
    kinds.map(([name, , value]) =>
      offer(
        name,
        numbers.map((number) => `${name}-${number}`),
        { value, currency: 'GBP' },
      ),
    ),
  );
}
