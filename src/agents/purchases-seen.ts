import type pg from 'pg';
import { ASKED_OF, type OrderTransactionRow } from '../database/order-transactions.js';
import { needsReplanning } from '../domain/beckn-order/standing.js';
import { becknStateAt } from '../domain/beckn-order/states.js';
import { FINAL_STATUSES } from '../domain/compute/workload-states.js';
import { windowIdOf } from './offers-seen.js';
import type { AgentSeen, PurchaseSeen } from './seen.js';

type Columns = Pick<
  OrderTransactionRow,
  | 'agent_id'
  | 'state'
  | 'accepted'
  | 'stated'
  | 'expires_at'
  | 'replanning_reason'
  | 'replanning_note'
  | 'replanning_since'
  | 'replanned_at'
>;
interface Row
  extends Columns, Omit<PurchaseSeen, 'windowId' | 'gbpPerMwh' | 'isMine' | 'isAwaited' | 'replanning'> {
  readonly window: number;
}

/** Purchases that are shown at once; beyond it, the newest. */
const MOST = 500;

const timesAsked = (action: string): string =>
  `(select count(*)::integer from order_messages q where q.order_transaction_id = t.order_transaction_id
    and q.direction = 'OUTBOUND' and q.action = '${action}'`;

/** Purchases of the agent's operator, whoever began them, as they stand at an instant. */
export async function readPurchasesSeen(
  db: Pick<pg.ClientBase, 'query'>,
  { number, operatorId }: Pick<AgentSeen, 'number' | 'operatorId'>,
  which: 'ALL' | number,
  now: Date,
): Promise<PurchaseSeen[]> {
  const { rows } = await db.query<Row>({
    name: `agent-purchases-${which === 'ALL' ? 'all' : 'one'}`,
    text: `select * from (
      select t.order_transaction_id as number, t.code as "transactionId", t.workload_id as workload, w.job_id as "jobId", w.status::text as "workStatus",
        t.agent_id, t.state, t.accepted, t.stated, t.expires_at, t.replanning_reason, t.replanning_note, t.replanning_since, t.replanned_at,
        t.compute_window_id as window, z.region_id as "regionId", c.from_at as "from", c.to_at as "to", s.capacity_mw as "capacityMw",
        s.renewable_pct as "renewablePct", s.carbon_intensity_gco2_per_kwh as "gco2PerKwh", ${ASKED_OF},
        (select max(p.slot_from) + interval '30 minutes' from placements q join placement_slots p using (placement_id)
          where q.workload_id = t.workload_id and q.state in ('CONFIRMED', 'RUNNING', 'DONE')) as "placedUntil",
        ${timesAsked('status')} and q.order_message_id > (select max(b.order_message_id) from order_messages b
          where b.order_transaction_id = t.order_transaction_id and b.direction = 'OUTBOUND' and b.action <> 'status')) as refreshes,
        ${timesAsked('confirm')}) as "confirmsAsked",
        ${timesAsked('update')}) as "updatesAsked", ${timesAsked('cancel')}) as "cancelsAsked"
      from order_transactions t join workloads w using (workload_id) join compute_windows c using (compute_window_id)
      join window_snapshots s on s.compute_window_id = t.compute_window_id and s.sequence = t.offer_sequence
      join grid_zones z on z.grid_zone_id = s.grid_zone_id
      where t.operator_id = $1 and ${
        which === 'ALL'
          ? `c.to_at > $2 and (w.status <> all ($3::workload_status[]) or t.state not in ('GONE', 'REFUSED', 'CANCELLED', 'COMPLETED'))`
          : 't.workload_id = $2'
      }
      order by t.order_transaction_id desc limit ${MOST}) newest order by number`,
    values: which === 'ALL' ? [operatorId, now, FINAL_STATUSES] : [operatorId, which],
  });
  return rows.map((row) => seenOf(row, number, now));
}

const seenOf = (row: Row, agentNumber: number, now: Date): PurchaseSeen => ({
  transactionId: row.transactionId,
  workload: row.workload,
  jobId: row.jobId,
  workStatus: row.workStatus,
  placedUntil: row.placedUntil,
  isMine: row.agent_id === agentNumber,
  state: becknStateAt({ state: row.state, expiresAt: row.expires_at }, now),
  isAwaited: row.expires_at !== null && row.expires_at > now,
  wasConfirmAsked: row.wasConfirmAsked,
  wasCancelAsked: row.wasCancelAsked,
  replanning: replanningOf(row),
  refreshes: row.refreshes,
  confirmsAsked: row.confirmsAsked,
  updatesAsked: row.updatesAsked,
  cancelsAsked: row.cancelsAsked,
  windowId: windowIdOf(row.window),
  regionId: row.regionId,
  from: row.from,
  to: row.to,
  capacityMw: row.capacityMw,
  renewablePct: row.renewablePct,
  gco2PerKwh: row.stated?.carbonIntensityGco2PerKwh ?? row.gco2PerKwh,
  gbpPerMwh: (row.stated?.price ?? row.accepted)?.gbpPerMwh ?? null,
});

const replanningOf = (row: Columns): PurchaseSeen['replanning'] =>
  row.replanning_reason !== null &&
  row.replanning_since !== null &&
  needsReplanning({ since: row.replanning_since }, row.replanned_at)
    ? { reason: row.replanning_reason, note: row.replanning_note ?? 'it changed' }
    : null;
