import type pg from 'pg';
import type { ActionDatabase } from '../database/actions.js';
import { archivedSpans } from '../database/archive/archived-spans.js';
import { readAs } from '../database/viewers.js';
import { HALF_HOUR_MS, floorToHalfHour } from '../domain/half-hour.js';
import type { KnownViewer } from '../domain/viewer.js';
import { readOutlook } from './outlook.js';
import { readOffersSeen } from './offers-seen.js';
import { readPurchasesSeen } from './purchases-seen.js';
import type {
  AgentSeen,
  NegotiationSeen,
  Needs,
  PeerSeen,
  StorageSeen,
  View,
  WindowSeen,
  WorkloadSeen,
} from './seen.js';
import { readWorkloadsSeen } from './workloads-seen.js';

type Db = Pick<pg.ClientBase, 'query'>;

/** Half hours ahead that are looked at, at most: forecasts reach no further. */
const MOST_HALF_HOURS = 96;

/** What a policy asked to be shown, as its agent's operator may see it, all in one transaction. */
export function readView(
  { pool, reader, bap = null }: Pick<ActionDatabase, 'pool' | 'reader' | 'bap'>,
  viewer: KnownViewer,
  agent: AgentSeen,
  needs: Needs,
  now: Date,
): Promise<View> {
  return readAs(pool, viewer, async (db) => {
    const workloads =
      needs.workloads === undefined ? [] : await readWorkloadsSeen(db, viewer.operatorId, needs.workloads);
    const outlook = needs.outlook ?? (needs.outlookOfPlaces ? outlookOfPlaces(workloads, now) : null);
    return {
      now,
      agent,
      workloads,
      negotiations:
        needs.negotiations === undefined ? [] : await readNegotiations(db, agent.number, needs.negotiations),
      peers: needs.peers ? await readPeers(db, agent.number) : [],
      storage: needs.storage ? await readStorage(db, viewer.operatorId) : [],
      windows: needs.windows ? await readWindows(db, now) : [],
      offers:
        needs.offers === undefined || bap === null
          ? []
          : await readOffersSeen(db, viewer.operatorId, needs.offers, now),
      purchases:
        needs.purchases === undefined ? [] : await readPurchasesSeen(db, agent, needs.purchases, now),
      outlook: outlook
        ? await readOutlook({ ...reader, db, archive: archivedSpans(db, () => now) }, now, outlook)
        : [],
    };
  });
}

/** The half hours until the last place of some work ends, in the regions of its places; null: it has none. */
function outlookOfPlaces(
  workloads: readonly WorkloadSeen[],
  now: Date,
): NonNullable<Needs['outlook']> | null {
  const places = workloads.flatMap(({ placement }) => placement ?? []);
  const last = Math.max(...places.flatMap(({ slots }) => slots.map((slot) => slot.getTime())));
  const halfHours = Math.floor((last - floorToHalfHour(now).getTime()) / HALF_HOUR_MS) + 1;
  return halfHours > 0 && Number.isFinite(halfHours)
    ? { regionIds: places.map(({ regionId }) => regionId), halfHours: Math.min(halfHours, MOST_HALF_HOURS) }
    : null;
}

async function readNegotiations(
  db: Db,
  agentNumber: number,
  which: 'OPEN' | number,
): Promise<NegotiationSeen[]> {
  const { rows } = await db.query<NegotiationSeen>({
    name: `agent-negotiations-${which === 'OPEN' ? 'open' : 'one'}`,
    text: `select n.negotiation_id as number, n.code as "negotiationId", n.type::text, n.status::text,
        n.awaiting_agent_id is not distinct from $1 as "awaitsMe", n.initiator_agent_id = $1 as "isMine",
        t.turn as turns, t.terms as "lastTerms", w.job_id as "jobId"
      from negotiations n
      join lateral (select turn, terms from negotiation_turns where negotiation_id = n.negotiation_id order by turn desc limit 1) t on true
      left join workloads w on w.workload_id = n.workload_id
      where $1 in (n.initiator_agent_id, n.responder_agent_id)
        and ${which === 'OPEN' ? 'n.awaiting_agent_id is not null' : 'n.negotiation_id = $2'} order by n.negotiation_id`,
    values: which === 'OPEN' ? [agentNumber] : [agentNumber, which],
  });
  return rows;
}

async function readPeers(db: Db, agentNumber: number): Promise<PeerSeen[]> {
  const { rows } = await db.query<PeerSeen>({
    name: 'agent-peers',
    text: `select a.code as "agentId", a.type::text, a.operator_id as "operatorId", o.type::text as "operatorType"
      from agents a join operators o on o.operator_id = a.operator_id
      where a.agent_id <> $1 and o.is_active and a.status <> 'OFFLINE' order by a.agent_id`,
    values: [agentNumber],
  });
  return rows;
}

async function readStorage(db: Db, operatorId: number): Promise<StorageSeen[]> {
  const { rows } = await db.query<StorageSeen>({
    name: 'agent-storage',
    text: `select asset_id as "assetId", region_id as "regionId", capacity_mwh as "capacityMwh", max_charge_mw as "maxChargeMw",
        max_discharge_mw as "maxDischargeMw", efficiency_pct as "efficiencyPct", charge_mwh as "chargeMwh", status::text
      from storage_assets where operator_id = $1 order by storage_asset_id`,
    values: [operatorId],
  });
  return rows;
}

async function readWindows(db: Db, now: Date): Promise<WindowSeen[]> {
  const { rows } = await db.query<WindowSeen>({
    name: 'agent-windows',
    text: `select flexibility_window_id as number, code as "flexibilityWindowId", operator_id as "operatorId", region_id as "regionId",
        direction::text, volume_mw as "volumeMw", gbp_per_mwh as "gbpPerMwh", from_at as "from", to_at as "to"
      from flexibility_windows where status = 'OPEN' and to_at > $1 order by from_at, flexibility_window_id`,
    values: [now],
  });
  return rows;
}
