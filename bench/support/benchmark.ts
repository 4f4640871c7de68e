import { availableParallelism, constants, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { note, say, sayMisses, shown } from './report.js';

const LONGEST_GIVING_UP_MS = 30_000;

/** What is begun in a scope is undone when it ends, however it ends, the last first. */
export interface Scope {
  /** @throws {Error} when the benchmark is being given up; what was begun is then undone at once. */
  onEnd(cleanup: () => Promise<unknown>): void;
}

/** Work in a scope of its own. */
export async function within<Answer>(work: (scope: Scope) => Promise<Answer>): Promise<Answer> {
  const cleanups: (() => Promise<unknown>)[] = [];
  open.add(cleanups);
  const onEnd = (cleanup: () => Promise<unknown>): void => {
    cleanups.push(cleanup);
    if (givenUp) throw new Error('given up');
  };
  try {
    return await work({ onEnd });
  } finally {
    await clearAway(cleanups);
    open.delete(cleanups);
  }
}

/**
 * Runs one file's benchmark. A missed limit is said and is no failure; an error of the benchmark itself makes the
 * process exit with 1. Whatever happens, processes, databases and folders are cleared away.
 */
export async function benchmark(title: string, body: (scope: Scope) => Promise<void>): Promise<void> {
  const start = performance.now();
  say(`\n# ${title}`);
  const [load = 0] = loadavg();
  if (load > availableParallelism())
    note(
      `others are at work here, load ${shown(load)} on ${availableParallelism()} cores: figures are worse than they need be`,
    );
  const running = within(body).then(
    () => sayMisses(title),
    (error: unknown) => complain(error),
  );
  giveUpWhenTold(running);
  await running;
  say(`    (${((performance.now() - start) / 1000).toFixed(0)} s)`);
}

let givenUp = false;
/** Scopes not yet ended, outer ones first. */
const open = new Set<(() => Promise<unknown>)[]>();

/** On a signal, an error nobody caught, or when whoever read the figures has gone. */
function giveUpWhenTold(running: Promise<void>): void {
  const giveUp = async (code: number): Promise<void> => {
    if (givenUp) return;
    givenUp = true;
    for (const cleanups of [...open].reverse()) await clearAway(cleanups);
    await Promise.race([running, sleep(LONGEST_GIVING_UP_MS)]); // what it was just beginning is undone by itself
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void giveUp(128 + constants.signals[signal]));
  process.stdout.on('error', () => void giveUp(1));
  process.on('uncaughtException', (error) => {
    complain(error);
    void giveUp(1);
  });
}

/** One that fails leaves the others to do their work. */
async function clearAway(cleanups: (() => Promise<unknown>)[]): Promise<void> {
  for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) await cleanup().catch(complain);
}

/** What fails because it was cut short is no news. */
function complain(error: unknown): void {
  if (givenUp) return;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
