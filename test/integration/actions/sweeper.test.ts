import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { act } from '../../../src/actions/action.js';
import { confirmPlacement } from '../../../src/actions/placing/confirm-placement.js';
import { holdPlacement } from '../../../src/actions/placing/hold-placement.js';
import { startWorkload } from '../../../src/actions/work/start-workload.js';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import { startSweeper, type Sweeper } from '../../../src/cli/sweeper.js';
import { createLeaseKeeper, type LeaseKeeper } from '../../../src/database/lease-keeper.js';
import { readCommittedPower } from '../../../src/database/headroom.js';
import { releaseExpiredHolds } from '../../../src/database/sweeps.js';
import { PLACEMENT_MOVES, type PlacementState } from '../../../src/domain/compute/placement-states.js';
import { mayMove } from '../../../src/domain/compute/state-machine.js';
import type { KnownViewer } from '../../../src/domain/viewer.js';
import { codeOf, createDataCentre, done, freshKey, viewerOf } from '../../support/compute.js';
import { silent } from '../../support/runner.js';
import { createTenant } from '../../support/tenants.js';
import { createMovingDatabase, type MovingDatabase } from '../ingest/moving-clock.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const SPAN = { from: new Date('2026-03-02T13:00Z'), to: new Date('2026-03-02T13:30Z') };

describe('the sweeper', () => {
  let database: MovingDatabase;
  let viewer: KnownViewer;
  let centre: number;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    database = await createMovingDatabase(NOW);
    const tenant = await createTenant(database, 'Holder');
    viewer = await viewerOf(database, tenant);
    centre = await createDataCentre(database, tenant.operatorId, 'centre', { capacityMw: 1 });
    await done(database, viewer, submitWorkload, {
      jobId: 'job',
      name: 'job',
      type: 'OTHER',
      powerKw: 1,
      durationMinutes: 30,
      deadline: new Date('2026-03-20T00:00Z'),
    });
  });
  const closeAll = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  afterEach(closeAll);
  afterAll(() => database.drop());

  const sweeper = (): { readonly sweeper: Sweeper; readonly leases: LeaseKeeper } => {
    const leases = createLeaseKeeper(database.pool, { seconds: 30, onError: () => undefined });
    const started = startSweeper({ database, leases, log: silent }, { keepAnswersHours: 24 });
    closing.push(
      () => leases.close(),
      () => started.stop(),
    );
    return { sweeper: started, leases };
  };
  const hold = (powerKw: number, ttlSeconds = 30) =>
    act(database, viewer, holdPlacement, {
      idempotencyKey: freshKey(),
      input: { jobId: 'job', dcId: 'centre', slots: [{ from: SPAN.from, powerKw }], ttlSeconds },
    });
  const stateOf = async (code: unknown) =>
    (
      await database.owner.query(
        'select state, released_reason, expires_at from placements where code = $1',
        [code],
      )
    ).rows[0] as unknown;
  const codeOfHeld = async (held: ReturnType<typeof hold>): Promise<unknown> => {
    const answer = await held;
    if ('refusal' in answer) throw new Error(answer.refusal.message);
    return answer.state['code'];
  };

  it('releases what expired, with an event each, in batches, and nothing else', async () => {
    const kept = await codeOfHeld(hold(1, 3_600));
    const expiring = [await codeOfHeld(hold(1)), ...Array.from({ length: 229 }, (_, i) => `copy-${i}`)];
    await database.owner.query(
      `insert into placements (code, operator_id, workload_id, data_centre_id, expires_at)
       select c.code, p.operator_id, p.workload_id, p.data_centre_id, p.expires_at
       from placements p cross join unnest($2::text[]) c (code) where p.code = $1`,
      [expiring[0], expiring.slice(1)],
    );
    await database.advance({ seconds: 31 });
    const { rows: before } = await database.owner.query<{ last: string }>(
      'select last_sequence as last from event_head',
    );
    // Either the timer's own sweeps or this one: none of them twice.
    await sweeper().sweeper.sweep();
    for (const code of [expiring[0], expiring.at(-1)])
      expect(await stateOf(code)).toEqual({
        state: 'RELEASED',
        released_reason: 'EXPIRED',
        expires_at: null,
      });
    expect(await stateOf(kept)).toMatchObject({ state: 'HELD' });
    const { rows: events } = await database.owner.query<{ state: string }>(
      `select state ->> 'state' as state from event_log where topic = 9 and sequence > $1`,
      [before[0]?.last],
    );
    expect(events).toEqual(expiring.map(() => ({ state: 'RELEASED' })));
  });

  it('is one process at a time, and a late one is refused', async () => {
    const first = sweeper();
    const second = sweeper();
    expect(await first.sweeper.sweep()).not.toBeNull();
    expect(await second.sweeper.sweep()).toBeNull();
    await expect(
      releaseExpiredHolds(database.pool, { name: 'sweeper', fencing: 0n }, NOW, 10),
    ).rejects.toMatchObject({ code: 'PY001' });
  });

  it('is not waited for: power whose hold expired is free, and is not confirmed once it is given away', async () => {
    const late = await codeOfHeld(hold(900));
    expect(codeOf(await hold(900))).toBe('CAPACITY_EXCEEDED');
    await database.advance({ seconds: 31 });
    const committed = await readCommittedPower(database.pool, [centre], SPAN, database.clock.now());
    expect(committed.get(centre)?.get(SPAN.from.getTime())).toBe(1_000);
    const confirm = (at: Date) =>
      act({ ...database, clock: { offsetMs: 0, now: () => at } }, viewer, confirmPlacement, {
        idempotencyKey: freshKey(),
        input: { placementId: late },
      });
    expect(codeOf(await confirm(database.clock.now()))).toBe('HOLD_EXPIRED');
    expect(codeOf(await hold(900))).toBeNull();
    // Also not by a process whose clock is late.
    expect(codeOf(await confirm(new Date(database.clock.now().getTime() - 20_000)))).toBe('HOLD_EXPIRED');
    expect(await stateOf(late)).toMatchObject({ state: 'RELEASED', released_reason: 'EXPIRED' });
  });

  it('puts back work that was not started in its half hours, to wait again or, too late for that, rejected', async () => {
    const other = await createDataCentre(database, viewer.operatorId, 'centre-2', { capacityMw: 1 });
    const at = (time: string): Date => new Date(`2026-03-02T${time}Z`);
    const scheduled = async (jobId: string, deadline: string, slots: readonly string[]): Promise<void> => {
      const work = {
        jobId,
        name: jobId,
        type: 'OTHER',
        powerKw: 1,
        durationMinutes: 60,
        deadline: at(deadline),
      };
      await done(database, viewer, submitWorkload, work);
      const { code } = await done(database, viewer, holdPlacement, {
        jobId,
        dcId: 'centre-2',
        slots: slots.map((from) => ({ from: at(from), powerKw: 1 })),
      });
      await done(database, viewer, confirmPlacement, { placementId: code });
    };
    await scheduled('missed', '23:00', ['12:00', '12:30']);
    await scheduled('just-in-time', '14:05', ['12:30']);
    await scheduled('too-late', '14:00', ['12:30']);
    await scheduled('not-yet', '23:00', ['12:30', '13:00']);
    await scheduled('begun', '23:00', ['12:00', '12:30']);
    await done(database, viewer, startWorkload, { jobId: 'begun' });
    await done(database, viewer, holdPlacement, {
      jobId: 'too-late',
      dcId: 'centre-2',
      slots: [{ from: at('13:30'), powerKw: 1 }],
      ttlSeconds: 3_600,
    });
    const jobs = async () => {
      const { rows } = await database.owner.query<Record<string, unknown>>(
        `select w.job_id, w.status, w.status_reason, w.host_data_centre_id as host, w.version::integer,
           (select count(*)::integer from event_log where topic = 8 and object_id = w.workload_id) as events,
           (select array_agg(concat_ws(' ', p.state, p.released_reason) order by placement_id) from placements p where p.workload_id = w.workload_id) as placements,
           (select bool_and(p.version = (select count(*) from event_log where topic = 9 and object_id = p.placement_id))
            from placements p where p.workload_id = w.workload_id) as told
         from workloads w where w.job_id <> 'job' order by w.workload_id`,
      );
      return Object.fromEntries(rows.map(({ job_id: jobId, ...rest }) => [jobId, rest]));
    };
    expect(await sweeper().sweeper.sweep()).not.toBeNull();
    await closeAll();
    const before = await jobs();
    expect(before['missed']).toMatchObject({ status: 'SCHEDULED', host: other });
    await database.advance({ seconds: (at('13:00:30').getTime() - database.clock.now().getTime()) / 1000 });
    expect(await sweeper().sweeper.sweep()).not.toBeNull();
    const why = 'its confirmed half hours passed before it was started';
    const returned = {
      status: 'QUEUED',
      status_reason: why,
      host: null,
      placements: ['RELEASED MISSED'],
      told: true,
    };
    expect(await jobs()).toEqual({
      missed: { ...returned, version: 3, events: 3 },
      'just-in-time': { ...returned, version: 3, events: 3 },
      'too-late': {
        ...returned,
        status: 'REJECTED',
        status_reason: `${why}, and it cannot be done by its deadline any more`,
        placements: ['RELEASED MISSED', 'RELEASED REJECTED'],
        version: 3,
        events: 3,
      },
      'not-yet': before['not-yet'],
      begun: before['begun'],
    });
    // It can be placed and started anew, by who is told.
    await done(database, viewer, startWorkload, { jobId: 'missed', dcId: 'centre-2' });
  });

  it('forgets answers that are older than the log keeps', async () => {
    const key = 'to-be-forgotten';
    const input = {
      jobId: 'forgotten',
      name: 'x',
      type: 'OTHER',
      powerKw: 1,
      durationMinutes: 1,
      deadline: new Date('2026-03-19T00:00Z'),
    };
    const submit = () => act(database, viewer, submitWorkload, { idempotencyKey: key, input });
    const first = await submit();
    await sweeper().sweeper.sweep();
    await closeAll();
    expect(await submit()).toEqual(first);
    await database.advance({ minutes: 24 * 60 + 1 });
    expect(await sweeper().sweeper.sweep()).not.toBeNull();
    const { rows } = await database.owner.query('select from action_keys');
    expect(rows).toEqual([]);
    expect(codeOf(await submit())).toBe('ALREADY_EXISTS');
  });

  it('finds in the database the moves that the code knows', async () => {
    const states = Object.keys(PLACEMENT_MOVES) as PlacementState[];
    const { rows } = await database.owner.query<{ from: PlacementState; to: PlacementState; may: boolean }>(
      `select a.s as from, b.s as to, placement_may_move(a.s, b.s) as may
       from unnest(enum_range(null::placement_state)) a (s) cross join unnest(enum_range(null::placement_state)) b (s)`,
    );
    expect(rows).toHaveLength(states.length ** 2);
    for (const { from, to, may } of rows)
      expect([from, to, may]).toEqual([from, to, mayMove(PLACEMENT_MOVES, from, to)]);
  });
});
