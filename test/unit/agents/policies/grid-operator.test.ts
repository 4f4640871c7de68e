import { describe, expect, it } from 'vitest';
import { checkProposals } from '../../../../src/agents/contract.js';
import { gridOperator } from '../../../../src/agents/policies/grid-operator.js';
import type { NegotiationSeen, View } from '../../../../src/agents/seen.js';
import {
  HALF_HOUR,
  agentSeen,
  at,
  decided,
  eventOf,
  negotiationSeen,
  outlookOf,
  shortly,
  viewOf,
  windowSeen,
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
