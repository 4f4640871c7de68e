import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Logger } from '../logger.js';
import { takenBytes, type WatchedReader } from '../subscriptions/reader-watch.js';
import type { Sink } from '../subscriptions/sink.js';
import { formatError } from './format-error.js';

/** A comment: readers pass over it. */
const NOTHING = ':\n\n';

/** Writes one response as server-sent events. What is written after the reader left goes nowhere. */
export class EventWriter {
  readonly #response: ServerResponse;
  readonly #connection: Socket;
  readonly #log: Logger;
  #closed = false;

  /** Sends the head at once, with the headers that the reply was given before. */
  constructor(reply: FastifyReply, connection: Socket, log: Logger) {
    this.#response = reply.raw;
    this.#connection = connection;
    this.#log = log;
    this.onClose(() => {
      this.#closed = true;
    });
    this.#response.on('error', (error) => log.debug({ error: error.message }, 'events.failed'));
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) this.#response.setHeader(name, value);
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    this.#write(NOTHING);
  }

  /** Called once, when the connection is over or the response complete; at once when it already is. */
  onClose(react: () => void): void {
    if (this.#closed) react();
    else this.#response.once('close', react);
  }

  /** A result, and the end. */
  answer(shown: object): void {
    this.#write(eventOf(JSON.stringify(shown)));
    this.complete();
  }

  complete(): void {
    if (this.#closed || this.#response.writableEnded) return;
    this.#response.end('event: complete\ndata:\n\n');
  }

  /** Ends the connection under a reader that takes nothing; what is pending is dropped. */
  cut(): void {
    this.#connection.destroy();
  }

  sink(finish: () => void): Sink {
    return {
      send: ({ text, cursor }) => this.#write(`id: ${cursor}\n${eventOf(text)}`),
      pendingBytes: () => (this.#closed ? 0 : this.#response.writableLength),
      end: (errors) => {
        const shown = errors.map((error) =>
          formatError(new GraphQLError(error.message, { originalError: error }), this.#log),
        );
        if (shown.length > 0) this.#write(eventOf(JSON.stringify({ errors: shown })));
        finish();
      },
    };
  }

  /** A reader that is alive takes bytes. */
  watched(abandon: () => void): WatchedReader {
    return {
      progress: () => takenBytes(this.#connection),
      isOwing: () => this.#response.writableLength > 0,
      probe: () => this.#write(NOTHING),
      abandon,
    };
  }

  #write(text: string): void {
    if (!this.#closed && !this.#response.writableEnded) this.#response.write(text);
  }
}

/** JSON holds no line break, so that it is one line of data. */
const eventOf = (json: string): string => `event: next\ndata: ${json}\n\n`;
