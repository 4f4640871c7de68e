import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceKm } from '../../../src/domain/distance.js';
import { LICENCE_AREA_DISCS, regionIdOfCoordinates } from '../../../src/domain/licence-area-discs.js';
import { REGIONS } from '../../../src/domain/regions.js';
import { regionOfPlace } from '../../../src/domain/region-of-place.js';

describe('the distance between two places', () => {
  it.each([
    ['London', 51.5074, -0.1278, 'Edinburgh', 55.9533, -3.1883, 534],
    ['Penzance', 50.1188, -5.5376, 'Lerwick', 60.1546, -1.1494, 1151],
  ])('%s at %d, %d to %s at %d, %d is %d km', (_from, a, b, _to, c, d, km) => {
    expect(distanceKm({ latitude: a, longitude: b }, { latitude: c, longitude: d })).toBeCloseTo(km, -1);
  });
});

describe('the discs of the licence areas', () => {
  it('never overlap those of another area', () => {
    const overlapping = LICENCE_AREA_DISCS.flatMap((a, i) =>
      LICENCE_AREA_DISCS.slice(i + 1)
        .filter((b) => a.regionId !== b.regionId && distanceKm(a, b) <= a.radiusKm + b.radiusKm)
        .map((b) => [a, b]),
    );
    expect(overlapping).toEqual([]);
  });

  it('are there for every licence area, in whose country they lie', () => {
    expect(new Set(LICENCE_AREA_DISCS.map(({ regionId }) => regionId)).size).toBe(14);
    for (const { regionId, latitude, longitude } of LICENCE_AREA_DISCS) {
      const middle = REGIONS.find((region) => region.regionId === regionId);
      expect(middle && distanceKm(middle, { latitude, longitude })).toBeLessThan(regionId === 1 ? 350 : 180);
    }
  });

  it.each([
    ['Inverness', 57.45, -4.0, 1],
    ['Glasgow', 55.86, -4.25, 2],
    ['Manchester', 53.5, -2.25, 3],
    ['Durham', 54.78, -1.57, 4],
    ['Leeds', 53.8, -1.55, 5],
    ['Cardiff', 51.55, -3.3, 7],
    ['Birmingham', 52.48, -1.9, 8],
    ['Nottingham', 52.95, -1.15, 9],
    ['Cambridge', 52.2, 0.12, 10],
    ['Exeter', 50.72, -3.53, 11],
    ['Reading', 51.45, -0.97, 12],
    ['the City of London', 51.51, -0.09, 13],
    ['Maidstone', 51.27, 0.52, 14],
  ])('put %s in its area', (_place, latitude, longitude, regionId) => {
    expect(regionIdOfCoordinates(latitude, longitude)).toBe(regionId);
  });

  it.each([
    ['Stockholm', 59.33, 18.07],
    ['San Francisco', 37.77, -122.42],
    ['Dublin', 53.35, -6.26],
    ['Belfast', 54.6, -5.93],
    ['Douglas, Isle of Man', 54.15, -4.48],
    ['Calais', 50.95, 1.86],
    ['the Dogger Bank', 54.7, 1.5],
  ])('put %s in none', (_place, latitude, longitude) => {
    expect(regionIdOfCoordinates(latitude, longitude)).toBeNull();
    expect(
      regionOfPlace({ country: null, postcode: null, coordinates: { latitude, longitude }, names: [] })
        .regionId,
    ).toBeNull();
  });
});

describe('the region of a place', () => {
  it('is one, or none with a reason, whatever is said of it', () => {
    const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
    fc.assert(
      fc.property(
        maybe(fc.oneof(fc.string(), fc.constantFrom('GB', 'uk', 'SE'))),
        maybe(fc.oneof(fc.string(), fc.constantFrom('EN2', 'SW1A 1AA'))),
        maybe(
          fc.record({
            latitude: fc.double({ min: -90, max: 90, noNaN: true }),
            longitude: fc.double({ min: -180, max: 180, noNaN: true }),
          }),
        ),
        fc.array(fc.oneof(fc.string(), fc.constantFrom(...REGIONS.map(({ shortName }) => shortName)))),
        (country, postcode, coordinates, names) => {
          const { regionId, reason } = regionOfPlace({ country, postcode, coordinates, names });
          expect((regionId === null) === (reason !== null)).toBe(true);
          if (regionId !== null) expect(regionId >= 1 && regionId <= 14).toBe(true);
        },
      ),
    );
  });
});
