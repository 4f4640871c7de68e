import { describe, expect, it } from 'vitest';
import { carbonOptimizer } from '../../../../src/agents/policies/carbon-optimizer.js';
import type { WorkloadSeen } from '../../../../src/agents/seen.js';
import {
  HALF_HOUR,
  agentSeen,
  at,
  decided,
  eventOf,
  outlookOf,
  placedAt,
  revisedBy,
  viewOf,
  workSeen,
} from '../../../support/seen.js';

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

  it('has work moved whose limit the newest forecast breaks, however little that saves', () => {
    const capped = { ...placed, maxCarbonIntensityGco2PerKwh: 190, estimatedEnergyKwh: 5 };
    expect(moves([capped])).toMatchObject([
      { action: 'replanWorkload', reason: 'the newest forecast breaks a limit of job where it is placed' },
    ]);
  });

  it('looks again when the forecast is revised, by the same rules, and says whose it is', () => {
    const shown = (clean: number) => ({
      stimulus: revisedBy(),
      view: viewOf({ agent, workloads: [placed], outlook: london(clean) }),
    });
    expect(decided(carbonOptimizer, shown(100))).toMatchObject([
      {
        action: 'replanWorkload',
        input: { jobId: 'job', agentId: 'us', minimumSavingPct: 5 },
        reason:
          'a-forecaster revised what it forecasts: the newest forecast promises up to 12 kg CO2 less for job, 50 % of 24 kg',
      },
    ]);
    expect(decided(carbonOptimizer, shown(185))).toEqual([]);
    expect(carbonOptimizer.needs(revisedBy(), agent)).toEqual(carbonOptimizer.needs(HALF_HOUR, agent));
  });

  it.each<[string, object, Partial<WorkloadSeen>, readonly string[]]>([
    ['takes no work any more', { status: 'MAINTENANCE', capacity_mw: 5 }, {}, ['job']],
    ['has become too small', { status: 'ACTIVE', capacity_mw: 0.05 }, {}, ['job']],
    ['is large enough', { status: 'ACTIVE', capacity_mw: 5 }, {}, []],
    ['has none of its work', { dc_id: 'other', status: 'OFFLINE', capacity_mw: 5 }, {}, []],
    ['runs it already', { status: 'OFFLINE', capacity_mw: 5 }, { status: 'RUNNING' }, []],
  ])('has work leave a data centre that changed: it %s', (_what, state, work, expected) => {
    const stimulus = eventOf('DATA_CENTRES', { dc_id: placed.placement!.dcId, ...state });
    const view = viewOf({ agent, workloads: [{ ...placed, powerKw: 100, ...work }] });
    const proposals = decided(carbonOptimizer, { stimulus, view });
    expect(proposals.map(({ input }) => input['jobId'])).toEqual(expected);
    for (const { action, input } of proposals)
      expect({ action, ...input }).toMatchObject({ action: 'replanWorkload', minimumSavingPct: 0 });
  });

  it('counts the cleanest half hours of work that may be interrupted, though they lie apart', () => {
    const apart = outlookOf(13, 24, (i) => ({ gco2PerKwh: i === 14 || i === 18 ? 100 : 200 }));
    expect(moves([placed], apart)[0]?.reason).toContain('25 %');
    expect(moves([{ ...placed, isInterruptible: true }], apart)[0]?.reason).toContain('50 %');
  });
});
