import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message of ours that a marketplace was sent. */
export interface Question {
  readonly context: {
    readonly action: string;
    readonly transaction_id: string;
    readonly message_id: string;
    readonly bap_uri: string;
    readonly timestamp: string;
  } & Readonly<Record<string, unknown>>;
  readonly message: Readonly<Record<string, unknown>>;
}

export const ACK = { message: { ack: { status: 'ACK' } } };

type Respond = (question: Question, response: ServerResponse, request: IncomingMessage) => void;

/** A marketplace under a test's control. */
export interface TestMarketplace {
  readonly url: string;
  /** What it was sent, as text, oldest first. */
  readonly sent: readonly string[];
  /** Acknowledges, unless told otherwise. */
  respond: Respond;
  close(): Promise<void>;
}

/** Answers with JSON. */
export const answering =
  (answer: (question: Question) => unknown, status = 200): Respond =>
  (question, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer(question)));

export async function startMarketplace(): Promise<TestMarketplace> {
  const sent: string[] = [];
  const marketplace = { respond: answering(() => ACK) };
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      sent.push(text);
      marketplace.respond(JSON.parse(text) as Question, response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(marketplace, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
