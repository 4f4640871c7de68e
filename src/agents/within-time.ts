import { PylonError } from '../domain/errors.js';

/** Thrown to whoever waits when the host stops: nothing failed. */
export class Stopped extends Error {
  constructor() {
    super('the host of the agents stops');
    this.name = 'Stopped';
  }
}

/**
 * What a promise answers, if it does so in time, in real time; what it answers later is dropped.
 *
 * @throws {PylonError} AGENT_FAILED after `ms`; {Stopped} once the signal is given.
 */
export async function withinTime<Result>(
  promise: Promise<Result>,
  ms: number,
  signal: AbortSignal,
): Promise<Result> {
  let giveUp: (reason: Error) => void = () => undefined;
  const late = new Promise<never>((_resolve, reject) => (giveUp = reject));
  const stop = (): void => giveUp(new Stopped());
  const timer = setTimeout(
    () => giveUp(new PylonError('AGENT_FAILED', `it did not answer within ${ms} ms`)),
    ms,
  );
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
