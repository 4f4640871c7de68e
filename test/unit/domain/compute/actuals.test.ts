import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actualsOf, spansOf, type Consumption } from '../../../../src/domain/compute/actuals.js';
import { piecesOf, shareEnergy, type Run } from '../../../../src/domain/compute/run-pieces.js';
import { addHalfHours, isHalfHour } from '../../../../src/domain/half-hour.js';

const NOON = Date.parse('2026-03-02T12:00Z');
const DAY_MS = 24 * 3_600_000;

/** Runs one after another, as a workload has them, some of no length and some in the half hour of the one before. */
const runs = fc
  .array(
    fc.record({
      gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: DAY_MS })),
      ranMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 * DAY_MS })),
      dataCentreId: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts): Run[] => {
    let at = NOON;
    return parts.map(({ gapMs, ranMs, dataCentreId }) => {
      const startedAt = new Date(at + gapMs);
      at += gapMs + ranMs;
      return { dataCentreId, startedAt, stoppedAt: new Date(at) };
    });
  });

const lengthOf = ({ startedAt, stoppedAt }: Run): number => stoppedAt.getTime() - startedAt.getTime();
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('runs cut at the half hours', () => {
  it('lose not a millisecond, whichever data centre they were at', () => {
    fc.assert(
      fc.property(runs, (all) => {
        const pieces = piecesOf(all);
        for (const id of [1, 2, 3]) {
          const here = ({ dataCentreId }: { readonly dataCentreId: number }) => dataCentreId === id;
          expect(sum(pieces.filter(here).map(({ ranMs }) => ranMs))).toBe(
            sum(all.filter(here).map(lengthOf)),
          );
        }
        for (const { from, ranMs } of pieces) {
          expect(isHalfHour(from)).toBe(true);
          expect(ranMs).toBeGreaterThanOrEqual(0);
          expect(ranMs).toBeLessThanOrEqual(30 * 60_000);
        }
        const places = pieces.map(({ from, dataCentreId }) => `${from.toISOString()} ${dataCentreId}`);
        expect(places).toEqual([...new Set(places)].sort());
      }),
    );
  });

  it('share out all of the energy, more to the longer', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 0, max: 1e9 }), (all, energyWh) => {
        const energyKwh = energyWh / 1000;
        const pieces = piecesOf(all);
        const shares = shareEnergy(energyKwh, pieces);
        expect(Math.abs(sum(shares) - energyKwh)).toBeLessThanOrEqual(energyKwh * 1e-9);
        for (const [i, piece] of pieces.entries())
          for (const [k, other] of pieces.entries())
            if (piece.ranMs > other.ranMs) expect(shares[i]).toBeGreaterThanOrEqual(shares[k] ?? 0);
      }),
    );
  });

  it('are one piece where they took no time', () => {
    const at = new Date('2026-03-02T12:30Z');
    const pieces = piecesOf([{ dataCentreId: 1, startedAt: at, stoppedAt: at }]);
    expect(pieces).toEqual([{ dataCentreId: 1, from: at, ranMs: 0 }]);
    expect(shareEnergy(5, pieces)).toEqual([5]);
  });
});

const drew = (i: number, more: Partial<Consumption> = {}): Consumption => ({
  dataCentreId: 1,
  regionId: 13,
  from: addHalfHours(new Date(NOON), i),
  energyKwh: 10,
  facilityEnergyKwh: 12,
  carbon: {
    gco2PerKwh: 100,
    kind: 'OUTTURN',
    provenance: { source: 'x', quality: 'REAL', issuedAt: null, knownAt: new Date(NOON) },
  },
  price: { gbpPerMwh: 50, market: 'MARKET_INDEX' },
  ...more,
});

describe('what a workload drew', () => {
  it('comes to facility energy times intensity, and times price', () => {
    expect(actualsOf([drew(0), drew(1, { price: { gbpPerMwh: -50, market: 'MARKET_INDEX' } })])).toEqual({
      carbonGco2: 2_400,
      costGbp: 0,
      note: null,
    });
  });

  it('comes to nothing partial: null, with the half hours that are missing', () => {
    const holes = [drew(0), drew(1, { carbon: null }), drew(2, { carbon: null }), drew(5, { price: null })];
    expect(actualsOf(holes)).toEqual({
      carbonGco2: null,
      costGbp: null,
      note: 'no carbon intensity of region 13 for 2026-03-02T12:30Z to 2026-03-02T13:30Z; no price for 2026-03-02T14:30Z to 2026-03-02T15:00Z',
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 60 }),
        (known) => {
          const { carbonGco2, costGbp } = actualsOf(
            known.map(([hasCarbon, hasPrice], i) =>
              drew(i, { ...(hasCarbon ? {} : { carbon: null }), ...(hasPrice ? {} : { price: null }) }),
            ),
          );
          expect(carbonGco2 !== null).toBe(known.every(([hasCarbon]) => hasCarbon));
          expect(costGbp !== null).toBe(known.every(([, hasPrice]) => hasPrice));
        },
      ),
    );
  });

  it('says what of it is expected or made up', () => {
    const { carbon } = drew(0);
    const { note, costGbp } = actualsOf([
      drew(0, {
        carbon: carbon && {
          ...carbon,
          kind: 'ESTIMATE',
          provenance: { ...carbon.provenance, quality: 'SYNTHETIC' },
        },
        price: { gbpPerMwh: 50, market: 'FORECAST' },
      }),
    ]);
    expect(costGbp).toBe(0.6);
    expect(note).toMatch(/ESTIMATE by the last forecast.*SYNTHETIC.*price is an expected one/);
  });

  it('names half hours as few spans as they make', () => {
    expect(spansOf([3, 0, 1, 1].map((i) => drew(i)))).toBe(
      '2026-03-02T12:00Z to 2026-03-02T13:00Z, 2026-03-02T13:30Z to 2026-03-02T14:00Z',
    );
  });
});
