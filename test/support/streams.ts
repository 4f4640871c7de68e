import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { decodeCursor } from '../../src/domain/cursor.js';
import type { StreamKind } from '../../src/subscriptions/stream.js';
import { until } from './until.js';
import type { LoggedEvent } from './writer.js';

export const TRANSPORTS = ['websocket', 'event stream by GET', 'event stream by POST'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface Address {
  readonly url: string;
}

export interface Message {
  readonly kind: StreamKind;
  readonly cursor: string;
  readonly gap?: { readonly from: string; readonly to: string } | null;
  readonly topic?: string | null;
  readonly signal?: {
    readonly from: string;
    readonly region: { readonly regionId: number };
    readonly carbonIntensity: {
      readonly forecastGco2PerKwh: number | null;
      readonly outturnGco2PerKwh?: number | null;
    } | null;
  } | null;
  readonly ingestRun?: { readonly source: string; readonly status: string } | null;
}

export interface StreamError {
  readonly message: string;
  readonly extensions: { readonly code: string; readonly oldestCursor?: string };
}

export interface Operation {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  /** API key that its connection shows. */
  readonly key?: string | undefined;
}

/** One subscription as its client sees it. */
export interface Stream {
  readonly messages: readonly Message[];
  readonly errors: readonly StreamError[];
  /** True once the server said complete, or the connection ended. */
  readonly ended: boolean;
  /** How the server closed the websocket while the stream was open; null otherwise. */
  readonly closed: { readonly code: number; readonly reason: string } | null;
  /** Waits for so many messages and answers them. */
  take(count: number): Promise<readonly Message[]>;
  /** Waits for a message with this sequence or a later one. */
  reach(sequence: bigint): Promise<readonly Message[]>;
  /** Waits for the end and answers the codes of its errors. */
  failure(): Promise<readonly string[]>;
  /** The client leaves. */
  close(): void;
}

const FIELDS =
  'kind cursor gap { from to } signal { from region { regionId } carbonIntensity { forecastGco2PerKwh } }';

export const gridSignals = (variables: {
  readonly regionIds?: readonly number[];
  readonly below?: number;
  readonly above?: number;
  readonly after?: string | undefined;
}): Operation => ({
  query: `subscription ($regionIds: [Int!], $below: Int, $above: Int, $after: String) {
    gridSignals(regionIds: $regionIds, belowGco2PerKwh: $below, aboveGco2PerKwh: $above, after: $after) { ${FIELDS} } }`,
  variables,
});

export const events = (variables: {
  readonly topics?: readonly string[];
  readonly after?: string | undefined;
}): Operation => ({
  query: `subscription ($topics: [Topic!], $after: String) {
    events(topics: $topics, after: $after) { topic ${FIELDS} ingestRun { source status } } }`,
  variables,
});

export const ingestRuns = (variables: {
  readonly sources?: readonly string[];
  readonly after?: string | undefined;
}): Operation => ({
  query: `subscription ($sources: [String!], $after: String) {
    ingestRuns(sources: $sources, after: $after) { kind cursor gap { from to } ingestRun { source status } } }`,
  variables,
});

/** Place in the log that a cursor stands for. */
export const sequenceOf = (cursor: string): bigint => {
  const position = decodeCursor(cursor);
  if (!position) throw new Error(`${cursor} is no cursor`);
  return position.sequence;
};

/** What a CHANGE said, in the form of the log it is held against. */
export const seen = ({ cursor, signal }: Message) => ({
  sequence: sequenceOf(cursor),
  regionId: signal?.region.regionId ?? null,
  from: signal ? new Date(signal.from) : null,
  forecast: signal?.carbonIntensity?.forecastGco2PerKwh ?? null,
});

/** An event of the log in the same form. */
export const told = ({ sequence, regionId, from, forecast }: LoggedEvent) => ({
  sequence,
  regionId,
  from,
  forecast,
});

export const changes = (messages: readonly Message[]) => messages.filter(({ kind }) => kind === 'CHANGE');

class Collected implements Stream {
  readonly messages: Message[] = [];
  readonly errors: StreamError[] = [];
  ended = false;
  closed: Stream['closed'] = null;
  close: () => void = () => undefined;

  put(result: { readonly data?: unknown; readonly errors?: readonly unknown[] | undefined }): void {
    this.errors.push(...((result.errors ?? []) as StreamError[]));
    const [message] = Object.values((result.data ?? {}) as Record<string, Message | null>);
    if (message) this.messages.push(message);
  }

  take(count: number): Promise<readonly Message[]> {
    return until(`${count} messages`, () => {
      this.#refuseErrors();
      return this.messages.length >= count && this.messages.slice(0, count);
    });
  }

  reach(sequence: bigint): Promise<readonly Message[]> {
    return until(`sequence ${sequence}`, () => {
      this.#refuseErrors();
      const last = this.messages.at(-1);
      return last !== undefined && sequenceOf(last.cursor) >= sequence && [...this.messages];
    });
  }

  failure(): Promise<readonly string[]> {
    return until(
      'the end of the stream',
      () => this.ended && this.errors.map(({ extensions }) => extensions.code),
    );
  }

  #refuseErrors(): void {
    if (this.errors.length > 0) throw new Error(`the stream failed: ${JSON.stringify(this.errors)}`);
  }
}

const isClose = (error: unknown): error is { readonly code: number; readonly reason: string } =>
  typeof error === 'object' && error !== null && 'code' in error && 'reason' in error;

/** Subscribes over one of the transports. */
export function openStream(transport: Transport, { url }: Address, operation: Operation): Stream {
  if (transport === 'websocket') return overWebsocket(url, operation);
  return overEvents(url, operation, transport === 'event stream by GET' ? 'GET' : 'POST');
}

function overWebsocket(url: string, operation: Operation): Stream {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(operation.key === undefined
      ? {}
      : { connectionParams: { authorization: `Bearer ${operation.key}` } }),
  });
  const stream = new Collected();
  const end = (): void => {
    stream.ended = true;
    void client.dispose();
  };
  const { query, variables = {} } = operation;
  const unsubscribe = client.subscribe(
    { query, variables },
    {
      next: (result) => stream.put(result),
      error: (error) => {
        if (Array.isArray(error)) stream.errors.push(...(error as StreamError[]));
        else if (isClose(error)) stream.closed = { code: error.code, reason: error.reason };
        end();
      },
      complete: end,
    },
  );
  stream.close = () => {
    unsubscribe();
    void client.dispose();
  };
  return stream;
}

function overEvents(url: string, { query, variables = {}, key }: Operation, method: 'GET' | 'POST'): Stream {
  const stream = new Collected();
  const leaving = new AbortController();
  stream.close = () => leaving.abort();
  const asked = new URL(`${url}/graphql/stream`);
  if (method === 'GET') {
    asked.searchParams.set('query', query);
    asked.searchParams.set('variables', JSON.stringify(variables));
  }
  const read = async (): Promise<void> => {
    const response = await fetch(asked, {
      method,
      signal: leaving.signal,
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'x-api-key': key }),
      },
      ...(method === 'POST' ? { body: JSON.stringify({ query, variables }) } : {}),
    });
    if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
      throw new Error(`HTTP ${response.status}: ${await response.text()}`);
    for await (const { event, data } of eventsOf(response.body as AsyncIterable<Uint8Array>)) {
      if (event === 'complete') break;
      stream.put(JSON.parse(data) as { data?: unknown });
    }
  };
  read()
    .catch((error: unknown) => {
      if (!leaving.signal.aborted)
        stream.errors.push({ message: String(error), extensions: { code: 'CONNECTION_LOST' } });
    })
    .finally(() => {
      stream.ended = true;
    });
  return stream;
}

export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | null;
}

/** Server-sent events of a body; comments are left out. */
export async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .filter((line) => !line.startsWith(':'))
          .map((line): [string, string] => {
            const colon = line.indexOf(':');
            return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
          }),
      );
      text = text.slice(end + 2);
      const event = fields.get('event');
      if (event !== undefined) yield { event, data: fields.get('data') ?? '', id: fields.get('id') ?? null };
    }
  }
}
