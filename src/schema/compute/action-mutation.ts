import type { InputRef, OutputRefShape } from '@pothos/core';
import { act, type Action } from '../../actions/action.js';
import type { ActionTable } from '../../database/actions.js';
import type { Fault, Refusal } from '../../domain/refusal.js';
import { builder } from '../builder.js';
import { RefusalCodeEnum } from './enums.js';
import { rowOf, type RowOf } from './row-of-state.js';

const FaultType = builder.objectRef<Fault>('ActionFault').implement({
  description: 'One thing that is wrong with an action.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description: 'Where in the arguments, such as `input.deadline`. Empty: the whole.',
    }),
    message: t.exposeString('message', { description: 'What is wrong, and what is allowed.' }),
  }),
});

/** Told from the rows of the database by its class: any of those might have a field of any name. */
class RefusedAnswer {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    this.refusal = refusal;
  }
}

const RefusalType = builder.objectRef<RefusedAnswer>('ActionRefusal').implement({
  description:
    'Why an action was not done: nothing of it was. The same `idempotencyKey` is refused the same again, except after INVALID; take a new key to try again.',
  fields: (t) => ({
    code: t.field({
      type: RefusalCodeEnum,
      description: 'Why, for programs.',
      resolve: ({ refusal }) => refusal.code,
    }),
    message: t.string({ description: 'Why, for people.', resolve: ({ refusal }) => refusal.message }),
    faults: t.field({
      type: [FaultType],
      description: 'Everything that is wrong, where it can be told apart. Empty: the message says it all.',
      resolve: ({ refusal }) => [...refusal.faults],
    }),
    possible: t.stringList({
      description: 'Of IMPOSSIBLE_TRANSITION: the states that it could be moved to. Empty otherwise.',
      resolve: ({ refusal }) => [...refusal.possible],
    }),
  }),
});

export const KEY_ARG =
  'Of your own making, new for each action, 1–200 visible ASCII characters, such as a UUID: with it a retry is answered as the first ' +
  'try was, and does nothing.';

interface MutationOptions<Shown> {
  readonly input: InputRef<object>;
  readonly type: { readonly name: string } & OutputRefShape<Shown>;
  readonly description: string;
}

/**
 * The mutation of an action: `name(idempotencyKey, input): NameResult`, a union of the object and ActionRefusal.
 *
 * @param type of the rows of the action's table.
 */
export const actionMutation = <Input, Table extends ActionTable>(
  action: Action<Input, Table>,
  options: MutationOptions<RowOf<Table>>,
): void => shownActionMutation(action, options, (row) => row);

/**
 * The same, where what is answered is more than the row.
 *
 * @param show what `type` is made of; its secret is null in the answer to a retry.
 */
export function shownActionMutation<Input, Table extends ActionTable, Shown>(
  action: Action<Input, Table>,
  { input, type, description }: MutationOptions<Shown>,
  show: (row: RowOf<Table>, secret: string | null) => Shown,
): void {
  const resultName = `${action.name[0]?.toUpperCase()}${action.name.slice(1)}Result`;
  const result = builder.unionType(resultName, {
    description: `The ${type.name} as \`${action.name}\` left it, or why it was not done.`,
    types: [type as never, RefusalType],
    resolveType: (value) => (value instanceof RefusedAnswer ? RefusalType : type.name),
  });
  builder.mutationField(action.name, (t) =>
    t.field({
      type: result,
      args: {
        idempotencyKey: t.arg.string({ required: true, description: KEY_ARG }),
        input: t.arg({ type: input, required: true, description: 'What is asked for.' }),
      },
      complexity: 50,
      description: `${description} Needs the scope ${action.scope}.`,
      resolve: async (_root, args, { database, viewer }) => {
        const answer = await act(database, viewer, action, args);
        return (
          'refusal' in answer
            ? new RefusedAnswer(answer.refusal)
            : show(rowOf(action.answers, answer.state), answer.secret ?? null)
        ) as never;
      },
    }),
  );
}
