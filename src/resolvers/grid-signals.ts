import type { Context } from '../context.js';
import { readSignalPage } from '../database/grid-signals.js';
import { PylonError } from '../domain/errors.js';
import { addHalfHours, floorToHalfHour } from '../domain/half-hour.js';
import { GREAT_BRITAIN } from '../domain/regions.js';
import { decodeSignalCursor, encodeSignalCursor } from '../domain/signal-cursor.js';
import { asOfOf } from './as-of.js';
import { halfHourRange } from './half-hour-range.js';
import { pageOf, pageSize, positionAfter, type Page, type PageArgs } from './page.js';
import { regionIdOf, requireRegion, type RegionArgs } from './regions.js';
import { nodeOf, type SignalNode } from './signal-node.js';

const LONGEST_DAYS = 366;
/** How far `forecast` looks ahead unless `hours` says otherwise, and at most. */
export const DEFAULT_FORECAST_HOURS = 48;
export const LONGEST_FORECAST_HOURS = 96;

export interface GridSignalsArgs extends PageArgs {
  readonly regionIds: readonly number[];
  readonly from: Date;
  readonly to: Date;
  readonly asOf?: Date | null | undefined;
}

/** Answers `gridSignals`. @throws {PylonError} BAD_USER_INPUT, REGION_NOT_FOUND, BAD_CURSOR */
export async function gridSignals(args: GridSignalsArgs, context: Context): Promise<Page<SignalNode>> {
  const { database } = context;
  const size = pageSize(args);
  const after = positionAfter(args.after, decodeSignalCursor);
  const range = halfHourRange(args.from, args.to, LONGEST_DAYS);
  const regionIds = [...new Set(args.regionIds)];
  if (regionIds.length === 0) throw new PylonError('BAD_USER_INPUT', 'regionIds names no region');
  regionIds.forEach(requireRegion);
  const asOf = await asOfOf(args.asOf, context);
  const rows = await readSignalPage(database.reader, {
    ...range,
    regionIds,
    after,
    limit: size + 1,
    asOf: asOf?.sequence ?? null,
  });
  const nodes = rows.map((signal) => nodeOf(signal, asOf));
  return pageOf(nodes, size, after, encodeSignalCursor);
}

/** Answers `Region.signals`; many regions asked the same are one statement. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export async function regionSignals(
  { regionId, ...args }: Omit<GridSignalsArgs, 'regionIds'> & { readonly regionId: number },
  context: Context,
): Promise<Page<SignalNode>> {
  const size = pageSize(args);
  const after = positionAfter(args.after, decodeSignalCursor);
  const range = halfHourRange(args.from, args.to, LONGEST_DAYS);
  const asOf = await asOfOf(args.asOf, context);
  const rows = await context.loaders.regionPage.load({
    ...range,
    regionId,
    after,
    limit: size + 1,
    asOf: asOf?.sequence ?? null,
  });
  return pageOf(
    rows.map((signal) => nodeOf(signal, asOf)),
    size,
    after,
    encodeSignalCursor,
  );
}

export interface GridNowArgs extends RegionArgs {
  readonly asOf?: Date | null | undefined;
}

/**
 * Answers `gridNow` and `Region.signalNow`: the half hour that covers now, or the past instant asked for.
 *
 * @throws {PylonError} DATA_MISSING when no carbon intensity is known for it.
 */
export async function gridNow(args: GridNowArgs, context: Context): Promise<SignalNode> {
  const regionId = regionOrGreatBritain(args);
  const asOf = await asOfOf(args.asOf, context);
  const instant = asOf?.instant ?? context.now;
  const from = floorToHalfHour(instant);
  const signal = await context.loaders.signal.load({ regionId, from, asOf });
  if (!signal?.carbon) throw missing(`region ${regionId} at ${instant.toISOString()}`);
  return nodeOf(signal, asOf);
}

/** @throws {PylonError} REGION_NOT_FOUND; BAD_USER_INPUT when more than one name is given */
const regionOrGreatBritain = (named: RegionArgs): number =>
  named.regionId != null || named.code != null || named.postcode != null ? regionIdOf(named) : GREAT_BRITAIN;

export interface ForecastArgs extends RegionArgs {
  readonly from?: Date | null | undefined;
  readonly hours?: number | null | undefined;
  readonly asOf?: Date | null | undefined;
}

/**
 * Answers `forecast` and `Region.forecast`: the half hours from the one that covers `from` on, as far as they are known.
 *
 * @throws {PylonError} DATA_MISSING when none is known; BAD_USER_INPUT
 */
export async function forecast(
  { from, hours, asOf: asked, ...named }: ForecastArgs,
  context: Context,
): Promise<SignalNode[]> {
  const regionId = regionOrGreatBritain(named);
  const span = hours ?? DEFAULT_FORECAST_HOURS;
  if (span < 1 || span > LONGEST_FORECAST_HOURS)
    throw new PylonError('BAD_USER_INPUT', `hours: ${span} is not 1 to ${LONGEST_FORECAST_HOURS}`);
  const asOf = await asOfOf(asked, context);
  const start = floorToHalfHour(from ?? asOf?.instant ?? context.now);
  const rows = await context.loaders.regionPage.load({
    regionId,
    from: start,
    to: addHalfHours(start, span * 2),
    after: null,
    limit: span * 2,
    asOf: asOf?.sequence ?? null,
  });
  const known = rows.filter(({ carbon }) => carbon !== null);
  if (known.length === 0)
    throw missing(`region ${regionId} in the ${span} hours from ${start.toISOString()}`);
  return known.map((signal) => nodeOf(signal, asOf));
}

export const missing = (what: string): PylonError =>
  new PylonError('DATA_MISSING', `no carbon intensity is known for ${what}`);
