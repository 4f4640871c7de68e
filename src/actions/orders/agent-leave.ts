import type { ActionTransaction } from '../../database/actions.js';
import { leaveOf } from '../../domain/beckn-order/leave.js';
import { covers, type Place } from '../../domain/beckn-order/window-span.js';
import type { StatedPrice } from '../../domain/compute-window.js';
import { Refused } from '../../domain/refusal.js';
import type { OpenOrder } from './order-rows.js';

/**
 * What an agent began is bought only while its operator lets it spend that, and while the work has its place in the window: the
 * agent may have decided long before, and been stopped since.
 *
 * @throws {Refused} LIMIT_BROKEN
 */
export async function requireAgentsLeave(
  { db, now }: Pick<ActionTransaction, 'db' | 'now'>,
  { row, work, window }: Pick<OpenOrder, 'row' | 'work' | 'window'>,
  price: StatedPrice | null,
): Promise<void> {
  if (row.agent_id === null) return;
  const { rows: agents } = await db.query<{ config: Readonly<Record<string, unknown>> }>(
    'select config from agent_settings where agent_id = $1',
    [row.agent_id],
  );
  const leave = agents[0] ? leaveOf(agents[0]) : null;
  if (!leave) throw new Refused('LIMIT_BROKEN', 'the agent that began the purchase may not buy windows');
  const { maxGbpPerMwh: max } = leave;
  const gbpPerMwh = price?.gbpPerMwh ?? null;
  if (max !== null && (gbpPerMwh === null || gbpPerMwh > max))
    throw new Refused(
      'LIMIT_BROKEN',
      `its agent may pay at most ${max} GBP/MWh (maxWindowGbpPerMwh), and ${gbpPerMwh ?? 'no such price'} is asked`,
    );
  const { rows: places } = await db.query<Place>(
    `select c.region_id as "regionId", array_agg(s.slot_from order by s.slot_from) as slots
     from placements p join data_centres c on c.data_centre_id = p.data_centre_id
       join placement_slots s on s.placement_id = p.placement_id
     where p.workload_id = $1 and p.state in ('CONFIRMED', 'RUNNING') group by p.placement_id, c.region_id`,
    [work.workload_id],
  );
  if (!places.some((place) => covers(window, place, now)))
    throw new Refused('LIMIT_BROKEN', `workload ${work.job_id} has no place within the window now`);
}
