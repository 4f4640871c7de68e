import DataLoader from 'dataloader';
import {
  readOffers,
  readSnapshotsAsOf,
  readWindows,
  readWindowsOfZones,
  readZones,
  readZonesOfRegions,
  type ComputeWindow,
  type GridZone,
  type Offer,
  type SnapshotKey,
  type WindowAsOf,
  type WindowSnapshot,
} from '../database/compute-market.js';
import type { Database } from '../database/open.js';
import { alignTo } from './align-to.js';
import { groupedBy } from './grouped-by.js';

/** A zone, and the instant of the request that asks about it. */
export interface ZoneAt {
  readonly gridZoneId: number;
  readonly instant: Date;
}

/** Loaders of the compute-energy marketplace. */
export interface MarketLoaders {
  readonly gridZone: DataLoader<number, GridZone>;
  /** Zones in a region, by name. */
  readonly regionZones: DataLoader<number, readonly GridZone[]>;
  readonly computeWindow: DataLoader<number, ComputeWindow>;
  /** Windows of a zone on offer at the instant of the request, by their start. */
  readonly zoneWindows: DataLoader<ZoneAt, readonly ComputeWindow[], number>;
  /** Null where nothing was said of the window yet. */
  readonly windowSnapshot: DataLoader<WindowAsOf, WindowSnapshot | null, string>;
  readonly snapshotOffers: DataLoader<SnapshotKey, readonly Offer[], string>;
}

/** Built once a request, as those beside them. */
export function createMarketLoaders({ pool }: Database): MarketLoaders {
  return {
    gridZone: new DataLoader(async (ids) =>
      alignTo(ids, await readZones(pool, ids), ({ gridZoneId }) => gridZoneId, 'grid zone'),
    ),
    regionZones: new DataLoader(async (regionIds) => {
      const byRegion = groupedBy(await readZonesOfRegions(pool, regionIds), ({ regionId }) => regionId);
      return regionIds.map((regionId) => byRegion.get(regionId) ?? []);
    }),
    computeWindow: new DataLoader(async (ids) =>
      alignTo(ids, await readWindows(pool, ids), ({ computeWindowId }) => computeWindowId, 'compute window'),
    ),
    zoneWindows: new DataLoader(
      async (zones) => {
        const [first] = zones;
        if (!first) return [];
        const ids = zones.map(({ gridZoneId }) => gridZoneId);
        const windows = await readWindowsOfZones(pool, ids, first.instant); // a request has one instant
        const byZone = groupedBy(windows, ({ gridZoneId }) => gridZoneId);
        return ids.map((id) => byZone.get(id) ?? []);
      },
      { cacheKeyFn: ({ gridZoneId }) => gridZoneId },
    ),
    windowSnapshot: new DataLoader((keys) => readSnapshotsAsOf(pool, keys), {
      cacheKeyFn: ({ computeWindowId, asOf }) => `${computeWindowId}@${asOf ?? ''}`,
    }),
    snapshotOffers: new DataLoader((keys) => readOffers(pool, keys), {
      cacheKeyFn: ({ computeWindowId, sequence }) => `${computeWindowId}@${sequence}`,
    }),
  };
}
