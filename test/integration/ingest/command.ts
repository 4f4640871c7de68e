import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from '../../support/database.js';
import { build } from '../../support/process.js';
import type { Publisher } from '../../support/publisher.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

await build(); // before any test's time runs

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has printed on stderr so far. */
  progress(): string;
  /** What it has printed on stdout so far. */
  printed(): string;
  /** Ends it as the machine would, and waits until it is gone. */
  kill(): Promise<void>;
}

/** `pylon …` as a process of its own, on this database and this publisher. */
export function pylon(
  args: readonly string[],
  { ownerUrl }: TestDatabase,
  { url }: Pick<Publisher, 'url'>,
  env: Readonly<Record<string, string>> = {},
): Command {
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: ownerUrl,
      CARBON_INTENSITY_URL: url,
      NESO_URL: url,
      ELEXON_URL: url,
      BECKN_URL: url,
      LEASE_SECONDS: '6',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    child,
    ended,
    progress: () => stderr,
    printed: () => stdout,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
