import { addHalfHours, floorToHalfHour } from '../../../domain/half-hour.js';
import {
  cleanestStretch,
  evaluateLimits,
  keepsLimits,
  minute,
  regionsOf,
  whole,
  type EvaluatedLimit,
  type Stretch,
} from '../../conditions.js';
import type { ProposedDecision, Proposal, Shown } from '../../policy.js';
import type { OutlookHalfHour, PeerSeen, View, WorkloadSeen } from '../../seen.js';

/** How long the other side has to answer, at most. */
const ANSWER_MS = 15 * 60_000;

/**
 * The first that is done about new work: accepted where the grid keeps its limits now, or where it cannot wait; else deferred,
 * and the cleanest window that is expected proposed to the grid operator.
 */
export function takeIn({ view }: Shown, work: WorkloadSeen): readonly Proposal[] {
  const half = bestNow(view, work);
  const limits = half ? evaluateLimits(work, half) : [];
  const broken = limits.filter(({ satisfied }) => !satisfied);
  const [first] = broken;
  if (!half || !first || !work.isDeferrable) return [accept(work, half, limits)];
  const from = floorToHalfHour(view.now);
  const window = cleanestStretch(work, view.outlook, addHalfHours(from, 1));
  return [defer(work, half, limits, first, window), ...propose(view, work, window)];
}

/** The half hour that covers now in the region that suits the work best; null where nothing is known of any. */
function bestNow({ now, outlook }: View, work: WorkloadSeen): OutlookHalfHour | null {
  const from = floorToHalfHour(now).getTime();
  const allowed = new Set(regionsOf(work));
  const halves = outlook.filter((half) => half.from.getTime() === from && allowed.has(half.regionId));
  const cleanest = [...halves].sort(
    (a, b) => (a.gco2PerKwh ?? Infinity) - (b.gco2PerKwh ?? Infinity) || a.regionId - b.regionId,
  );
  return cleanest.find((half) => keepsLimits(work, half)) ?? cleanest[0] ?? null;
}

function accept(
  work: WorkloadSeen,
  half: OutlookHalfHour | null,
  limits: readonly EvaluatedLimit[],
): Proposal {
  const { jobId } = work;
  const grid = half ? `${conditions(half)} in region ${half.regionId} now` : 'nothing known of the grid now';
  const reason = limits.every(({ satisfied }) => satisfied)
    ? `${jobId} is accepted: ${grid}, within its limits`
    : `${jobId} is accepted: it cannot be deferred, and the planner looks for a place within its limits; ${grid}`;
  return {
    action: 'queueWorkload',
    input: { jobId },
    reason,
    decision: explained('ACCEPT_WORKLOAD', jobId, `${reason}.`, half, limits),
  };
}

function defer(
  { jobId }: WorkloadSeen,
  half: OutlookHalfHour,
  limits: readonly EvaluatedLimit[],
  broken: EvaluatedLimit,
  window: Stretch | null,
): Proposal {
  const comparison = broken.name.startsWith('min') ? 'under its least' : 'over its cap';
  const now =
    broken.value === null
      ? `${broken.name} cannot be told now`
      : `${whole(broken.value)} ${broken.unit} now in region ${half.regionId} is ${comparison} of ${whole(broken.limit)}`;
  const then = window
    ? `the cleanest window within its limits is ${minute(window.from)} to ${minute(window.to)} in region ${window.regionId}, at ${whole(window.gco2PerKwh)} gCO2/kWh`
    : 'no unbroken window within its limits is forecast yet';
  const reason = `${jobId} waits: ${now}; ${then}`;
  const decision = explained('DEFER_WORKLOAD', jobId, `${reason}.`, half, limits);
  return {
    action: 'deferWorkload',
    input: { jobId, reason: broken.reason, note: reason.slice(0, 1_000) },
    reason,
    decision: {
      ...decision,
      signals: [
        ...decision.signals,
        ...(window?.halfHours ?? []).map(({ regionId, from }) => ({ regionId, from })),
      ],
    },
  };
}

/** A proposal of the window to a grid operator, if there is one to talk to. */
function propose(view: View, work: WorkloadSeen, window: Stretch | null): Proposal[] {
  const responder = gridOperatorOf(view.peers);
  if (!responder || !window) return [];
  const { jobId } = work;
  const price = window.gbpPerMwh === null ? '' : ` at ${window.gbpPerMwh.toFixed(2)} GBP/MWh`;
  const reason = `${jobId}: ${whole(work.powerKw)} kW from ${minute(window.from)} to ${minute(window.to)} in region ${window.regionId}${price}, proposed to ${responder.agentId}`;
  return [
    {
      action: 'openNegotiation',
      input: {
        type: 'WORKLOAD_ALLOCATION',
        initiatorAgentId: view.agent.agentId,
        responderAgentId: responder.agentId,
        jobId,
        terms: {
          window: { from: window.from, to: window.to },
          powerKw: work.powerKw,
          carbonGco2PerKwh: window.gco2PerKwh,
          gbpPerMwh: window.gbpPerMwh,
          extra: { regionId: window.regionId, deadline: work.deadline.toISOString() },
        },
        message: reason.slice(0, 2_000),
        expiresAt: new Date(view.now.getTime() + ANSWER_MS),
      },
      reason,
      decision: {
        type: 'NEGOTIATE',
        jobId,
        reasoning: `${reason}.`,
        signals: window.halfHours.map(({ regionId, from }) => ({ regionId, from })),
      },
    },
  ];
}

/** Whoever speaks for the grid: the first agent of that kind of a grid operator. */
export const gridOperatorOf = (peers: readonly PeerSeen[]): PeerSeen | undefined =>
  peers.find(({ type, operatorType }) => type === 'GRID_OPERATOR' && operatorType === 'GRID_OPERATOR');

const explained = (
  type: ProposedDecision['type'],
  jobId: string,
  reasoning: string,
  half: OutlookHalfHour | null,
  limits: readonly EvaluatedLimit[],
): ProposedDecision => ({
  type,
  jobId,
  reasoning,
  signals: half ? [{ regionId: half.regionId, from: half.from }] : [],
  constraintsEvaluated: limits.map(({ name, unit, limit, value, satisfied }) => ({
    name,
    unit,
    limit,
    value,
    satisfied,
  })),
});

const conditions = ({ gco2PerKwh, renewablePct }: OutlookHalfHour): string =>
  [
    gco2PerKwh === null ? 'an unknown carbon intensity' : `${whole(gco2PerKwh)} gCO2/kWh`,
    ...(renewablePct === null ? [] : [`${whole(renewablePct)} % renewables`]),
  ].join(' and ');
