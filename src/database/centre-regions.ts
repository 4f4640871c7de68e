import type pg from 'pg';

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
