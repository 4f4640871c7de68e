/** Which licence area a place is in, as far as what is said of it tells. */
import type { Coordinates } from './distance.js';
import { regionIdOfCoordinates } from './licence-area-discs.js';
import { regionIdOfPostcode } from './outward-postcodes.js';
import { REGIONS } from './regions.js';

/** What is said of a place; null where nothing is. */
export interface Place {
  readonly country: string | null;
  readonly postcode: string | null;
  readonly coordinates: Coordinates | null;
  /** Names of the area, its town or its county, the most telling one first. */
  readonly names: readonly string[];
}

/** A licence area (1 to 14), or null and why. */
export type PlacedRegion =
  { readonly regionId: number; readonly reason: null } | { readonly regionId: null; readonly reason: string };

export const OUTSIDE_GREAT_BRITAIN = 'outside Great Britain';
export const NEAR_A_BORDER = 'near a border: not clearly inside one licence area';
export const NO_PLACE = 'neither a postcode nor coordinates nor the name of a licence area is given';

/** Box around Great Britain and its islands, degrees. */
const BOX = { south: 49.8, north: 60.9, west: -8.7, east: 1.8 } as const;

const COUNTRIES = new Set([
  'GB',
  'GBR',
  'UK',
  'UNITED KINGDOM',
  'GREAT BRITAIN',
  'ENGLAND',
  'SCOTLAND',
  'WALES',
]);

const wordsOf = (name: string): string =>
  name
    .toUpperCase()
    .replaceAll(/[^A-Z]+/g, ' ')
    .trim();

const REGION_ID_BY_NAME: ReadonlyMap<string, number> = new Map(
  REGIONS.filter(({ kind }) => kind === 'LICENCE_AREA').flatMap(({ regionId, code, shortName, dnoRegion }) =>
    [code, shortName, dnoRegion].map((name) => [wordsOf(name), regionId] as const),
  ),
);

/**
 * The licence area of a place. A postcode tells it, then coordinates that are clearly inside one area, then a name that
 * is one of its own; a name never outweighs coordinates abroad.
 */
export function regionOfPlace({ country, postcode, coordinates, names }: Place): PlacedRegion {
  if (country !== null && !COUNTRIES.has(wordsOf(country))) return nowhere(OUTSIDE_GREAT_BRITAIN);
  const byPostcode = postcode === null ? null : regionIdOfPostcode(postcode);
  if (byPostcode !== null) return { regionId: byPostcode, reason: null };
  if (coordinates && !isInBox(coordinates)) return nowhere(OUTSIDE_GREAT_BRITAIN);
  const known =
    (coordinates && regionIdOfCoordinates(coordinates.latitude, coordinates.longitude)) ??
    names.map((name) => REGION_ID_BY_NAME.get(wordsOf(name))).find((regionId) => regionId !== undefined);
  if (known !== undefined) return { regionId: known, reason: null };
  return nowhere(coordinates ? NEAR_A_BORDER : NO_PLACE);
}

const nowhere = (reason: string): PlacedRegion => ({ regionId: null, reason });

const isInBox = ({ latitude, longitude }: Coordinates): boolean =>
  latitude > BOX.south && latitude < BOX.north && longitude > BOX.west && longitude < BOX.east;
