import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { platformPackage } from '../../../src/database/embedded/platform-package.js';
import { TEMPORARY } from '../../support/temporary.js';

/** What a child says once its server runs, or why it does not. */
export interface Started {
  readonly outcome: string;
  readonly ownerUrl: string;
  readonly dataDirectory: string;
  readonly notices: readonly string[];
  readonly error?: string;
}

export interface Child {
  readonly process: ChildProcess;
  /** Resolves with its first line. */
  readonly started: Promise<Started>;
  /** Tells it to stop its server and end. */
  stop(): Promise<'stopped' | 'left-running'>;
  /** As a crash would. */
  kill(): Promise<void>;
}

let program = '';

/** Bundles the child into one file that every user can read, wherever the project lies. */
export function useChildren(): void {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(TEMPORARY, 'pylon-embedded-child-'));
    await chmod(folder, 0o755);
    program = join(folder, 'child.mjs');
    await build({
      entryPoints: [fileURLToPath(new URL('child.ts', import.meta.url))],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['pg-native'],
      logLevel: 'error',
      banner: { js: `import { createRequire as r } from 'node:module'; const require = r(import.meta.url);` },
    });
    await chmod(program, 0o644);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
}

/** Starts a child on a data folder; it is ended with the test at the latest. */
export function childOn(dataDir: string, options: { packageRoot?: string; uid?: number } = {}): Child {
  const child = spawn(process.execPath, [program, dataDir, options.packageRoot ?? platformPackage()], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<unknown> => JSON.parse((await lines.next()).value ?? '{"error":"it ended"}');
  const ended = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  const started = line() as Promise<Started>;
  return {
    process: child,
    started,
    kill,
    async stop() {
      await started;
      child.stdin.end();
      const { stopped } = (await line()) as { stopped: 'stopped' | 'left-running' };
      await ended;
      return stopped;
    },
  };
}
