import { REGIONS } from '../domain/regions.js';

const PARENTS = new Map(REGIONS.map(({ regionId, parentRegionId }) => [regionId, parentRegionId]));

/** Whether a region is another one, or has it within: Great Britain every one, Scotland its two licence areas. */
export function regionCovers(regionId: number, other: number): boolean {
  for (let each: number | null = other; each !== null; each = PARENTS.get(each) ?? null)
    if (each === regionId) return true;
  return false;
}
