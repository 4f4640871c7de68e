import { describe, expect, it } from 'vitest';
import { elexonDemandSummary as source } from '../../../src/ingest/sources/elexon-demand-summary.js';
import { rollingDemand } from '../../support/elexon-payloads.js';

const START = new Date('2026-03-02T00:00Z');
const ASKED_AT = new Date('2026-03-02T12:34Z');
/** Rows at some minutes past START. */
const rowsAt = (...minutes: number[]) =>
  minutes.map((minute) => rollingDemand(new Date(START.getTime() + minute * 60_000), 30_000 + minute));
const parsed = (rows: readonly unknown[]) => source.parse(rows, ASKED_AT);

describe('the demand outturn summary', () => {
  it.each([
    ['2026-03-02T09:00Z', '2026-03-02T12:30Z', ['2026-03-02T09:00Z 2026-03-02T12:30Z']],
    ['2026-03-02T06:00Z', '2026-03-02T12:00Z', ['2026-03-02T06:00Z 2026-03-02T12:00Z']],
    [
      '2026-03-01T12:30Z',
      '2026-03-02T12:30Z',
      [
        '2026-03-01T12:30Z 2026-03-01T18:30Z',
        '2026-03-01T18:30Z 2026-03-02T00:30Z',
        '2026-03-02T00:30Z 2026-03-02T06:30Z',
        '2026-03-02T06:30Z 2026-03-02T12:30Z',
      ],
    ],
    [
      '2026-03-02T00:00Z',
      '2026-03-02T06:30Z',
      ['2026-03-02T00:00Z 2026-03-02T06:00Z', '2026-03-02T06:00Z 2026-03-02T06:30Z'],
    ],
  ])('from %s to %s is asked for by the minute, six hours at a time', async (from, to, windows) => {
    const asked: string[] = [];
    const reach = {
      baseUrl: 'http://publisher',
      json: (path: string) => Promise.resolve(asked.push(path)),
      text: () => Promise.reject(new Error('it is JSON')),
    };
    let answers = 0;
    for await (const answer of source.fetch({ from: new Date(from), to: new Date(to) }, reach))
      answers = Number(answer);
    expect(answers).toBe(windows.length);
    expect(asked).toEqual(
      windows.map((window) => {
        const [first, last] = window.split(' ');
        return `/demand/outturn/summary?resolution=minute&format=json&from=${first}&to=${last}`;
      }),
    );
  });

  it.each([
    ['hours', [0, 60, 120], 60],
    ['half hours, newest first', [90, 60, 30, 0], 30],
    ['hours, each twice', [0, 0, 60, 60, 120, 120], 60],
  ])('is refused whole where it is averaged over %s', (_name, minutes, apart) => {
    expect(() => parsed(rowsAt(...minutes))).toThrow(
      expect.objectContaining({
        code: 'SOURCE_CONTRACT_BROKEN',
        message: `the body is down-sampled: its nearest rows are ${apart} minutes apart`,
      }),
    );
  });

  it('is refused where it is averaged, also by rows of which none has a value', () => {
    const silent = rowsAt(0, 60, 120).map((row) => ({ ...row, demand: null }));
    expect(() => parsed(silent)).toThrow('is down-sampled');
  });

  it.each([
    ['a hole among readings', [0, 5, 300, 360]],
    ['the two ends of a hole', [0, 360]],
    ['one reading', [0]],
  ])('is taken with %s', (_name, minutes) => {
    expect(parsed(rowsAt(...minutes)).records.map(({ demandMw }) => demandMw)).toEqual(
      minutes.map((minute) => 30_000 + minute),
    );
  });

  it('is taken where bad rows lie between the good ones', () => {
    const rows = rowsAt(0, 5, 60, 120).map((row, i) => (i === 1 ? { ...row, demand: null } : row));
    expect(parsed(rows).records).toHaveLength(3);
    expect(parsed(rows).refusals).toHaveLength(1);
  });
});
