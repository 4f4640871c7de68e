import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Account } from './account.js';

/** How a program ended: `code` is null when a signal ended it. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Who a program of PostgreSQL runs as, and in which surroundings.
 *
 * Our environment is passed on, not read: without the PG* variables, which would reach into initdb, and with LC_ALL,
 * without which the postmaster on macOS becomes multithreaded and stops.
 */
export function surroundings(account: Account): SpawnOptions {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return {
    env: { ...Object.fromEntries(inherited), LC_ALL: 'C', TZ: 'UTC' },
    windowsHide: true,
    // Node takes a signed uid, `id` prints an unsigned one.
    ...(account ? { uid: account.uid | 0, gid: account.gid | 0 } : {}),
  };
}

/**
 * Runs a program to its end, with nothing on its standard input.
 * @throws {Error} with the system's code when it cannot be started at all.
 */
export async function run(program: string, args: readonly string[], account: Account): Promise<Ended> {
  const cwd = process.platform === 'win32' ? undefined : '/'; // ours may be closed to the account
  const child = spawn(program, args, { ...surroundings(account), cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}
