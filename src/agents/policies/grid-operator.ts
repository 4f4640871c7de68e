import { addHalfHours, floorToHalfHour } from '../../domain/half-hour.js';
import { GREAT_BRITAIN, minute } from '../conditions.js';
import type { Policy, Proposal, Shown } from '../policy.js';
import type { NegotiationSeen, OutlookHalfHour, View, WindowSeen } from '../seen.js';
import { whenCalm } from './grid-operator/when-calm.js';

/** Half hours ahead that are looked at. */
const AHEAD = 96;
/** And in which stress is already told of. */
const TOLD_AHEAD = 48;
/** From this stress on, 0–1, less demand is asked for, unless the agent's `config.stressLimit` says otherwise. */
const STRESS_LIMIT = 0.75;
/** Counter-proposals come to an end: what is proposed after so many turns is accepted or rejected. */
const MOST_TURNS = 4;
/** Half hours before its start from which on a stretch is told of although its end is beyond the forecast. */
const NOTICE = 12;
/** The longest window that is asked for at once. */
const MOST_HALF_HOURS = 8;

/**
 * Asks for less demand when the grid will be under stress, and answers what others propose: yes to a window that is calm, a
 * calm one in its place where it is not, no where there is none in time. Every half hour it answers what still waits for it.
 */
export const gridOperator: Policy = {
  name: 'grid-operator',
  version: '1',
  type: 'GRID_OPERATOR',
  topics: ['NEGOTIATIONS'],
  may: ['publishFlexibilityWindow', 'acceptNegotiation', 'counterNegotiation', 'rejectNegotiation'],
  needs(stimulus, agent) {
    const needs = { windows: true, outlook: { regionIds: [GREAT_BRITAIN], halfHours: AHEAD } };
    if (stimulus.kind === 'HALF_HOUR') return { ...needs, negotiations: 'OPEN' };
    if (stimulus.kind !== 'EVENT') return null;
    const { state } = stimulus;
    return state['awaiting_agent_id'] === agent.number
      ? { ...needs, negotiations: Number(state['negotiation_id']) }
      : null;
  },
  decide(shown) {
    const { stimulus, view } = shown;
    const answers = view.negotiations
      .filter(({ awaitsMe }) => awaitsMe)
      .map((negotiation) => answer(shown, negotiation));
    const isToAsk = stimulus.kind === 'HALF_HOUR' && view.agent.operatorType === 'GRID_OPERATOR';
    return isToAsk ? [...answers, ...askForLess(view)] : answers;
  },
};

/** The next unbroken stretch of high stress for which nobody has asked for less demand yet. */
function askForLess(view: View): readonly Proposal[] {
  const limit = stressLimitOf(view);
  const earliest = addHalfHours(floorToHalfHour(view.now), 2);
  const stressed = view.outlook.filter(
    (half) =>
      half.from >= earliest &&
      half.from < addHalfHours(earliest, TOLD_AHEAD) &&
      (half.gridStress ?? 0) >= limit &&
      !isAskedFor(half, view.windows),
  );
  const [first] = stressed;
  if (!first) return [];
  const run = stressed
    .filter((half, i) => half.from.getTime() === addHalfHours(first.from, i).getTime())
    .slice(0, MOST_HALF_HOURS);
  const to = addHalfHours(first.from, run.length);
  const isEndKnown = view.outlook.some(({ from }) => from >= to);
  if (!isEndKnown && first.from > addHalfHours(earliest, NOTICE)) return [];
  const peak = Math.max(...run.map(({ gridStress }) => gridStress ?? 0));
  const volumeMw = Math.round(50 + 400 * (peak - limit));
  const gbpPerMwh = Math.round(150 + 600 * (peak - limit));
  const reason =
    `grid stress is expected at up to ${peak.toFixed(2)} from ${minute(first.from)} to ${minute(to)}, over ${limit.toFixed(2)}: ` +
    `${volumeMw} MW less are asked for at ${gbpPerMwh} GBP/MWh`;
  return [
    {
      action: 'publishFlexibilityWindow',
      input: {
        flexibilityWindowId: `stress-${view.agent.number}-${first.from.toISOString().slice(0, 16).replaceAll(':', '')}`,
        regionId: GREAT_BRITAIN,
        service: 'TURN_DOWN',
        direction: 'DECREASE_DEMAND',
        volumeMw,
        gbpPerMwh,
        from: first.from,
        to,
      },
      reason,
      decision: {
        type: 'SCALE_DOWN',
        reasoning: `${reason}.`,
        signals: run.map(({ regionId, from }) => ({ regionId, from })),
        constraintsEvaluated: [{ name: 'gridStress', unit: '0–1', limit, value: peak, satisfied: false }],
        flexibilityContributionMw: volumeMw,
      },
    },
  ];
}

const isAskedFor = ({ from }: OutlookHalfHour, windows: readonly WindowSeen[]): boolean =>
  windows.some(
    (window) =>
      window.regionId === GREAT_BRITAIN &&
      window.direction === 'DECREASE_DEMAND' &&
      window.from <= from &&
      from < window.to,
  );

function answer({ view }: Shown, negotiation: NegotiationSeen): Proposal {
  const { negotiationId, lastTerms, type } = negotiation;
  const { agentId } = view.agent;
  const own = { negotiationId, agentId };
  const explained = (reason: string, signals: readonly OutlookHalfHour[]) => ({
    reason,
    decision: {
      type: 'NEGOTIATE' as const,
      negotiationId,
      reasoning: `${reason}.`,
      signals: signals.map(({ regionId, from }) => ({ regionId, from })),
    },
  });
  if (type === 'FLEXIBILITY') {
    const fault = faultOfOffer(view, negotiation);
    return fault === null
      ? {
          action: 'acceptNegotiation',
          input: own,
          ...explained('it is the flexibility that a window of ours asks for, at its price', []),
        }
      : { action: 'rejectNegotiation', input: { ...own, message: fault }, ...explained(fault, []) };
  }
  if (!lastTerms.window)
    return {
      action: 'rejectNegotiation',
      input: { ...own, message: 'name a window' },
      ...explained('no window is proposed', []),
    };
  const { asProposed, calm } = whenCalm(view, lastTerms, stressLimitOf(view));
  if (asProposed.isCalm)
    return {
      action: 'acceptNegotiation',
      input: own,
      ...explained(
        `the window from ${minute(asProposed.from)} to ${minute(asProposed.to)} is calm: ${asProposed.words}`,
        asProposed.halfHours,
      ),
    };
  if (calm && negotiation.turns < MOST_TURNS)
    return {
      action: 'counterNegotiation',
      input: {
        ...own,
        terms: { ...lastTerms, window: { from: calm.from, to: calm.to } },
        message: `rather from ${minute(calm.from)} to ${minute(calm.to)}`,
      },
      ...explained(
        `the window from ${minute(asProposed.from)} to ${minute(asProposed.to)} is not calm (${asProposed.words}); from ${minute(calm.from)} to ${minute(calm.to)} it is (${calm.words})`,
        [...asProposed.halfHours, ...calm.halfHours],
      ),
    };
  const reason = `no window as long is calm in time: ${asProposed.words} in the one that is proposed`;
  return {
    action: 'rejectNegotiation',
    input: { ...own, message: reason },
    ...explained(reason, asProposed.halfHours),
  };
}

/** Why an offer is not what one of our windows asks for; null: it is. */
function faultOfOffer(view: View, { lastTerms }: NegotiationSeen): string | null {
  const named = lastTerms.extra?.['flexibilityWindowId'];
  const window = view.windows.find(
    ({ flexibilityWindowId, operatorId }) =>
      flexibilityWindowId === named && operatorId === view.agent.operatorId,
  );
  if (!window) return 'it names no open flexibility window of ours';
  const price = lastTerms.gbpPerMwh;
  return price !== null && price > window.gbpPerMwh
    ? `${price} GBP/MWh is more than the window's ${window.gbpPerMwh}`
    : null;
}

function stressLimitOf({ agent }: View): number {
  const configured = agent.config['stressLimit'];
  return typeof configured === 'number' && configured > 0 && configured <= 1 ? configured : STRESS_LIMIT;
}
