import { LICENCE_AREAS } from './licence-areas.js';

const SCOTLAND = [1, 2];
const WALES = [6, 7];
const ALL = LICENCE_AREAS.map(({ id }) => id).sort((a, b) => a - b);

const AREAS_BY_REGION = new Map<number, readonly number[]>([
  ...ALL.map((id): [number, readonly number[]] => [id, [id]]),
  [15, ALL.filter((id) => !SCOTLAND.includes(id) && !WALES.includes(id))],
  [16, SCOTLAND],
  [17, WALES], // North Wales & Merseyside counts as Welsh
  [18, ALL],
]);

/**
 * The licence areas that make up a region of the Carbon Intensity API: itself, a country's (15 to 17), or all (18).
 *
 * @throws {RangeError} when there is no such region.
 */
export function areasOf(regionId: number): readonly number[] {
  const areas = AREAS_BY_REGION.get(regionId);
  if (!areas) throw new RangeError(`there is no region ${regionId}; they run from 1 to 18`);
  return areas;
}
