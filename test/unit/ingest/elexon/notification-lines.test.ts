import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settlementPeriodOf } from '../../../../src/domain/settlement-period.js';
import { RowRefused } from '../../../../src/ingest/rows.js';
import { notificationLines } from '../../../../src/ingest/elexon/notification-lines.js';
import { notificationOf } from '../../../../src/ingest/elexon/notification.js';

const RUNS = process.env['PYLON_SOAK'] ? 20_000 : 1_000;
const WINDOW = { from: new Date('2026-08-01T00:00Z'), to: new Date('2026-08-02T00:00Z') };
const GOOD = {
  dataset: 'PN',
  settlementDate: '2026-08-01',
  settlementPeriod: 5,
  timeFrom: '2026-08-01T01:00:00Z',
  timeTo: '2026-08-01T01:30:00Z',
  levelFrom: -12,
  levelTo: 0,
  nationalGridBmUnit: 'DRAXX-1',
  bmUnit: 'T_DRAXX-1',
};
const LINE = 'T_DRAXX-1\tDRAXX-1\t2026-08-01\t5\t2026-08-01T01:00:00Z\t2026-08-01T01:30:00Z\t-12\t0\n';

/** What a row becomes: its line, `OUTSIDE`, or why it was refused. */
function becomes(text: string, window = WINDOW): string {
  const lines = notificationLines(window);
  const padded = Buffer.from(`[${text}]`);
  try {
    const taken = lines.take(padded, 1, padded.length - 1);
    return taken === 'TAKEN' ? lines.flush().toString() : taken;
  } catch (error) {
    if (error instanceof RowRefused) return error.message;
    throw error;
  }
}
const changed = (change: Record<string, unknown>): string => JSON.stringify({ ...GOOD, ...change });

describe('lines of physical notifications', () => {
  it('are the fields in the order of the columns', () => {
    expect(becomes(JSON.stringify(GOOD))).toBe(LINE);
    expect(becomes(JSON.stringify(GOOD, null, 4))).toBe(LINE);
    const reversed = Object.fromEntries(Object.entries(GOOD).reverse());
    expect(becomes(JSON.stringify({ ...reversed, more: { nested: ['}'] } }))).toBe(
      LINE.replaceAll(':00Z', ':00.000Z'),
    );
  });

  it('name the unit by what is given', () => {
    expect(becomes(changed({ bmUnit: null }))).toMatch(/^DRAXX-1\tDRAXX-1\t/);
    expect(becomes(changed({ nationalGridBmUnit: null }))).toMatch(/^T_DRAXX-1\t\\N\t/);
    expect(becomes(changed({ bmUnit: null, nationalGridBmUnit: null }))).toBe('names no BM unit');
    expect(becomes(changed({ bmUnit: 'A\\B' }))).toMatch(/^A\\\\B\t/);
  });

  it('leave out what begins in another window', () => {
    const rest = { from: new Date('2026-08-01T01:30Z'), to: WINDOW.to };
    expect(becomes(JSON.stringify(GOOD), rest)).toBe('OUTSIDE');
    expect(becomes(JSON.stringify(GOOD), { from: WINDOW.from, to: new Date('2026-08-01T01:00Z') })).toBe(
      'OUTSIDE',
    );
    expect(becomes(changed({ bmUnit: null }), rest)).toBe('OUTSIDE');
  });

  it.each([
    ['a unit that no database holds', { bmUnit: 'A\u0000B' }, /bmUnit .* is no id of a unit/],
    ['a level in words', { levelFrom: '12' }, /levelFrom "12" is no number from -99999 to 99999/],
    ['half a megawatt', { levelTo: 0.5 }, /levelTo 0.5 is no whole number/],
    ['more than the whole grid', { levelTo: 100_000 }, /levelTo 100000 is no number from -99999 to 99999/],
    ['no level', { levelTo: null }, /levelTo null is no number/],
    ['no time', { timeFrom: null }, /timeFrom null is no instant in UTC/],
    ['a time of another zone', { timeFrom: '2026-08-01T02:00:00+01:00' }, /is no instant in UTC/],
    ['a time of another millennium', { timeFrom: '1999-12-31T23:00:00Z' }, /timeFrom .* is no instant/],
    [
      'what is all of another millennium',
      { settlementDate: '1999-08-01', timeFrom: '1999-08-01T01:00:00Z', timeTo: '1999-08-01T01:30:00Z' },
      /is not of this millennium/,
    ],
    ['30 February', { timeTo: '2026-02-30T01:30:00Z' }, /timeTo .* is no instant/],
    ['hour 24', { timeTo: '2026-08-01T24:00:00Z' }, /timeTo .* is no instant/],
    ['an end at its start', { timeTo: '2026-08-01T01:00:00Z' }, /is no stretch of a day or less/],
    ['a stretch of two days', { timeTo: '2026-08-03T01:30:00Z' }, /is no stretch of a day or less/],
    ['period 49 of a day of 48', { settlementPeriod: 49 }, /has 48 settlement periods, and none is 49/],
    ['period 0', { settlementPeriod: 0 }, /none is 0/],
    [
      'the period that the hour has in winter',
      { settlementPeriod: 3 },
      /timeFrom 2026-08-01T01:00:00.000Z is not in period 3 of 2026-08-01, which begins at 2026-08-01T00:00:00.000Z/,
    ],
    ['a date that is none', { settlementDate: '2026-13-01' }, /is no calendar date/],
    ['a date in words', { settlementDate: 'today' }, /is no calendar date/],
    ['no date', { settlementDate: null }, /are no settlement period/],
  ])('refuse %s', (_what, change, reason) => {
    expect(becomes(changed(change))).toMatch(reason);
  });

  it.each([
    ['null', /is null, not an object/],
    ['[1]', /is \[1\], not an object/],
    [`${JSON.stringify(GOOD).slice(0, -1)},}`, /is no JSON/],
    [JSON.stringify(GOOD).replace('"levelTo":0', '"levelTo":00'), /is no JSON/],
    [JSON.stringify(GOOD).replace('"settlementPeriod":5', '"settlementPeriod":05'), /is no JSON/],
    [JSON.stringify(GOOD).replace(',"levelTo"', '"levelTo"'), /is no JSON/],
  ])('refuse %s', (text, reason) => {
    expect(becomes(text)).toMatch(reason);
  });

  it('know the 46th period of the short day and the 50th of the long one', () => {
    for (const [day, start, settlementPeriod] of [
      ['2026-03-29', '2026-03-29T22:30:00Z', 46],
      ['2025-10-26', '2025-10-26T23:30:00Z', 50],
    ] as const) {
      const timeTo = new Date(Date.parse(start) + 1_800_000).toISOString().replace('.000', '');
      const row = changed({ settlementDate: day, settlementPeriod, timeFrom: start, timeTo });
      const window = { from: new Date(start), to: new Date(timeTo) };
      expect(becomes(row, window)).toContain(`\t${day}\t${settlementPeriod}\t${start}\t${timeTo}\t`);
    }
  });

  /** What JSON and `notificationOf` make of a row. */
  function judged(text: string): string {
    try {
      const row = notificationOf(JSON.parse(text) as Record<string, unknown>);
      const isInside = row.timeFrom >= WINDOW.from && row.timeFrom < WINDOW.to;
      if (!isInside) return 'OUTSIDE';
      const { bmUnit, nationalGridBmUnit, settlementDate, settlementPeriod, timeFrom, timeTo } = row;
      return [
        bmUnit,
        nationalGridBmUnit,
        settlementDate,
        settlementPeriod,
        timeFrom,
        timeTo,
        row.levelFromMw,
        row.levelToMw,
      ]
        .map((value) => (value instanceof Date ? value.getTime() : (value ?? '\\N')))
        .join(' ');
    } catch (error) {
      if (error instanceof RowRefused) return error.message;
      throw error;
    }
  }
  const asJudged = (line: string): string => {
    if (!line.endsWith('\n')) return line;
    return line
      .trimEnd()
      .split('\t')
      .map((cell, column) => (column === 4 || column === 5 ? Date.parse(cell) : cell === '-0' ? '0' : cell))
      .join(' ');
  };

  it('are the same by way of bytes and by way of JSON, for good rows and for spoilt ones', () => {
    const time = fc
      .integer({ min: -60, max: 1500 })
      .map((minutes) =>
        new Date(WINDOW.from.getTime() + minutes * 60_000).toISOString().replace('.000Z', 'Z'),
      );
    const spoilt = fc.constantFrom<unknown>(
      null,
      '',
      '2026-02-30T00:00:00Z',
      '2026-08-01T00:00Z',
      '1999-08-01T00:30:00Z',
      '1999-08-01',
      -0,
      7.5,
      1e7,
      'T_é',
      '  ',
      [],
      {},
    );
    const row = fc
      .record({ timeFrom: time, timeTo: time, level: fc.integer({ min: -999, max: 100_500 }) })
      .map(({ level, ...times }) => ({
        ...GOOD,
        ...settlementPeriodOf(new Date(times.timeFrom)),
        ...times,
        levelFrom: level,
      }));
    fc.assert(
      fc.property(
        row,
        fc.option(fc.tuple(fc.constantFrom(...Object.keys(GOOD)), spoilt)),
        fc.constantFrom('', ' '),
        (good, spoil, space) => {
          const text = JSON.stringify(spoil ? { ...good, [spoil[0]]: spoil[1] } : good, null, space);
          expect(asJudged(becomes(text))).toBe(judged(text));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('keep the months of the window, which their partitions are made for', () => {
    const over = { from: new Date('2025-12-31T23:00Z'), to: new Date('2026-02-01T00:00Z') };
    expect([...notificationLines(over).months]).toEqual(['2025-12-01', '2026-01-01']);
  });
});
