import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 20_000;

/** Waits until `look` answers something, and fails by the name of what was waited for when it never does. */
export async function until<Seen>(
  what: string,
  look: () => Promise<Seen | null | undefined | false> | Seen | null | undefined | false,
  patienceMs = PATIENCE_MS,
): Promise<Seen> {
  for (const deadline = performance.now() + patienceMs; ; await sleep(10)) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain: ${what}`);
  }
}
