import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PylonError } from '../../../src/domain/errors.js';
import { REGIONS } from '../../../src/domain/regions.js';
import { alignTo } from '../../../src/resolvers/align-to.js';
import { groupedBy } from '../../../src/resolvers/grouped-by.js';
import { halfHourRange } from '../../../src/resolvers/half-hour-range.js';
import { parseObservationId, observationId } from '../../../src/resolvers/observations.js';
import { pageOf, pageSize, positionAfter } from '../../../src/resolvers/page.js';
import { LICENCE_AREA_IDS, regionIdOf, requireRegion } from '../../../src/resolvers/regions.js';
import { signalId } from '../../../src/resolvers/signal-node.js';
import { decodeGlobalId, encodeGlobalId } from '../../../src/schema/global-id.js';
import { parseDateTime } from '../../../src/schema/scalars.js';

const codeOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error instanceof PylonError ? error.code : String(error);
  }
};
const at = (text: string): Date => new Date(text);

describe('a page', () => {
  it('holds 50 rows unless told otherwise, and 1 to 100', () => {
    expect(pageSize({})).toBe(50);
    expect(pageSize({ first: null })).toBe(50);
    expect([1, 100].map((first) => pageSize({ first }))).toEqual([1, 100]);
    for (const first of [0, -1, 101, 2 ** 31 - 1])
      expect(codeOf(() => pageSize({ first }))).toBe('BAD_USER_INPUT');
  });

  it('has a next one just when there was a row too many', () => {
    const page = (rows: number[], after: unknown = null) => pageOf(rows, 2, after, String);
    expect(page([1, 2, 3])).toEqual({
      edges: [
        { cursor: '1', node: 1 },
        { cursor: '2', node: 2 },
      ],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: '1', endCursor: '2' },
    });
    expect(page([1, 2]).pageInfo.hasNextPage).toBe(false);
    expect(page([], 'x').pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: true,
      startCursor: null,
      endCursor: null,
    });
  });

  it('goes on after a cursor that can be read, and position 0 is one', () => {
    expect(positionAfter(null, Number)).toBeNull();
    expect(positionAfter('0', Number)).toBe(0);
    expect(codeOf(() => positionAfter('x', () => null))).toBe('BAD_CURSOR');
  });
});

describe('a range of half hours', () => {
  it('has both ends on the grid, in order, and no more days than allowed', () => {
    const from = at('2026-03-02T12:30Z');
    expect(halfHourRange(from, at('2026-03-03T12:30Z'), 1)).toEqual({ from, to: at('2026-03-03T12:30Z') });
    for (const to of ['2026-03-03T13:00Z', '2026-03-02T12:30Z', '2026-03-02T12:00Z', '2026-03-02T12:45Z'])
      expect(codeOf(() => halfHourRange(from, at(to), 1))).toBe('BAD_USER_INPUT');
    expect(codeOf(() => halfHourRange(at('2026-03-02T12:30:00.001Z'), at('2026-03-02T13:00Z'), 1))).toBe(
      'BAD_USER_INPUT',
    );
  });
});

describe('a region', () => {
  it('is named by its id, its code or a postcode, and by one of them', () => {
    expect(regionIdOf({ regionId: 13 })).toBe(13);
    expect(regionIdOf({ code: 'London' })).toBe(13);
    expect(regionIdOf({ postcode: ' sw1a 1aa ' })).toBe(13);
    expect(codeOf(() => regionIdOf({}))).toBe('BAD_USER_INPUT');
    expect(codeOf(() => regionIdOf({ regionId: 13, code: 'LONDON' }))).toBe('BAD_USER_INPUT');
    for (const named of [
      { regionId: 0 },
      { regionId: 19 },
      { regionId: 1.5 },
      { code: 'x' },
      { postcode: 'x' },
    ])
      expect(codeOf(() => regionIdOf(named))).toBe('REGION_NOT_FOUND');
    expect(requireRegion(18).code).toBe('GB');
  });

  it('is ranked when it is a licence area', () => {
    expect(LICENCE_AREA_IDS).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
    expect(REGIONS).toHaveLength(18);
  });

  it('is refused in a message that is short, whatever was asked', () => {
    for (const named of [{ code: 'x'.repeat(10_000) }, { postcode: 'x'.repeat(10_000) }]) {
      try {
        regionIdOf(named);
        expect.unreachable();
      } catch (error) {
        expect((error as Error).message.length).toBeLessThan(600);
      }
    }
  });
});

describe('rows of a loader', () => {
  it('are put in the order of their keys, an error in the place of a missing one', () => {
    const [second, none, first] = alignTo([2, 3, 1], [{ id: 1 }, { id: 2 }], ({ id }) => id, 'thing');
    expect([second, first]).toEqual([{ id: 2 }, { id: 1 }]);
    expect(none).toMatchObject({ code: 'DATA_MISSING', message: 'there is no thing 3' });
  });

  it('are grouped without being reordered', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (rows) => {
        const groups = groupedBy(rows, (row) => row % 3);
        expect([...groups.values()].flat().sort((a, b) => a - b)).toEqual([...rows].sort((a, b) => a - b));
        for (const [key, group] of groups) expect(group).toEqual(rows.filter((row) => row % 3 === key));
      }),
    );
  });
});

describe('ids', () => {
  const types = fc.constantFrom('GridSignal', 'IngestRun', 'Observation', 'Region');
  const halfHour = fc.integer({ min: 0, max: 2 ** 22 }).map((i) => new Date(i * 1_800_000));

  it('that are global come back as they were, and no other text is one', () => {
    fc.assert(
      fc.property(types, fc.stringMatching(/^[\w@.:-]{1,60}$/), (typename, id) => {
        expect(decodeGlobalId(encodeGlobalId(typename, id))).toEqual({ typename, id });
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(String(codeOf(() => decodeGlobalId(text)))).toMatch(/is no global id/);
      }),
    );
  });

  it('of observations come back as they were, and never throw', () => {
    fc.assert(
      fc.property(
        fc.record({
          regionId: fc.integer({ min: 1, max: 18 }),
          sourceId: fc.integer({ min: 1, max: 32_767 }),
          kind: fc.constantFrom(
            'FORECAST' as const,
            'OUTTURN' as const,
            'ESTIMATE' as const,
            'DERIVED' as const,
          ),
          from: halfHour,
          sequence: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
        }),
        (key) => {
          expect(parseObservationId(observationId(key))).toEqual(key);
        },
      ),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseObservationId(text)).toBeNull();
      }),
    );
    expect(parseObservationId('1.1.constructor.2026-03-02T12:30Z.1')).toBeNull();
  });

  it('of signals name region and half hour', () => {
    expect(signalId({ regionId: 13, from: at('2026-03-02T12:30Z') })).toBe('13@2026-03-02T12:30Z');
  });
});

describe('an instant as clients write it', () => {
  it('comes back as it was, in any zone and to any digit', () => {
    fc.assert(
      fc.property(
        fc.date({ min: at('0001-01-02T00:00Z'), max: at('9999-12-30T00:00Z'), noInvalidDate: true }),
        fc.integer({ min: -23 * 60, max: 23 * 60 }),
        (instant, offset) => {
          expect(parseDateTime(instant.toISOString())).toEqual(instant);
          const local = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, -1);
          const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) =>
            String(part).padStart(2, '0'),
          );
          expect(parseDateTime(`${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`)).toEqual(instant);
        },
      ),
    );
  });

  it('is never guessed from other text', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(String(codeOf(() => parseDateTime(value)))).toMatch(/is no instant/);
      }),
    );
  });
});
