import { requireScope } from '../../actions/action.js';
import type { Context } from '../../context.js';
import type { ComputeTopic } from '../../domain/codes.js';
import {
  agentNumbers,
  dataCentreNumbers,
  operatorNumbers,
  workloadNumbers,
} from '../../resolvers/compute/numbers-of.js';
import {
  among,
  amongRegions,
  computeStream,
  type ComputeMessage,
  type RowFilter,
} from '../../subscriptions/compute/stream.js';
import { OpenedStream } from '../../subscriptions/stream.js';
import { builder } from '../builder.js';
import { AFTER, StreamMessageType } from '../stream-message.js';
import { EventMessageType } from '../streams.js';
import { AgentStateType } from './agent-state.js';
import { BecknTransactionStateEnum } from './beckn-enums.js';
import { BecknTransactionType } from './beckn-transaction.js';
import { DataCentreType } from './data-centre.js';
import { DecisionType } from './decision.js';
import {
  AgentStatusEnum,
  DataCentreStatusEnum,
  DecisionTypeEnum,
  FlexibilityDirectionEnum,
  FlexibilityServiceEnum,
  FlexibilityStatusEnum,
  NegotiationStatusEnum,
  NegotiationTypeEnum,
  PlacementStateEnum,
  StorageStatusEnum,
  WorkloadStatusEnum,
  WorkloadTypeEnum,
} from './enums.js';
import { FlexibilityWindowType } from './flexibility-window.js';
import { NegotiationType } from './negotiation.js';
import { PlacementType } from './placement.js';
import { rowOf } from './row-of-state.js';
import { StorageAssetType } from './storage-asset.js';
import { WorkloadType } from './workload.js';

/** What an event of each topic is about: its table, the field that shows it, and the type of that. */
const SHOWN = {
  WORKLOADS: { table: 'workloads', field: 'workload', type: WorkloadType },
  PLACEMENTS: { table: 'placements', field: 'placement', type: PlacementType },
  DECISIONS: { table: 'decisions', field: 'decision', type: DecisionType },
  AGENT_STATES: { table: 'agent_states', field: 'agentState', type: AgentStateType },
  NEGOTIATIONS: { table: 'negotiations', field: 'negotiation', type: NegotiationType },
  FLEXIBILITY_WINDOWS: {
    table: 'flexibility_windows',
    field: 'flexibilityWindow',
    type: FlexibilityWindowType,
  },
  DATA_CENTRES: { table: 'data_centres', field: 'dataCentre', type: DataCentreType },
  STORAGE_ASSETS: { table: 'storage_assets', field: 'storageAsset', type: StorageAssetType },
  BECKN_TRANSACTIONS: {
    table: 'order_transactions',
    field: 'becknTransaction',
    type: BecknTransactionType,
  },
} as const satisfies Readonly<Record<ComputeTopic, object>>;

type Field = (typeof SHOWN)[ComputeTopic]['field'];

/** `Workload` of `workload`, and so on: what people call it. */
const nounOf = (field: Field): string => field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function messageOf(topic: ComputeTopic, subscription: string) {
  const { table, field, type } = SHOWN[topic];
  return builder.objectRef<ComputeMessage>(`${field[0]?.toUpperCase()}${field.slice(1)}Message`).implement({
    description: `A message of the subscription \`${subscription}\`.`,
    interfaces: [StreamMessageType],
    fields: (t) => ({
      [field]: t.field({
        type: type as typeof WorkloadType,
        nullable: true,
        description: `Of CHANGE: the ${nounOf(field)} as of \`cursor\`. Null for other kinds.`,
        resolve: ({ state }) => (state ? (rowOf(table, state) as never) : null),
      }),
    }),
  });
}

builder.objectFields(EventMessageType, (t) =>
  Object.fromEntries(
    Object.entries(SHOWN).map(([topic, { table, field, type }]) => [
      field,
      t.field({
        type: type as typeof WorkloadType,
        nullable: true,
        description: `Of ${topic}: the ${nounOf(field)} as of \`cursor\`. Null otherwise.`,
        resolve: (message) =>
          message.topic === topic && message.state ? (rowOf(table, message.state) as never) : null,
      }),
    ]),
  ),
);

const opened = (
  topic: ComputeTopic,
  { after }: { readonly after?: string | null | undefined },
  filters: readonly RowFilter[],
): OpenedStream => new OpenedStream(computeStream(topic, after, filters));

/** Nobody in particular has nothing of his own: he is told so, instead of being left waiting. */
const requireReader = ({ viewer }: Context): void => void requireScope(viewer, 'READ');

const OWN = "Of the reader's own operator; needs a key with the scope READ.";

builder.subscriptionFields((t) => ({
  workloads: t.field({
    type: messageOf('WORKLOADS', 'workloads'),
    args: {
      jobIds: t.arg.stringList({
        description: 'Only these, by id, also before they are submitted; all when left out.',
      }),
      types: t.arg({ type: [WorkloadTypeEnum], description: 'Only of these types; of all when left out.' }),
      statuses: t.arg({
        type: [WorkloadStatusEnum],
        description: 'Only changes that leave it in one of these; all when left out.',
      }),
      after: t.arg.string({ description: AFTER }),
    },
    description: `Workloads whenever one is submitted, amended or moves to another status. ${OWN}`,
    subscribe(_root, args, context) {
      requireReader(context);
      return opened('WORKLOADS', args, [
        among('jobIds', ['job_id'], args.jobIds),
        among('types', ['type'], args.types),
        among('statuses', ['status'], args.statuses),
      ]);
    },
    resolve: (message) => message,
  }),
  placements: t.field({
    type: messageOf('PLACEMENTS', 'placements'),
    args: {
      placementIds: t.arg.stringList({ description: 'Only these, by id; all when left out.' }),
      jobIds: t.arg.stringList({ description: 'Only of these workloads, by id; of all when left out.' }),
      dcIds: t.arg.stringList({ description: 'Only in these data centres, by id; in all when left out.' }),
      states: t.arg({
        type: [PlacementStateEnum],
        description: 'Only changes that leave it in one of these; all when left out.',
      }),
      after: t.arg.string({ description: AFTER }),
    },
    description: `Placements whenever power is held, confirmed, used or given back. ${OWN}`,
    async subscribe(_root, args, context) {
      requireReader(context);
      return opened('PLACEMENTS', args, [
        among('placementIds', ['code'], args.placementIds),
        among('jobIds', ['workload_id'], await workloadNumbers(context, args.jobIds)),
        among('dcIds', ['data_centre_id'], await dataCentreNumbers(context, args.dcIds)),
        among('states', ['state'], args.states),
      ]);
    },
    resolve: (message) => message,
  }),
  decisions: t.field({
    type: messageOf('DECISIONS', 'decisions'),
    args: {
      types: t.arg({ type: [DecisionTypeEnum], description: 'Only of these types; of all when left out.' }),
      agentIds: t.arg.stringList({ description: 'Only by these agents, by id; by all when left out.' }),
      jobIds: t.arg.stringList({
        description: 'Only about these workloads, by id; about all when left out.',
      }),
      after: t.arg.string({ description: AFTER }),
    },
    description: `Decisions as they are recorded. ${OWN}`,
    async subscribe(_root, args, context) {
      requireReader(context);
      return opened('DECISIONS', args, [
        among('types', ['type'], args.types),
        among('agentIds', ['agent_id'], await agentNumbers(context, args.agentIds)),
        among('jobIds', ['workload_id'], await workloadNumbers(context, args.jobIds)),
      ]);
    },
    resolve: (message) => message,
  }),
  agentStates: t.field({
    type: messageOf('AGENT_STATES', 'agentStates'),
    args: {
      agentIds: t.arg.stringList({ description: 'Only of these agents, by id; of all when left out.' }),
      statuses: t.arg({ type: [AgentStatusEnum], description: 'Only these; all when left out.' }),
      after: t.arg.string({ description: AFTER }),
    },
    description: `States of agents as they report them. ${OWN}`,
    async subscribe(_root, args, context) {
      requireReader(context);
      return opened('AGENT_STATES', args, [
        among('agentIds', ['agent_id'], await agentNumbers(context, args.agentIds)),
        among('statuses', ['status'], args.statuses),
      ]);
    },
    resolve: (message) => message,
  }),
  negotiations: t.field({
    type: messageOf('NEGOTIATIONS', 'negotiations'),
    args: {
      negotiationIds: t.arg.stringList({ description: 'Only these, by id; all when left out.' }),
      types: t.arg({
        type: [NegotiationTypeEnum],
        description: 'Only of these types; of all when left out.',
      }),
      statuses: t.arg({
        type: [NegotiationStatusEnum],
        description: 'Only changes that leave it in one of these; all when left out.',
      }),
      agentIds: t.arg.stringList({
        description: 'Only those that one of these agents takes part in, by id; all when left out.',
      }),
      jobIds: t.arg.stringList({
        description: 'Only about these workloads, by id; about all when left out.',
      }),
      after: t.arg.string({ description: AFTER }),
    },
    description:
      "Negotiations whenever one is opened or takes a turn. Of both operators' own; needs a key with the scope READ.",
    async subscribe(_root, args, context) {
      requireReader(context);
      return opened('NEGOTIATIONS', args, [
        among('negotiationIds', ['code'], args.negotiationIds),
        among('types', ['type'], args.types),
        among('statuses', ['status'], args.statuses),
        among(
          'agentIds',
          ['initiator_agent_id', 'responder_agent_id'],
          await agentNumbers(context, args.agentIds),
        ),
        among('jobIds', ['workload_id'], await workloadNumbers(context, args.jobIds)),
      ]);
    },
    resolve: (message) => message,
  }),
  flexibilityWindows: t.field({
    type: messageOf('FLEXIBILITY_WINDOWS', 'flexibilityWindows'),
    args: {
      regionIds: t.arg.intList({ description: 'Only in these regions, by id, 1–18; in all when left out.' }),
      services: t.arg({ type: [FlexibilityServiceEnum], description: 'Only these; all when left out.' }),
      directions: t.arg({ type: [FlexibilityDirectionEnum], description: 'Only these; all when left out.' }),
      statuses: t.arg({
        type: [FlexibilityStatusEnum],
        description: 'Only changes that leave it so; all when left out.',
      }),
      operatorNames: t.arg.stringList({ description: 'Only of these operators; of all when left out.' }),
      after: t.arg.string({ description: AFTER }),
    },
    description: 'Flexibility windows whenever one is published or withdrawn. Open to read.',
    subscribe: async (_root, args, context) =>
      opened('FLEXIBILITY_WINDOWS', args, [
        amongRegions(args.regionIds),
        among('services', ['service'], args.services),
        among('directions', ['direction'], args.directions),
        among('statuses', ['status'], args.statuses),
        among('operatorNames', ['operator_id'], await operatorNumbers(context, args.operatorNames)),
      ]),
    resolve: (message) => message,
  }),
  dataCentres: t.field({
    type: messageOf('DATA_CENTRES', 'dataCentres'),
    args: {
      dcIds: t.arg.stringList({
        description: 'Only these, by id, also before they are registered; all when left out.',
      }),
      regionIds: t.arg.intList({ description: 'Only in these regions, by id, 1–14; in all when left out.' }),
      statuses: t.arg({
        type: [DataCentreStatusEnum],
        description: 'Only changes that leave it in one of these; all when left out.',
      }),
      operatorNames: t.arg.stringList({ description: 'Only of these operators; of all when left out.' }),
      after: t.arg.string({ description: AFTER }),
    },
    description: 'Data centres whenever one is registered or what is said of it changes. Open to read.',
    subscribe: async (_root, args, context) =>
      opened('DATA_CENTRES', args, [
        among('dcIds', ['dc_id'], args.dcIds),
        amongRegions(args.regionIds),
        among('statuses', ['status'], args.statuses),
        among('operatorNames', ['operator_id'], await operatorNumbers(context, args.operatorNames)),
      ]),
    resolve: (message) => message,
  }),
  storageAssets: t.field({
    type: messageOf('STORAGE_ASSETS', 'storageAssets'),
    args: {
      assetIds: t.arg.stringList({
        description: 'Only these, by id, also before they are registered; all when left out.',
      }),
      regionIds: t.arg.intList({ description: 'Only in these regions, by id, 1–14; in all when left out.' }),
      statuses: t.arg({
        type: [StorageStatusEnum],
        description: 'Only changes that leave it in one of these; all when left out.',
      }),
      operatorNames: t.arg.stringList({ description: 'Only of these operators; of all when left out.' }),
      after: t.arg.string({ description: AFTER }),
    },
    description: 'Storage assets whenever one is registered or what is said of it changes. Open to read.',
    subscribe: async (_root, args, context) =>
      opened('STORAGE_ASSETS', args, [
        among('assetIds', ['asset_id'], args.assetIds),
        amongRegions(args.regionIds),
        among('statuses', ['status'], args.statuses),
        among('operatorNames', ['operator_id'], await operatorNumbers(context, args.operatorNames)),
      ]),
    resolve: (message) => message,
  }),
  becknTransactions: t.field({
    type: messageOf('BECKN_TRANSACTIONS', 'becknTransactions'),
    args: {
      transactionIds: t.arg.stringList({ description: 'Only these, by id; all when left out.' }),
      states: t.arg({
        type: [BecknTransactionStateEnum],
        description: 'Only changes that leave it in one of these; all when left out.',
      }),
      jobIds: t.arg.stringList({ description: 'Only for these workloads, by id; for all when left out.' }),
      after: t.arg.string({ description: AFTER }),
    },
    description: `Purchases of compute windows whenever one begins, moves on or needs replanning. ${OWN}`,
    async subscribe(_root, args, context) {
      requireReader(context);
      return opened('BECKN_TRANSACTIONS', args, [
        among('transactionIds', ['code'], args.transactionIds),
        among('states', ['state'], args.states),
        among('jobIds', ['workload_id'], await workloadNumbers(context, args.jobIds)),
      ]);
    },
    resolve: (message) => message,
  }),
}));
