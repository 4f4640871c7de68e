import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cancelWorkload } from '../../../src/actions/work/cancel-workload.js';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import { POLICIES } from '../../../src/agents/registry.js';
import { replayDecision } from '../../../src/agents/replay.js';
import { endSilentTransactions, sendDueMessages } from '../../../src/beckn/order-post.js';
import { createPost, type Post } from '../../../src/beckn/post.js';
import { verifyDecisions } from '../../../src/database/decision-chain.js';
import type { Bap } from '../../../src/database/actions.js';
import { acquireLease, type Lease } from '../../../src/database/leases.js';
import { addHalfHours } from '../../../src/domain/half-hour.js';
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
const BAP = { bapId: 'pylon.example', bapUri: 'https://pylon.example/beckn' };
/** Where the zone of the market lies. */
const YORKSHIRE = 5;
/** Each case has three hours of its own, so that no window and no place of another suits it. */
const CASES = 14;
const GRID_GBP_PER_MWH = 118;
const firstOf = (number: number): number => 6 + 6 * number;
const at = (halfHours: number): Date => addHalfHours(START, halfHours);

interface Purchase {
  readonly code: string;
  readonly item: string;
  readonly state: string;
  readonly accepted: number | null;
  readonly isSeenTo: boolean;
}

describe('an agent that may buy', () => {
  let grid: Grid & { readonly database: MovingDatabase };
  let database: MovingDatabase;
  const hosts: TestHost[] = [];
  let host: TestHost;
  let bpp: TestBpp;
  let post: Post;
  let lease: Lease;
  let viewer: KnownViewer;
  /** Half hours that are cleaner than the others, gCO2/kWh. */
  const clean = new Map<number, number>();
  let cases = 0;

  const forecast = (): Promise<unknown> =>
    grid.record(
      REGIONAL,
      forecasts(START, 96, [YORKSHIRE], (_region, i) => clean.get(i) ?? 200),
    );
  const open = (bap: Bap | null): void => {
    host = hostOf({ ...database, bap }, POLICIES);
    hosts.push(host);
  };
  /** Its first hour is the cleanest; windows `early` and `early-2` cover that, `late` the last hour. */
  const submit = async (input: object = {}): Promise<{ readonly jobId: string; readonly first: number }> => {
    const number = (cases += 1) - 1;
    const jobId = `job-${number}`;
    await done(database, viewer, submitWorkload, {
      jobId,
      name: jobId,
      type: 'OTHER',
      powerKw: 1_000,
      durationMinutes: 60,
      earliestStart: at(firstOf(number)),
      deadline: at(firstOf(number) + 6),
      maxPriceGbpPerMwh: 120,
      ...input,
    });
    return { jobId, first: firstOf(number) };
  };
  /** What the gateway does every second. */
  const carry = async (): Promise<void> => {
    const deps = { database, log: silent, url: bpp.url, post };
    await sendDueMessages(deps, lease);
    await bpp.settled();
    await endSilentTransactions(deps);
  };
  const head = async (): Promise<string> =>
    (await database.owner.query<{ head: string }>('select last_sequence as head from event_head')).rows[0]
      ?.head ?? '';
  /** Agents and post, until neither has anything to do. */
  const settle = async (): Promise<void> => {
    for (let before = ''; ;) {
      await host.settle();
      await carry();
      const now = await head();
      if (now === before) return;
      before = now;
    }
  };
  const later = async (seconds: number): Promise<void> => {
    await database.advance({ seconds });
    await carry();
    await settle();
  };
  const purchases = async (jobId: string): Promise<Purchase[]> =>
    (
      await database.owner.query<Purchase>(
        `select t.code, c.item_id as item, t.state::text, (t.accepted ->> 'gbpPerMwh')::double precision as accepted,
           t.replanning_since is null or coalesce(t.replanned_at >= t.replanning_since, false) as "isSeenTo"
         from order_transactions t join workloads w using (workload_id) join compute_windows c using (compute_window_id)
         where w.job_id = $1 order by t.order_transaction_id`,
        [jobId],
      )
    ).rows;
  const only = async (jobId: string): Promise<Purchase> => {
    const [first, ...more] = await purchases(jobId);
    if (!first || more.length > 0) throw new Error(`${jobId} has ${more.length} purchases too many, or none`);
    return first;
  };
  const askedOf = (code: string): string[] =>
    bpp.asked.filter(({ context }) => context.transaction_id === code).map(({ context }) => context.action);
  const slots = async (jobId: string): Promise<number[]> =>
    (
      await database.owner.query<{ slot: Date }>(
        `select s.slot_from as slot from placements p join placement_slots s using (placement_id) join workloads w using (workload_id)
         where w.job_id = $1 and p.state in ('CONFIRMED', 'RUNNING') order by s.slot_from`,
        [jobId],
      )
    ).rows.map(({ slot }) => (slot.getTime() - START.getTime()) / 1_800_000);
  const decisions = async (jobId: string): Promise<string[]> =>
    (
      await database.owner.query<{ reasoning: string }>(
        `select d.content::jsonb ->> 'reasoning' as reasoning from decisions d join workloads w using (workload_id)
         where w.job_id = $1 and d.content::jsonb -> 'policy' ->> 'name' = 'pylon.orchestrator' and d.type = 'PRICE_OPTIMIZATION'
         order by d.decision_id`,
        [jobId],
      )
    ).rows.map(({ reasoning }) => reasoning);

  beforeAll(async () => {
    grid = await startGrid(START, createMovingDatabase);
    database = grid.database;
    bpp = await startBpp();
    bpp.callbackUrl = `${grid.server.url}/beckn`;
    post = createPost();
    const found = await acquireLease(database.pool, 'test-orders', 'test', 600);
    if (!found) throw new Error('nobody else sends here');
    lease = found;
    const tenant = await createTenant(database, 'Compute');
    viewer = await viewerOf(database, tenant);
    await createHostedAgent(database, tenant.operatorId, 'buyer', 'COMPUTE_ORCHESTRATOR', {
      buysWindows: true,
    });
    await createDataCentre(database, tenant.operatorId, 'leeds', { regionId: YORKSHIRE, capacityMw: 40 });
    await database.owner.query('update data_centres set flexibility_rating = 1');
    const numbers = Array.from({ length: CASES }, (_, number) => number);
    for (const number of numbers) for (const i of [0, 1]) clean.set(firstOf(number) + i, 100);
    await forecast();
    await grid.recordSeries(
      'market_prices',
      Array.from({ length: 96 }, (_, i) => ({
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
    const window = (number: number, name: string, from: number, to: number) =>
      item({
        id: `${name}-${number}`,
        start: at(firstOf(number) + from).toISOString(),
        end: at(firstOf(number) + to).toISOString(),
      });
    await stateItems(
      database,
      numbers.flatMap((number) => [
        window(number, 'early', 0, 2),
        window(number, 'early-2', 0, 2),
        window(number, 'late', 4, 6),
      ]),
      (
        [
          ['early', '0.1'],
          ['early-2', '0.115'],
          ['late', '0.1'],
        ] as const
      ).map(([name, value]) =>
        offer(
          name,
          numbers.map((number) => `${name}-${number}`),
          { value, currency: 'GBP' },
        ),
      ),
    );
    open(BAP);
    await settle();
  });
  afterEach(() => {
    for (const action of ['select', 'init', 'confirm', 'status', 'update', 'cancel']) bpp.play(action);
  });
  afterAll(async () => {
    await host.close();
    await post.close();
    await grid.close();
    await bpp.close();
  });

  it('buys the cheapest window that covers the place of its work, from select to confirm, and says why', async () => {
    const { jobId, first } = await submit();
    await settle();
    expect(await slots(jobId)).toEqual([first, first + 1]);
    const bought = await only(jobId);
    expect(bought).toMatchObject({ item: 'early-0', state: 'CONFIRMED', accepted: 100, isSeenTo: true });
    expect(askedOf(bought.code)).toEqual(['select', 'init', 'confirm']);
    expect(await decisions(jobId)).toEqual([
      expect.stringMatching(/^A quote is asked for the compute window .* at 100\.00 GBP\/MWh: it covers/),
      expect.stringMatching(/is bought for job-0 at 100\.00 GBP\/MWh\.$/),
    ]);
    const { rows } = await database.owner.query(
      'select a.code, p.state from order_transactions t join agents a using (agent_id) join placements p using (placement_id)',
    );
    expect(rows).toEqual([{ code: 'buyer', state: 'CONFIRMED' }]);
  });

  it('buys once where answers come twice, and in any order', async () => {
    const { jobId } = await submit();
    const say = (second: number, gbpPerKwh: number) => ({
      gbpPerKwh,
      timestamp: `2026-03-02T08:01:${second}Z`,
    });
    bpp.play('init', { isSent: false, callbacks: [say(10, 0.1), say(20, 0.5), say(30, 0.1)] });
    bpp.play('confirm', { isSent: false });
    await settle();
    await bpp.release(2, 0, 1, 2);
    await settle();
    await bpp.release(0, 0, 0);
    await settle();
    const bought = await only(jobId);
    expect(bought).toMatchObject({ state: 'CONFIRMED', accepted: 100 });
    expect(askedOf(bought.code)).toEqual(['select', 'init', 'confirm']);
  });

  it('asks a silent seller how it stands, keeps what he confirmed, and hears his late answer once', async () => {
    const { jobId } = await submit();
    bpp.play('confirm', { isSent: false });
    await settle();
    await later(31);
    const bought = await only(jobId);
    expect(bought).toMatchObject({ state: 'CONFIRMED', isSeenTo: true });
    expect(askedOf(bought.code)).toEqual(['select', 'init', 'confirm', 'status']);
    await bpp.release(0);
    await settle();
    expect(await only(jobId)).toMatchObject({ state: 'CONFIRMED', isSeenTo: true });
  });

  it('calls off what a silent seller never answers, and takes the next window', async () => {
    const { jobId } = await submit();
    bpp.play('select', { callbacks: [] });
    bpp.play('status', { callbacks: [] }, { callbacks: [] });
    await settle();
    for (let i = 0; i < 3; i += 1) await later(31);
    const [silentOne, next] = await purchases(jobId);
    expect(askedOf(silentOne?.code ?? '')).toEqual(['select', 'status', 'status', 'cancel']);
    expect(silentOne).toMatchObject({ item: 'early-3', state: 'CANCELLED' });
    expect(next).toMatchObject({ item: 'early-2-3', state: 'CONFIRMED', accepted: 100 });
  });

  it('takes another price within its rule, by name', async () => {
    const { jobId } = await submit();
    bpp.play('init', { callbacks: [{ gbpPerKwh: 0.11 }] });
    bpp.play('confirm', { callbacks: [{ gbpPerKwh: 0.112 }] }, { callbacks: [{ gbpPerKwh: 0.112 }] });
    await settle();
    const bought = await only(jobId);
    expect(bought).toMatchObject({ state: 'CONFIRMED', accepted: 112, isSeenTo: true });
    expect(askedOf(bought.code)).toEqual(['select', 'init', 'confirm', 'confirm']);
  });

  it('calls off what became too dear, and takes the next window, and not that one again', async () => {
    const { jobId } = await submit();
    bpp.play('confirm', { callbacks: [{ gbpPerKwh: 0.13 }] });
    await settle();
    const [dear, next, ...more] = await purchases(jobId);
    expect(askedOf(dear?.code ?? '')).toEqual(['select', 'init', 'confirm', 'cancel']);
    expect(dear).toMatchObject({ item: 'early-5', state: 'CANCELLED', isSeenTo: true });
    expect(next).toMatchObject({ item: 'early-2-5', state: 'CONFIRMED' });
    expect(more).toEqual([]);
    expect((await decisions(jobId))[2]).toMatch(
      /not bought for job-5.*gridGbpPerMwh is 118 GBP\/MWh, and 130/,
    );
  });

  it('plans its work again where the window is gone at confirm, and buys where it then runs', async () => {
    const { jobId, first } = await submit();
    bpp.play('init', { isSent: false });
    await settle();
    clean.set(first + 4, 50).set(first + 5, 50);
    await forecast();
    bpp.play('confirm', { callbacks: [{ error: { code: 'OUT_OF_STOCK', message: 'the window is sold' } }] });
    await bpp.release(0);
    await settle();
    expect(await slots(jobId)).toEqual([first + 4, first + 5]);
    expect(await purchases(jobId)).toMatchObject([
      { item: 'early-6', state: 'GONE', isSeenTo: true },
      { item: 'late-6', state: 'CONFIRMED', isSeenTo: true },
    ]);
  });

  it('takes another window for the same place where no better place is found', async () => {
    const { jobId, first } = await submit();
    bpp.play('confirm', { ack: 'NACK' });
    await settle();
    expect(await slots(jobId)).toEqual([first, first + 1]);
    expect(await purchases(jobId)).toMatchObject([
      { item: 'early-7', state: 'GONE', isSeenTo: true },
      { item: 'early-2-7', state: 'CONFIRMED', isSeenTo: true },
    ]);
  });

  it('leaves a window that a spike of carbon intensity spoils, gives it back and buys where its work then runs', async () => {
    const { jobId, first } = await submit();
    await settle();
    const { code } = await only(jobId);
    clean.set(first + 4, 50).set(first + 5, 50);
    await forecast();
    await bpp.say('update', code, { status: 'IN_PROGRESS', carbonIntensity: 320, event: 'carbon_spike' });
    await settle();
    expect(await slots(jobId)).toEqual([first + 4, first + 5]);
    expect(await purchases(jobId)).toMatchObject([
      { item: 'early-8', state: 'CANCELLED' },
      { item: 'late-8', state: 'CONFIRMED' },
    ]);
    expect(askedOf(code)).toEqual(['select', 'init', 'confirm', 'cancel']);
  });

  it('gives back what was bought for work that is cancelled before it begins', async () => {
    const { jobId } = await submit();
    await settle();
    await done(database, viewer, cancelWorkload, { jobId, reason: 'not needed' });
    await settle();
    expect(await only(jobId)).toMatchObject({ state: 'CANCELLED', isSeenTo: true });
    expect((await decisions(jobId)).at(-1)).toContain(`${jobId} is CANCELLED`);
  });

  it('cancels no more than twice where a seller will not', async () => {
    const { jobId } = await submit();
    await settle();
    const { code } = await only(jobId);
    const no = { callbacks: [{ error: { code: 'NO', message: 'too late' } }] };
    bpp.play('cancel', no, no, no);
    await done(database, viewer, cancelWorkload, { jobId, reason: 'not needed' });
    await settle();
    expect(askedOf(code)).toEqual(['select', 'init', 'confirm', 'cancel', 'cancel']);
    expect(await only(jobId)).toMatchObject({ state: 'CONFIRMED' });
  });

  it('buys nothing in a process that cannot, nor beyond what its operator lets it spend', async () => {
    const configure = (config: object) =>
      database.owner.query('update agent_settings set config = $1', [config]);
    await host.close();
    open(null);
    const { jobId } = await submit();
    await settle();
    expect(await slots(jobId)).toHaveLength(2);
    expect(await purchases(jobId)).toEqual([]);

    await host.close();
    open(BAP);
    await configure({ hosted: true });
    await later(1_800);
    expect(await purchases(jobId)).toEqual([]);
    await configure({ hosted: true, buysWindows: true, maxWindowGbpPerMwh: 99 });
    await later(1_800);
    expect(await purchases(jobId)).toEqual([]);
    await configure({ hosted: true, buysWindows: true, maxWindowGbpPerMwh: 100 });
    // The beginning of a half hour shows what no event told of.
    await later(1_800);
    expect(await only(jobId)).toMatchObject({ item: 'early-11', state: 'CONFIRMED' });
  });

  it('never has two windows for one work at once, never fails, and decides each time the same again', async () => {
    expect(hosts.flatMap(({ failures, errors }) => [...failures, ...errors])).toEqual([]);
    const { rows } = await database.owner.query(
      `select a.code from order_transactions a join order_transactions b using (workload_id)
       where a.order_transaction_id < b.order_transaction_id and a.state = 'CONFIRMED' and b.state = 'CONFIRMED'`,
    );
    expect(rows).toEqual([]);
    const owner = await database.owner.connect();
    const { fault, replayed, verified } = await verifyDecisions(owner, null, replayDecision).finally(() =>
      owner.release(),
    );
    expect(fault).toBeNull();
    expect(replayed).toBe(verified);
    expect(replayed).toBeGreaterThan(40);
  });
});
