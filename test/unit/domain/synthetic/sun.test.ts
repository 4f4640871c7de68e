import { describe, expect, it } from 'vitest';
import { sinOfSunElevation } from '../../../../src/domain/synthetic/sun.js';

const LONDON = [51.5, -0.1] as const;
const HIGHLANDS = [57.4, -4.6] as const;

const elevationDegrees = ([latitude, longitude]: readonly [number, number], instant: string) =>
  (Math.asin(sinOfSunElevation(latitude, longitude, Date.parse(instant) / 3_600_000)) * 180) / Math.PI;

describe('sun', () => {
  it.each([
    ['2026-06-21T12:02Z', 61.9],
    ['2026-12-21T11:58Z', 15.1],
    ['2026-03-20T12:08Z', 38.5],
    ['2026-09-23T11:53Z', 38.5],
  ])('stands at its noon height over London at %s', (instant, degrees) => {
    expect(Math.abs(elevationDegrees(LONDON, instant) - degrees)).toBeLessThan(1);
  });

  it('rises and sets in London within minutes of the almanac', () => {
    for (const [dark, light] of [
      ['2026-06-21T03:30Z', '2026-06-21T04:00Z'],
      ['2026-06-21T20:35Z', '2026-06-21T20:05Z'],
      ['2026-12-21T07:50Z', '2026-12-21T08:25Z'],
      ['2026-12-21T16:10Z', '2026-12-21T15:35Z'],
    ] as const) {
      expect(elevationDegrees(LONDON, dark)).toBeLessThan(0);
      expect(elevationDegrees(LONDON, light)).toBeGreaterThan(0);
    }
  });

  it('stays up longer in the north in summer and shorter in winter', () => {
    expect(elevationDegrees(HIGHLANDS, '2026-06-21T20:55Z')).toBeGreaterThan(0);
    expect(elevationDegrees(LONDON, '2026-06-21T20:55Z')).toBeLessThan(0);
    expect(elevationDegrees(HIGHLANDS, '2026-12-21T08:30Z')).toBeLessThan(0);
    expect(elevationDegrees(LONDON, '2026-12-21T08:30Z')).toBeGreaterThan(0);
  });
});
