import type { Context } from '../context.js';
import { readCardinalPoints, type CardinalPoint } from '../database/cardinal-points.js';
import { asOfOf } from './as-of.js';
import { halfHourRange } from './half-hour-range.js';

export type { CardinalPoint } from '../database/cardinal-points.js';

/** About a dozen points a day: a hundred at most. */
const LONGEST_DAYS = 7;

/** Answers `demandCardinalPoints`. @throws {PylonError} BAD_USER_INPUT */
export async function demandCardinalPoints(
  {
    from,
    to,
    asOf: asked,
  }: { readonly from: Date; readonly to: Date; readonly asOf?: Date | null | undefined },
  context: Context,
): Promise<CardinalPoint[]> {
  const range = halfHourRange(from, to, LONGEST_DAYS);
  const asOf = await asOfOf(asked, context);
  return readCardinalPoints(context.database.reader, range, asOf?.sequence ?? null);
}
