import { setTimeout as sleep } from 'node:timers/promises';

/** A publisher's limit on how often it may be asked; every source of the publisher names the same one. */
export interface RateLimit {
  /** Names the queue: limits of one name are one limit. */
  readonly name: string;
  /** Least time from the end of one request to the start of the next, ms. */
  readonly everyMs: number;
  readonly appliesTo: (url: string) => boolean;
}

export interface Limiter {
  /**
   * Asks when every limit that applies allows it, first come first served.
   *
   * @throws what ends the wait when the signal aborts, or what `ask` throws.
   */
  inTurn<T>(
    limits: readonly RateLimit[],
    url: string,
    signal: AbortSignal,
    ask: () => Promise<T>,
  ): Promise<T>;
}

export interface LimiterOptions {
  /** Waits until the time is over or the signal ends it; a test passes one that does not. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Monotonic real time, ms: a publisher's minute is a real one, whatever PYLON_NOW says. */
  readonly now?: () => number;
}

interface Queue {
  /** Settles when everyone before has left. */
  tail: Promise<void>;
  freeAt: number;
}

/** A timer may fire a fraction of a millisecond early. */
const TIMER_SLACK_MS = 1;

/**
 * Keeps this process within its publishers' limits; one for the whole process.
 *
 * The next request waits from the end of the one before, not from its start: so they are as far apart at the publisher
 * as here, however long each is on its way.
 */
export function createLimiter({
  wait = (ms, signal) => sleep(ms, undefined, { signal }),
  now = () => performance.now(),
}: LimiterOptions = {}): Limiter {
  const queues = new Map<string, Queue>();
  const queueOf = (name: string): Queue => {
    const queue = queues.get(name) ?? { tail: Promise.resolve(), freeAt: -Infinity };
    queues.set(name, queue);
    return queue;
  };

  async function through<T>(
    { name, everyMs }: RateLimit,
    signal: AbortSignal,
    ask: () => Promise<T>,
  ): Promise<T> {
    const queue = queueOf(name);
    const before = queue.tail;
    let leave = (): void => undefined;
    const own = new Promise<void>((resolve) => (leave = resolve));
    queue.tail = before.then(() => own);
    try {
      await unlessAborted(before, signal);
      const waitMs = queue.freeAt - now();
      if (waitMs > 0) await wait(Math.ceil(waitMs) + TIMER_SLACK_MS, signal);
      try {
        return await ask();
      } finally {
        queue.freeAt = now() + everyMs;
      }
    } finally {
      leave();
    }
  }

  return {
    inTurn(limits, url, signal, ask) {
      // The longest wait comes first, so that the place in a short queue is not held meanwhile; and one order for all
      // means that no two requests wait for each other.
      const applying = limits
        .filter((limit) => limit.appliesTo(url))
        .toSorted((a, b) => b.everyMs - a.everyMs);
      return applying.reduceRight((inner, limit) => () => through(limit, signal, inner), ask)();
    },
  };
}

async function unlessAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    await Promise.race([turn, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
