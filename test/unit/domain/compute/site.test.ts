import { describe, expect, it } from 'vitest';
import { locate, type Site } from '../../../../src/domain/compute/site.js';

const NOTHING: Site = { regionId: null, postcode: null, coordinates: null };
const IN_LONDON = { latitude: 51.5, longitude: -0.02 };
const IN_THE_HIGHLANDS = { latitude: 56.8, longitude: -4.3 };
const NEAR_A_BORDER = { latitude: 57.15, longitude: -2.1 };

describe('the licence area of a site', () => {
  it.each<[string, Partial<Site>, number]>([
    ['is what it is said to be', { regionId: 5 }, 5],
    ['is that of its postcode', { postcode: 'E14 5AB' }, 13],
    ['is that of the outward part, in any case', { postcode: ' sw1a ' }, 13],
    ['is that of coordinates clearly inside one', { coordinates: IN_LONDON }, 13],
    ['is what all agree on', { regionId: 13, postcode: 'E14', coordinates: IN_LONDON }, 13],
    ['is what it is said to be where the postcode is no place', { regionId: 11, postcode: 'BS99' }, 11],
    ['is what it is said to be near a border', { regionId: 2, coordinates: NEAR_A_BORDER }, 2],
  ])('%s', (_name, said, regionId) => {
    expect(locate({ ...NOTHING, ...said })).toEqual({ regionId, fault: null });
  });

  it.each<[string, Partial<Site>, string, RegExp]>([
    ['nothing is said', {}, 'regionId', /must be given/],
    ['coordinates do not tell', { coordinates: NEAR_A_BORDER }, 'regionId', /must be given/],
    ['the postcode is none', { regionId: 5, postcode: 'London' }, 'postcode', /must be a postcode/],
    ['the postcode is no place', { postcode: 'BS99' }, 'postcode', /give regionId/],
    [
      'region and postcode differ',
      { regionId: 1, postcode: 'E14' },
      'postcode',
      /is in region 13, not in region 1/,
    ],
    [
      'region and coordinates differ',
      { regionId: 1, coordinates: IN_LONDON },
      'latitude',
      /region 13, not in region 1/,
    ],
    [
      'postcode and coordinates differ',
      { postcode: 'E14', coordinates: IN_THE_HIGHLANDS },
      'latitude',
      /region 1, not in region 13/,
    ],
  ])('is a fault where %s', (_name, said, path, message) => {
    expect(locate({ ...NOTHING, ...said })).toMatchObject({
      regionId: null,
      fault: { path, message: expect.stringMatching(message) as string },
    });
  });
});
