/** Which licence area something is built in, by all that is said of its place. */
import type { Coordinates } from '../distance.js';
import { regionIdOfCoordinates } from '../licence-area-discs.js';
import { regionIdOfPostcode } from '../outward-postcodes.js';

/** What is said of the place; null where nothing is. */
export interface Site {
  /** A licence area, 1 to 14. */
  readonly regionId: number | null;
  /** Whole or its outward part. */
  readonly postcode: string | null;
  readonly coordinates: Coordinates | null;
}

/** The licence area, or which part of what was said is wrong and why. */
export type LocatedSite =
  | { readonly regionId: number; readonly fault: null }
  | {
      readonly regionId: null;
      readonly fault: { readonly path: 'regionId' | 'postcode' | 'latitude'; readonly message: string };
    };

const POSTCODE = /^[A-Z]{1,2}[0-9][A-Z0-9]?( ?[0-9][A-Z]{2})?$/i;

/** Nothing that is said may contradict the rest: the one who says it knows which of it is wrong. */
export function locate({ regionId, postcode, coordinates }: Site): LocatedSite {
  if (postcode !== null && !POSTCODE.test(postcode.trim()))
    return wrong(
      'postcode',
      'must be a postcode of Great Britain or its outward part, such as SW1A 1AA or EN2',
    );
  const byPostcode = postcode === null ? null : regionIdOfPostcode(postcode);
  const byCoordinates = coordinates && regionIdOfCoordinates(coordinates.latitude, coordinates.longitude);
  const found = regionId ?? byPostcode ?? byCoordinates;
  if (found === null) {
    return postcode === null
      ? wrong(
          'regionId',
          'must be given where neither the postcode nor the coordinates tell the licence area',
        )
      : wrong('postcode', 'is of no licence area that is known: give regionId');
  }
  if (byPostcode !== null && byPostcode !== found)
    return wrong(
      'postcode',
      `is in region ${byPostcode}, not in region ${found}: correct one, or leave it out`,
    );
  if (byCoordinates !== null && byCoordinates !== found)
    return wrong('latitude', `the place is in region ${byCoordinates}, not in region ${found}: correct one`);
  return { regionId: found, fault: null };
}

const wrong = (path: 'regionId' | 'postcode' | 'latitude', message: string): LocatedSite => ({
  regionId: null,
  fault: { path, message },
});
