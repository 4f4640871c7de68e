import type { Socket } from 'node:net';

/** A connection, as its watch sees it. */
export interface WatchedReader {
  /** Grows whenever the reader shows life: bytes the network took, answers to `probe`. */
  progress(): number;
  /** Whether it owes us something: bytes that the network did not take, an answer to `probe`. */
  isOwing(): boolean;
  /** Called while it owes nothing: sends something small, so that a reader who is gone comes to owe. */
  probe(): void;
  /** It took nothing for too long while it owed. Called once; the watch is over then. */
  abandon(): void;
}

/** Instants in milliseconds of performance.now(). */
interface Watched {
  progress: number;
  movedAt: number;
  probedAt: number;
}

/** How often a connection without traffic is probed; it also keeps open what lies between. */
const PROBE_MS = 10_000;
const LOOK_MS = 1_000;

/** Finds the readers that take nothing, on one timer for all of them, which runs only while there are any. */
export class ReaderWatch {
  readonly #blockedMs: number;
  readonly #probeMs: number;
  readonly #readers = new Map<WatchedReader, Watched>();
  #timer: NodeJS.Timeout | null = null;

  /** @param blockedMs how long a reader may take nothing. */
  constructor(blockedMs: number) {
    this.#blockedMs = blockedMs;
    this.#probeMs = Math.min(PROBE_MS, blockedMs / 3);
  }

  get size(): number {
    return this.#readers.size;
  }

  add(reader: WatchedReader): void {
    const now = performance.now();
    this.#readers.set(reader, { progress: reader.progress(), movedAt: now, probedAt: now });
    this.#timer ??= setInterval(() => this.#look(), Math.min(LOOK_MS, this.#blockedMs / 4)).unref();
  }

  delete(reader: WatchedReader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    const now = performance.now();
    for (const [reader, watched] of [...this.#readers]) {
      const progress = reader.progress();
      if (!reader.isOwing() || progress !== watched.progress) {
        watched.progress = progress;
        watched.movedAt = now;
      }
      if (reader.isOwing()) {
        if (now - watched.movedAt < this.#blockedMs) continue;
        this.delete(reader);
        reader.abandon();
      } else if (now - watched.probedAt >= this.#probeMs) {
        watched.probedAt = now;
        reader.probe();
      }
    }
  }
}

/** Bytes that were written to a connection and that the network took. */
export const takenBytes = (connection: Socket): number => connection.bytesWritten - connection.writableLength;
