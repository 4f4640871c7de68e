/**
 * What there is to beat: the rows of the same answer by COPY into a temporary table and from there into a table with the
 * same key and partitions, in one transaction; parsed in pieces by JSON.parse, and no questions asked.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { request } from 'undici';
import { answerCommands } from './worker.js';

const TABLES = `
  create table bare_notifications (
    bm_unit text collate "C" not null, national_grid_bm_unit text collate "C", settlement_date date not null, settlement_period smallint not null,
    time_from timestamptz(3) not null, time_to timestamptz(3) not null, level_from_mw integer not null, level_to_mw integer not null,
    primary key (bm_unit, time_from)
  ) partition by range (time_from);
  create table bare_notifications_2025_01 partition of bare_notifications for values from ('2025-01-01Z') to ('2025-02-01Z')`;

interface BareRow {
  readonly bmUnit: string;
  readonly nationalGridBmUnit: string;
  readonly settlementDate: string;
  readonly settlementPeriod: number;
  readonly timeFrom: string;
  readonly timeTo: string;
  readonly levelFrom: number;
  readonly levelTo: number;
}

const lineOf = (row: BareRow): string =>
  `${row.bmUnit}\t${row.nationalGridBmUnit}\t${row.settlementDate}\t${row.settlementPeriod}\t${row.timeFrom}\t${row.timeTo}\t${row.levelFrom}\t${row.levelTo}\n`;

/** The list cut behind the last row that is whole. */
async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let text = '';
  for await (const piece of pieces) {
    text += piece.toString('latin1');
    const end = text.lastIndexOf('},{');
    if (end < 0) continue;
    yield (JSON.parse(`[${text.slice(1, end + 1)}]`) as BareRow[]).map(lineOf).join('');
    text = text.slice(end + 1);
  }
  yield (JSON.parse(`[${text.slice(1)}`) as BareRow[]).map(lineOf).join('');
}

let client: pg.Client | null = null;

export const bareCopy = {
  async open(ownerUrl: string): Promise<void> {
    client = new pg.Client({ connectionString: ownerUrl, options: '-c TimeZone=UTC' });
    await client.connect();
    await client.query(TABLES);
    await client.query('create temporary table bare_staged (like bare_notifications) on commit delete rows');
  },
  /** @returns milliseconds from asking to commit, and rows. */
  async copy(url: string): Promise<{ readonly ms: number; readonly rows: number }> {
    if (!client) throw new Error('not opened');
    const start = performance.now();
    await client.query('begin');
    const { body } = await request(url);
    await pipeline(
      Readable.from(linesOf(body as AsyncIterable<Buffer>)),
      client.query(copyFrom('copy bare_staged from stdin')),
    );
    const { rowCount } = await client.query(
      'insert into bare_notifications select * from bare_staged on conflict do nothing',
    );
    await client.query('commit');
    return { ms: performance.now() - start, rows: rowCount ?? 0 };
  },
};

answerCommands(bareCopy, async () => client?.end());
