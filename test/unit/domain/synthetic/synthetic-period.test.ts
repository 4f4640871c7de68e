import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUELS } from '../../../../src/domain/fuels.js';
import { carbonIndexOf } from '../../../../src/domain/synthetic/carbon-index.js';
import { totalOf } from '../../../../src/domain/synthetic/fuel-amounts.js';
import { intensityOf } from '../../../../src/domain/synthetic/mix.js';
import { areasOf } from '../../../../src/domain/synthetic/region-areas.js';
import { syntheticPeriod, syntheticPeriods } from '../../../../src/domain/synthetic/synthetic-period.js';

const HALF_HOUR_MS = 30 * 60 * 1000;
const REGIONS = Array.from({ length: 18 }, (_, n) => n + 1);
const COUNTRIES_AND_GB = [15, 16, 17, 18];

const start = () =>
  fc
    .integer({
      min: Date.parse('1996-01-01T00:00Z') / HALF_HOUR_MS,
      max: Date.parse('2100-01-01T00:00Z') / HALF_HOUR_MS,
    })
    .map((n) => new Date(n * HALF_HOUR_MS));
const seed = () => fc.maxSafeInteger();

/** All eighteen regions of one half hour, by id. */
const regionsAt = (from: Date, seed: number) =>
  new Map(
    syntheticPeriods(REGIONS, from, new Date(from.getTime() + HALF_HOUR_MS), seed).map((p) => [
      p.regionId,
      p,
    ]),
  );

describe('a synthetic period', () => {
  it('is whole, adds up and agrees with itself in every region', () => {
    fc.assert(
      fc.property(start(), seed(), (from, seed) => {
        for (const period of regionsAt(from, seed).values()) {
          expect(totalOf(period.mixPermille)).toBe(1000);
          for (const fuel of FUELS) {
            expect(Number.isInteger(period.mixPermille[fuel])).toBe(true);
            expect(period.mixPermille[fuel]).toBeGreaterThanOrEqual(0);
          }
          expect(period.forecastGco2PerKwh).toBe(intensityOf(period.mixPermille));
          expect(period.forecastGco2PerKwh).toBeLessThanOrEqual(450);
          expect(period.index).toBe(carbonIndexOf(period.forecastGco2PerKwh));
          expect(Number.isInteger(period.outturnGco2PerKwh)).toBe(true);
          expect(period.outturnGco2PerKwh).toBeGreaterThanOrEqual(0);
          expect(Number.isInteger(period.demandMw)).toBe(true);
          expect(period.demandMw).toBeGreaterThan(300);
        }
      }),
    );
  });

  it('of a country or Great Britain is the demand-weighted average of its areas', () => {
    fc.assert(
      fc.property(start(), seed(), (from, seed) => {
        const regions = regionsAt(from, seed);
        for (const regionId of COUNTRIES_AND_GB) {
          const whole = regions.get(regionId);
          const areas = areasOf(regionId).flatMap((id) => regions.get(id) ?? []);
          const demandMw = areas.reduce((sum, area) => sum + area.demandMw, 0);
          const grams =
            areas.reduce((sum, area) => sum + area.forecastGco2PerKwh * area.demandMw, 0) / demandMw;
          expect(whole?.demandMw).toBe(demandMw);
          expect(Math.abs((whole?.forecastGco2PerKwh ?? Number.NaN) - grams)).toBeLessThan(2); // both are rounded
        }
      }),
    );
  });

  it('of Great Britain lies between its cleanest and its dirtiest area', () => {
    fc.assert(
      fc.property(start(), seed(), (from, seed) => {
        const regions = regionsAt(from, seed);
        const grams = areasOf(18).map((id) => regions.get(id)?.forecastGco2PerKwh ?? Number.NaN);
        const national = regions.get(18)?.forecastGco2PerKwh;
        expect(national).toBeGreaterThanOrEqual(Math.min(...grams));
        expect(national).toBeLessThanOrEqual(Math.max(...grams));
      }),
    );
  });
});

describe('random access', () => {
  it('finds in a window what it finds alone, wherever the window starts', () => {
    fc.assert(
      fc.property(
        start(),
        fc.nat(20),
        fc.constantFrom(...REGIONS),
        seed(),
        (from, before, regionId, seed) => {
          const earlier = new Date(from.getTime() - before * HALF_HOUR_MS);
          const later = new Date(from.getTime() + HALF_HOUR_MS);
          const window = syntheticPeriods([18, regionId], earlier, later, seed);
          expect(window.at(-1)).toEqual(syntheticPeriod(regionId, from, seed));
        },
      ),
    );
  });

  it('lists half hour by half hour, from inside and to outside, regions as given', () => {
    const from = new Date('2026-10-25T00:00Z');
    const window = syntheticPeriods([18, 3], from, new Date('2026-10-25T01:30Z'), 7);
    expect(window.map((period) => `${period.from.toISOString().slice(11, 16)} ${period.regionId}`)).toEqual([
      '00:00 18',
      '00:00 3',
      '00:30 18',
      '00:30 3',
      '01:00 18',
      '01:00 3',
    ]);
    expect(syntheticPeriods(REGIONS, from, from, 7)).toEqual([]);
    expect(syntheticPeriods([], from, new Date('2026-10-26T00:00Z'), 7)).toEqual([]);
  });

  it('shares no Date with its caller or between periods', () => {
    const from = new Date('2026-01-01T00:00Z');
    const [first, second] = syntheticPeriods([1, 2], from, new Date('2026-01-01T00:30Z'), 7);
    first?.from.setTime(0);
    expect(second?.from).toEqual(from);
    expect(from).toEqual(new Date('2026-01-01T00:00Z'));
  });
});

describe('determinism', () => {
  it('gives these values, everywhere and always', () => {
    expect(syntheticPeriod(18, new Date('2026-11-20T17:30Z'), 1)).toEqual({
      regionId: 18,
      from: new Date('2026-11-20T17:30Z'),
      forecastGco2PerKwh: 213,
      outturnGco2PerKwh: 216,
      index: 'HIGH',
      mixPermille: {
        BIOMASS: 78,
        COAL: 0,
        IMPORTS: 220,
        GAS: 452,
        NUCLEAR: 132,
        OTHER: 12,
        HYDRO: 11,
        SOLAR: 0,
        WIND: 95,
      },
      demandMw: 39_274,
    });
    const summer = syntheticPeriod(11, new Date('2026-06-20T12:00Z'), -5);
    expect([summer.forecastGco2PerKwh, summer.demandMw, summer.mixPermille.SOLAR]).toEqual([35, 1513, 869]);
  });

  it('makes another world of another seed', () => {
    const day = (seed: number) =>
      syntheticPeriods([18], new Date('2026-02-01T00:00Z'), new Date('2026-02-08T00:00Z'), seed).map(
        (period) => period.forecastGco2PerKwh,
      );
    expect(new Set([0, 1, 2, -1, 0xffff_fffe].map((seed) => day(seed).join())).size).toBe(5);
    expect(day(1)).toEqual(day(1 + 2 ** 32));
  });

  it('uses nothing that may differ between machines or moments', () => {
    const folder = new URL('../../../../src/domain/synthetic/', import.meta.url);
    const unsteady =
      /Math\.(?!abs|ceil|floor|imul|max|min|PI|round)\w+|\*\*|\bIntl\b|Date\.now|new Date\(\)|getHours/;
    for (const file of readdirSync(folder)) {
      const code = readFileSync(new URL(file, folder), 'utf8').replaceAll(/\/\*\*.*?\*\/|\/\/.*$/gms, '');
      expect(`${file}: ${unsteady.exec(code)?.[0]}`).toBe(`${file}: undefined`);
    }
    expect('const height = Math.sin(angle);').toMatch(unsteady);
    expect('const now = new Date();').toMatch(unsteady);
  });
});

describe('refusals', () => {
  const from = new Date('2026-01-01T00:00Z');
  const to = new Date('2026-01-01T01:00Z');

  it.each([0, 19, -1, 1.5, Number.NaN])('there is no region %d', (regionId) => {
    expect(() => syntheticPeriod(regionId, from, 1)).toThrow(RangeError);
    expect(() => syntheticPeriods([18, regionId], from, to, 1)).toThrow(RangeError);
    expect(() => syntheticPeriods([18, regionId], from, from, 1)).toThrow(RangeError); // also when there is nothing to list
  });

  it.each(['2026-01-01T00:15Z', '2026-01-01T00:30:00.001Z', 'never'])(
    '%s is no start of a half hour',
    (text) => {
      expect(() => syntheticPeriod(18, new Date(text), 1)).toThrow(RangeError);
      expect(() => syntheticPeriods([18], new Date(text), to, 1)).toThrow(RangeError);
    },
  );

  it('an invalid end and a seed that is not whole are refused', () => {
    expect(() => syntheticPeriods([18], from, new Date(Number.NaN), 1)).toThrow(RangeError);
    expect(() => syntheticPeriod(18, from, 0.5)).toThrow(RangeError);
    expect(() => syntheticPeriod(18, from, Number.NaN)).toThrow(RangeError);
  });
});
