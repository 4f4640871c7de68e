import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PylonError } from '../../../src/domain/errors.js';
import type { Window } from '../../../src/domain/ingest-run.js';
import { parseMinute } from '../../../src/domain/instant.js';
import { londonDay } from '../../../src/domain/london-day.js';
import { printSources } from '../../../src/ingest/print-sources.js';
import { SOURCES, type AnySource } from '../../../src/ingest/registry.js';
import type { Reach } from '../../../src/ingest/source.js';
import { renamed, withRows } from '../../support/envelopes.js';
import { NESO_PACKAGES, packageBody } from '../../support/neso-payloads.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const DOCUMENT = new URL('../../../docs/sources.md', import.meta.url);
/** When a fixture does not say when it was asked for, everything in it had settled long ago. */
const LONG_AFTER = new Date('2100-01-01T00:00Z');
const DAY_MS = 24 * 3_600_000;

const casesOf = ({ id }: AnySource): string[] => {
  const folder = new URL(`${id}/`, FIXTURES);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};
const fixture = ({ id }: AnySource, name: string) => {
  const folder = new URL(`${id}/${name}/`, FIXTURES);
  const text = (file: string) => readFileSync(new URL(file, folder), 'utf8');
  const has = (file: string) => existsSync(new URL(file, folder));
  return {
    request: text('request.txt').trim().replace(/^GET /, ''),
    body: has('body.csv') ? text('body.csv') : (JSON.parse(text('body.json')) as unknown),
    askedAt: has('asked-at.txt') ? new Date(text('asked-at.txt').trim()) : LONG_AFTER,
    expected: JSON.parse(text('expected.json')) as unknown,
  };
};
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What a source asks for a window once it knows where, and what it makes of the answers. */
async function answersOf(source: AnySource, window: Window, body: unknown, askedAt: Date) {
  const asked: string[] = [];
  const parsed: unknown[] = [];
  const answer = async (path: string): Promise<unknown> => {
    const [, name] = /^\/package_show\?id=(.*)$/.exec(path) ?? [];
    if (name) return packageBody(name, NESO_PACKAGES[name] ?? []);
    asked.push(path);
    return body;
  };
  const reach: Reach = {
    baseUrl: 'http://publisher',
    json: answer,
    text: async (url) => (await answer(new URL(url).pathname)) as string,
  };
  for await (const each of source.fetch(window, reach)) parsed.push(plain(source.parse(each, askedAt)));
  return { asked, parsed };
}

/** Sources whose publisher answers one settlement date a request. */
const ONE_DATE_A_REQUEST: readonly string[] = ['elexon-system-prices'];

/** The window that a request names in its path or its query, by instants or by settlement dates; null for a route without one. */
function windowOf(request: string): Window | null {
  const [, year] = /demanddata_(\d{4})\.csv$/.exec(request) ?? [];
  if (year) return { from: new Date(`${year}-01-01T00:00Z`), to: new Date(`${year}-12-31T00:00Z`) };
  const [, firstDate, lastDate] = /From=([\d-]{10})&\w+To=([\d-]{10})$/.exec(request) ?? [];
  if (firstDate !== undefined && lastDate !== undefined) {
    const [first, last] = [
      londonDay(Date.parse(firstDate) / DAY_MS),
      londonDay(Date.parse(lastDate) / DAY_MS),
    ];
    return { from: new Date(first.startMs), to: new Date(last.endMs) };
  }
  const [, first = '', last = ''] =
    /\/([^/]+Z)\/([^/]+)$/.exec(request) ?? /[fF]rom=([^&]+Z)&\w+=([^&]+Z)$/.exec(request) ?? [];
  const from = parseMinute(first);
  if (!from) return null;
  const to = last === 'fw48h' ? new Date(from.getTime() + 2 * DAY_MS) : parseMinute(last);
  return to && { from, to };
}

describe.each(SOURCES)('source $id', (source) => {
  it.each(casesOf(source))('reads %s as the publisher means it', (name) => {
    const { body, askedAt, expected } = fixture(source, name);
    expect(plain(source.parse(body, askedAt))).toEqual(expected);
  });

  it('has two fixtures or more', () => {
    expect(casesOf(source).length).toBeGreaterThanOrEqual(2);
  });

  it('asks as its fixtures were asked, in one request a window where the publisher lets it', async () => {
    const whole = { from: new Date('2026-03-02T12:30Z'), to: new Date('2026-03-04T12:30Z') };
    const cases = casesOf(source).map((name) => fixture(source, name));
    const asked = await Promise.all(
      cases.map(async ({ request, body, askedAt, expected }) => {
        const answers = await answersOf(source, windowOf(request) ?? whole, body, askedAt);
        for (const parsed of answers.parsed) expect(parsed).toEqual(expected);
        expect(answers.asked).toHaveLength(ONE_DATE_A_REQUEST.includes(source.id) ? 3 : 1);
        return answers.asked;
      }),
    );
    expect(cases.some(({ request }, i) => asked[i]?.includes(request))).toBe(true);
  });

  it.each<[string, unknown]>([
    [
      'an error in place of data',
      { error: { code: '400 Bad Request', message: 'Please enter a valid datetime' } },
    ],
    ['an error without a message', { error: { message: { toString: 1 } } }],
    ['nothing', {}],
    ['a text as data', { data: 'maintenance' }],
    ['null as data', { data: null }],
    ['no success', { success: false, error: { __type: 'Not Found Error', message: 'Not found' } }],
    ['no list of records', { success: true, result: { records: 'maintenance' } }],
    ['a bare text in JSON', 'Bad request - Action name not known'],
    ['null', null],
    ['a text', 'We will be back soon'],
    ['a number', 0],
  ])('refuses a body that breaks the contract: %s', (_name, body) => {
    expect(() => source.parse(body, LONG_AFTER)).toThrow(
      expect.objectContaining({ name: 'PylonError', code: 'SOURCE_CONTRACT_BROKEN' }),
    );
  });

  it('reads a bare list where its publisher documents one, and refuses it elsewhere', () => {
    const read = () => source.parse([{ from: '2026-03-02T12:30Z' }], LONG_AFTER);
    if (source.baseUrl === 'ELEXON_URL') expect(read()).toMatchObject({ records: [], rowsRead: 1 });
    else expect(read).toThrow(expect.objectContaining({ code: 'SOURCE_CONTRACT_BROKEN' }));
  });

  it('takes an answer without rows for no row at all, which the runner judges', () => {
    const [name = ''] = casesOf(source);
    expect(source.parse(withRows(fixture(source, name).body, []), LONG_AFTER)).toEqual({
      records: [],
      refusals: [],
      rowsRead: 0,
    });
  });

  it('takes nothing of rows whose keys are renamed and whose numbers are text', () => {
    for (const name of casesOf(source)) {
      const { body, askedAt } = fixture(source, name);
      const spoiled = renamed(body);
      if (typeof spoiled === 'string') {
        expect(() => source.parse(spoiled, askedAt)).toThrow(
          expect.objectContaining({ code: 'SOURCE_CONTRACT_BROKEN' }),
        );
        continue;
      }
      const { records, refusals, rowsRead } = source.parse(spoiled, askedAt);
      expect(records).toEqual([]);
      expect(refusals.length).toBe(rowsRead);
      expect(rowsRead).toBeGreaterThan(0);
    }
  });

  it('names a licence, a documentation page, a cadence and history that make sense', () => {
    expect(source.licence.name).not.toBe('');
    for (const link of [source.docs, source.licence.url]) expect(new URL(link).protocol).toBe('https:');
    // What is never asked by schedule is asked by a backfill.
    const { everyMinutes, afterMinutes } = source.cadence ?? { everyMinutes: 1, afterMinutes: 0 };
    expect(afterMinutes).toBeGreaterThanOrEqual(0);
    expect(afterMinutes).toBeLessThan(everyMinutes);
    expect(source.cadence ?? source.history).not.toBeNull();
    expect(Number.isInteger(source.priority) && source.priority >= 1 && source.priority <= 999).toBe(true);
    const { since, windowDays } = source.history ?? { since: '2018-01-01', windowDays: Infinity };
    expect(new Date(since).getTime()).not.toBeNaN();
    expect(windowDays * 24).toBeGreaterThan(source.lookbackHours + source.horizonHours);
  });

  it('is in docs/sources.md', () => {
    expect(readFileSync(DOCUMENT, 'utf8')).toContain(`\`${source.id}\``);
  });
});

describe('the registry', () => {
  it('names every source once', () => {
    expect(new Set(SOURCES.map(({ id }) => id)).size).toBe(SOURCES.length);
  });

  it('has a source for every folder of fixtures', () => {
    expect(readdirSync(FIXTURES).filter((id) => !SOURCES.some((source) => source.id === id))).toEqual([]);
  });

  it('is what docs/sources.md prints (rewritten by `vitest run test/unit/ingest/sources.test.ts -u`)', async () => {
    expect(existsSync(DOCUMENT)).toBe(true);
    await expect(printSources()).toMatchFileSnapshot(DOCUMENT.pathname);
  });
});

describe('a PylonError of a source', () => {
  it('names what it found, and not all of it', () => {
    const [source] = SOURCES;
    const body = { data: 'x'.repeat(10_000) };
    let message = '';
    try {
      source?.parse(body, LONG_AFTER);
    } catch (error) {
      message = error instanceof PylonError ? error.message : '';
    }
    expect(message).toMatch(/^the body has no list and no object as "data" but "xxx/);
    expect(message.length).toBeLessThan(200);
  });
});
