import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { RECORDED_DIR } from './recorded-files.js';

const BESIDE = RECORDED_DIR ? join(RECORDED_DIR, '../tools/replay.mjs') : '';
/** Its real path: it does nothing when it is begun by a link. */
const SCRIPT = existsSync(BESIDE) ? realpathSync(BESIDE) : null;

/** Why the replay tests are skipped; null where they are not. */
export const REPLAY_MISSING = SCRIPT ? null : 'RECORDED_DIR has no ../tools/replay.mjs';

/** The recorded days, served under the publishers' own paths by a process of its own. */
export interface Replay {
  /** Address without a publisher's prefix. */
  readonly origin: string;
  readonly carbonIntensityUrl: string;
  readonly elexonUrl: string;
  readonly becknUrl: string;
  control(body: Record<string, unknown>): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param now the instant its clock starts at.
 * @param env settings of the replay server, such as REPLAY_BECKN.
 */
export async function startReplay(now: string, env: Readonly<Record<string, string>> = {}): Promise<Replay> {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [SCRIPT ?? '', '--port', String(port), '--now', now], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('CARBON_INTENSITY_URL')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the replay server ended with ${code}`)));
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    carbonIntensityUrl: `${origin}/carbon-intensity`,
    elexonUrl: `${origin}/elexon`,
    becknUrl: `${origin}/beckn`,
    async control(body) {
      const response = await fetch(`${origin}/__control`, { method: 'POST', body: JSON.stringify(body) });
      if (!response.ok) throw new Error(await response.text());
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
