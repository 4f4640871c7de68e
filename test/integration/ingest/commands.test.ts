import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LISTED_SOURCES } from '../../../src/ingest/registry.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { wholePublisher } from '../../support/payloads.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { pylon, type Ended } from './command.js';
import { historicPublisher } from './history.js';

const NOW = new Date('2026-03-02T12:34:00Z');

describe('the commands of ingest', () => {
  let database: TestDatabase;
  let publisher: Publisher;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    const now = wholePublisher(NOW);
    publisher = await startPublisher((path) => {
      if (path === '/intensity/factors') return { data: [{ Coal: 900, Oil: 'much \u001B[31m', Wind: 0 }] };
      return path.includes('2025-') ? historicPublisher(path) : now(path);
    });
  });
  afterAll(async () => {
    await publisher.close();
    await database.drop();
  });

  const command = (...args: string[]): Promise<Ended> => pylon(args, database, publisher).ended;

  it('ingest runs a source once, by the clock of the database, and prints its report', async () => {
    const [text, json] = await Promise.all([
      command('ingest', '--source', 'carbon-intensity-national-forecast', '--once'),
      command('ingest', '--source', 'carbon-intensity-regional', '--json'),
    ]);
    expect(text).toEqual({
      code: 0,
      stderr: '',
      stdout:
        'carbon-intensity-national-forecast: SUCCEEDED\n  rows read 97, new 97, changed 97, refused 0, duplicate 0; retries 0\n',
    });
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      source: 'carbon-intensity-regional',
      status: 'SUCCEEDED',
      rowsRead: 1746,
      rowsNew: 1746,
      rowsChanged: 1746,
      lastSequence: expect.stringMatching(/^\d+$/) as string,
      refusals: [],
      error: null,
    });
    expect(publisher.asked.toSorted()).toEqual([
      '/intensity/2026-03-02T12:30Z/fw48h',
      '/regional/intensity/2026-03-02T12:30Z/fw48h',
    ]);
  });

  it('ingest names what was refused, and what failed, with exit code 1', async () => {
    publisher.fail('html', { path: '/generation/' });
    const [refused, failed] = await Promise.all([
      command('ingest', '--source', 'carbon-intensity-factors'),
      command('ingest', '--source', 'carbon-intensity-national-mix'),
    ]);
    expect(refused.code).toBe(0);
    expect(refused.stdout).toContain('rows read 3, new 2, changed 2, refused 1');
    expect(refused.stdout).toContain('  refused Oil: factor "much \\u001b[31m" is no whole number of g/kWh');
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(
      /^carbon-intensity-national-mix: FAILED\n.*\n {2}SOURCE_CONTRACT_BROKEN: .*\/generation\/.* answered 200 with text\/html/,
    );
  });

  it('ingest and backfill of an unknown source list those there are, with exit code 1', async () => {
    const ended = await Promise.all([
      command('ingest', '--source', 'nope'),
      command('backfill', '--source', 'nope', '--from', '2025-01-01', '--to', '2025-02-01'),
    ]);
    for (const { code, stdout, stderr } of ended) {
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('pylon: SOURCE_NOT_FOUND: there is no source "nope"; there are: ');
      for (const { id } of LISTED_SOURCES) expect(stderr).toContain(id);
      expect(stderr).not.toContain('    at ');
    }
  });

  it('history that is never asked by schedule is refused by ingest, which says how, and comes by backfill', async () => {
    const refused = await command('ingest', '--source', 'neso-demand-history');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toBe(
      'pylon: BAD_USER_INPUT: source neso-demand-history is history: pylon backfill --source neso-demand-history --from … --to …\n',
    );
    const { code, stdout } = await command(
      ...[
        'backfill',
        '--source',
        'neso-demand-history',
        '--from',
        '2025-03-30',
        '--to',
        '2025-04-01',
        '--json',
      ],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 96, changed: 96, refused: 0, windows: 1, retries: 0 });
  });

  it('backfill prints a line a window where there is no terminal, and its report', async () => {
    const { code, stdout, stderr } = await command(
      ...[
        'backfill',
        '--source',
        'carbon-intensity-national-outturn',
        '--from',
        '2025-03-01',
        '--to',
        '2025-04-01',
      ],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^carbon-intensity-national-outturn: 1488 rows in 3 windows, 1488 changed, 0 refused, 0 retries, [\d.]+ s, \d+ rows\/s, peak \d+ MB\n$/,
    );
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^\[#{11}\.{13}\] 45 % {2}672 rows, \d+ rows\/s, \d+ s left$/);
    expect(lines[2]).toMatch(/^\[#{24}\] 100 % {2}1488 rows, \d+ rows\/s, 0 s left$/);
  });

  it('backfill of a bad span says what is wrong with it, with exit code 1', async () => {
    const { code, stdout, stderr } = await command(
      ...[
        'backfill',
        '--source',
        'carbon-intensity-national-outturn',
        '--from',
        '2025-04-01',
        '--to',
        '2025-03-01',
      ],
    );
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'pylon: BAD_USER_INPUT: no half hour lies between --from 2025-04-01T00:00:00.000Z and --to 2025-03-01T00:00:00.000Z\n',
    );
  });
});
