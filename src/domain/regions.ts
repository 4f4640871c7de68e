/**
 * The 18 regions of the Carbon Intensity API, as they are seeded into the database.
 *
 * Ids, `shortName` and `dnoRegion` are the API's own, spelling included: `dnoRegion` keeps the names of owners long
 * gone (WPD), and `licenceOperator` has the present licensee. Key on `regionId`: the API has renamed regions.
 *
 * @see https://carbon-intensity.github.io/api-definitions/#region-list (which stops at 17; 18 is returned all the same)
 */
import { OUTWARD_POSTCODES } from './outward-postcodes.js';

/** Ids 1–14 are licence areas, 15–17 countries, 18 the nation. */
export type RegionKind = 'LICENCE_AREA' | 'COUNTRY' | 'NATION';
export type Country = 'ENGLAND' | 'SCOTLAND' | 'WALES' | 'GREAT_BRITAIN';

export interface RegionSeed {
  readonly regionId: number;
  /** A name to type, stable for ever. */
  readonly code: string;
  readonly shortName: string;
  readonly dnoRegion: string;
  /** Licensed distributor, with the group it trades as; null where no one company holds the licence (15–18). */
  readonly licenceOperator: string | null;
  /** Letter of the GSP group that settlement uses for the same area; null for 15–18. */
  readonly gspGroup: string | null;
  readonly country: Country;
  readonly kind: RegionKind;
  /** Licence area to country to Great Britain; null for Great Britain. */
  readonly parentRegionId: number | null;
  /** WGS 84 degrees of the middle of the area; of a country or the nation, of its licence areas together. */
  readonly latitude: number;
  readonly longitude: number;
  /** Districts of a licence area, see `outward-postcodes.ts`; empty for 15–18, whose districts are their children's. */
  readonly outwardPostcodes: readonly string[];
}

const ENGLAND = 15;
const SCOTLAND = 16;
const WALES = 17;
/** Id of the region that is all of Great Britain. */
export const GREAT_BRITAIN = 18;
/** Regions that work can be placed in. */
export const LICENCE_AREA_IDS: readonly number[] = Array.from({ length: 14 }, (_, i) => i + 1);

const PARENT_ID = { ENGLAND, SCOTLAND, WALES } as const;

type Named = Pick<RegionSeed, 'code' | 'shortName' | 'dnoRegion' | 'latitude' | 'longitude'>;

function licenceArea(
  regionId: number,
  country: keyof typeof PARENT_ID,
  gspGroup: string,
  area: Named & { readonly licenceOperator: string },
): RegionSeed {
  return {
    ...area,
    regionId,
    gspGroup,
    country,
    kind: 'LICENCE_AREA',
    parentRegionId: PARENT_ID[country],
    outwardPostcodes: OUTWARD_POSTCODES[regionId] ?? [],
  };
}

function countryOrNation(regionId: number, country: Country, area: Named): RegionSeed {
  const isNation = regionId === GREAT_BRITAIN;
  return {
    ...area,
    regionId,
    licenceOperator: null,
    gspGroup: null,
    country,
    kind: isNation ? 'NATION' : 'COUNTRY',
    parentRegionId: isNation ? null : GREAT_BRITAIN,
    outwardPostcodes: [],
  };
}

/** All 18, in order of id. */
export const REGIONS: readonly RegionSeed[] = [
  licenceArea(1, 'SCOTLAND', '_P', {
    code: 'NORTH_SCOTLAND',
    shortName: 'North Scotland',
    dnoRegion: 'Scottish Hydro Electric Power Distribution',
    licenceOperator:
      'Scottish Hydro Electric Power Distribution plc (Scottish and Southern Electricity Networks)',
    latitude: 57.3562,
    longitude: -4.4094,
  }),
  licenceArea(2, 'SCOTLAND', '_N', {
    code: 'SOUTH_SCOTLAND',
    shortName: 'South Scotland',
    dnoRegion: 'SP Distribution',
    licenceOperator: 'SP Distribution plc (SP Energy Networks)',
    latitude: 55.5264,
    longitude: -3.6514,
  }),
  licenceArea(3, 'ENGLAND', '_G', {
    code: 'NORTH_WEST_ENGLAND',
    shortName: 'North West England',
    dnoRegion: 'Electricity North West',
    licenceOperator: 'Electricity North West Limited',
    latitude: 54.2078,
    longitude: -2.6984,
  }),
  licenceArea(4, 'ENGLAND', '_F', {
    code: 'NORTH_EAST_ENGLAND',
    shortName: 'North East England',
    dnoRegion: 'NPG North East',
    licenceOperator: 'Northern Powergrid (Northeast) plc',
    latitude: 54.6828,
    longitude: -1.6447,
  }),
  licenceArea(5, 'ENGLAND', '_M', {
    code: 'YORKSHIRE',
    shortName: 'Yorkshire',
    dnoRegion: 'NPG Yorkshire',
    licenceOperator: 'Northern Powergrid (Yorkshire) plc',
    latitude: 53.7012,
    longitude: -0.9922,
  }),
  // Region 6 lies in two countries: North Wales, and Merseyside with most of Cheshire. It has one parent, and that is Wales.
  licenceArea(6, 'WALES', '_D', {
    code: 'NORTH_WALES_MERSEYSIDE',
    shortName: 'North Wales & Merseyside',
    dnoRegion: 'SP Manweb',
    licenceOperator: 'SP Manweb plc (SP Energy Networks)',
    latitude: 52.9835,
    longitude: -3.4535,
  }),
  licenceArea(7, 'WALES', '_K', {
    code: 'SOUTH_WALES',
    shortName: 'South Wales',
    dnoRegion: 'WPD South Wales',
    licenceOperator: 'National Grid Electricity Distribution (South Wales) plc',
    latitude: 51.89,
    longitude: -3.8386,
  }),
  licenceArea(8, 'ENGLAND', '_E', {
    code: 'WEST_MIDLANDS',
    shortName: 'West Midlands',
    dnoRegion: 'WPD West Midlands',
    licenceOperator: 'National Grid Electricity Distribution (West Midlands) plc',
    latitude: 52.3336,
    longitude: -2.3246,
  }),
  licenceArea(9, 'ENGLAND', '_B', {
    code: 'EAST_MIDLANDS',
    shortName: 'East Midlands',
    dnoRegion: 'WPD East Midlands',
    licenceOperator: 'National Grid Electricity Distribution (East Midlands) plc',
    latitude: 52.7696,
    longitude: -0.8921,
  }),
  licenceArea(10, 'ENGLAND', '_A', {
    code: 'EAST_ENGLAND',
    shortName: 'East England',
    dnoRegion: 'UKPN East',
    licenceOperator: 'Eastern Power Networks plc (UK Power Networks)',
    latitude: 52.2154,
    longitude: 0.4959,
  }),
  licenceArea(11, 'ENGLAND', '_L', {
    code: 'SOUTH_WEST_ENGLAND',
    shortName: 'South West England',
    dnoRegion: 'WPD South West',
    licenceOperator: 'National Grid Electricity Distribution (South West) plc',
    latitude: 50.7702,
    longitude: -3.8321,
  }),
  licenceArea(12, 'ENGLAND', '_H', {
    code: 'SOUTH_ENGLAND',
    shortName: 'South England',
    dnoRegion: 'SSE South',
    licenceOperator: 'Southern Electric Power Distribution plc (Scottish and Southern Electricity Networks)',
    latitude: 51.2283,
    longitude: -1.523,
  }),
  licenceArea(13, 'ENGLAND', '_C', {
    code: 'LONDON',
    shortName: 'London',
    dnoRegion: 'UKPN London',
    licenceOperator: 'London Power Networks plc (UK Power Networks)',
    latitude: 51.4968,
    longitude: -0.0336,
  }),
  licenceArea(14, 'ENGLAND', '_J', {
    code: 'SOUTH_EAST_ENGLAND',
    shortName: 'South East England',
    dnoRegion: 'UKPN South East',
    licenceOperator: 'South Eastern Power Networks plc (UK Power Networks)',
    latitude: 51.1441,
    longitude: 0.3189,
  }),
  countryOrNation(ENGLAND, 'ENGLAND', {
    code: 'ENGLAND',
    shortName: 'England',
    dnoRegion: 'England',
    latitude: 52.5177,
    longitude: -1.4352,
  }),
  countryOrNation(SCOTLAND, 'SCOTLAND', {
    code: 'SCOTLAND',
    shortName: 'Scotland',
    dnoRegion: 'Scotland',
    latitude: 56.882,
    longitude: -4.213,
  }),
  countryOrNation(WALES, 'WALES', {
    code: 'WALES',
    shortName: 'Wales',
    dnoRegion: 'Wales',
    latitude: 52.4488,
    longitude: -3.6418,
  }),
  countryOrNation(GREAT_BRITAIN, 'GREAT_BRITAIN', {
    code: 'GB',
    shortName: 'GB',
    dnoRegion: 'GB',
    latitude: 54.0814,
    longitude: -2.6628,
  }),
];
