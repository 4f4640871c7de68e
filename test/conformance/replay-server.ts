import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { RECORDED_DIR } from './recorded-files.js';

const REPLAY = RECORDED_DIR ? join(RECORDED_DIR, '../tools/replay.mjs') : '';

/** True where no replay server stands beside the recorded payloads. */
export const NO_REPLAY = !RECORDED_DIR || !existsSync(REPLAY);

/** The publishers' APIs, answered from what was recorded. */
export interface Replay {
  /** Base URLs of the publishers. */
  readonly carbonIntensity: string;
  readonly beckn: string;
  control(body: Record<string, unknown>): Promise<void>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

export async function startReplay(now: string, env: Readonly<Record<string, string>> = {}): Promise<Replay> {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [REPLAY, '--port', String(port), '--now', now], {
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
    carbonIntensity: `${origin}/carbon-intensity`,
    beckn: `${origin}/beckn`,
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
