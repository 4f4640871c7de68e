import { describe, expect, it } from 'vitest';
import { checkProposals } from '../../../../src/agents/contract.js';
import { flexibility } from '../../../../src/agents/policies/flexibility.js';
import type { View, WorkloadSeen } from '../../../../src/agents/seen.js';
import {
  GRID_DESK,
  agentSeen,
  at,
  decided,
  eventOf,
  negotiationSeen,
  placedAt,
  shortly,
  viewOf,
  windowSeen,
  workSeen,
} from '../../../support/seen.js';

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
