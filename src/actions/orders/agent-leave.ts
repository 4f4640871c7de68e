import type { ActionTransaction } from '../../database/actions.js';
import { leaveOf } from '../../domain/beckn-order/leave.js';
import { covers, type Place } from '../../domain/beckn-order/window-span.js';
import type { StatedPrice } from '../../domain/compute-window.js';
import { Refused } from '../../domain/refusal.js';
import type { OpenOrder } from './order-rows.js';

type Db = Pick<ActionTransaction, 'db'>;

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
  const places = await placesOf({ db }, work.workload_id);
  const message =
    spendingFault(await configOf({ db }, row.agent_id), price?.gbpPerMwh ?? null) ??
    (places.some((place) => covers(window, place, now))
      ? null
      : `workload ${work.job_id} has no place within the window now`);
  if (message !== null)
    throw new Refused(
      'LIMIT_BROKEN',
      `the agent that began purchase ${row.code} may not buy it: ${message}`,
      {
        faults: [{ path: 'input', message }],
      },
    );
}

function spendingFault(config: Readonly<Record<string, unknown>>, gbpPerMwh: number | null): string | null {
  const leave = leaveOf({ config });
  if (!leave) return 'its operator does not let it buy windows (buysWindows, maxWindowGbpPerMwh)';
  const { maxGbpPerMwh: max } = leave;
  return max === null || (gbpPerMwh !== null && gbpPerMwh <= max)
    ? null
    : `maxWindowGbpPerMwh: ${gbpPerMwh ?? 'no such price'} GBP/MWh, at most ${max} is allowed`;
}

async function configOf({ db }: Db, agentId: number): Promise<Readonly<Record<string, unknown>>> {
  const { rows } = await db.query<{ config: Readonly<Record<string, unknown>> }>(
    'select config from agent_settings where agent_id = $1',
    [agentId],
  );
  if (!rows[0]) throw new Error(`agent ${agentId}, that began a purchase, has no settings`);
  return rows[0].config;
}

/** Where and when a workload has power of its own. */
async function placesOf({ db }: Db, workloadId: number): Promise<Place[]> {
  const { rows } = await db.query<Place>(
    `select c.region_id as "regionId", array_agg(s.slot_from order by s.slot_from) as slots
     from placements p join data_centres c on c.data_centre_id = p.data_centre_id
       join placement_slots s on s.placement_id = p.placement_id
     where p.workload_id = $1 and p.state in ('CONFIRMED', 'RUNNING') group by p.placement_id, c.region_id`,
    [workloadId],
  );
  return rows;
}
