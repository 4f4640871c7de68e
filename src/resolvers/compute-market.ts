import type { Context } from '../context.js';
import {
  readSnapshotPage,
  readWindowPage,
  readZonesOfRegions,
  readZonesOnOffer,
  type ComputeWindow,
  type Offer,
  type WindowSnapshot,
} from '../database/compute-market.js';
import { fromBase64url, toBase64url } from '../domain/base64url.js';
import { PylonError } from '../domain/errors.js';
import { asOfOf } from './as-of.js';
import { pageOf, pageSize, positionAfter, type Page, type PageArgs } from './page.js';
import { areasIn } from './regions.js';
import { windowNode, zoneNode, type ComputeWindowNode, type GridZoneNode } from './window-node.js';

export type { Offer, WindowSnapshot } from '../database/compute-market.js';

const LARGEST_ID = 2 ** 31 - 1;

export interface RegionArg {
  readonly regionId?: number | null | undefined;
}

export interface MarketArgs extends RegionArg {
  readonly asOf?: Date | null | undefined;
}

/** Answers `gridZones`. @throws {PylonError} REGION_NOT_FOUND, BAD_USER_INPUT */
export async function gridZones(
  { regionId, asOf: asked }: MarketArgs,
  { database, loaders }: Pick<Context, 'database' | 'loaders'>,
): Promise<GridZoneNode[]> {
  const regionIds = areasIn(regionId);
  const asOf = await asOfOf(asked, { loaders });
  const zones = await readZonesOfRegions(database.pool, { regionIds, asOf: asOf?.sequence ?? null });
  return zones.map((zone) => zoneNode(zone, asOf));
}

/** Answers `marketCatalog`. @throws {PylonError} REGION_NOT_FOUND, BAD_USER_INPUT */
export async function marketCatalog(
  { regionId, asOf: asked }: MarketArgs,
  { database, loaders, now }: Pick<Context, 'database' | 'loaders' | 'now'>,
): Promise<GridZoneNode[]> {
  const regionIds = areasIn(regionId);
  const asOf = await asOfOf(asked, { loaders });
  const zones = await readZonesOnOffer(database.pool, {
    regionIds,
    asOf: asOf?.sequence ?? null,
    instant: asOf?.instant ?? now,
  });
  return zones.map((zone) => zoneNode(zone, asOf));
}

/** Answers `Region.gridZones`. */
export const regionZones = async (
  regionId: number,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<GridZoneNode[]> => (await loaders.regionZones.load(regionId)).map((zone) => zoneNode(zone, null));

/** Answers `GridZone.windows`. */
export const zoneWindows = async (
  { gridZoneId, asOf }: GridZoneNode,
  { loaders, now }: Pick<Context, 'loaders' | 'now'>,
): Promise<ComputeWindowNode[]> =>
  (
    await loaders.zoneWindows.load({
      gridZoneId,
      instant: asOf?.instant ?? now,
      asOf: asOf?.sequence ?? null,
    })
  ).map((window) => windowNode(window, asOf));

/** Answers `ComputeWindow.zone`. */
export const windowZone = async (
  { gridZoneId, asOf }: ComputeWindowNode,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<GridZoneNode> => zoneNode(await loaders.gridZone.load(gridZoneId), asOf);

/** Answers `ComputeWindow.isOnOffer`. */
export const isOnOffer = (
  { isListed, to, asOf }: ComputeWindowNode,
  { now }: Pick<Context, 'now'>,
): boolean => isListed && to > (asOf?.instant ?? now);

export interface ComputeWindowsArgs extends PageArgs, MarketArgs {
  readonly current?: boolean | null | undefined;
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
}

const windowCursors = {
  encode: ({ from, computeWindowId }: ComputeWindow): string =>
    toBase64url(`w1.${from.getTime()}.${computeWindowId}`),
  decode: (text: string): { readonly from: Date; readonly computeWindowId: number } | null => {
    const [, ms, id] = /^w1\.(\d{1,15})\.([1-9]\d{0,9})$/.exec(fromBase64url(text) ?? '') ?? [];
    const computeWindowId = Number(id);
    return ms !== undefined && computeWindowId <= LARGEST_ID
      ? { from: new Date(Number(ms)), computeWindowId }
      : null;
  },
};

/** Answers `computeWindows`. @throws {PylonError} BAD_USER_INPUT, REGION_NOT_FOUND, BAD_CURSOR */
export async function computeWindows(
  { current, regionId, from, to, asOf: asked, ...paging }: ComputeWindowsArgs,
  { database, loaders, now }: Pick<Context, 'database' | 'loaders' | 'now'>,
): Promise<Page<ComputeWindowNode>> {
  const size = pageSize(paging);
  const after = positionAfter(paging.after, windowCursors.decode);
  if (from && to && from >= to)
    throw new PylonError(
      'BAD_USER_INPUT',
      `from ${from.toISOString()} to ${to.toISOString()}: from must lie before to`,
    );
  const regionIds = areasIn(regionId);
  const asOf = await asOfOf(asked, { loaders });
  const rows = await readWindowPage(database.pool, {
    asOf: asOf?.sequence ?? null,
    onOfferAt: current === true ? (asOf?.instant ?? now) : null,
    regionIds,
    from: from ?? null,
    to: to ?? null,
    after,
    limit: size + 1,
  });
  return pageOf(
    rows.map((window) => windowNode(window, asOf)),
    size,
    after,
    windowCursors.encode,
  );
}

/** Answers `ComputeWindow.currentSnapshot`: every window has one. @throws {PylonError} DATA_MISSING */
export async function currentSnapshot(
  { computeWindowId, asOf }: ComputeWindowNode,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<WindowSnapshot> {
  const snapshot = await loaders.windowSnapshot.load({ computeWindowId, asOf: asOf?.sequence ?? null });
  if (!snapshot)
    throw new PylonError('DATA_MISSING', `nothing was said of compute window ${computeWindowId} yet`);
  return snapshot;
}

/** Answers `ComputeWindow.offers`: those of its newest snapshot. */
export async function windowOffers(
  window: ComputeWindowNode,
  context: Pick<Context, 'loaders'>,
): Promise<readonly Offer[]> {
  return context.loaders.snapshotOffers.load(await currentSnapshot(window, context));
}

const snapshotCursors = {
  encode: ({ sequence }: WindowSnapshot): string => toBase64url(`ws1.${sequence}`),
  decode: (text: string): bigint | null => {
    const [, digits] = /^ws1\.([1-9]\d{0,17})$/.exec(fromBase64url(text) ?? '') ?? [];
    return digits === undefined ? null : BigInt(digits);
  },
};

/** Answers `ComputeWindow.snapshots`, newest first. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export async function windowSnapshots(
  { computeWindowId, asOf }: ComputeWindowNode,
  args: PageArgs,
  { database }: Pick<Context, 'database'>,
): Promise<Page<WindowSnapshot>> {
  const size = pageSize(args);
  const before = positionAfter(args.after, snapshotCursors.decode);
  const rows = await readSnapshotPage(database.pool, {
    computeWindowId,
    asOf: asOf?.sequence ?? null,
    before,
    limit: size + 1,
  });
  return pageOf(rows, size, before, snapshotCursors.encode);
}

/** Answers `node` for zones: null in the place of an id that nothing has. */
export const gridZonesById = (
  ids: readonly string[],
  { loaders }: Pick<Context, 'loaders'>,
): Promise<(GridZoneNode | null)[]> =>
  Promise.all(
    ids.map((text) => loadOrNull(text, async (id) => zoneNode(await loaders.gridZone.load(id), null))),
  );

/** Answers `node` for windows: null in the place of an id that nothing has. */
export const computeWindowsById = (
  ids: readonly string[],
  { loaders }: Pick<Context, 'loaders'>,
): Promise<(ComputeWindowNode | null)[]> =>
  Promise.all(
    ids.map((text) => loadOrNull(text, async (id) => windowNode(await loaders.computeWindow.load(id), null))),
  );

async function loadOrNull<Row>(text: string, load: (id: number) => Promise<Row>): Promise<Row | null> {
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Infinity;
  if (id > LARGEST_ID) return null;
  try {
    return await load(id);
  } catch (error) {
    if (error instanceof PylonError && error.code === 'DATA_MISSING') return null;
    throw error;
  }
}
