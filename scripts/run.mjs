/** Node programs started by the scripts: always this Node, never a shell, never a look-up on PATH. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { built, generated, isFresh, root } from './staleness.mjs';

const relayed = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a Node program in the root and waits for it. A signal to us goes to it too, and counts as the way it ended.
 *
 * @param command the program, relative to the root, and its arguments.
 * @param options.output `inherit`; `stderr`, which keeps stdout free for the caller's own data; or `captured`.
 * @returns the exit code, above 128 for a signal, and both streams where they were captured.
 */
export async function run([program, ...args], { env = {}, nodeArgs = [], output = 'captured' } = {}) {
  const path = join(root, program);
  if (!existsSync(path)) return { code: 1, output: `${program} is not there: run npm ci first.\n` };
  const [stdout, stderr] = { inherit: [1, 2], stderr: [2, 2], captured: ['pipe', 'pipe'] }[output];
  const child = spawn(process.execPath, [...nodeArgs, path, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', stdout, stderr],
  });
  let captured = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => (captured += text));
  }
  let received;
  const relay = (signal) => {
    received = signal;
    child.kill(signal);
  };
  for (const signal of relayed) process.on(signal, relay);
  try {
    const [status, signal] = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...end) => resolve(end));
    });
    const ended = received ?? signal;
    return { code: ended ? 128 + constants.signals[ended] : status, output: captured };
  } finally {
    for (const signal of relayed) process.off(signal, relay);
  }
}

/** Brings src/generated up to date, or ends this process the way the generator ended. */
export async function ensureGenerated() {
  if (!isFresh(generated)) await runOrExit('scripts/generate.mjs');
}

/** Brings dist up to date, saying so on stderr when there is work to do, or ends this process the way the build ended. */
export async function ensureBuilt() {
  if (isFresh(built)) return;
  process.stderr.write('building…\n');
  await runOrExit('scripts/build.mjs');
}

async function runOrExit(script) {
  const { code, output } = await run([script, '--if-stale'], { output: 'stderr' });
  process.stderr.write(output);
  if (code !== 0) process.exit(code);
}
