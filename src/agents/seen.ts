/** What a policy is shown: plain values, so that the same are decided on the same anywhere, and a test writes them down. */
import type { AgentStatus } from '../domain/compute/agent-states.js';
import type { NegotiationStatus } from '../domain/compute/negotiation-states.js';
import type { NegotiationTerms } from '../domain/compute/negotiation-terms.js';
import type { WorkloadStatus } from '../domain/compute/workload-states.js';
import type { ComputeTopic } from '../domain/codes.js';
import type { Commitment } from '../domain/beckn-order/commitment.js';
import type { ReplanningReason } from '../domain/beckn-order/standing.js';

export type AgentType =
  'COMPUTE_ORCHESTRATOR' | 'GRID_OPERATOR' | 'STORAGE_AGENT' | 'FLEXIBILITY_AGENT' | 'CARBON_OPTIMIZER';

/** What of the log can wake an agent: changes of the compute side, and runs of ingestion. */
export type AgentTopic = ComputeTopic | 'INGEST_RUNS';

/**
 * What an agent is woken by: a change that the log tells of, the beginning of a half hour by the server's clock, or that of a
 * shorter beat that its policy asked for.
 */
export type Stimulus =
  | {
      readonly kind: 'EVENT';
      /** Of the log, in decimal. */
      readonly sequence: string;
      readonly topic: AgentTopic;
      /** The row as it was at the event, by its columns; of a run, what it did to what is expected. */
      readonly state: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'HALF_HOUR'; readonly from: Date }
  | { readonly kind: 'BEAT'; readonly from: Date };

/** The agent itself. */
export interface AgentSeen {
  /** Its number in the database, which events name it by. */
  readonly number: number;
  readonly agentId: string;
  readonly type: AgentType;
  readonly status: AgentStatus;
  readonly operatorId: number;
  readonly operatorType: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Whether its operator is made up: only then do agents run its work and its batteries. */
  readonly isDemo: boolean;
}

/** Another agent, of any operator. */
export interface PeerSeen {
  readonly agentId: string;
  readonly type: AgentType;
  readonly operatorId: number;
  readonly operatorType: string;
}

/** Where a workload has power that is its own. */
export interface PlacementSeen {
  readonly placementId: string;
  readonly state: 'CONFIRMED' | 'RUNNING';
  readonly dcId: string;
  readonly regionId: number;
  readonly pue: number;
  /** Starts of its half hours, oldest first. */
  readonly slots: readonly Date[];
}

/** A workload of the agent's operator that is not over. */
export interface WorkloadSeen {
  readonly number: number;
  readonly jobId: string;
  readonly status: WorkloadStatus;
  readonly powerKw: number;
  readonly estimatedEnergyKwh: number;
  readonly durationMinutes: number;
  readonly isInterruptible: boolean;
  readonly isDeferrable: boolean;
  readonly earliestStart: Date;
  readonly deadline: Date;
  readonly maxCarbonIntensityGco2PerKwh: number | null;
  readonly maxPriceGbpPerMwh: number | null;
  readonly minRenewablePct: number | null;
  readonly maxGridStress: number | null;
  /** For all of it, GBP. */
  readonly maxCostGbp: number | null;
  /** For all of it, gCO2. */
  readonly carbonBudgetGco2: number | null;
  /** Empty: any. */
  readonly allowedRegionIds: readonly number[];
  /** Null: it has no power of its own. */
  readonly placement: PlacementSeen | null;
  /** When it last began to run; null while it does not. */
  readonly runningSince: Date | null;
  /** How long it ran before that, ms. */
  readonly ranMs: number;
  /** The decision that placed it and stands; null: none did. */
  readonly placedBy: string | null;
  /** Whether a negotiation about it waits for an answer. */
  readonly isNegotiated: boolean;
  /** What its accepted negotiations promised for flexibility; null: none did. */
  readonly agreedRevenueGbp: number | null;
}

/** A negotiation that the agent is a party of. */
export interface NegotiationSeen {
  readonly number: number;
  readonly negotiationId: string;
  readonly type: string;
  readonly status: NegotiationStatus;
  /** Whether it is this agent that is waited for. */
  readonly awaitsMe: boolean;
  /** Whether this agent opened it. */
  readonly isMine: boolean;
  readonly turns: number;
  readonly lastTerms: NegotiationTerms;
  /** Its workload, where that is of the agent's operator. */
  readonly jobId: string | null;
}

export interface StorageSeen {
  readonly assetId: string;
  readonly regionId: number;
  readonly capacityMwh: number;
  readonly maxChargeMw: number;
  readonly maxDischargeMw: number;
  /** Of a whole cycle. */
  readonly efficiencyPct: number;
  readonly chargeMwh: number;
  readonly status: string;
}

/** An open flexibility window, of any operator, that is not over. */
export interface WindowSeen {
  readonly number: number;
  readonly flexibilityWindowId: string;
  readonly operatorId: number;
  readonly regionId: number;
  readonly direction: 'DECREASE_DEMAND' | 'INCREASE_DEMAND';
  readonly volumeMw: number;
  readonly gbpPerMwh: number;
  readonly from: Date;
  readonly to: Date;
}

/** What a compute window is sold as. Null where its seller does not say, or not in these units. */
export interface WindowTerms {
  /** Global id of the window. */
  readonly windowId: string;
  readonly regionId: number | null;
  /** Inside. */
  readonly from: Date;
  /** Outside. */
  readonly to: Date;
  readonly capacityMw: number | null;
  readonly renewablePct: number | null;
  readonly gco2PerKwh: number | null;
  readonly gbpPerMwh: number | null;
}

/** A compute window that is on offer in a region and at a time in which work of the operator has its place; at its cheapest offer. */
export interface OfferSeen extends WindowTerms {
  readonly offerId: string;
}

/** A purchase of a compute window, for work of the agent's operator. Its terms are those that the seller stated last. */
export interface PurchaseSeen extends WindowTerms, Commitment {
  readonly transactionId: string;
  /** Number of its work. */
  readonly workload: number;
  readonly jobId: string;
  readonly workStatus: WorkloadStatus;
  /** End of the last half hour in which its work has a place, or had one when it was done; null: none. */
  readonly placedUntil: Date | null;
  /** Whether this agent began it. */
  readonly isMine: boolean;
  /** Whether an answer is waited for: nothing can be asked until it comes or runs out. */
  readonly isAwaited: boolean;
  /** Whether whoever planned with it must look again, and why; null: he need not, or has. */
  readonly replanning: { readonly reason: ReplanningReason; readonly note: string } | null;
  /** How often the seller was asked how it stands since he was asked for something else. */
  readonly refreshes: number;
  readonly confirmsAsked: number;
  readonly updatesAsked: number;
  readonly cancelsAsked: number;
}

/** What is expected of one half hour of one region. Stress and price are Great Britain's. Null where nothing is known. */
export interface OutlookHalfHour {
  readonly regionId: number;
  readonly from: Date;
  readonly gco2PerKwh: number | null;
  readonly renewablePct: number | null;
  /** 0 to 1. */
  readonly gridStress: number | null;
  readonly gbpPerMwh: number | null;
}

/** All of it, at one instant. */
export interface View {
  readonly now: Date;
  readonly agent: AgentSeen;
  readonly workloads: readonly WorkloadSeen[];
  readonly negotiations: readonly NegotiationSeen[];
  readonly peers: readonly PeerSeen[];
  readonly storage: readonly StorageSeen[];
  readonly windows: readonly WindowSeen[];
  /** By their start. Empty where this process cannot buy. */
  readonly offers: readonly OfferSeen[];
  /** The oldest first. */
  readonly purchases: readonly PurchaseSeen[];
  /** By half hour, then region; only half hours of which something is known. */
  readonly outlook: readonly OutlookHalfHour[];
}

/** What of it a policy asks for; what it does not name is empty. */
export interface Needs {
  /** All that are not over, those of them that have a place, or one by its number. */
  readonly workloads?: 'ALL' | 'PLACED' | number;
  /** Those that wait for an answer, or one by its number. */
  readonly negotiations?: 'OPEN' | number;
  readonly peers?: boolean;
  readonly storage?: boolean;
  readonly windows?: boolean;
  /** Where all work of the operator has its place, or one work by its number. */
  readonly offers?: 'ALL' | number;
  /** All whose window is not over and that stand or whose work is not over; or those of one work by its number. */
  readonly purchases?: 'ALL' | number;
  /** Where and until when the work that is shown has its place; asked for in place of `outlook`. */
  readonly outlookOfPlaces?: boolean;
  /** From the half hour that covers now on. */
  readonly outlook?: { readonly regionIds: readonly number[]; readonly halfHours: number };
}
