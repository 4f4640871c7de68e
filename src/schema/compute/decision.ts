import { decisionHead } from '../../resolvers/compute/decision-head.js';
import {
  contentOf,
  decisionByCode,
  decisionPage,
  decisionSignal,
  DECISION_ORDERS,
} from '../../resolvers/compute/decisions.js';
import { builder } from '../builder.js';
import { pageCost } from '../page.js';
import { RegionType } from '../region.js';
import { GridSignalType } from '../signal-ref.js';
import {
  ConsideredAlternativeType,
  DecisionInputsType,
  DecisionPolicyType,
  DecisionPredictionType,
  EvaluatedConstraintType,
} from './decision-content.js';
import { DecisionTypeEnum } from './enums.js';
import { rowNumberOf } from './node-id.js';
import { orderedPageArgs } from './order-args.js';

/** Its columns are always loaded, because most fields read the content. */
export const DecisionType = builder.prismaNode('Decision', {
  id: { resolve: ({ decisionId }) => decisionId },
  findUnique: (id) => ({ decisionId: rowNumberOf(id) }),
  nullable: true,
  description:
    "What was decided, by whom, from exactly which inputs. Never changed: each is chained to the one before by its hash. Its operator's own.",
  fields: (t) => ({
    decisionId: t.exposeString('code', {
      description: 'Its id, which no other decision of its operator has.',
    }),
    number: t.exposeInt('decisionId', {
      description: 'Its place in the chain of the decisions of all operators, from 1 on, without holes.',
    }),
    type: t.expose('type', { type: DecisionTypeEnum, description: 'What was decided.' }),
    decidedAt: t.expose('decidedAt', { type: 'DateTime', description: 'When it was recorded.' }),
    operator: t.relation('operator', { description: 'Whose it is.' }),
    agent: t.relation('agent', { nullable: true, description: 'Who decided. Null: no agent was named.' }),
    workload: t.relation('workload', {
      nullable: true,
      description: 'The workload it is about. Null: it is about none.',
    }),
    sourceDataCentre: t.relation('sourceDataCentre', {
      nullable: true,
      description: 'The data centre that it moves something away from. Null: none was named.',
    }),
    targetDataCentre: t.relation('targetDataCentre', {
      nullable: true,
      description: 'The data centre that it moves something to, or is about. Null: none was named.',
    }),
    region: t.field({
      type: RegionType,
      nullable: true,
      description: 'The region that it is chiefly about. Null: no signal was used.',
      resolve: ({ regionId }, _args, { loaders }) =>
        regionId === null ? null : loaders.region.load(regionId),
    }),
    gridSignal: t.field({
      type: GridSignalType,
      nullable: true,
      description:
        'The signal that it is chiefly about, as of its inputs, read from the observations. Null: no signal was used, or it is no ' +
        'longer served; `inputs.signals` keeps its values for ever.',
      resolve: (decision, _args, context) => decisionSignal(decision, context),
    }),
    negotiation: t.relation('negotiation', {
      nullable: true,
      description: 'The negotiation it came of or belongs to. Null: none was named.',
    }),
    supersedes: t.relation('supersedes', {
      nullable: true,
      description: 'The earlier decision that it takes the place of. Null: it stands by itself.',
    }),
    supersededBy: t.relation('supersededBy', {
      nullable: true,
      description: 'The later decision that took its place. Null: it stands.',
    }),
    placements: t.relation('placements', {
      query: { orderBy: { placementId: 'asc' }, take: 100 },
      complexity: { field: 1, multiplier: 10 },
      description: 'Power that was held because of it, oldest first, at most 100.',
    }),
    outcomes: t.relation('outcomes', {
      query: { orderBy: { decisionOutcomeId: 'asc' }, take: 100 },
      complexity: { field: 1, multiplier: 10 },
      description: 'What came of it, oldest first, at most 100. Empty: nothing was recorded yet.',
    }),
    policy: t.field({
      type: DecisionPolicyType,
      nullable: true,
      description: 'The rule it was decided by. Null: none was named.',
      resolve: (decision) => contentOf(decision).policy,
    }),
    reasoning: t.string({
      description: 'Why, in words, as the caller gave them.',
      resolve: (decision) => contentOf(decision).reasoning,
    }),
    inputs: t.field({
      type: DecisionInputsType,
      description: 'What it was made from.',
      resolve: (decision) => contentOf(decision).inputs,
    }),
    constraintsEvaluated: t.field({
      type: [EvaluatedConstraintType],
      complexity: { field: 1, multiplier: 10 },
      description: 'Limits that were looked at, at most 100.',
      resolve: (decision) => [...contentOf(decision).constraintsEvaluated],
    }),
    alternativesConsidered: t.field({
      type: [ConsideredAlternativeType],
      complexity: { field: 1, multiplier: 10 },
      description: 'What else might have been decided, at most 50.',
      resolve: (decision) => [...contentOf(decision).alternativesConsidered],
    }),
    prediction: t.field({
      type: DecisionPredictionType,
      description: 'What was expected of it.',
      resolve: (decision) => contentOf(decision).prediction,
    }),
    isSynthetic: t.boolean({
      description:
        'True where any value of its signals was made up by a model, because a publisher could not be reached.',
      resolve: (decision) => contentOf(decision).isSynthetic,
    }),
    content: t.exposeString('content', {
      description:
        'All of the above as the one canonical JSON text that is hashed, under the form that its member `form` names.',
    }),
    previousHash: t.exposeString('previousHash', {
      description:
        'Hash of the decision before; of the first one, SHA-256 of `pylon decisions`. Hexadecimal.',
    }),
    hash: t.exposeString('hash', {
      description:
        'SHA-256, hexadecimal, of five lines: `pylon decision 1`, `previousHash`, `number`, `decidedAt` to the millisecond, `content`.',
    }),
  }),
});

export const decisionPageArgs = orderedPageArgs('DecisionOrder', 'decisions', DECISION_ORDERS);

export const DecisionConnection = builder.connectionObject(
  {
    type: DecisionType,
    name: 'DecisionConnection',
    description: 'A page of decisions, in the order asked for.',
  },
  { description: 'A decision and its place in the connection.' },
);

/** What a page of decisions may be held to. */
export const decisionFilters = builder.args((t) => ({
  type: t.field({ type: DecisionTypeEnum, description: 'Only of this type; of all when left out.' }),
  from: t.field({ type: 'DateTime', description: 'Only those recorded at or after this instant.' }),
  to: t.field({ type: 'DateTime', description: 'Only those recorded before this instant.' }),
}));

const DecisionHeadType = builder
  .objectRef<{ readonly count: number; readonly hash: string }>('DecisionHead')
  .implement({
    description:
      'Where the chain of decisions ends. Who keeps it can tell later whether the tail was cut: `pylon verify decisions --head COUNT:HASH`.',
    fields: (t) => ({
      count: t.exposeInt('count', { description: 'How many decisions there are, of all operators.' }),
      hash: t.exposeString('hash', { description: 'Hash of the last one, hexadecimal.' }),
    }),
  });

builder.queryFields((t) => ({
  decisions: t.field({
    type: DecisionConnection,
    args: {
      ...decisionFilters,
      agentId: t.arg.string({ description: 'Only those of this agent, by its id.' }),
      jobId: t.arg.string({ description: 'Only those about this workload, by its id.' }),
      ...decisionPageArgs,
    },
    complexity: pageCost,
    description: "Decisions of the viewer's operator, newest first; an administrator sees those of all.",
    resolve: (_root, args, context) => decisionPage(args, {}, context),
  }),
  decision: t.field({
    type: DecisionType,
    nullable: true,
    args: { decisionId: t.arg.string({ required: true, description: 'Its id.' }) },
    description: "A decision of the viewer's operator by its id. Null: it has none of that id.",
    resolve: (_root, { decisionId }, context) => decisionByCode(decisionId, context),
  }),
  decisionHead: t.field({
    type: DecisionHeadType,
    description: 'Where the chain of decisions of all operators ends; open to read.',
    resolve: (_root, _args, context) => decisionHead(context),
  }),
}));
