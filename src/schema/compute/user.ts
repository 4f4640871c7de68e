import { userPage, USER_ORDERS } from '../../resolvers/compute/users.js';
import { LARGEST_PAGE } from '../../resolvers/page.js';
import { builder } from '../builder.js';
import { ownStatementCost, pageCost } from '../page.js';
import { WorkloadStatusEnum } from './enums.js';
import { rowNumberOf } from './node-id.js';
import { nodesQuery } from './nodes-query.js';
import { OperatorType } from './operator.js';
import { CREATED_AT, OF_STATUS, UPDATED_AT, VERSION } from './registry-words.js';
import { WorkloadStatisticsType } from './workload-counts.js';
import { orderedPageArgs } from './order-args.js';

const DEFAULT_WORKLOADS = 20;
const listed = (first: number | null | undefined): number =>
  Math.min(Math.max(first ?? DEFAULT_WORKLOADS, 1), LARGEST_PAGE);

export const UserType = builder.prismaNode('User', {
  id: { resolve: ({ userId }) => userId },
  findUnique: (id) => ({ userId: rowNumberOf(id) }),
  nullable: true,
  description: "A person on whose behalf work is submitted. Its operator's own.",
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name for people.' }),
    email: t.exposeString('email', { description: 'Its address, which no other user of the operator has.' }),
    role: t.exposeString('role', {
      description: "What it does, in the operator's own words: no right follows from it.",
    }),
    preferences: t.expose('preferences', {
      type: 'JSON',
      description: 'What it prefers, a JSON object of its own making.',
    }),
    isActive: t.exposeBoolean('isActive', { description: 'False: no new work is submitted for it.' }),
    operator: t.relation('operator', { description: 'The operator it belongs to.' }),
    workloads: t.relation('workloads', {
      args: {
        first: t.arg.int({
          defaultValue: DEFAULT_WORKLOADS,
          description: `How many, 1–${LARGEST_PAGE}; beyond that it is the nearest of the two.`,
        }),
        status: t.arg({ type: WorkloadStatusEnum, description: OF_STATUS }),
      },
      query: ({ first, status }) => ({
        ...(status ? { where: { status } } : {}),
        orderBy: { workloadId: 'desc' as const },
        take: listed(first),
      }),
      complexity: ({ first }) => ({ field: 1, multiplier: listed(first) }),
      description: 'The newest workloads submitted for it, newest first.',
    }),
    workloadStatistics: t.field({
      type: WorkloadStatisticsType,
      description: 'What came of all workloads submitted for it, added up now.',
      resolve: ({ userId }, _args, { loaders }) => loaders.workloadStatistics.load(userId),
    }),
    version: t.exposeInt('version', { description: VERSION }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: UPDATED_AT }),
  }),
});

const userPageArgs = orderedPageArgs('UserOrder', 'users', USER_ORDERS);

export const UserConnection = builder.connectionObject(
  { type: UserType, name: 'UserConnection', description: 'A page of users, in the order asked for.' },
  { description: 'A user and its place in the connection.' },
);

const activeArg = builder.args((t) => ({
  isActive: t.boolean({ description: 'Only active ones, or only others; all when left out.' }),
}));

builder.queryFields((t) => ({
  user: t.prismaField({
    type: UserType,
    nullable: true,
    args: { email: t.arg.string({ required: true, description: 'Its address.' }) },
    description: 'One user of your operator. Null: it has none of that address.',
    resolve: (query, _root, { email }, { prisma, viewer }) =>
      viewer &&
      prisma.user.findUnique({
        ...query,
        where: { operatorId_email: { operatorId: viewer.operatorId, email } },
      }),
  }),
  users: t.field({
    type: UserConnection,
    args: { ...activeArg, ...userPageArgs },
    complexity: pageCost,
    description:
      "Your operator's users, newest first; an administrator sees those of all. Empty without an API key.",
    resolve: (_root, args, context, info) => userPage(args, context, nodesQuery(context, info)),
  }),
}));

builder.prismaObjectField(OperatorType, 'users', (t) =>
  t.field({
    type: UserConnection,
    args: { ...activeArg, ...userPageArgs },
    complexity: ownStatementCost,
    description: 'Its users, newest first. Empty for everyone but itself and administrators.',
    resolve: ({ operatorId }, args, context, info) =>
      userPage({ ...args, operatorId }, context, nodesQuery(context, info)),
  }),
);
