import { execute, type ExecutionArgs, type ExecutionResult, type GraphQLFormattedError } from 'graphql';
import type { Context } from '../context.js';
import type { Audience } from './audience.js';
import type { RenderedMessage } from './sink.js';
import type { StreamMessage } from './stream.js';

/** The parts of an operation that its subscribers share. */
export interface SharedOperation extends Pick<
  ExecutionArgs,
  'schema' | 'document' | 'operationName' | 'variableValues'
> {
  readonly audience: Audience;
}

export type FormatErrors = (result: ExecutionResult) => {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
};

/**
 * Executes the selection of a subscription on one message.
 *
 * @throws what a resolver threw that is a fault of ours, such as a database that is away for a moment: a message without
 *   its object would be a lost one.
 */
export async function render(
  operation: SharedOperation,
  message: StreamMessage,
  sequence: bigint,
  contextValue: Context,
  format: FormatErrors,
): Promise<RenderedMessage> {
  const result = await execute({ ...operation, contextValue, rootValue: message });
  const shown = format(result);
  const fault = shown.errors?.findIndex(({ extensions }) => extensions?.['code'] === 'INTERNAL_SERVER_ERROR');
  if (fault !== undefined && fault >= 0)
    throw result.errors?.[fault]?.originalError ?? result.errors?.[fault];
  return { sequence, cursor: message.cursor, text: JSON.stringify(shown) };
}
