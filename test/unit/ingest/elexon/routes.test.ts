import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { londonDay } from '../../../../src/domain/london-day.js';
import { elexonRowName, elexonRows, settlementDatesIn } from '../../../../src/ingest/elexon/routes.js';
import { halfHourOf, instantOf, startOf } from '../../../../src/ingest/elexon/values.js';

const at = (text: string) => new Date(text);

describe('the envelopes of Elexon', () => {
  it('are a bare list, data, and metadata with data', () => {
    const rows = [{ demand: 1 }];
    for (const body of [rows, { data: rows }, { metadata: { datasets: ['INDO'] }, data: rows }])
      expect(elexonRows(body)).toBe(rows);
  });

  it.each([
    [{ errors: { '': ['The date range must not exceed 7 days'] } }, /is an error in place of rows: .*7 days/],
    [{ title: 'Not Found', status: 404 }, /is an error in place of rows: "Not Found"/],
    [{ data: null }, /has no list as "data" but null/],
    [{ rows: [] }, /has no "data"; its keys are \["rows"\]/],
    ['maintenance', /is "maintenance" where a list of rows is expected/],
  ])('are none of %j', (body, message) => {
    expect(() => elexonRows(body)).toThrow(message);
  });
});

describe('the instant of a row', () => {
  it.each([
    ['2026-07-02', 1, '2026-07-01T23:00:00Z'],
    ['2026-03-02', 48, '2026-03-02T23:30:00Z'],
    ['2025-03-30', 46, '2025-03-30T22:30:00Z'],
    ['2025-10-26', 5, '2025-10-26T01:00:00Z'],
    ['2025-10-26', 50, '2025-10-26T23:30:00Z'],
  ])(
    'of %s period %i is %s, with or without its startTime',
    (settlementDate, settlementPeriod, startTime) => {
      expect(startOf({ settlementDate, settlementPeriod })).toEqual(at(startTime));
      expect(startOf({ settlementDate, settlementPeriod, startTime })).toEqual(at(startTime));
      expect(startOf({ settlementPeriod, startTime })).toEqual(at(startTime));
    },
  );

  it('is refused where startTime and settlement period are an hour apart', () => {
    const row = { settlementDate: '2026-07-02', settlementPeriod: 25, startTime: '2026-07-02T12:00:00Z' };
    expect(() => startOf(row)).toThrow(
      'startTime "2026-07-02T12:00:00Z" is in 2026-07-02, period 27, not in "2026-07-02", period 25',
    );
  });

  it.each([
    [{}, 'settlementDate nothing and settlementPeriod nothing are no settlement period'],
    [{ settlementDate: '2026-03-29', settlementPeriod: 47 }, '2026-03-29 has 46 settlement periods'],
    [{ settlementDate: '2026-02-30', settlementPeriod: 1 }, '"2026-02-30" is no calendar date'],
    [{ settlementDate: '0001-01-01', settlementPeriod: 1 }, 'is not of this millennium'],
    [{ startTime: '2026-03-02T12:05:00Z' }, 'begins no half hour'],
  ])('is refused of %j', (row, message) => {
    expect(() => halfHourOf(row)).toThrow(message);
  });

  it.each([
    ['2026-03-02T12:00Z', '2026-03-02T12:00:00.000Z'],
    ['2026-03-02T12:00:15Z', '2026-03-02T12:00:15.000Z'],
    ['2026-01-01T00:05:00.250Z', '2026-01-01T00:05:00.250Z'],
    ['2023-07-12T05:00:00.0000000+00:00', '2023-07-12T05:00:00.000Z'],
  ])('is read from %s', (text, instant) => {
    expect(instantOf({ startTime: text }, 'startTime').toISOString()).toBe(instant);
  });

  it.each([
    '2026-03-02T12:00:00',
    '2026-03-02T12:00:00+01:00',
    '2026-02-30T12:00:00Z',
    '2026-03-02',
    0,
    null,
  ])('is not read from %j, which names no zone, another zone, or no such day', (value) => {
    expect(() => instantOf({ startTime: value }, 'startTime')).toThrow('is no instant in UTC');
  });
});

describe('the settlement dates of a window', () => {
  it('hold all of it between them, and none is without a part of it', () => {
    const instants = fc.date({
      min: at('2016-01-01T00:00Z'),
      max: at('2035-01-01T00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 40 * 86_400_000 }), (from, lengthMs) => {
        const to = new Date(from.getTime() + lengthMs);
        const days = settlementDatesIn({ from, to }).map((date) => londonDay(Date.parse(date) / 86_400_000));
        for (const [i, day] of days.entries()) {
          expect(day.endMs > from.getTime() && day.startMs < to.getTime()).toBe(true);
          if (i > 0) expect(day.startMs).toBe(days[i - 1]?.endMs);
        }
        expect(days[0]?.startMs).toBeLessThanOrEqual(from.getTime());
        expect(days.at(-1)?.endMs).toBeGreaterThanOrEqual(to.getTime());
      }),
    );
  });

  it('are London days: in summer the last hour in UTC is of the next', () => {
    const dates = (from: string, to: string) => settlementDatesIn({ from: at(from), to: at(to) });
    expect(dates('2026-07-01T00:00Z', '2026-07-02T00:00Z')).toEqual(['2026-07-01', '2026-07-02']);
    expect(dates('2026-07-01T23:00Z', '2026-07-02T23:00Z')).toEqual(['2026-07-02']);
    expect(dates('2026-03-01T00:00Z', '2026-03-02T00:00Z')).toEqual(['2026-03-01']);
    expect(dates('2025-10-25T22:30Z', '2025-10-27T00:30Z')).toEqual([
      '2025-10-25',
      '2025-10-26',
      '2025-10-27',
    ]);
    expect(dates('2026-03-02T12:00Z', '2026-03-02T12:00Z')).toEqual(['2026-03-02']);
  });
});

describe('the name of a refused row', () => {
  it('is its period and key, else its instant, else its place', () => {
    expect(elexonRowName({ settlementDate: '2026-03-02', settlementPeriod: 5, fuelType: 'PS' }, 7)).toBe(
      '"2026-03-02", period 5, "PS"',
    );
    expect(elexonRowName({ measurementTime: '2026-03-02T12:00:00Z' }, 7)).toBe('"2026-03-02T12:00:00Z"');
    expect(elexonRowName({ price: 1 }, 7)).toBe('row 7');
    expect(elexonRowName(null, 7)).toBe('row 7');
  });
});
