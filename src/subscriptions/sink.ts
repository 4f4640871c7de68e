/** One message, executed and serialised once for all who are shown it. */
export interface RenderedMessage {
  /** The subscriber's place in the log once it has this. */
  readonly sequence: bigint;
  /** The same place, as a client hands it back. */
  readonly cursor: string;
  /** The answer as JSON. */
  readonly text: string;
}

/** Where one subscriber's messages go: a websocket or an event stream. Never blocks. */
export interface Sink {
  send(message: RenderedMessage): void;
  /** Bytes handed over and not yet taken by the network; what a slow reader lets grow. */
  pendingBytes(): number;
  /** No more will come: the stream is over, with these errors if any. */
  end(errors: readonly Error[]): void;
}
