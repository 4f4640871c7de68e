import type { ActionTransaction } from '../../database/actions.js';
import { Refused } from '../../domain/refusal.js';

/**
 * The marketplace's zone of that code, and of that area where several share it; null where none is named.
 *
 * @throws {Refused} NOT_FOUND; INVALID where several areas share the code and none is named
 */
export async function gridZoneIdOf(
  { db }: Pick<ActionTransaction, 'db'>,
  { zoneId, zoneName }: { readonly zoneId: string | null; readonly zoneName: string | null },
): Promise<number | null> {
  if (zoneId === null) return null;
  const { rows } = await db.query<{ grid_zone_id: number; area: string }>(
    'select grid_zone_id, area from grid_zones where zone_code = $1 and ($2::text is null or area = $2) order by area limit 20',
    [zoneId, zoneName],
  );
  const [zone, ...others] = rows;
  if (!zone) throw new Refused('NOT_FOUND', `the marketplace has stated no zone ${JSON.stringify(zoneId)}`);
  if (others.length === 0) return zone.grid_zone_id;
  const areas = rows.map(({ area }) => JSON.stringify(area)).join(', ');
  throw new Refused('INVALID', 'the zone is not named by its code alone', {
    faults: [{ path: 'input.zoneName', message: `several areas have this code; name one: ${areas}` }],
  });
}
