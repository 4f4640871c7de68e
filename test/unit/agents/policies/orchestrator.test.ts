import { describe, expect, it } from 'vitest';
import { checkProposals } from '../../../../src/agents/contract.js';
import { orchestrator } from '../../../../src/agents/policies/orchestrator.js';
import { madeUpEnergyKwh } from '../../../../src/agents/policies/orchestrator/run.js';
import type { Shown } from '../../../../src/agents/policy.js';
import type { View, WorkloadSeen } from '../../../../src/agents/seen.js';
import {
  GRID_DESK,
  HALF_HOUR,
  agentSeen,
  at,
  decided,
  eventOf,
  negotiationSeen,
  outlookOf,
  placedAt,
  revisedBy,
  shortly,
  viewOf,
  workSeen,
} from '../../../support/seen.js';

/** Dirty until 16:00, clean from then on. */
const outlook = outlookOf(13, 48, (i) => ({ gco2PerKwh: i < 8 ? 180 : 105, renewablePct: i < 8 ? 30 : 80 }));
const demo = agentSeen({ isDemo: true });
const told = (work: WorkloadSeen, view: Partial<View> = {}): Shown => ({
  stimulus: eventOf('WORKLOADS', { workload_id: work.number, status: work.status }),
  view: viewOf({ workloads: [work], outlook, peers: [GRID_DESK], ...view }),
});
const everyHalfHour = (work: WorkloadSeen, view: Partial<View> = {}): Shown => ({
  stimulus: HALF_HOUR,
  view: viewOf({ workloads: [work], outlook, agent: demo, ...view }),
});

describe('the orchestrator', () => {
  it.each<[string, Partial<WorkloadSeen> | null, object, readonly string[]]>([
    ['of placed work', { status: 'SCHEDULED' }, {}, ['replanWorkload job', 'acknowledgeReplanning buy-1']],
    ['of waiting work', { status: 'QUEUED' }, {}, ['placeWorkload job', 'acknowledgeReplanning buy-1']],
    ['of running work', { status: 'RUNNING' }, {}, ['acknowledgeReplanning buy-1']],
    ['of work that is over', null, {}, ['acknowledgeReplanning buy-1']],
    ['that was seen to', { status: 'SCHEDULED' }, { replanned_at: at(1).toISOString() }, []],
    ['that is what it was', { status: 'SCHEDULED' }, { replanning_since: null }, []],
    ['that another agent began', { status: 'SCHEDULED' }, { agent_id: 7 }, []],
  ])('plans the work of a purchase again: %s', (_what, work, state, expected) => {
    const stimulus = eventOf('BECKN_TRANSACTIONS', {
      ...{
        code: 'buy-1',
        workload_id: 1,
        replanning_note: 'the window is gone',
        replanning_since: at(0).toISOString(),
        replanned_at: null,
      },
      ...state,
    });
    const shown = { stimulus, view: viewOf({ workloads: work ? [workSeen(work)] : [], agent: demo }) };
    expect(shortly(decided(orchestrator, shown))).toEqual(expected);
    expect(orchestrator.needs(stimulus, demo)).toEqual(expected.length > 0 ? { workloads: 1 } : null);
  });

  it('takes in what keeps its limits now, with the numbers', () => {
    const proposals = decided(orchestrator, told(workSeen({ maxCarbonIntensityGco2PerKwh: 200 })));
    expect(shortly(proposals)).toEqual(['queueWorkload job']);
    expect(proposals[0]?.decision).toMatchObject({
      type: 'ACCEPT_WORKLOAD',
      jobId: 'job',
      reasoning: 'job is accepted: 180 gCO2/kWh and 30 % renewables in region 13 now, within its limits.',
      signals: [{ regionId: 13, from: at(0) }],
      constraintsEvaluated: [
        { name: 'maxCarbonIntensityGco2PerKwh', limit: 200, value: 180, satisfied: true },
      ],
    });
  });

  it('defers what is over its cap, and proposes the cleanest window to the grid operator', () => {
    const shown = told(workSeen({ maxCarbonIntensityGco2PerKwh: 120, minRenewablePct: 75 }));
    const proposals = decided(orchestrator, shown);
    expect(shortly(proposals)).toEqual(['deferWorkload job', 'openNegotiation job']);
    expect(proposals[0]).toMatchObject({
      input: { reason: 'CARBON' },
      decision: {
        type: 'DEFER_WORKLOAD',
        reasoning:
          'job waits: 180 gCO2/kWh now in region 13 is over its cap of 120; the cleanest window within its limits is ' +
          '2026-03-02T16:00Z to 2026-03-02T17:00Z in region 13, at 105 gCO2/kWh.',
      },
    });
    expect(proposals[1]?.input).toMatchObject({
      type: 'WORKLOAD_ALLOCATION',
      initiatorAgentId: 'us',
      responderAgentId: 'grid-desk',
      terms: { window: { from: at(8), to: at(10) }, powerKw: 100, carbonGco2PerKwh: 105 },
    });
    expect(() => checkProposals(orchestrator, 'us', proposals)).not.toThrow();
  });

  it.each<[string, Partial<WorkloadSeen>, Partial<View>, readonly string[]]>([
    ['cannot wait', { isDeferrable: false }, {}, ['queueWorkload job']],
    ['has nobody to negotiate with', {}, { peers: [] }, ['deferWorkload job']],
    ['has no window in time', { deadline: at(6) }, {}, ['deferWorkload job']],
    ['may run in another region, which is clean', { allowedRegionIds: [1] }, {}, ['queueWorkload job']],
    ['is in the dark', {}, { outlook: [] }, ['queueWorkload job']],
  ])('sees that work over its cap %s', (_what, work, view, expected) => {
    const clean = outlookOf(1, 48, () => ({ gco2PerKwh: 40 }));
    const shown = told(workSeen({ maxCarbonIntensityGco2PerKwh: 120, allowedRegionIds: [13], ...work }), {
      outlook: [...outlook, ...clean],
      ...view,
    });
    expect(shortly(decided(orchestrator, shown))).toEqual(expected);
  });

  it.each([
    ['price', { maxPriceGbpPerMwh: 50 }, { gbpPerMwh: 90 }, 'PRICE'],
    ['stress', { maxGridStress: 0.5 }, { gridStress: 0.9 }, 'GRID_STRESS'],
    ['an unknown stress', { maxGridStress: 0.5 }, {}, 'GRID_STRESS'],
  ])('names %s as what it waits for', (_what, limit, half, reason) => {
    const shown = told(workSeen(limit), { outlook: outlookOf(13, 4, () => ({ gco2PerKwh: 100, ...half })) });
    expect(decided(orchestrator, shown)[0]?.input).toMatchObject({ reason });
  });

  it('places what it has taken in, in place of what stood before', () => {
    const [proposal] = decided(orchestrator, told(workSeen({ status: 'QUEUED', placedBy: 'earlier' })));
    expect(proposal).toMatchObject({
      action: 'placeWorkload',
      input: { jobId: 'job', agentId: 'us', supersedes: 'earlier' },
    });
  });

  it('leaves alone what has moved on since', () => {
    const shown = told(workSeen({ status: 'SCHEDULED' }));
    const stale = { ...shown, stimulus: eventOf('WORKLOADS', { workload_id: 5, status: 'PENDING' }) };
    expect(decided(orchestrator, stale)).toEqual([]);
  });

  it.each([
    ['ACCEPTED', ['placeWorkload job'], 'talk'],
    ['REJECTED', ['placeWorkload job'], undefined],
    ['EXPIRED', ['placeWorkload job'], undefined],
  ] as const)('places work whose negotiation is %s', (status, expected, negotiationId) => {
    const proposals = decided(orchestrator, {
      stimulus: eventOf('NEGOTIATIONS', {}),
      view: viewOf({
        workloads: [workSeen({ status: 'DEFERRED_CARBON' })],
        negotiations: [negotiationSeen({ status })],
      }),
    });
    expect(shortly(proposals)).toEqual(expected);
    expect(proposals[0]?.input['negotiationId']).toBe(negotiationId);
  });

  it('accepts another window, with its decision', () => {
    const proposals = decided(orchestrator, {
      stimulus: eventOf('NEGOTIATIONS', {}),
      view: viewOf({
        workloads: [workSeen({ status: 'DEFERRED_CARBON', isNegotiated: true })],
        negotiations: [negotiationSeen({ status: 'COUNTERED', awaitsMe: true, turns: 2 })],
      }),
    });
    expect(shortly(proposals)).toEqual(['acceptNegotiation talk']);
    expect(proposals[0]?.decision).toMatchObject({ type: 'NEGOTIATE', negotiationId: 'talk' });
  });

  describe('when no place is found', () => {
    const noPlan = {
      code: 'NO_PLAN' as const,
      message: 'there is no plan',
      faults: [{ path: 'input.jobId', message: 'capacity binds' }],
      possible: [],
    };
    const refused = (work: WorkloadSeen, code = noPlan.code) =>
      orchestrator.onRefusal?.(
        told(work),
        { action: 'placeWorkload', input: { jobId: 'job' }, reason: 'x' },
        { ...noPlan, code },
      ) ?? [];

    it('has work wait that has time, and says no when there is none left', () => {
      expect(shortly(refused(workSeen({ status: 'QUEUED' })))).toEqual(['deferWorkload job']);
      // Tried again at half past, it begins at one and is done by two.
      expect(shortly(refused(workSeen({ status: 'QUEUED', deadline: at(4) })))).toEqual([
        'deferWorkload job',
      ]);
      // What needs not all of its half hours begins at half past.
      const short = { status: 'QUEUED', durationMinutes: 50, deadline: at(3) } as const;
      expect(shortly(refused(workSeen(short)))).toEqual(['deferWorkload job']);
      const late = refused(workSeen({ status: 'QUEUED', deadline: at(3) }));
      expect(shortly(late)).toEqual(['rejectWorkload job']);
      expect(late[0]?.decision?.reasoning).toContain('within its limits: there is no plan; capacity binds.');
    });

    it('leaves what waits already, and what may not, as it is', () => {
      expect(refused(workSeen({ status: 'DEFERRED_CAPACITY' }))).toEqual([]);
      expect(refused(workSeen({ status: 'QUEUED', isDeferrable: false }))).toEqual([]);
    });
  });

  describe('when a half hour begins', () => {
    it.each<[string, Partial<WorkloadSeen>, readonly string[]]>([
      ['waits for a place', { status: 'QUEUED' }, ['placeWorkload job']],
      ['is negotiated', { status: 'DEFERRED_CARBON', isNegotiated: true }, []],
      [
        'is negotiated and short of time',
        { status: 'DEFERRED_CARBON', isNegotiated: true, deadline: at(5) },
        ['placeWorkload job'],
      ],
      ['was not taken in', { status: 'PENDING' }, ['queueWorkload job']],
      ['begins now', { status: 'SCHEDULED', placement: placedAt([0, 1]) }, ['startWorkload job']],
      ['begins later', { status: 'SCHEDULED', placement: placedAt([1, 2]) }, []],
      ['did not begin', { status: 'SCHEDULED', placement: placedAt([-1, 0]) }, ['releasePlacement place']],
      ['runs on', { status: 'RUNNING', placement: placedAt([-1, 0], 'RUNNING') }, []],
      [
        'is over',
        { status: 'RUNNING', runningSince: at(-2), placement: placedAt([-2, -1], 'RUNNING') },
        ['completeWorkload job'],
      ],
      [
        'has a gap',
        { status: 'RUNNING', isInterruptible: true, placement: placedAt([-1, 2], 'RUNNING') },
        ['pauseWorkload job'],
      ],
      ['goes on', { status: 'PAUSED', placement: placedAt([-3, 0]) }, ['resumeWorkload job']],
      ['rests', { status: 'PAUSED', placement: placedAt([-3, 2]) }, []],
      [
        'slept through its half hours',
        { status: 'PAUSED', placement: placedAt([-3, -2]) },
        ['failWorkload job'],
      ],
    ])('sees that work %s', (_what, work, expected) => {
      const proposals = decided(orchestrator, everyHalfHour(workSeen(work)));
      expect(shortly(proposals)).toEqual(expected);
      expect(() => checkProposals(orchestrator, 'us', proposals)).not.toThrow();
    });

    it('tries what waits every hour, and every half hour when time is short', () => {
      const now = new Date(at(1).getTime() + 1_000);
      const tried = (work: Partial<WorkloadSeen>) =>
        shortly(decided(orchestrator, everyHalfHour(workSeen({ status: 'QUEUED', ...work }), { now })));
      expect(tried({})).toEqual([]);
      expect(tried({ deadline: at(6) })).toEqual(['placeWorkload job']);
    });

    it('begins and ends no work of a real operator', () => {
      for (const status of ['SCHEDULED', 'RUNNING', 'PAUSED'] as const)
        for (const slots of [[0], [-1]])
          expect(
            decided(
              orchestrator,
              everyHalfHour(workSeen({ status, placement: placedAt(slots) }), { agent: agentSeen() }),
            ),
          ).toEqual([]);
    });

    it('ends work when it was done, with made-up energy near what was expected, always the same', () => {
      const work = workSeen({
        status: 'RUNNING',
        durationMinutes: 45,
        placement: placedAt([-2, -1], 'RUNNING'),
        runningSince: new Date(at(-2).getTime() + 5_000),
        agreedRevenueGbp: 12,
      });
      const [proposal] = decided(orchestrator, everyHalfHour(work));
      expect(proposal?.input).toEqual({
        jobId: 'job',
        actualEnergyKwh: madeUpEnergyKwh(work),
        completedAt: new Date(at(0).getTime() - 15 * 60_000 + 5_000),
        flexibilityRevenueGbp: 12,
      });
      expect(Math.abs(madeUpEnergyKwh(work) - 100)).toBeLessThanOrEqual(5);
      expect(proposal?.reason).toContain('synthetic');
    });
  });

  describe('when the forecast is revised', () => {
    const capped: Partial<WorkloadSeen> = { status: 'DEFERRED_CARBON', maxCarbonIntensityGco2PerKwh: 110 };
    const stretch = (clean: readonly number[]) =>
      outlookOf(13, 24, (i) => ({ gco2PerKwh: clean.includes(i) ? 105 : 180 }));

    it.each<[string, Partial<WorkloadSeen>, readonly number[], boolean]>([
      ['that its limits wait for, where it keeps them now', {}, [6, 7], true],
      ['that is deferred for want of room within limits', { status: 'DEFERRED_CAPACITY' }, [6, 7], true],
      ['that may be interrupted, by half hours apart', { isInterruptible: true }, [6, 9], true],
      ['whose limits it does not keep', {}, [], false],
      ['whose limits it keeps for too short', {}, [6, 9], false],
      ['that may begin only later', { earliestStart: at(8) }, [6, 7], false],
      ['that must be done before', { deadline: at(7) }, [6, 7], false],
      ['whose only half hour has begun', {}, [0, 1], false],
      ['that may not run there', { allowedRegionIds: [1] }, [6, 7], false],
      [
        'without limits, which no forecast makes room for',
        { maxCarbonIntensityGco2PerKwh: null },
        [6, 7],
        false,
      ],
      ['that is negotiated', { isNegotiated: true }, [6, 7], false],
      ['that nobody has taken in', { status: 'PENDING' }, [6, 7], false],
      ['that has its place', { status: 'SCHEDULED', placement: placedAt([10, 11]) }, [6, 7], false],
    ])('work %s', (_what, work, clean, isTried) => {
      const view = viewOf({ workloads: [workSeen({ ...capped, ...work })], outlook: stretch(clean) });
      const proposals = decided(orchestrator, { stimulus: revisedBy(), view });
      expect(shortly(proposals)).toEqual(isTried ? ['placeWorkload job'] : []);
      for (const { reason } of proposals)
        expect(reason).toBe(
          'a-forecaster revised what it forecasts: job can run within its limits, at 105 gCO2/kWh at best',
        );
      expect(() => checkProposals(orchestrator, 'us', proposals)).not.toThrow();
    });
  });

  it('says all there is to do about as much work as it is shown, and keeps its contract', () => {
    const many = (work: Partial<WorkloadSeen>): WorkloadSeen[] =>
      Array.from({ length: 500 }, (_, i) => workSeen({ ...work, number: i + 1, jobId: `job-${i}` }));
    const waiting = many({ status: 'DEFERRED_CARBON', maxCarbonIntensityGco2PerKwh: 200 });
    const outlook = outlookOf(13, 24, () => ({ gco2PerKwh: 100 }));
    const ready = many({ status: 'SCHEDULED', placement: placedAt([0, 1]) });
    for (const shown of [
      { stimulus: revisedBy(), view: viewOf({ workloads: waiting, outlook }) },
      { stimulus: HALF_HOUR, view: viewOf({ workloads: waiting, outlook }) },
      { stimulus: { kind: 'BEAT', from: at(0) } as const, view: viewOf({ agent: demo, workloads: ready }) },
    ]) {
      const proposals = decided(orchestrator, shown);
      expect(proposals).toHaveLength(500);
      expect(() => checkProposals(orchestrator, 'us', proposals)).not.toThrow();
    }
  });

  describe('when a beat of the demo begins', () => {
    const minutes = (count: number): Date => new Date(at(0).getTime() + count * 60_000);
    const onBeat = (work: Partial<WorkloadSeen>, now: Date): Shown => ({
      stimulus: { kind: 'BEAT', from: now },
      view: viewOf({ now, workloads: [workSeen(work)], agent: demo }),
    });
    const running = (work: Partial<WorkloadSeen>): Partial<WorkloadSeen> => ({
      status: 'RUNNING',
      durationMinutes: 6,
      runningSince: minutes(3),
      placement: placedAt([0], 'RUNNING'),
      ...work,
    });

    it.each<[string, Partial<WorkloadSeen>, number, readonly string[]]>([
      ['has minutes left', running({}), 8.9, []],
      ['has run its minutes', running({}), 9, ['completeWorkload job']],
      ['has run some of them before', running({ ranMs: 4 * 60_000 }), 5, ['completeWorkload job']],
      [
        'has run them before its last half hour',
        running({ durationMinutes: 35, ranMs: 30 * 60_000, placement: placedAt([-3, 0, 1], 'RUNNING') }),
        8,
        ['completeWorkload job'],
      ],
      [
        'was given its place in the midst of a half hour',
        { status: 'SCHEDULED', durationMinutes: 6, placement: placedAt([0]) },
        20,
        ['startWorkload job'],
      ],
      [
        'would not be done any more',
        { status: 'SCHEDULED', durationMinutes: 6, placement: placedAt([0]) },
        27,
        ['releasePlacement place'],
      ],
      [
        'may not begin yet',
        { status: 'SCHEDULED', durationMinutes: 6, earliestStart: minutes(10), placement: placedAt([0]) },
        9,
        [],
      ],
      [
        'went on too late to be done',
        running({ durationMinutes: 60, runningSince: at(1), placement: placedAt([0, 1], 'RUNNING') }),
        61,
        ['failWorkload job'],
      ],
      ['waits', { status: 'QUEUED' }, 9, []],
      [
        'has begun just before the end of its place',
        running({ durationMinutes: 2, runningSince: minutes(30) }),
        30.1,
        ['failWorkload job'],
      ],
    ])('sees that work %s', (_what, work, now, expected) => {
      const proposals = decided(orchestrator, onBeat(work, minutes(now)));
      expect(shortly(proposals)).toEqual(expected);
      expect(() => checkProposals(orchestrator, 'us', proposals)).not.toThrow();
    });

    it('ends work at the minute that it was done in, and never after its place', () => {
      const endOf = (work: Partial<WorkloadSeen>, now: number): unknown =>
        decided(orchestrator, onBeat(work, minutes(now)))[0]?.input['completedAt'];
      expect(endOf(running({}), 20)).toEqual(minutes(9));
      expect(endOf(running({ ranMs: 60_000 }), 20)).toEqual(minutes(8));
      expect(endOf(running({ durationMinutes: 28 }), 40)).toEqual(minutes(30));
      expect(endOf(running({ ranMs: 7 * 60_000 }), 20)).toEqual(minutes(3));
    });

    it('is asked for by the demo alone, which shows what has a place and nothing else', () => {
      const beat = { kind: 'BEAT', from: at(0) } as const;
      expect(orchestrator.needs(beat, demo)).toEqual({ workloads: 'PLACED' });
      expect(orchestrator.needs(beat, agentSeen())).toBeNull();
      expect(orchestrator.beatMinutes?.(agentSeen())).toBe(30);
      expect(30 / (orchestrator.beatMinutes?.(demo) ?? 0)).toBe(60);
    });

    it('begins at once what was given the half hour that runs, of the demo alone', () => {
      const work = workSeen({ status: 'SCHEDULED', durationMinutes: 6, placement: placedAt([0]) });
      const stimulus = eventOf('WORKLOADS', { workload_id: work.number, status: 'SCHEDULED' });
      const view = viewOf({ now: minutes(7), workloads: [work] });
      expect(shortly(decided(orchestrator, { stimulus, view: { ...view, agent: demo } }))).toEqual([
        'startWorkload job',
      ]);
      expect(decided(orchestrator, { stimulus, view })).toEqual([]);
      // What was bought for it is looked at in any case.
      const seen = { workloads: work.number, purchases: work.number };
      expect(orchestrator.needs(stimulus, demo)).toEqual(seen);
      expect(orchestrator.needs(stimulus, agentSeen())).toEqual(seen);
    });
  });

  it('is woken by its own negotiations and by work that waits for it, and by nothing else', () => {
    const wakes = (topic: 'WORKLOADS' | 'NEGOTIATIONS', state: Record<string, unknown>) =>
      orchestrator.needs(eventOf(topic, state), agentSeen()) !== null;
    const pending = {
      status: 'PENDING',
      workload_id: 5,
      allowed_region_ids: [],
      updated_at: at(0),
      deadline: at(24),
    };
    expect(wakes('WORKLOADS', pending)).toBe(true);
    expect(wakes('WORKLOADS', { status: 'QUEUED', workload_id: 5 })).toBe(true);
    expect(wakes('WORKLOADS', { status: 'DEFERRED_CARBON' })).toBe(false);
    const talk = { workload_id: 5, initiator_agent_id: 1, awaiting_agent_id: null };
    expect(wakes('NEGOTIATIONS', talk)).toBe(true);
    expect(wakes('NEGOTIATIONS', { ...talk, awaiting_agent_id: 1 })).toBe(true);
    expect(wakes('NEGOTIATIONS', { ...talk, awaiting_agent_id: 2 })).toBe(false);
    expect(wakes('NEGOTIATIONS', { ...talk, initiator_agent_id: 2 })).toBe(false);
    expect(wakes('NEGOTIATIONS', { ...talk, workload_id: null })).toBe(false);
  });

  it('asks to see no more than the half hours and the regions that new work could run in', () => {
    const needs = (state: Record<string, unknown>) =>
      orchestrator.needs(
        eventOf('WORKLOADS', {
          status: 'PENDING',
          workload_id: 5,
          allowed_region_ids: [],
          updated_at: at(0).toISOString(),
          deadline: at(10).toISOString(),
          ...state,
        }),
        agentSeen(),
      )?.outlook;
    expect(needs({})).toMatchObject({ halfHours: 11, regionIds: { length: 14 } });
    expect(needs({ allowed_region_ids: [1, 2] })).toEqual({ halfHours: 11, regionIds: [1, 2] });
    expect(needs({ deadline: at(400).toISOString() })).toMatchObject({ halfHours: 96 });
    expect(needs({ status: 'QUEUED' })).toBeUndefined();
  });
});
