import { registerOperator } from '../../actions/register-operator.js';
import { newestFirst } from '../../resolvers/compute/newest-first.js';
import { builder } from '../builder.js';
import { pageArgs, pageCost } from '../page.js';
import { actionMutation } from './action-mutation.js';
import { OperatorTypeEnum } from './enums.js';
import { rowNumberOf } from './node-id.js';

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
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
  }),
});

export const OperatorConnection = builder.connectionObject(
  { type: OperatorType, name: 'OperatorConnection', description: 'A page of operators, newest first.' },
  { description: 'An operator and its place in the connection.' },
);

builder.queryField('operators', (t) =>
  t.field({
    type: OperatorConnection,
    args: {
      type: t.arg({ type: OperatorTypeEnum, description: 'Only of this type; of all when left out.' }),
      ...pageArgs,
    },
    complexity: pageCost,
    description: 'Operators, newest first.',
    resolve: (_root, { type, ...page }, { prisma }) =>
      newestFirst(
        'op',
        page,
        ({ take, below }) =>
          prisma.operator.findMany({
            where: { ...(type ? { type } : {}), ...(below === null ? {} : { operatorId: { lt: below } }) },
            orderBy: { operatorId: 'desc' },
            take,
          }),
        ({ operatorId }) => operatorId,
      ),
  }),
);

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
