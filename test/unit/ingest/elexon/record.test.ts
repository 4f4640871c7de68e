import { describe, expect, it } from 'vitest';
import { RowRefused } from '../../../../src/ingest/rows.js';
import { datasetByCode } from '../../../../src/ingest/elexon/catalogue.js';
import { recordLines, recordOf } from '../../../../src/ingest/elexon/record.js';

const WINDOW = { from: new Date('2026-08-01T00:00Z'), to: new Date('2026-08-02T00:00Z') };

function lineOf(code: string, text: string): string {
  const lines = recordLines(datasetByCode(code))(WINDOW);
  const bytes = Buffer.from(text);
  lines.take(bytes, 0, bytes.length);
  return lines.flush().toString();
}

const record = (code: string, row: Record<string, unknown>) => recordOf(datasetByCode(code), row);

describe('the record of a row', () => {
  it('is of its own time, key and unit', () => {
    expect(
      record('MELS', {
        timeFrom: '2026-08-01T00:30:00Z',
        notificationTime: '2026-07-29T09:05:16Z',
        notificationSequence: 235873031,
        nationalGridBmUnit: 'DRAXX-1',
        bmUnit: 'T_DRAXX-1',
      }),
    ).toEqual({
      at: new Date('2026-08-01T00:30Z'),
      key: '["2026-07-29T09:05:16Z",235873031,"DRAXX-1","T_DRAXX-1"]',
      bmUnit: 'T_DRAXX-1',
    });
  });

  it("reads settlement periods by London's clock, since B1610's own end has no zone", () => {
    const row = {
      settlementDate: '2026-08-01',
      settlementPeriod: 3,
      halfHourEndTime: '2026-08-01T00:30:00',
      nationalGridBmUnitId: 'DRAXX-1',
    };
    expect(record('B1610', row)).toMatchObject({ at: new Date('2026-08-01T00:00Z'), bmUnit: 'DRAXX-1' });
  });

  it('begins a day at midnight in London', () => {
    const row = { publishTime: '2026-08-01T12:00:00Z', forecastDate: '2026-08-03' };
    expect(record('NDFD', row).at).toEqual(new Date('2026-08-02T23:00Z'));
  });

  it('has a short key however long its fields are', () => {
    const { key } = record('REMIT', {
      publishTime: '2026-08-01T12:00:00Z',
      mrid: 'x'.repeat(5_000),
      revisionNumber: 1,
    });
    expect(key).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    ['MELS', { timeFrom: 'soon' }, /timeFrom "soon" is no instant/],
    ['NDFD', { forecastDate: '2026-02-30' }, /forecastDate "2026-02-30" is no date/],
    ['B1610', { settlementDate: '2026-08-01' }, /are no settlement period/],
    ['SYSWARN', { publishTime: '0000-01-01T00:00:00Z' }, /is no instant/],
    ['SYSWARN', { publishTime: '1999-12-31T23:59:59Z' }, /is no instant/],
    ['B1610', { settlementDate: '1999-12-31', settlementPeriod: 1 }, /is not of this millennium/],
    ['MELS', { timeFrom: '2026-08-01T00:00:00Z', bmUnit: 'a\u0000' }, /bmUnit is no id/],
  ])('of %s is refused with the reason: %j', (code, row, reason) => {
    expect(() => record(code, row)).toThrow(RowRefused);
    expect(() => record(code, row)).toThrow(reason);
  });

  it('of another age is refused, since it would ask for partitions since then', () => {
    const row = '{"startTime":"2001-10-14T09:00:00Z"}';
    expect(() => lineOf('MID', row)).toThrow(/is of 2001-10-14T09:00:00.000Z, far from what was asked for/);
  });
});

describe('the line of a record', () => {
  it('holds the row as it was written, every digit of it, on one line', () => {
    const text =
      '{\n "startTime": "2026-08-01T00:00:00Z",\n "dataProvider": "A\\\\B", "price": 0.000000000000000001, "volume": 0.000 }';
    const cells = lineOf('MID', text).trimEnd().split('\t');
    expect(cells.slice(0, 3)).toEqual(['2026-08-01T00:00:00.000Z', '["A\\\\\\\\B"]', '\\N']);
    expect(cells[3]?.replaceAll('\\n', '\n').replaceAll('\\\\', '\\')).toBe(text);
    expect(cells).toHaveLength(4);
  });

  it('leaves out what jsonb refuses', () => {
    const text = '{"startTime":"2026-08-01T00:00:00Z","dataProvider":"a\\u0000\\ud800","price":1e999999}';
    const cells = lineOf('MID', text).trimEnd().split('\t');
    expect(cells[3]).toBe('{"startTime":"2026-08-01T00:00:00Z","dataProvider":"a\uFFFD\uFFFD","price":null}');
  });
});
