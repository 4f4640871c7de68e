/** What policies are shown, for tests: all that a test does not care about is filled in. */
import type { Policy, Proposal, Shown } from '../../src/agents/policy.js';
import type {
  AgentSeen,
  NegotiationSeen,
  OfferSeen,
  OutlookHalfHour,
  PeerSeen,
  PurchaseSeen,
  Stimulus,
  StorageSeen,
  View,
  WindowSeen,
  WorkloadSeen,
} from '../../src/agents/seen.js';
import { addHalfHours } from '../../src/domain/half-hour.js';

export const NOON = new Date('2026-03-02T12:00:00Z');
/** The half hour that begins so many half hours after noon. */
export const at = (halfHours: number): Date => addHalfHours(NOON, halfHours);

export const agentSeen = (agent: Partial<AgentSeen> = {}): AgentSeen => ({
  number: 1,
  agentId: 'us',
  type: 'COMPUTE_ORCHESTRATOR',
  status: 'IDLE',
  operatorId: 10,
  operatorType: 'COMPUTE_OPERATOR',
  config: {},
  isDemo: false,
  ...agent,
});

/** Interruptible never, deferrable always, an hour of 100 kW until midnight, without limits. */
export const workSeen = (work: Partial<WorkloadSeen> = {}): WorkloadSeen => ({
  number: 5,
  jobId: 'job',
  status: 'PENDING',
  powerKw: 100,
  estimatedEnergyKwh: 100,
  durationMinutes: 60,
  isInterruptible: false,
  isDeferrable: true,
  earliestStart: NOON,
  deadline: at(24),
  maxCarbonIntensityGco2PerKwh: null,
  maxPriceGbpPerMwh: null,
  minRenewablePct: null,
  maxGridStress: null,
  maxCostGbp: null,
  carbonBudgetGco2: null,
  allowedRegionIds: [],
  placement: null,
  runningSince: null,
  ranMs: 0,
  placedBy: null,
  isNegotiated: false,
  agreedRevenueGbp: null,
  ...work,
});

/** Confirmed at a data centre of London. */
export const placedAt = (
  slots: readonly number[],
  state: 'CONFIRMED' | 'RUNNING' = 'CONFIRMED',
): WorkloadSeen['placement'] => ({
  placementId: 'place',
  state,
  dcId: 'london-1',
  regionId: 13,
  pue: 1.2,
  slots: slots.map(at),
});

export const negotiationSeen = (negotiation: Partial<NegotiationSeen> = {}): NegotiationSeen => ({
  number: 7,
  negotiationId: 'talk',
  type: 'WORKLOAD_ALLOCATION',
  status: 'OPEN',
  awaitsMe: false,
  isMine: true,
  turns: 1,
  lastTerms: {
    window: null,
    powerKw: null,
    carbonGco2PerKwh: null,
    gbpPerMwh: null,
    flexibilityRevenueGbp: null,
    extra: null,
  },
  jobId: 'job',
  ...negotiation,
});

export const GRID_DESK: PeerSeen = {
  agentId: 'grid-desk',
  type: 'GRID_OPERATOR',
  operatorId: 99,
  operatorType: 'GRID_OPERATOR',
};

export const storeSeen = (asset: Partial<StorageSeen> = {}): StorageSeen => ({
  assetId: 'battery',
  regionId: 13,
  capacityMwh: 20,
  maxChargeMw: 10,
  maxDischargeMw: 10,
  efficiencyPct: 80,
  chargeMwh: 10,
  status: 'IDLE',
  ...asset,
});

export const windowSeen = (window: Partial<WindowSeen> = {}): WindowSeen => ({
  number: 3,
  flexibilityWindowId: 'flex',
  operatorId: 99,
  regionId: 18,
  direction: 'DECREASE_DEMAND',
  volumeMw: 50,
  gbpPerMwh: 200,
  from: at(8),
  to: at(12),
  ...window,
});

/** Half hours from noon on, of one region; what a value is not given for is not known. */
export const outlookOf = (
  regionId: number,
  count: number,
  value: (i: number) => Partial<OutlookHalfHour>,
): OutlookHalfHour[] =>
  Array.from({ length: count }, (_, i) => ({
    regionId,
    from: at(i),
    gco2PerKwh: null,
    renewablePct: null,
    gridStress: null,
    gbpPerMwh: null,
    ...value(i),
  }));

export const viewOf = (view: Partial<View> = {}): View => ({
  now: new Date(NOON.getTime() + 60_000),
  agent: agentSeen(),
  workloads: [],
  negotiations: [],
  peers: [],
  storage: [],
  windows: [],
  offers: [],
  purchases: [],
  outlook: [],
  ...view,
});

export const HALF_HOUR: Stimulus = { kind: 'HALF_HOUR', from: NOON };

export const eventOf = (
  topic: Extract<Stimulus, { kind: 'EVENT' }>['topic'],
  state: Readonly<Record<string, unknown>>,
): Stimulus => ({ kind: 'EVENT', sequence: '12', topic, state });

/** A run that changed what is expected of London. */
export const revisedBy = (state: Readonly<Record<string, unknown>> = {}): Stimulus =>
  eventOf('INGEST_RUNS', {
    ingest_run_id: 4,
    source: 'a-forecaster',
    status: 'SUCCEEDED',
    rows_changed: 40,
    forecasts_carbon: true,
    revised_region_ids: [13, 18],
    ...state,
  });

/** What a policy of this project, which answers at once, decides. */
export function decided(policy: Policy, shown: Shown): readonly Proposal[] {
  const proposals = policy.decide(shown);
  if (proposals instanceof Promise) throw new Error(`${policy.name} answers late`);
  return proposals;
}

/** What is proposed, short: the action and the job or the id that it is about. */
export const shortly = (proposals: readonly Proposal[]): string[] =>
  proposals.map(({ action, input }) => {
    const id = ['jobId', 'negotiationId', 'assetId', 'placementId', 'transactionId']
      .map((name) => input[name])
      .find((value): value is string => typeof value === 'string');
    return id === undefined ? action : `${action} ${id}`;
  });

/** A window from noon to midnight in London, at 50 GBP/MWh and 40 g. */
export const offerSeen = (offer: Partial<OfferSeen> = {}): OfferSeen => ({
  windowId: 'window',
  offerId: 'offer',
  regionId: 13,
  from: at(0),
  to: at(24),
  capacityMw: 1,
  renewablePct: 80,
  gco2PerKwh: 40,
  gbpPerMwh: 50,
  ...offer,
});

/** Of that window, by this agent for `workSeen`: it is quoted at its price, and nothing more was asked. */
export const purchaseSeen = (purchase: Partial<PurchaseSeen> = {}): PurchaseSeen => ({
  windowId: 'window',
  regionId: 13,
  from: at(0),
  to: at(24),
  capacityMw: 1,
  renewablePct: 80,
  gco2PerKwh: 40,
  gbpPerMwh: 50,
  transactionId: 'buy-1',
  workload: 5,
  jobId: 'job',
  workStatus: 'SCHEDULED',
  placedUntil: at(6),
  isMine: true,
  isAwaited: false,
  state: 'SELECTED',
  wasConfirmAsked: false,
  wasCancelAsked: false,
  replanning: null,
  refreshes: 0,
  confirmsAsked: 0,
  updatesAsked: 0,
  cancelsAsked: 0,
  ...purchase,
});
