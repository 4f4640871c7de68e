import { GraphQLError, createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Context } from '../context.js';
import type { Viewer } from '../domain/viewer.js';
import { audienceOf } from './audience.js';
import { groupKey } from './group-key.js';
import type { Hub } from './hub.js';
import type { Sink } from './sink.js';
import { OpenedStream } from './stream.js';

/** The reader's end: it asks `next` once it is ready, and messages then go straight to its sink until `done`. */
export interface ServedStream extends AsyncIterableIterator<never> {
  /** Starts it. Answers when the server ends the stream; never, when the reader left before. */
  next(): Promise<IteratorReturnResult<undefined>>;
  /** The reader leaves. */
  return(): Promise<IteratorReturnResult<undefined>>;
}

export interface Reader {
  /** Who it is; readers of different audiences never share an execution. */
  readonly viewer: Viewer;
  /** A cursor that the transport carries beside the operation, and which then counts instead of `after`. */
  readonly resumeFrom?: string | null;
  /** Makes the sink; `finish` ends the returned stream, after which the transport says it is complete. */
  readonly openSink: (finish: () => void) => Sink;
  /** Called when the stream is over, whoever ended it. */
  readonly onEnd?: () => void;
}

const DONE = { done: true, value: undefined } as const;

/**
 * Serves a subscription that has been parsed, validated and limited.
 *
 * @returns errors as a result when the arguments or the cursor are wrong.
 */
export async function serveSubscription(
  hub: Hub,
  args: ExecutionArgs & { readonly contextValue?: Context },
  { viewer, resumeFrom, openSink, onEnd }: Reader,
): Promise<ServedStream | ExecutionResult> {
  const opened = await createSourceEventStream(args);
  if (!(opened instanceof OpenedStream)) return opened as ExecutionResult;
  let finish: () => void = () => undefined;
  const finished = new Promise<IteratorReturnResult<undefined>>((resolve) => {
    finish = () => {
      onEnd?.();
      resolve(DONE);
    };
  });
  try {
    const { schema, document, operationName, variableValues } = args;
    const { definition } = opened;
    const audience = audienceOf(schema, document, viewer);
    const operation = { schema, document, operationName, variableValues, audience };
    const subscriber = await hub.subscribe(
      { key: groupKey(args, audience.key), operation, definition },
      resumeFrom ?? definition.after,
      openSink(finish),
    );
    let started = false;
    const stream: ServedStream = {
      next() {
        if (!started) subscriber.start();
        started = true;
        return finished;
      },
      return() {
        subscriber.stop();
        onEnd?.();
        return Promise.resolve(DONE);
      },
      [Symbol.asyncIterator]: () => stream,
    };
    return stream;
  } catch (error) {
    const originalError = error instanceof Error ? error : new Error(String(error));
    return { errors: [new GraphQLError(originalError.message, { originalError })] };
  }
}
