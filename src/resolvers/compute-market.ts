import type { Context } from '../context.js';
import {
  readSnapshotPage,
  readWindowPage,
  readZonesOfRegions,
  readZonesOnOffer,
  type ComputeWindow,
  type GridZone,
  type Offer,
  type WindowSnapshot,
} from '../database/compute-market.js';
import { fromBase64url, toBase64url } from '../domain/base64url.js';
import { PylonError } from '../domain/errors.js';
import { REGIONS } from '../domain/regions.js';
import { pageOf, pageSize, positionAfter, type Page, type PageArgs } from './page.js';
import { requireRegion } from './regions.js';
import { windowNode, type ComputeWindowNode } from './window-node.js';

export type { GridZone, Offer, WindowSnapshot } from '../database/compute-market.js';

const LARGEST_ID = 2 ** 31 - 1;

/** The region and all that lies in it; null for all. @throws {PylonError} REGION_NOT_FOUND */
function areasIn(regionId: number | null | undefined): readonly number[] | null {
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

export interface RegionArg {
  readonly regionId?: number | null | undefined;
}

/** Answers `gridZones`. @throws {PylonError} REGION_NOT_FOUND */
export const gridZones = async (
  { regionId }: RegionArg,
  { database }: Pick<Context, 'database'>,
): Promise<GridZone[]> => readZonesOfRegions(database.pool, areasIn(regionId));

/** Answers `marketCatalog`. @throws {PylonError} REGION_NOT_FOUND */
export const marketCatalog = async (
  { regionId }: RegionArg,
  { database, now }: Pick<Context, 'database' | 'now'>,
): Promise<GridZone[]> => readZonesOnOffer(database.pool, areasIn(regionId), now);

/** Answers `GridZone.windows`. */
export const zoneWindows = async (
  { gridZoneId }: GridZone,
  { loaders, now }: Pick<Context, 'loaders' | 'now'>,
): Promise<ComputeWindowNode[]> =>
  (await loaders.zoneWindows.load({ gridZoneId, instant: now })).map((window) => windowNode(window));

export interface ComputeWindowsArgs extends PageArgs, RegionArg {
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
  { current, regionId, from, to, ...paging }: ComputeWindowsArgs,
  { database, now }: Pick<Context, 'database' | 'now'>,
): Promise<Page<ComputeWindowNode>> {
  const size = pageSize(paging);
  const after = positionAfter(paging.after, windowCursors.decode);
  if (from && to && from >= to)
    throw new PylonError(
      'BAD_USER_INPUT',
      `from ${from.toISOString()} to ${to.toISOString()}: from must lie before to`,
    );
  const rows = await readWindowPage(database.pool, {
    onOfferAt: current === true ? now : null,
    regionIds: areasIn(regionId),
    from: from ?? null,
    to: to ?? null,
    after,
    limit: size + 1,
  });
  return pageOf(
    rows.map((window) => windowNode(window)),
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
  const snapshot = await loaders.windowSnapshot.load({ computeWindowId, asOf });
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
  const rows = await readSnapshotPage(database.pool, { computeWindowId, asOf, before, limit: size + 1 });
  return pageOf(rows, size, before, snapshotCursors.encode);
}

/** Answers `node` for zones: null in the place of an id that nothing has. */
export const gridZonesById = (
  ids: readonly string[],
  { loaders }: Pick<Context, 'loaders'>,
): Promise<(GridZone | null)[]> =>
  Promise.all(ids.map((text) => loadOrNull(text, (id) => loaders.gridZone.load(id))));

/** Answers `node` for windows: null in the place of an id that nothing has. */
export const computeWindowsById = (
  ids: readonly string[],
  { loaders }: Pick<Context, 'loaders'>,
): Promise<(ComputeWindowNode | null)[]> =>
  Promise.all(
    ids.map((text) => loadOrNull(text, async (id) => windowNode(await loaders.computeWindow.load(id)))),
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
