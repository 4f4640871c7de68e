import {
  flexibilityWindowPage,
  FLEXIBILITY_WINDOW_ORDERS,
} from '../../resolvers/compute/flexibility-windows.js';
import { builder } from '../builder.js';
import { ownStatementCost, pageCost } from '../page.js';
import { RegionType } from '../region.js';
import { FlexibilityDirectionEnum, FlexibilityServiceEnum, FlexibilityStatusEnum } from './enums.js';
import { rowNumberOf } from './node-id.js';
import { nodesQuery } from './nodes-query.js';
import { OperatorType } from './operator.js';
import {
  CREATED_AT,
  IN_REGION,
  IS_SYNTHETIC,
  OF_OPERATOR,
  OF_STATUS,
  UPDATED_AT,
  VERSION,
} from './registry-words.js';
import { orderedPageArgs } from './order-args.js';

export const FlexibilityWindowType = builder.prismaNode('FlexibilityWindow', {
  id: { resolve: ({ flexibilityWindowId }) => flexibilityWindowId },
  findUnique: (id) => ({ flexibilityWindowId: rowNumberOf(id) }),
  nullable: true,
  description: 'A time in which the grid pays for more or less demand. Open to read.',
  fields: (t) => ({
    flexibilityWindowId: t.exposeString('code', { description: 'Its id, which no other window has.' }),
    operator: t.relation('operator', { description: 'Who offers it: a grid operator or an aggregator.' }),
    region: t.relation('region', { description: 'Where demand is to change, with all that lies in it.' }),
    service: t.expose('service', { type: FlexibilityServiceEnum, description: 'What it is for.' }),
    direction: t.expose('direction', {
      type: FlexibilityDirectionEnum,
      description: 'What is asked of demand.',
    }),
    volumeMw: t.exposeFloat('volumeMw', { description: 'How much demand is to change altogether, MW.' }),
    gbpPerMwh: t.exposeFloat('gbpPerMwh', {
      description: 'What is paid for each MWh that is moved, GBP/MWh; negative: it is to be paid for.',
    }),
    from: t.expose('fromAt', { type: 'DateTime', description: 'Start, inclusive; at :00 or :30 UTC.' }),
    to: t.expose('toAt', { type: 'DateTime', description: 'End, exclusive; at :00 or :30 UTC.' }),
    status: t.expose('status', { type: FlexibilityStatusEnum, description: 'Whether it stands.' }),
    isSynthetic: t.exposeBoolean('isSynthetic', { description: IS_SYNTHETIC }),
    version: t.exposeInt('version', { description: VERSION }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: UPDATED_AT }),
  }),
});

const flexibilityWindowPageArgs = orderedPageArgs(
  'FlexibilityWindowOrder',
  'flexibility windows',
  FLEXIBILITY_WINDOW_ORDERS,
);

export const FlexibilityWindowConnection = builder.connectionObject(
  {
    type: FlexibilityWindowType,
    name: 'FlexibilityWindowConnection',
    description: 'A page of flexibility windows, in the order asked for.',
  },
  { description: 'A flexibility window and its place in the connection.' },
);

const filterArgs = builder.args((t) => ({
  service: t.field({
    type: FlexibilityServiceEnum,
    description: 'Only for this service; for any when left out.',
  }),
  direction: t.field({
    type: FlexibilityDirectionEnum,
    description: 'Only in this direction; in both when left out.',
  }),
  status: t.field({ type: FlexibilityStatusEnum, description: OF_STATUS }),
  from: t.field({
    type: 'DateTime',
    description: 'Only windows that end after this instant; all when left out.',
  }),
  to: t.field({
    type: 'DateTime',
    description: 'Only windows that begin before this instant; all when left out.',
  }),
}));

builder.queryFields((t) => ({
  flexibilityWindow: t.prismaField({
    type: FlexibilityWindowType,
    nullable: true,
    args: { flexibilityWindowId: t.arg.string({ required: true, description: 'Its id.' }) },
    description: 'One flexibility window. Null: none has that id.',
    resolve: (query, _root, { flexibilityWindowId }, { prisma }) =>
      prisma.flexibilityWindow.findUnique({ ...query, where: { code: flexibilityWindowId } }),
  }),
  flexibilityWindows: t.field({
    type: FlexibilityWindowConnection,
    args: {
      regionId: t.arg.int({ description: IN_REGION }),
      operator: t.arg.string({ description: OF_OPERATOR }),
      ...filterArgs,
      ...flexibilityWindowPageArgs,
    },
    complexity: pageCost,
    description: 'Flexibility windows, the last published first.',
    resolve: (_root, args, context, info) => flexibilityWindowPage(args, context, nodesQuery(context, info)),
  }),
}));

builder.prismaObjectField(RegionType, 'flexibilityWindows', (t) =>
  t.field({
    type: FlexibilityWindowConnection,
    args: { ...filterArgs, ...flexibilityWindowPageArgs },
    complexity: ownStatementCost,
    description: 'Flexibility windows in it, and in all that lies in it, the last published first.',
    resolve: ({ regionId }, args, context, info) =>
      flexibilityWindowPage({ ...args, regionId }, context, nodesQuery(context, info)),
  }),
);

builder.prismaObjectField(OperatorType, 'flexibilityWindows', (t) =>
  t.field({
    type: FlexibilityWindowConnection,
    args: { ...filterArgs, ...flexibilityWindowPageArgs },
    complexity: ownStatementCost,
    description: 'Flexibility windows that it published, the last first.',
    resolve: ({ operatorId }, args, context, info) =>
      flexibilityWindowPage({ ...args, operatorId }, context, nodesQuery(context, info)),
  }),
);
