import type pg from 'pg';

/** Where work is allowed to run. */
export interface AllowedPlaces {
  readonly allowedDcIds: readonly string[];
  /** Empty: any. */
  readonly allowedRegionIds: readonly number[];
}

/** What is wrong with one of the data centres that work may run at. */
export interface AllowedCentreFault {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly message: string;
}

/** Regions of data centres by their ids; those that there are none of are left out. */
export async function readCentreRegions(
  db: Pick<pg.Pool, 'query'>,
  dcIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (dcIds.length === 0) return new Map();
  const { rows } = await db.query<{ dc_id: string; region_id: number }>(
    'select dc_id, region_id from data_centres where dc_id = any ($1)',
    [dcIds],
  );
  return new Map(rows.map((row) => [row.dc_id, row.region_id]));
}

/** Data centres that there are none of, or that are in no region the work may run in. */
export const allowedCentreFaults = (
  regions: ReadonlyMap<string, number>,
  { allowedDcIds, allowedRegionIds }: AllowedPlaces,
): AllowedCentreFault[] =>
  allowedDcIds.flatMap((dcId, index) => {
    const region = regions.get(dcId);
    if (region === undefined) return [{ index, message: `there is no data centre ${dcId}` }];
    return allowedRegionIds.length > 0 && !allowedRegionIds.includes(region)
      ? [{ index, message: `${dcId} is in region ${region}, which is not among allowedRegionIds` }]
      : [];
  });
