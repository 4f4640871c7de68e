/** Words of the compute side. Those of the tables are checked against Prisma's types where they are exposed. */
import type { DeferralReason } from '../../domain/compute/workload-states.js';
import { REFUSAL_CODES } from '../../domain/refusal.js';
import type { ApiRole, ApiScope } from '../../domain/viewer.js';
import { enumOf } from '../enums.js';

export const RefusalCodeEnum = enumOf('RefusalCode', 'Why an action was not done.', REFUSAL_CODES);

export const OperatorTypeEnum = enumOf('OperatorType', 'What an operator does.', {
  COMPUTE_OPERATOR: 'Runs data centres, or work in them.',
  GRID_OPERATOR: 'Runs a part of the grid: publishes flexibility windows, and negotiates for the grid.',
  STORAGE_OPERATOR: 'Runs storage.',
  AGGREGATOR: 'Offers the flexibility of others as one.',
  CLOUD_PROVIDER: 'Sells compute to others.',
  RESEARCH: 'A university or institute that computes.',
  ENTERPRISE: 'A company that computes for itself.',
});

export const WorkloadTypeEnum = enumOf('WorkloadType', 'What kind of work a workload is.', {
  TRAINING_RUN: 'Trains a model from the start.',
  INFERENCE_BATCH: 'Answers many questions at once.',
  RAG_QUERY: 'Answers a question from documents.',
  FINE_TUNING: 'Trains a model further.',
  DATA_PROCESSING: 'Moves or transforms data.',
  OTHER: 'Anything else.',
});

export const WorkloadUrgencyEnum = enumOf('WorkloadUrgency', 'How urgent its owner says a workload is.', {
  LOW: 'May wait as long as it likes.',
  MEDIUM: 'As usual.',
  HIGH: 'Before most others.',
  CRITICAL: 'Before all else.',
});

export const WorkloadStatusEnum = enumOf('WorkloadStatus', 'Where a workload is in its life.', {
  PENDING: 'Submitted; nothing was decided yet.',
  QUEUED: 'Accepted; waits for a place.',
  SCHEDULED: 'Has a confirmed placement.',
  RUNNING: 'It runs, in its host.',
  PAUSED: 'Was interrupted, and will go on.',
  COMPLETED: 'Done; what it used was measured. Final.',
  FAILED: 'Ended without its result. Final.',
  CANCELLED: 'Its owner called it off. Final.',
  REJECTED: 'Cannot be run within its limits. Final.',
  DEFERRED_GRID_STRESS: 'Waits for a less stressed grid.',
  DEFERRED_CARBON: 'Waits for cleaner power.',
  DEFERRED_PRICE: 'Waits for cheaper power.',
  DEFERRED_CAPACITY: 'Waits for room in a data centre.',
});

export const ApiRoleEnum = enumOf('ApiRole', 'What a key of a role may at most be used for.', {
  READER: "Reads what is the operator's own.",
  AGENT: 'Also submits and moves work, holds power, negotiates, and records decisions and states.',
  OPERATOR:
    "Also registers the operator's users, data centres, storage and agents, publishes windows, and makes keys.",
  ADMIN: 'Also registers operators, and sees the rows of all.',
} satisfies Record<ApiRole, string>);

export const ApiScopeEnum = enumOf('ApiScope', 'One thing that a key may be used for.', {
  READ: "Reading what is the operator's own.",
  WORKLOADS: 'Submitting workloads and moving them through their life.',
  PLACEMENTS: 'Holding, confirming and releasing power.',
  NEGOTIATIONS: 'Taking turns in negotiations.',
  DECISIONS: 'Recording decisions and their outcomes.',
  AGENT_STATES: 'Reporting the states of agents.',
  FLEXIBILITY: 'Publishing and withdrawing flexibility windows.',
  REGISTRY: 'Updating the operator; registering and updating its users, data centres, storage and agents.',
  KEYS: 'Making and revoking keys.',
  OPERATORS: 'Registering operators.',
} satisfies Record<ApiScope, string>);

export const DataCentreStatusEnum = enumOf('DataCentreStatus', 'Whether a data centre takes work.', {
  ACTIVE: 'It does.',
  MAINTENANCE: 'It does not, for now.',
  OFFLINE: 'It is switched off.',
  CONSTRAINED: 'What it holds may go on; it takes nothing new.',
});

export const StorageStatusEnum = enumOf('StorageStatus', 'What a storage asset does.', {
  IDLE: 'It neither takes nor gives power.',
  CHARGING: 'It takes power.',
  DISCHARGING: 'It gives power.',
  MAINTENANCE: 'It is being worked on.',
  OFFLINE: 'It is switched off.',
});

export const PlacementStateEnum = enumOf('PlacementState', 'Where a placement is in its life.', {
  HELD: 'Its power is kept for it until `expiresAt`.',
  CONFIRMED: 'Its power is its own.',
  RUNNING: 'Its work runs.',
  DONE: 'Its work is over. Final.',
  RELEASED: 'Its power was given back. Final.',
});

export const AgentTypeEnum = enumOf('AgentType', 'What an agent is for.', {
  COMPUTE_ORCHESTRATOR: 'Decides where and when workloads run.',
  GRID_OPERATOR: 'Speaks for the grid.',
  STORAGE_AGENT: 'Decides when storage charges and discharges.',
  FLEXIBILITY_AGENT: 'Offers flexibility for flexibility windows.',
  CARBON_OPTIMIZER: 'Moves work to cleaner hours and places.',
});

export const AgentStatusEnum = enumOf('AgentStatus', 'What an agent does.', {
  IDLE: 'Waits for something to do.',
  ACTIVE: 'Works on its task.',
  NEGOTIATING: 'Waits for another agent, or answers one.',
  EXECUTING: 'Carries out what was decided.',
  ERROR: 'Failed; it says why in its state.',
  OFFLINE: 'Does not run.',
});

export const NegotiationTypeEnum = enumOf('NegotiationType', 'What a negotiation is about.', {
  WORKLOAD_ALLOCATION: 'When and where a workload runs.',
  FLEXIBILITY: 'Power given up or taken on for the grid.',
  STORAGE_DISPATCH: 'When storage charges or discharges.',
  CAPACITY: 'Room in a data centre.',
  OTHER: 'Anything else.',
});

export const NegotiationStatusEnum = enumOf('NegotiationStatus', 'Where a negotiation is.', {
  OPEN: 'Proposed; the responder has not answered.',
  COUNTERED: 'Answered with another proposal, which waits for an answer.',
  ACCEPTED: 'Agreed on its last proposal. Final.',
  REJECTED: 'Ended without agreement. Final.',
  EXPIRED: 'Not answered in time. Final.',
});

export const NegotiationTurnKindEnum = enumOf('NegotiationTurnKind', 'What a turn of a negotiation was.', {
  PROPOSAL: 'The first proposal.',
  COUNTER_PROPOSAL: 'Another proposal in its place.',
  ACCEPTANCE: 'Agreement to the last proposal.',
  REJECTION: 'The end without agreement.',
});

export const DecisionTypeEnum = enumOf('DecisionType', 'What was decided.', {
  DEFER_WORKLOAD: 'To run a workload later.',
  SHIFT_REGION: 'To run a workload elsewhere.',
  SCHEDULE_DISCHARGE: 'To use storage.',
  RENEWABLE_WINDOW: 'To wait for renewable power.',
  ACCEPT_WORKLOAD: 'To run a workload.',
  REJECT_WORKLOAD: 'Not to run a workload, because its limits cannot be kept.',
  SCALE_DOWN: 'To lower the load of a data centre.',
  SCALE_UP: 'To raise the load of a data centre.',
  NEGOTIATE: 'To begin, go on with or end a negotiation.',
  PRICE_OPTIMIZATION: 'Something else, for its cost.',
  CARBON_OPTIMIZATION: 'Something else, for its carbon.',
});

export const FlexibilityServiceEnum = enumOf('FlexibilityService', 'What a flexibility window is for.', {
  TURN_DOWN: 'Less demand.',
  TURN_UP: 'More demand.',
  DEMAND_FLEXIBILITY: 'The demand flexibility service.',
  CONSTRAINT_MANAGEMENT: 'A part of the network that is full.',
  RESERVE: 'Power kept ready.',
});

export const FlexibilityDirectionEnum = enumOf('FlexibilityDirection', 'What is asked of demand.', {
  DECREASE_DEMAND: 'Less of it.',
  INCREASE_DEMAND: 'More of it.',
});

export const FlexibilityStatusEnum = enumOf('FlexibilityStatus', 'Whether a flexibility window stands.', {
  OPEN: 'It does.',
  WITHDRAWN: 'It was taken back.',
});

export const DeferralReasonEnum = enumOf('DeferralReason', 'What deferred work waits for.', {
  GRID_STRESS: 'A less stressed grid.',
  CARBON: 'Cleaner power.',
  PRICE: 'Cheaper power.',
  CAPACITY: 'Room in a data centre.',
} satisfies Record<DeferralReason, string>);
