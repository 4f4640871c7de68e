import type { Context } from '../context.js';
import { PylonError } from '../domain/errors.js';
import { regionIdOfPostcode } from '../domain/outward-postcodes.js';
import { REGIONS, type RegionSeed } from '../domain/regions.js';
import type { Region } from '../generated/prisma/client.js';

/** The ids to route among: areas that hold data centres, which countries only add up. */
export const LICENCE_AREA_IDS = REGIONS.filter(({ kind }) => kind === 'LICENCE_AREA').map(
  ({ regionId }) => regionId,
);

/** @throws {PylonError} REGION_NOT_FOUND */
export function requireRegion(regionId: number): RegionSeed {
  const region = REGIONS.find((each) => each.regionId === regionId);
  if (!region)
    throw new PylonError(
      'REGION_NOT_FOUND',
      `there is no region ${regionId}; regions are 1 to 18, of which 18 is Great Britain`,
    );
  return region;
}

/** The region and all that lies in it; null for all. @throws {PylonError} REGION_NOT_FOUND */
export function areasIn(regionId: number | null | undefined): readonly number[] | null {
  if (regionId == null) return null;
  requireRegion(regionId);
  const within = (id: number): number[] => [
    id,
    ...REGIONS.filter(({ parentRegionId }) => parentRegionId === id).flatMap((child) =>
      within(child.regionId),
    ),
  ];
  return within(regionId);
}

export interface RegionArgs {
  readonly regionId?: number | null | undefined;
  readonly code?: string | null | undefined;
  readonly postcode?: string | null | undefined;
}

/**
 * The region that just one of the arguments names.
 *
 * @throws {PylonError} REGION_NOT_FOUND; BAD_USER_INPUT unless exactly one is given.
 */
export function regionIdOf({ regionId, code, postcode }: RegionArgs): number {
  const given = [regionId, code, postcode].filter((value) => value != null).length;
  if (given !== 1)
    throw new PylonError('BAD_USER_INPUT', 'name the region by just one of regionId, code and postcode');
  if (regionId != null) return requireRegion(regionId).regionId;
  if (code != null) {
    const region = REGIONS.find((each) => each.code === code.toUpperCase());
    if (!region)
      throw new PylonError(
        'REGION_NOT_FOUND',
        `no region has the code ${JSON.stringify(code.slice(0, 40))}; codes are: ${REGIONS.map((each) => each.code).join(', ')}`,
      );
    return region.regionId;
  }
  const found = regionIdOfPostcode(postcode ?? '');
  if (found === null)
    throw new PylonError(
      'REGION_NOT_FOUND',
      `${JSON.stringify((postcode ?? '').slice(0, 40))} is no postcode or outward code of Great Britain, such as SW1A 1AA or EN2`,
    );
  return found;
}

/** Answers `node` for regions: null in the place of an id that nothing has. */
export const regionsById = (
  ids: readonly string[],
  { loaders }: Pick<Context, 'loaders'>,
): Promise<(Region | null)[]> =>
  Promise.all(
    ids.map(async (id) =>
      REGIONS.some(({ regionId }) => String(regionId) === id) ? loaders.region.load(Number(id)) : null,
    ),
  );
