import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** A start under load, and the first one of an embedded PostgreSQL. */
const START_PATIENCE_MS = 60_000;
/** Nobody listens there: a reserved port. */
const NOBODY = 'http://127.0.0.1:1';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A `pylon` of its own, as an operator would run it. */
export interface PylonProcess {
  readonly pid: number;
  /** What it printed and logged so far, both streams together. */
  readonly output: string;
  /** What it logged under an event's name. */
  logged(event: string): readonly Record<string, unknown>[];
  /** Waits for something in its output, and answers the first group of the pattern, or all that matched. */
  prints(pattern: RegExp): Promise<string>;
  /** Waits until it serves, and answers its address. */
  up(): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
  /** Kills it, if it still runs, and waits for its end. */
  kill(): Promise<Ended>;
}

let built: Promise<void> | null = null;

/** Builds `dist/` unless it is up to date; other test files may do so at the same time. */
export const build = (): Promise<void> => (built ??= runBuild());

async function runBuild(): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/build.mjs'), '--if-stale', '--unchecked'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the build failed:\n${output}`);
}

/** Every process a test began, so that none outlives it. */
const running = new Set<PylonProcess>();

/** Starts the built `pylon` with only these settings, in the folder of the project. */
export async function startPylon(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<PylonProcess> {
  await build();
  // No test asks a publisher on the internet: one address stands for all of them, unless a test names more.
  const publisher = env['CARBON_INTENSITY_URL'] ?? NOBODY;
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      NESO_URL: publisher,
      ELEXON_URL: publisher,
      BECKN_URL: NOBODY, // no test asks the real marketplace
      DEMO: 'off', // nor has company that it did not ask for
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const entries: Record<string, unknown>[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let line = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const lines = (line + text).split('\n');
      line = lines.pop() ?? '';
      for (const whole of lines)
        if (whole.startsWith('{')) entries.push(JSON.parse(whole) as Record<string, unknown>);
    });
  }
  let isEnded = false;
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      isEnded = true;
      running.delete(pylon);
      resolve({ code, signal });
    });
  });
  const pylon: PylonProcess = {
    pid: child.pid ?? 0,
    get output() {
      return output;
    },
    logged: (event) => entries.filter((entry) => entry['msg'] === event),
    prints: (pattern) =>
      until(
        `${pattern} in the output of pylon ${args.join(' ')}`,
        () => {
          const found = pattern.exec(output);
          if (!found && isEnded) throw new Error(`pylon ended before it printed ${pattern}:\n${output}`);
          return found && (found[1] ?? found[0]);
        },
        START_PATIENCE_MS,
      ),
    up: () => pylon.prints(/graph +(http:\/\/\S+)\/graphql/),
    signal: (signal) => void child.kill(signal),
    ended,
    kill() {
      if (!isEnded) child.kill('SIGKILL');
      return ended;
    },
  };
  running.add(pylon);
  return pylon;
}

/** Ends what is still running; to be called after every test. */
export const killAll = (): Promise<unknown> => Promise.all([...running].map((pylon) => pylon.kill()));
