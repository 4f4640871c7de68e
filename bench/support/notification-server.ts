/** Elexon's stream of physical notifications, made up as it is sent: so many rows for any day asked for, chunk by chunk. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { settlementPeriodOf } from '../../src/domain/settlement-period.js';
import { answerCommands } from './worker.js';

const UNITS = 2_500;
const HALF_HOUR_MS = 30 * 60 * 1000;
const CHUNK = 64 * 1024;
const second = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

let rowsAnAnswer = 0;

/** Newest period first, each period's units in turn, cut into as many stretches as make up the number of rows. */
function* rows(from: number, to: number): Iterable<string> {
  const periods = Math.ceil((to - from) / HALF_HOUR_MS);
  const stretches = Math.ceil(rowsAnAnswer / periods / UNITS);
  const seconds = HALF_HOUR_MS / 1000 / stretches;
  for (let made = 0, k = periods - 1; k >= 0; k -= 1) {
    const start = from + k * HALF_HOUR_MS;
    const { settlementDate, settlementPeriod } = settlementPeriodOf(new Date(start));
    for (let stretch = 0; stretch < stretches; stretch += 1) {
      const timeFrom = second(start + Math.floor(stretch * seconds) * 1000);
      const timeTo = second(start + Math.floor((stretch + 1) * seconds) * 1000);
      for (let unit = 0; unit < UNITS && made < rowsAnAnswer; unit += 1, made += 1) {
        const level = ((unit * 7919 + (k * stretches + stretch) * 104_729) % 651) - (unit % 3 === 0 ? 50 : 0);
        yield (
          `{"dataset":"PN","settlementDate":"${settlementDate}","settlementPeriod":${settlementPeriod},` +
          `"timeFrom":"${timeFrom}","timeTo":"${timeTo}","levelFrom":${level},"levelTo":${level + 1},` +
          `"nationalGridBmUnit":"UNIT${unit}-1","bmUnit":"T_UNIT${unit}-1"}`
        );
      }
    }
  }
}

async function answer(response: ServerResponse, from: number, to: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  let text = '[';
  let separator = '';
  for (const row of rows(from, to)) {
    text += separator + row;
    separator = ',';
    if (text.length < CHUNK) continue;
    if (!response.write(text)) await once(response, 'drain');
    text = '';
  }
  response.end(`${text}]`);
}

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '', 'http://local');
  const instant = (name: string): number => Date.parse(searchParams.get(name) ?? '');
  answer(response, instant('from'), instant('to') + 1000).catch((error: Error) => response.destroy(error));
});

export const notificationServer = {
  /** @returns its URL. */
  async start(count: number): Promise<string> {
    rowsAnAnswer = count;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
};

answerCommands(notificationServer, async () => {
  server.closeAllConnections();
  server.close();
});
