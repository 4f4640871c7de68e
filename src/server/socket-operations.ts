/** An operation that a client began under an id of its own. */
export interface Operation {
  /** True once its client completed it and began another one under the same id, or left. */
  readonly isLeft: boolean;
}

interface Running extends Operation {
  isLeft: boolean;
  stop: () => void;
}

/**
 * The operations of one socket, by id.
 *
 * graphql-ws itself knows ids only: where a client completes an operation that is still being prepared and reuses its id,
 * it would take the old one for the new, end the new one by the end of the old, and lose sight of a stream that still
 * sends. Hence one rule here: of an operation that was left nothing is heard again.
 */
export class SocketOperations {
  readonly #running = new Map<string, Running>();

  get count(): number {
    return this.#running.size;
  }

  /** Begins an operation; what went on under its id was completed by the client, or it could not have used it again. */
  begin(id: string): Operation {
    const operation: Running = { isLeft: false, stop: () => undefined };
    this.#leave(id);
    this.#running.set(id, operation);
    return operation;
  }

  /** Answers what the operation came to, and never answers for one that was left; its stream, if any, is stopped. */
  async settle<Result>(
    id: string,
    operation: Operation,
    work: Result | Promise<Result>,
    stop: (result: Result) => void,
  ): Promise<Result> {
    const result = await work;
    if (operation.isLeft) {
      stop(result);
      return new Promise(() => undefined);
    }
    const running = this.#running.get(id);
    if (running) running.stop = () => stop(result);
    return result;
  }

  /** It is over: answered, failed, or its stream ended. */
  end(id: string, operation: Operation): void {
    if (this.#running.get(id) === operation) this.#running.delete(id);
  }

  /** The socket is gone. */
  leaveAll(): void {
    for (const id of [...this.#running.keys()]) this.#leave(id);
  }

  #leave(id: string): void {
    const running = this.#running.get(id);
    if (!running) return;
    this.#running.delete(id);
    running.isLeft = true;
    running.stop();
  }
}
