import { describe, expect, it } from 'vitest';
import {
  ELEXON_DATASETS,
  datasetByCode,
  datasetOfLine,
  unknownDataset,
} from '../../../../src/ingest/elexon/catalogue.js';
import { pathOf } from '../../../../src/ingest/elexon/request.js';

const DAY = { from: new Date('2025-07-01T00:00Z'), to: new Date('2025-07-02T00:00Z') };

describe("Elexon's catalogue", () => {
  it('has 82 sets, each once, in the order of their codes', () => {
    const codes = ELEXON_DATASETS.map(({ code }) => code);
    expect(codes).toHaveLength(82);
    expect(codes).toEqual([...new Set(codes)].sort());
  });

  it('tells statements published at several times about one time apart, so that none counts for another', () => {
    const forecasts = ELEXON_DATASETS.filter(
      ({ askedBy, at }) => askedBy === 'publish' && at !== 'publishTime',
    );
    expect(forecasts.length).toBeGreaterThan(20);
    expect(forecasts.filter(({ keys }) => !keys.includes('publishTime')).map(({ code }) => code)).toEqual([]);
  });

  it('finds a set by its code in any case, and names those there are', () => {
    expect(datasetByCode('pn')).toMatchObject({
      code: 'PN',
      route: '/datasets/PN/stream',
      windowDays: 1,
      isDaily: true,
    });
    expect(() => datasetByCode('NOPE')).toThrow(/no data set "NOPE"; there are: ABUC, AGPT/);
  });

  it.each([
    '',
    'PN | period | timeFrom | -',
    'PN | never | timeFrom | - | 1d | 1h | stream | PN',
    'pn | period | timeFrom | - | 1d | 1h | stream | PN',
    'PN | period | timeFrom | - | 1 | 1h | stream | PN',
    'PN | period | timeFrom | - | 1d | 1h | flood | PN',
  ])('refuses the line %j', (line) => {
    expect(() => datasetOfLine(line)).toThrow(RangeError);
  });
});

describe('the path of a window', () => {
  it.each([
    ['PN', '/datasets/PN/stream?from=2025-07-01T00:00:00Z&to=2025-07-01T23:59:59Z'],
    [
      'NDF',
      '/datasets/NDF/stream?publishDateTimeFrom=2025-07-01T00:00:00Z&publishDateTimeTo=2025-07-01T23:59:59Z',
    ],
    [
      'INDO',
      '/datasets/INDO?publishDateTimeFrom=2025-07-01T00:00:00Z&publishDateTimeTo=2025-07-01T23:59:59Z',
    ],
    [
      'FREQ',
      '/datasets/FREQ/stream?measurementDateTimeFrom=2025-07-01T00:00:00Z&measurementDateTimeTo=2025-07-01T23:59:59Z',
    ],
    [
      'RZDF',
      '/datasets/RZDF/stream?submissionDateTimeFrom=2025-07-01T00:00:00Z&submissionDateTimeTo=2025-07-01T23:59:59Z',
    ],
    [
      'TUDM', // in summer the third period of a day begins at midnight UTC
      '/datasets/TUDM/stream?settlementDateFrom=2025-07-01&settlementPeriodFrom=3&settlementDateTo=2025-07-02&settlementPeriodTo=2',
    ],
  ])('asks for %s by its own times, up to the last second inside', (code, path) => {
    expect(pathOf(datasetByCode(code), DAY)).toBe(path);
  });

  it('asks for a set that nobody knows by when it was published', () => {
    expect(pathOf(unknownDataset('NEW'), DAY)).toMatch(/^\/datasets\/NEW\?publishDateTimeFrom=/);
  });
});
