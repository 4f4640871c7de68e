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

/** A zone, and the instant it is asked about: that of the request, or a past one with its sequence. */
export interface ZoneAt {
  readonly gridZoneId: number;
  readonly instant: Date;
  readonly asOf: bigint | null;
}

/** Loaders of the compute-energy marketplace. */
export interface MarketLoaders {
  readonly gridZone: DataLoader<number, GridZone>;
  /** Zones in a region, by name. */
  readonly regionZones: DataLoader<number, readonly GridZone[]>;
  readonly computeWindow: DataLoader<number, ComputeWindow>;
  /** Windows of a zone on offer at an instant, by their start. */
  readonly zoneWindows: DataLoader<ZoneAt, readonly ComputeWindow[], string>;
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
      const byRegion = groupedBy(
        await readZonesOfRegions(pool, { regionIds, asOf: null }),
        ({ regionId }) => regionId,
      );
      return regionIds.map((regionId) => byRegion.get(regionId) ?? []);
    }),
    computeWindow: new DataLoader(async (ids) =>
      alignTo(
        ids,
        (
          await readWindows(
            pool,
            ids.map((computeWindowId) => ({ computeWindowId, asOf: null })),
          )
        ).filter((window) => window !== null),
        ({ computeWindowId }) => computeWindowId,
        'compute window',
      ),
    ),
    zoneWindows: new DataLoader((zones) => readZoneWindows(pool, zones), {
      cacheKeyFn: (zone) => `${zone.gridZoneId}@${momentOf(zone)}`,
    }),
    windowSnapshot: new DataLoader((keys) => readSnapshotsAsOf(pool, keys), {
      cacheKeyFn: ({ computeWindowId, asOf }) => `${computeWindowId}@${asOf ?? ''}`,
    }),
    snapshotOffers: new DataLoader((keys) => readOffers(pool, keys), {
      cacheKeyFn: ({ computeWindowId, sequence }) => `${computeWindowId}@${sequence}`,
    }),
  };
}

const momentOf = ({ instant, asOf }: ZoneAt): string => `${instant.getTime()}@${asOf ?? ''}`;

/** One statement for each instant asked about: as a rule there is one. */
async function readZoneWindows(
  pool: Database['pool'],
  zones: readonly ZoneAt[],
): Promise<readonly ComputeWindow[][]> {
  const answers = new Map<ZoneAt, ComputeWindow[]>();
  await Promise.all(
    [...groupedBy(zones, momentOf).values()].map(async (group) => {
      const [first] = group;
      if (!first) return;
      const ids = group.map(({ gridZoneId }) => gridZoneId);
      const byZone = groupedBy(await readWindowsOfZones(pool, ids, first), ({ gridZoneId }) => gridZoneId);
      for (const zone of group) answers.set(zone, byZone.get(zone.gridZoneId) ?? []);
    }),
  );
  return zones.map((zone) => answers.get(zone) ?? []);
}
