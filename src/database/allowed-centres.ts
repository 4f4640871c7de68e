import type pg from 'pg';

/** What is wrong with one of the data centres that work may run at. */
export interface AllowedCentreFault {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly message: string;
}

/** Those that there are none of, or that are in no region the work may run in. `allowedRegionIds` empty: any. */
export async function readAllowedCentreFaults(
  db: Pick<pg.Pool, 'query'>,
  {
    allowedDcIds,
    allowedRegionIds,
  }: { readonly allowedDcIds: readonly string[]; readonly allowedRegionIds: readonly number[] },
): Promise<AllowedCentreFault[]> {
  if (allowedDcIds.length === 0) return [];
  const { rows } = await db.query<{ dc_id: string; region_id: number }>(
    'select dc_id, region_id from data_centres where dc_id = any ($1)',
    [allowedDcIds],
  );
  const regions = new Map(rows.map((row) => [row.dc_id, row.region_id]));
  return allowedDcIds.flatMap((dcId, index) => {
    const region = regions.get(dcId);
    if (region === undefined) return [{ index, message: `there is no data centre ${dcId}` }];
    return allowedRegionIds.length > 0 && !allowedRegionIds.includes(region)
      ? [{ index, message: `${dcId} is in region ${region}, which is not among allowedRegionIds` }]
      : [];
  });
}
