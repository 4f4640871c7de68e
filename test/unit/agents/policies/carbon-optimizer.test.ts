import { describe, expect, it } from 'vitest';
import { carbonOptimizer } from '../../../../src/agents/policies/carbon-optimizer.js';
import type { WorkloadSeen } from '../../../../src/agents/seen.js';
import {
  HALF_HOUR,
  agentSeen,
  at,
  decided,
  outlookOf,
  placedAt,
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

  it('counts the cleanest half hours of work that may be interrupted, though they lie apart', () => {
    const apart = outlookOf(13, 24, (i) => ({ gco2PerKwh: i === 14 || i === 18 ? 100 : 200 }));
    expect(moves([placed], apart)[0]?.reason).toContain('25 %');
    expect(moves([{ ...placed, isInterruptible: true }], apart)[0]?.reason).toContain('50 %');
  });
});
