import {
  Kind,
  getOperationAST,
  print,
  visit,
  type ArgumentNode,
  type DocumentNode,
  type ExecutionArgs,
} from 'graphql';

/**
 * What may be executed together: all of an operation but its cursor, which only says where a reader begins.
 *
 * @param scope what the viewer may see.
 */
export function groupKey(
  {
    document,
    operationName,
    variableValues,
  }: Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>,
  scope: string,
): string {
  const after = cursorArgument(document, operationName);
  const cursorVariable =
    after?.value.kind === Kind.VARIABLE && usesOf(document, after.value.name.value) === 1
      ? after.value.name.value
      : null;
  const variables = Object.entries(variableValues ?? {})
    .filter(([name]) => name !== cursorVariable)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const literal = after && after.value.kind !== Kind.VARIABLE ? after : null;
  return JSON.stringify([scope, textWithout(document, literal), operationName ?? null, variables]);
}

/** `after` of the root field, where it is written in the operation itself. */
function cursorArgument(
  document: DocumentNode,
  operationName: string | null | undefined,
): ArgumentNode | undefined {
  return getOperationAST(document, operationName)
    ?.selectionSet.selections.find((node) => node.kind === Kind.FIELD)
    ?.arguments?.find(({ name }) => name.value === 'after');
}

/** How often a variable stands for a value; elsewhere than as the cursor it changes what is answered. */
function usesOf(document: DocumentNode, variable: string): number {
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      if (name.value === variable) uses += 1;
    },
  });
  return uses;
}

function textWithout(document: DocumentNode, argument: ArgumentNode | null): string {
  const text = document.loc?.source.body;
  if (text === undefined || (argument && !argument.loc))
    return print(visit(document, { Argument: (node) => (node === argument ? null : undefined) }));
  return argument?.loc ? text.slice(0, argument.loc.start) + text.slice(argument.loc.end) : text;
}
