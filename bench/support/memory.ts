import { setTimeout as sleep } from 'node:timers/promises';

export interface Memory {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
}

/** What this process occupies once garbage is gone; needs --expose-gc. */
export async function settledMemory(): Promise<Memory> {
  if (!globalThis.gc) throw new Error('start it with --expose-gc');
  for (let i = 0; i < 5; i += 1) {
    globalThis.gc();
    await sleep(100); // finalizers, and pages given back
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed, externalBytes: external + arrayBuffers };
}
