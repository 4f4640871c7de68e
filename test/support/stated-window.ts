import type { Pool } from 'pg';

export interface StatedRow {
  readonly computeWindowId: number;
  /** Of its one snapshot, whose offer is called `offer`. */
  readonly sequence: number;
}

const FROM = '2026-03-02T12:00:00Z';
const TO = '2026-03-02T14:00:00Z';

/** A compute window with one offer, made behind the marketplace's back. It is over, and everybody's. */
export async function createStatedWindow(owner: Pool, itemId: string): Promise<StatedRow> {
  const sequence = 1;
  const { rows } = await owner.query<{ id: number }>(
    `with run as (
       insert into ingest_runs (source_id, mode, status, endpoint, window_from, window_to, started_at, finished_at)
       select source_id, 'COMMAND', 'SUCCEEDED', '/discover', $2, $3, $2, $2 from sources where code = 'beckn-discover'
       returning ingest_run_id, source_id
     ), question as (
       insert into beckn_transactions (transaction_id, action, source_id, mode, endpoint, window_from, window_to, started_at, expires_at,
         status, ingest_run_id)
       select $1, 'discover', source_id, 'COMMAND', '/discover', $2, $3, $2, $3, 'ANSWERED', ingest_run_id from run
       returning beckn_transaction_id
     ), message as (
       insert into beckn_messages (direction, action, party, message_id, transaction_id, status, signature, received_at, payload)
       values ('INBOUND', 'on_discover', 'aire.example', $1, $1, 'APPLIED', 'NONE', $2, '{}') returning beckn_message_id
     ), zone as (
       insert into grid_zones (zone_code, area, region_id) values ($1, $1, 13) returning grid_zone_id
     ), stated as (
       insert into compute_windows (grid_zone_id, bpp_id, provider_id, item_id, from_at, to_at, last_stated_at, last_transaction)
       select grid_zone_id, 'aire.example', 'provider-aire', $1, $2, $3, $2, beckn_transaction_id from zone, question
       returning compute_window_id, grid_zone_id
     ), snapshot as (
       insert into window_snapshots (compute_window_id, sequence, seen_at, known_at, ingest_run_id, beckn_message_id, capacity_mw,
         gbp_per_mwh, digest, grid_zone_id, provider_id)
       select compute_window_id, $4, $2, $2, ingest_run_id, beckn_message_id, 1, 87, $1, grid_zone_id, 'provider-aire'
       from stated, run, message
     ), offered as (
       insert into offers (compute_window_id, sequence, offer_code, provider_id, gbp_per_mwh)
       select compute_window_id, $4, 'offer', 'provider-aire', 87 from stated
     ), listed as (
       insert into window_listings (compute_window_id, sequence, is_listed, known_at, ingest_run_id, beckn_message_id)
       select compute_window_id, $4, true, $2, ingest_run_id, beckn_message_id from stated, run, message
     )
     select compute_window_id as id from stated`,
    [itemId, FROM, TO, sequence],
  );
  return { computeWindowId: rows[0]?.id ?? 0, sequence };
}
