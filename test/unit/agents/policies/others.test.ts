import { describe, expect, it } from 'vitest';
import { checkProposals } from '../../../../src/agents/contract.js';
import { carbonOptimizer } from '../../../../src/agents/policies/carbon-optimizer.js';
import { flexibility } from '../../../../src/agents/policies/flexibility.js';
import { gridOperator } from '../../../../src/agents/policies/grid-operator.js';
import { afterHalfAnHour, storage } from '../../../../src/agents/policies/storage.js';
import type { NegotiationSeen, StorageSeen, View, WorkloadSeen } from '../../../../src/agents/seen.js';
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
  shortly,
  storeSeen,
  viewOf,
  windowSeen,
  workSeen,
} from '../../../support/seen.js';

describe('the grid operator', () => {
  const desk = agentSeen({ type: 'GRID_OPERATOR', operatorId: 99, operatorType: 'GRID_OPERATOR' });
  /** Stressed from 16:00 to 18:00. */
  const outlook = outlookOf(18, 48, (i) => ({ gridStress: i >= 8 && i < 12 ? 0.85 : 0.3 }));
  const asks = (view: Partial<View> = {}) =>
    decided(gridOperator, { stimulus: HALF_HOUR, view: viewOf({ agent: desk, outlook, ...view }) });

  it('asks for less demand while the grid will be stressed, with its numbers and its decision', () => {
    const proposals = asks();
    expect(proposals).toMatchObject([
      {
        action: 'publishFlexibilityWindow',
        input: {
          regionId: 18,
          service: 'TURN_DOWN',
          direction: 'DECREASE_DEMAND',
          volumeMw: 90,
          gbpPerMwh: 210,
          from: at(8),
          to: at(12),
        },
        decision: {
          type: 'SCALE_DOWN',
          reasoning:
            'grid stress is expected at up to 0.85 from 2026-03-02T16:00Z to 2026-03-02T18:00Z, over 0.75: 90 MW less are asked for at 210 GBP/MWh.',
        },
      },
    ]);
    expect(() => checkProposals(gridOperator, 'us', proposals)).not.toThrow();
  });

  it.each<[string, Partial<View>, number]>([
    ['nothing twice', { windows: [windowSeen()] }, 0],
    ['nothing of a calm grid', { outlook: outlookOf(18, 48, () => ({ gridStress: 0.6 })) }, 0],
    ['nothing where no stress is known', { outlook: outlookOf(18, 48, () => ({})) }, 0],
    [
      'again where the window that there is asks for more',
      { windows: [windowSeen({ direction: 'INCREASE_DEMAND' })] },
      1,
    ],
    ['by the limit that it is configured with', { agent: { ...desk, config: { stressLimit: 0.9 } } }, 0],
    [
      'nothing yet of a stretch whose end is not in sight, and far away',
      { outlook: outlookOf(18, 40, (i) => ({ gridStress: i >= 34 ? 0.9 : 0.3 })) },
      0,
    ],
  ])('asks %s', (_what, view, count) => {
    expect(asks(view)).toHaveLength(count);
  });

  it('leaves the asking to those who run the grid', () => {
    expect(asks({ agent: { ...desk, operatorType: 'COMPUTE_OPERATOR' } })).toEqual([]);
  });

  it('answers every half hour what still waits for it', () => {
    const waiting = negotiationSeen({ awaitsMe: true, isMine: false });
    expect(shortly(asks({ negotiations: [waiting], windows: [windowSeen()] }))).toEqual([
      'rejectNegotiation talk',
    ]);
    expect(asks({ negotiations: [{ ...waiting, awaitsMe: false }], windows: [windowSeen()] })).toEqual([]);
  });

  const answers = (negotiation: Partial<NegotiationSeen>, view: Partial<View> = {}) =>
    decided(gridOperator, {
      stimulus: eventOf('NEGOTIATIONS', {}),
      view: viewOf({
        agent: desk,
        outlook,
        negotiations: [negotiationSeen({ awaitsMe: true, isMine: false, ...negotiation })],
        ...view,
      }),
    });
  const window = (from: number, to: number, deadline = 40) => ({
    ...negotiationSeen().lastTerms,
    window: { from: at(from).toISOString(), to: at(to).toISOString() },
    extra: { deadline: at(deadline).toISOString() },
  });

  it('accepts a calm window', () => {
    const [proposal] = answers({ lastTerms: window(4, 6) });
    expect(proposal).toMatchObject({
      action: 'acceptNegotiation',
      input: { negotiationId: 'talk', agentId: 'us' },
    });
    expect(proposal?.decision?.reasoning).toContain('is calm: grid stress of at most 0.30');
  });

  it('proposes the next calm one in the place of one that is not, before the deadline', () => {
    const [proposal] = answers({ lastTerms: window(9, 11) });
    expect(proposal).toMatchObject({
      action: 'counterNegotiation',
      input: { terms: { window: { from: at(12), to: at(14) } } },
    });
    expect(shortly(answers({ lastTerms: window(9, 11, 13) }))).toEqual(['rejectNegotiation talk']);
  });

  it('comes to an end, and answers nothing without a window', () => {
    expect(shortly(answers({ lastTerms: window(9, 11), turns: 4 }))).toEqual(['rejectNegotiation talk']);
    expect(shortly(answers({}))).toEqual(['rejectNegotiation talk']);
  });

  it('does not want more demand where less is asked for', () => {
    const [proposal] = answers(
      { lastTerms: window(2, 4) },
      { windows: [windowSeen({ from: at(2), to: at(4) })] },
    );
    expect(proposal).toMatchObject({
      action: 'counterNegotiation',
      input: { terms: { window: { from: at(4) } } },
    });
  });

  it.each([
    ['that its own window asks for', 'flex', 200, 'acceptNegotiation talk'],
    ['that is dearer than its window pays', 'flex', 201, 'rejectNegotiation talk'],
    ['of no window of its own', 'another', 200, 'rejectNegotiation talk'],
  ])('answers flexibility %s', (_what, flexibilityWindowId, gbpPerMwh, expected) => {
    const lastTerms = { ...negotiationSeen().lastTerms, gbpPerMwh, extra: { flexibilityWindowId } };
    expect(shortly(answers({ type: 'FLEXIBILITY', lastTerms }, { windows: [windowSeen()] }))).toEqual([
      expected,
    ]);
  });
});

describe('the storage agent', () => {
  const agent = agentSeen({ type: 'STORAGE_AGENT', isDemo: true });
  const priced = (prices: (i: number) => number) =>
    outlookOf(13, 48, (i) => ({ gbpPerMwh: prices(i), gco2PerKwh: 100 }));
  const schedules = (asset: Partial<StorageSeen>, prices: (i: number) => number, view: Partial<View> = {}) =>
    decided(storage, {
      stimulus: HALF_HOUR,
      view: viewOf({ agent, storage: [storeSeen(asset)], outlook: priced(prices), ...view }),
    });
  const dearNow = (i: number): number => (i < 12 ? 150 : i < 36 ? 80 : 20);
  const cheapNow = (i: number): number => (i < 12 ? 20 : i < 36 ? 80 : 150);

  it.each<[string, Partial<StorageSeen>, (i: number) => number, string | undefined, string | undefined]>([
    ['charges while it is cheap', {}, cheapNow, 'CHARGING', 'PRICE_OPTIMIZATION'],
    ['discharges while it is dear', {}, dearNow, 'DISCHARGING', 'SCHEDULE_DISCHARGE'],
    ['goes on as it is', { status: 'CHARGING', chargeMwh: 8 }, cheapNow, undefined, undefined],
    ['rests when it is full', { status: 'CHARGING', chargeMwh: 18 }, cheapNow, 'IDLE', 'PRICE_OPTIMIZATION'],
    [
      'rests when it is empty',
      { status: 'DISCHARGING', chargeMwh: 4 },
      dearNow,
      'IDLE',
      'PRICE_OPTIMIZATION',
    ],
    [
      'rests when the losses take the difference',
      { status: 'CHARGING' },
      (i) => 100 + i / 10,
      'IDLE',
      'PRICE_OPTIMIZATION',
    ],
    ['stays as it was made', { status: 'MAINTENANCE' }, dearNow, undefined, undefined],
  ])('%s', (_what, asset, prices, status, type) => {
    const proposals = schedules(asset, prices);
    expect(proposals.find(({ input }) => 'status' in input)?.input['status']).toBe(status);
    expect(proposals.find(({ decision }) => decision)?.decision?.type).toBe(type);
    expect(() => checkProposals(storage, 'us', proposals)).not.toThrow();
  });

  it('goes by carbon intensity where no price is known', () => {
    const outlook = outlookOf(13, 48, (i) => ({ gco2PerKwh: cheapNow(i) }));
    expect(schedules({}, cheapNow, { outlook })[0]?.decision?.reasoning).toContain('gCO2/kWh');
  });

  it('holds what half an hour left of it, never more than it can', () => {
    expect(afterHalfAnHour(storeSeen({ status: 'CHARGING' }))).toBe(14);
    expect(afterHalfAnHour(storeSeen({ status: 'CHARGING', chargeMwh: 19 }))).toBe(20);
    expect(afterHalfAnHour(storeSeen({ status: 'DISCHARGING' }))).toBe(5);
    expect(afterHalfAnHour(storeSeen({ status: 'DISCHARGING', chargeMwh: 3 }))).toBe(0);
    expect(afterHalfAnHour(storeSeen())).toBe(10);
  });

  it('only decides for a real store, whose own system reports it', () => {
    const proposals = schedules({}, dearNow, { agent: agentSeen({ type: 'STORAGE_AGENT' }) });
    expect(proposals).toMatchObject([
      {
        action: 'recordDecision',
        input: { type: 'SCHEDULE_DISCHARGE', agentId: 'us', policy: { name: 'storage' } },
      },
    ]);
  });
});

describe('the flexibility agent', () => {
  const agent = agentSeen({ type: 'FLEXIBILITY_AGENT' });
  const placed = workSeen({ status: 'SCHEDULED', placement: placedAt([9, 10]), deadline: at(40) });
  const offers = (works: readonly WorkloadSeen[], view: Partial<View> = {}) =>
    decided(flexibility, {
      stimulus: eventOf('FLEXIBILITY_WINDOWS', { flexibility_window_id: 3 }),
      view: viewOf({ agent, workloads: works, windows: [windowSeen()], peers: [GRID_DESK], ...view }),
    });

  it('offers work that is placed in a window out of it, at its price', () => {
    const proposals = offers([placed]);
    expect(shortly(proposals)).toEqual(['openNegotiation job']);
    expect(proposals[0]).toMatchObject({
      input: {
        type: 'FLEXIBILITY',
        responderAgentId: 'grid-desk',
        terms: {
          powerKw: 120,
          gbpPerMwh: 200,
          flexibilityRevenueGbp: 24,
          extra: { flexibilityWindowId: 'flex' },
        },
      },
      decision: { type: 'NEGOTIATE', flexibilityContributionMw: 0.12 },
    });
    expect(() => checkProposals(flexibility, 'us', proposals)).not.toThrow();
  });

  it.each<[string, Partial<WorkloadSeen>]>([
    ['may not wait', { isDeferrable: false }],
    ['has no time for another place', { deadline: at(18) }],
    ['begins soon', { placement: placedAt([2, 3, 8]) }],
    ['is placed at another time', { placement: placedAt([13, 14]) }],
    ['is negotiated already', { isNegotiated: true }],
    ['runs', { status: 'RUNNING' }],
  ])('keeps work back that %s', (_what, work) => {
    expect(offers([{ ...placed, ...work }])).toEqual([]);
  });

  it('keeps to the region of the window, and offers the most powerful first, three at most', () => {
    expect(offers([placed], { windows: [windowSeen({ regionId: 16 })] })).toEqual([]);
    expect(offers([placed], { windows: [windowSeen({ regionId: 15 })] })).toHaveLength(1);
    expect(offers([placed], { peers: [] })).toEqual([]);
    const many = [1, 2, 3, 4].map((n) => ({ ...placed, jobId: `job-${n}`, powerKw: n * 10 }));
    expect(offers(many).map(({ input }) => input['jobId'])).toEqual(['job-4', 'job-3', 'job-2']);
  });

  it('moves out what was agreed, so that it cannot come back into the window', () => {
    const lastTerms = {
      ...negotiationSeen().lastTerms,
      window: { from: at(8).toISOString(), to: at(12).toISOString() },
      flexibilityRevenueGbp: 24,
    };
    const proposals = decided(flexibility, {
      stimulus: eventOf('NEGOTIATIONS', { status: 'ACCEPTED' }),
      view: viewOf({
        agent,
        workloads: [{ ...placed, placedBy: 'decision-1' }],
        negotiations: [negotiationSeen({ type: 'FLEXIBILITY', status: 'ACCEPTED', lastTerms })],
      }),
    });
    expect(proposals.map(({ action, input }) => [action, input])).toMatchObject([
      ['deferWorkload', { jobId: 'job', reason: 'GRID_STRESS' }],
      ['amendWorkload', { jobId: 'job', earliestStart: at(12) }],
      ['placeWorkload', { jobId: 'job', negotiationId: 'talk', supersedes: 'decision-1' }],
    ]);
    expect(() => checkProposals(flexibility, 'us', proposals)).not.toThrow();
  });
});

describe('the carbon optimizer', () => {
  const agent = agentSeen({ type: 'CARBON_OPTIMIZER' });
  const placed = workSeen({ status: 'SCHEDULED', placement: placedAt([8, 9]), deadline: at(24) });
  const london = (clean: number) =>
    outlookOf(13, 24, (i) => ({ gco2PerKwh: i === 14 || i === 15 ? clean : 200 }));
  const moves = (works: readonly WorkloadSeen[], outlook = london(100)) =>
    decided(carbonOptimizer, { stimulus: HALF_HOUR, view: viewOf({ agent, workloads: works, outlook }) });

  it('has work moved when the newest forecast promises clearly less', () => {
    expect(moves([placed])).toMatchObject([
      {
        action: 'replanWorkload',
        input: { jobId: 'job', agentId: 'us', minimumSavingPct: 5 },
        reason: 'the newest forecast promises up to 12 kg CO2 less for job, 50 % of 24 kg',
      },
    ]);
  });

  it.each<[string, Partial<WorkloadSeen>, number]>([
    ['that gains little', {}, 185],
    ['that is imminent', { placement: placedAt([2, 3]) }, 100],
    ['that may not wait', { isDeferrable: false }, 100],
    ['that is negotiated', { isNegotiated: true }, 100],
    ['that is small', { estimatedEnergyKwh: 5 }, 100],
    ['whose deadline is before', { deadline: at(14) }, 100],
    ['that may not be in such a half hour', { maxCarbonIntensityGco2PerKwh: 90 }, 100],
    ['whose place is not forecast', { placement: placedAt([30, 31]) }, 100],
    ['that runs', { status: 'RUNNING' }, 100],
  ])('leaves work %s', (_what, work, clean) => {
    expect(moves([{ ...placed, ...work }], london(clean))).toEqual([]);
  });

  it('counts the cleanest half hours of work that may be interrupted, though they lie apart', () => {
    const apart = outlookOf(13, 24, (i) => ({ gco2PerKwh: i === 14 || i === 18 ? 100 : 200 }));
    expect(moves([placed], apart)[0]?.reason).toContain('25 %');
    expect(moves([{ ...placed, isInterruptible: true }], apart)[0]?.reason).toContain('50 %');
  });
});
