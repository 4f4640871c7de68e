import { describe, expect, it } from 'vitest';
import { carbonOptimizer } from '../../../../src/agents/policies/carbon-optimizer.js';
import { revisionOf } from '../../../../src/agents/policies/forecast-revision.js';
import { orchestrator } from '../../../../src/agents/policies/orchestrator.js';
import { HALF_HOUR, agentSeen, eventOf, revisedBy } from '../../../support/seen.js';

describe('a revision of the forecast', () => {
  it('is told by the run that made it', () => {
    expect(revisionOf(revisedBy())).toEqual({ source: 'a-forecaster' });
  });

  it.each([
    ['a run that failed', revisedBy({ status: 'FAILED' })],
    ['a run that changed nothing', revisedBy({ rows_changed: 0, revised_region_ids: [] })],
    ['a run about what is over', revisedBy({ revised_region_ids: [] })],
    ['a run about Great Britain alone', revisedBy({ revised_region_ids: [18] })],
    ['a source without a forecast of carbon', revisedBy({ forecasts_carbon: false })],
    ['another event', eventOf('WORKLOADS', { source: 'a-forecaster' })],
    ['a half hour', HALF_HOUR],
  ])('is not %s', (_what, stimulus) => {
    expect(revisionOf(stimulus)).toBeNull();
  });

  it('that is none is nobody’s business', () => {
    for (const policy of [carbonOptimizer, orchestrator]) {
      expect(policy.topics).toContain('INGEST_RUNS');
      expect(policy.needs(revisedBy({ rows_changed: 0 }), agentSeen())).toBeNull();
      expect(policy.needs(revisedBy({ forecasts_carbon: false }), agentSeen())).toBeNull();
    }
  });
});
