import { describe, expect, it } from 'vitest';
import { OUTWARD_POSTCODES } from '../../../src/domain/outward-postcodes.js';
import { REGIONS, type RegionSeed } from '../../../src/domain/regions.js';

const licenceAreas = REGIONS.filter((region) => region.kind === 'LICENCE_AREA');
const parentOf = (region: RegionSeed) => REGIONS.find((other) => other.regionId === region.parentRegionId);
const idsByKind = (kind: RegionSeed['kind']) =>
  REGIONS.filter((region) => region.kind === kind).map((region) => region.regionId);

/** dnoregion and shortname as the API answered `/regional` on 2021-04-30 and 2026-05-06. */
const SAID_BY_API = [
  ['Scottish Hydro Electric Power Distribution', 'North Scotland'],
  ['SP Distribution', 'South Scotland'],
  ['Electricity North West', 'North West England'],
  ['NPG North East', 'North East England'],
  ['NPG Yorkshire', 'Yorkshire'],
  ['SP Manweb', 'North Wales & Merseyside'],
  ['WPD South Wales', 'South Wales'],
  ['WPD West Midlands', 'West Midlands'],
  ['WPD East Midlands', 'East Midlands'],
  ['UKPN East', 'East England'],
  ['WPD South West', 'South West England'],
  ['SSE South', 'South England'],
  ['UKPN London', 'London'],
  ['UKPN South East', 'South East England'],
  ['England', 'England'],
  ['Scotland', 'Scotland'],
  ['Wales', 'Wales'],
  ['GB', 'GB'],
];

describe('REGIONS', () => {
  it('are 18, in order of id', () => {
    expect(REGIONS.map((region) => region.regionId)).toEqual(Array.from({ length: 18 }, (_, i) => i + 1));
  });

  it('are 14 licence areas, 3 countries and the nation', () => {
    expect(idsByKind('LICENCE_AREA')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(idsByKind('COUNTRY')).toEqual([15, 16, 17]);
    expect(idsByKind('NATION')).toEqual([18]);
  });

  it('are spelt as the API spells them', () => {
    expect(REGIONS.map(({ dnoRegion, shortName }) => [dnoRegion, shortName])).toEqual(SAID_BY_API);
  });

  it('have a code each that can be typed', () => {
    const codes = REGIONS.map((region) => region.code);
    expect(new Set(codes).size).toBe(18);
    for (const code of codes) expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
  });

  it('lead from licence area to country to Great Britain, which has no parent', () => {
    for (const area of licenceAreas) {
      const country = parentOf(area);
      expect(country).toMatchObject({ kind: 'COUNTRY', country: area.country, parentRegionId: 18 });
    }
    expect(REGIONS.at(-1)).toMatchObject({ regionId: 18, kind: 'NATION', parentRegionId: null });
  });

  it('put region 6, which lies in two countries, in Wales', () => {
    expect(REGIONS.filter((region) => region.parentRegionId === 17).map((region) => region.regionId)).toEqual(
      [6, 7],
    );
    expect(REGIONS.filter((region) => region.parentRegionId === 16).map((region) => region.regionId)).toEqual(
      [1, 2],
    );
  });

  it('have 14 lettered GSP groups and 14 licensees, and none for countries and nation', () => {
    const groups = new Set(licenceAreas.map((area) => area.gspGroup));
    expect(groups).toEqual(new Set(Array.from('ABCDEFGHJKLMNP', (letter) => `_${letter}`)));
    expect(new Set(licenceAreas.map((area) => area.licenceOperator)).size).toBe(14);
    expect(licenceAreas.every((area) => area.licenceOperator !== null)).toBe(true);
    for (const region of REGIONS.slice(14)) {
      expect(region).toMatchObject({ gspGroup: null, licenceOperator: null, outwardPostcodes: [] });
    }
  });

  it('lie in Great Britain, each licence area at a place of its own', () => {
    for (const { latitude, longitude } of REGIONS) {
      expect(latitude).toBeGreaterThan(49.8);
      expect(latitude).toBeLessThan(60.9);
      expect(longitude).toBeGreaterThan(-8.7);
      expect(longitude).toBeLessThan(1.8);
    }
    expect(new Set(licenceAreas.map(({ latitude, longitude }) => `${latitude},${longitude}`)).size).toBe(14);
  });

  it('lie the right way round', () => {
    const at = (code: string) => {
      const region = REGIONS.find((candidate) => candidate.code === code);
      if (region === undefined) throw new Error(`no region ${code}`);
      return region;
    };
    expect(at('NORTH_SCOTLAND').latitude).toBeGreaterThan(at('SOUTH_SCOTLAND').latitude);
    expect(at('SOUTH_SCOTLAND').latitude).toBeGreaterThan(at('NORTH_EAST_ENGLAND').latitude);
    expect(at('NORTH_WALES_MERSEYSIDE').latitude).toBeGreaterThan(at('SOUTH_WALES').latitude);
    expect(at('EAST_MIDLANDS').longitude).toBeGreaterThan(at('WEST_MIDLANDS').longitude);
    expect(at('EAST_ENGLAND').longitude).toBeGreaterThan(at('SOUTH_WEST_ENGLAND').longitude);
  });

  it('carry the districts of their id', () => {
    for (const area of licenceAreas) {
      expect(area.outwardPostcodes).toBe(OUTWARD_POSTCODES[area.regionId]);
      expect(area.outwardPostcodes.length).toBeGreaterThan(50);
    }
  });
});
