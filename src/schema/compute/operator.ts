import { registerOperator } from '../../actions/registry/register-operator.js';
import { updateOperator } from '../../actions/registry/update-operator.js';
import { operatorPage, OPERATOR_ORDERS } from '../../resolvers/compute/operators.js';
import { builder } from '../builder.js';
import { pageCost } from '../page.js';
import { actionMutation } from './action-mutation.js';
import { OperatorTypeEnum } from './enums.js';
import { rowNumberOf } from './node-id.js';
import { nodesQuery } from './nodes-query.js';
import {
  CREATED_AT,
  EMPTIABLE,
  EXPECTED_VERSION,
  OF_TYPE,
  UNCHANGED,
  UPDATED_AT,
  VERSION,
} from './registry-words.js';
import { orderedPageArgs } from './order-args.js';

export const OperatorType = builder.prismaNode('Operator', {
  id: { resolve: ({ operatorId }) => operatorId },
  findUnique: (id) => ({ operatorId: rowNumberOf(id) }),
  nullable: true,
  description:
    'An organisation that computes, or runs data centres, storage or a part of the grid. Its name and type are open to read; its ' +
    'account, keys, users, workloads and decisions are its own.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, which no other has.' }),
    type: t.expose('type', { type: OperatorTypeEnum, description: 'What it does.' }),
    isActive: t.exposeBoolean('isActive', { description: 'False: its keys are refused.' }),
    isSynthetic: t.exposeBoolean('isSynthetic', {
      description: 'True: made up for the demo, with all that belongs to it.',
    }),
    email: t.string({
      nullable: true,
      description: 'Where to reach it. Null for everyone but itself and administrators.',
      select: { account: { select: { email: true } } },
      resolve: ({ account }) => account?.email,
    }),
    metadata: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'What it wants kept beside, a JSON object. Null for everyone but itself and administrators.',
      select: { account: { select: { metadata: true } } },
      resolve: ({ account }) => account?.metadata,
    }),
    version: t.exposeInt('version', { description: VERSION }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: UPDATED_AT }),
  }),
});

const operatorPageArgs = orderedPageArgs('OperatorOrder', 'operators', OPERATOR_ORDERS);

export const OperatorConnection = builder.connectionObject(
  {
    type: OperatorType,
    name: 'OperatorConnection',
    description: 'A page of operators, in the order asked for.',
  },
  { description: 'An operator and its place in the connection.' },
);

builder.queryFields((t) => ({
  operator: t.prismaField({
    type: OperatorType,
    nullable: true,
    args: { name: t.arg.string({ required: true, description: 'Its name.' }) },
    description: 'One operator. Null: none has that name.',
    resolve: (query, _root, { name }, { prisma }) =>
      prisma.operator.findUnique({ ...query, where: { name } }),
  }),
  operators: t.field({
    type: OperatorConnection,
    args: {
      type: t.arg({ type: OperatorTypeEnum, description: OF_TYPE }),
      isActive: t.arg.boolean({ description: 'Only active ones, or only others; all when left out.' }),
      ...operatorPageArgs,
    },
    complexity: pageCost,
    description: 'Operators, newest first.',
    resolve: (_root, args, context, info) => operatorPage(args, context, nodesQuery(context, info)),
  }),
}));

const RegisterOperatorInput = builder.inputType('RegisterOperatorInput', {
  description: 'A new operator.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name, 1–255 characters, which no other has.' }),
    type: t.field({ type: OperatorTypeEnum, required: true, description: 'What it does.' }),
    email: t.string({ required: true, description: 'Where to reach it; no other operator has it.' }),
    metadata: t.field({ type: 'JSON', description: 'Whatever it wants kept beside, a JSON object.' }),
  }),
});

actionMutation(registerOperator, {
  input: RegisterOperatorInput,
  type: OperatorType,
  description: 'Registers an operator.',
});

const UpdateOperatorInput = builder.inputType('UpdateOperatorInput', {
  description: 'What changes of an operator; what is left out stays.',
  fields: (t) => ({
    operator: t.string({
      description:
        'Which one, by the name it has now: your own when left out, another for administrators only.',
    }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    name: t.string({ description: `Its name from now on, which no other has. ${UNCHANGED}` }),
    type: t.field({
      type: OperatorTypeEnum,
      description: `What it does; GRID_OPERATOR and AGGREGATOR, who may publish windows, for administrators only. ${UNCHANGED}`,
    }),
    email: t.string({ description: `Where to reach it; no other operator has it. ${UNCHANGED}` }),
    metadata: t.field({
      type: 'JSON',
      description: `What it wants kept beside, a JSON object. ${EMPTIABLE}`,
    }),
    isActive: t.boolean({
      description: `False: its keys are refused. For administrators only, and not their own. ${UNCHANGED}`,
    }),
  }),
});

actionMutation(updateOperator, {
  input: UpdateOperatorInput,
  type: OperatorType,
  description: 'Changes your operator; an administrator may change any.',
});
