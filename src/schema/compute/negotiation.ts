import { MOST_TURNS, statusAt } from '../../domain/compute/negotiation-states.js';
import type { NegotiationTerms } from '../../domain/compute/negotiation-terms.js';
import { negotiationPage, NEGOTIATION_ORDERS } from '../../resolvers/compute/negotiations.js';
import { builder } from '../builder.js';
import { pageCost } from '../page.js';
import { NegotiationStatusEnum, NegotiationTurnKindEnum, NegotiationTypeEnum } from './enums.js';
import { NegotiationTermsType } from './negotiation-terms.js';
import { rowNumberOf } from './node-id.js';
import { orderedPageArgs } from './order-args.js';

/** The columns hold what the actions' rules let through, in the form of NegotiationTerms. */
const termsOf = (stored: unknown): NegotiationTerms => stored as NegotiationTerms;

const NegotiationTurnType = builder.prismaObject('NegotiationTurn', {
  description: 'One turn of a negotiation. Never changed.',
  fields: (t) => ({
    turn: t.exposeInt('turn', { description: `Its number, 1–${MOST_TURNS}.` }),
    kind: t.expose('kind', { type: NegotiationTurnKindEnum, description: 'What it was.' }),
    agent: t.relation('agent', { description: 'Who took it.' }),
    terms: t.field({
      type: NegotiationTermsType,
      description: 'What was proposed; of an acceptance or rejection, what it answered.',
      resolve: ({ terms }) => termsOf(terms),
    }),
    message: t.exposeString('message', {
      nullable: true,
      description: 'Words that went with it. Null: none.',
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was taken.' }),
  }),
});

/** Its columns are always loaded: what its status is now follows from several. */
export const NegotiationType = builder.prismaNode('Negotiation', {
  id: { resolve: ({ negotiationId }) => negotiationId },
  findUnique: (id) => ({ negotiationId: rowNumberOf(id) }),
  nullable: true,
  description: 'Two agents finding terms, in turns. Seen by the operators of both.',
  fields: (t) => ({
    negotiationId: t.exposeString('code', { description: 'Its id.' }),
    type: t.expose('type', { type: NegotiationTypeEnum, description: 'What it is about.' }),
    status: t.field({
      type: NegotiationStatusEnum,
      description: 'Where it is now; EXPIRED from `expiresAt` on unless it was answered by then.',
      resolve: (negotiation, _args, { now }) => statusAt(negotiation, now),
    }),
    initiator: t.relation('initiator', { description: 'The agent that opened it.' }),
    responder: t.relation('responder', { description: 'The other agent.' }),
    awaiting: t.relation('awaiting', {
      nullable: true,
      description:
        'The agent whose answer was last waited for. Null: it was answered to the end, or expired.',
    }),
    workload: t.relation('workload', {
      nullable: true,
      description:
        "The initiator's workload that it is about. Null: it is about none, or the viewer is not the initiator's operator.",
    }),
    outcome: t.field({
      type: NegotiationTermsType,
      nullable: true,
      description: 'The terms agreed on. Null: it is not ACCEPTED.',
      resolve: ({ outcome }) => (outcome === null ? null : termsOf(outcome)),
    }),
    turns: t.relation('turns', {
      query: { orderBy: { turn: 'asc' }, take: MOST_TURNS },
      complexity: { field: 1, multiplier: 10 },
      description: `Its turns, in their order, at most ${MOST_TURNS}.`,
    }),
    decisions: t.relation('decisions', {
      query: { orderBy: { decisionId: 'asc' }, take: 100 },
      complexity: { field: 1, multiplier: 10 },
      description: "Decisions of the viewer's operator that belong to it, oldest first, at most 100.",
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it expires unless it is answered by then. Null: it waits for ever.',
    }),
    version: t.exposeInt('version', {
      description: 'Grows with every change: what `expectedVersion` is held to.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was opened.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
  }),
});

builder.prismaObjectField(NegotiationTurnType, 'negotiation', (t) =>
  t.relation('negotiation', { description: 'The negotiation it is a turn of.' }),
);

export const negotiationPageArgs = orderedPageArgs('NegotiationOrder', 'negotiations', NEGOTIATION_ORDERS);

export const NegotiationConnection = builder.connectionObject(
  {
    type: NegotiationType,
    name: 'NegotiationConnection',
    description: 'A page of negotiations, in the order asked for.',
  },
  { description: 'A negotiation and its place in the connection.' },
);

/** What a page of negotiations may be held to. */
export const negotiationFilters = builder.args((t) => ({
  status: t.field({ type: NegotiationStatusEnum, description: 'Only of this status; of all when left out.' }),
  type: t.field({ type: NegotiationTypeEnum, description: 'Only of this type; of all when left out.' }),
}));

builder.queryFields((t) => ({
  negotiations: t.field({
    type: NegotiationConnection,
    args: {
      ...negotiationFilters,
      jobId: t.arg.string({ description: 'Only those about this workload, by its id.' }),
      agentId: t.arg.string({ description: 'Only those that this agent is a side of, by its id.' }),
      ...negotiationPageArgs,
    },
    complexity: pageCost,
    description:
      "Negotiations of the viewer's operator, whichever side it is on, newest first; an administrator sees those of all.",
    resolve: (_root, args, context) => negotiationPage(args, {}, context),
  }),
  negotiation: t.field({
    type: NegotiationType,
    nullable: true,
    args: { negotiationId: t.arg.string({ required: true, description: 'Its id.' }) },
    description: "A negotiation of the viewer's operator by its id. Null: it has none of that id.",
    resolve: (_root, { negotiationId }, { prisma }) =>
      prisma.negotiation.findUnique({ where: { code: negotiationId } }),
  }),
}));
