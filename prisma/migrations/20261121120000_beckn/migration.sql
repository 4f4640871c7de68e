-- The Beckn compute-energy marketplace: its messages as they were, and the zones, windows and offers they state.
--
-- Lock order: the market (advisory), the transaction's row, the head of the event log.

-- What we asked --------------------------------------------------------------------------------------------------

-- One row a question of ours, written before it is sent: an answer may come before its acknowledgement.
create table beckn_transactions (
  beckn_transaction_id  integer generated always as identity primary key,
  transaction_id        text not null unique,
  action                text not null,
  source_id             smallint not null references sources (source_id),
  mode                  ingest_run_mode not null,
  endpoint              text not null,
  window_from           timestamptz(3) not null,
  window_to             timestamptz(3) not null,
  started_at            timestamptz(3) not null,
  expires_at            timestamptz(3) not null,
  status                text not null default 'OPEN' check (status in ('OPEN', 'ANSWERED', 'FAILED')),
  ingest_run_id         integer references ingest_runs (ingest_run_id),
  check (window_from <= window_to and started_at < expires_at),
  check ((status = 'OPEN') = (ingest_run_id is null))
);
create index beckn_transactions_open on beckn_transactions (source_id, expires_at) where status = 'OPEN';

-- Every message, whole. Append-only. `party` is who sent it, as it says itself. A message that no reader of JSON can
-- store is kept as text; one that was too long to read is kept without its body. The same message comes once.
create table beckn_messages (
  beckn_message_id  bigint generated always as identity primary key,
  direction         text not null check (direction in ('INBOUND', 'OUTBOUND')),
  action            text not null,
  party             text not null,
  message_id        text,
  transaction_id    text,
  status            text not null check (status in ('SENT', 'APPLIED', 'SUPERSEDED', 'BROKEN', 'UNWANTED',
    'UNKNOWN_TRANSACTION', 'UNSUPPORTED', 'REFUSED', 'MALFORMED')),
  is_late           boolean not null default false,
  signature         text not null check (signature in ('NONE', 'UNVERIFIED', 'VERIFIED', 'REFUSED')),
  fault             text,
  stated_at         timestamptz(3),
  received_at       timestamptz(3) not null,
  payload           jsonb,
  payload_text      text,
  check (num_nonnulls(payload, payload_text) <= 1),
  check (status in ('REFUSED', 'MALFORMED') or num_nonnulls(message_id, transaction_id, payload) = 3)
);
-- What was refused counts for nothing: it must not stand in the way of a genuine message of that id.
create unique index beckn_messages_once on beckn_messages (direction, party, transaction_id, message_id, action)
  where status not in ('REFUSED', 'MALFORMED', 'UNSUPPORTED');
create index beckn_messages_by_transaction on beckn_messages (transaction_id, beckn_message_id);

-- What the market holds -----------------------------------------------------------------------------------------

create table grid_zones (
  grid_zone_id   integer generated always as identity primary key,
  zone_code      text not null,
  area           text not null,
  latitude       double precision check (latitude between -90 and 90),
  longitude      double precision check (longitude between -180 and 180),
  region_id      smallint references regions (region_id),
  region_reason  text,
  unique (zone_code, area),
  check ((latitude is null) = (longitude is null)),
  check ((region_id is null) = (region_reason is not null))
);
create index grid_zones_by_region on grid_zones (region_id);

-- One row a window: one item of one provider platform over one dated interval. `last_stated_at` and `last_transaction`
-- are those of the newest message that stated it, changed or not: what they say of it is in `window_snapshots`.
create table compute_windows (
  compute_window_id  integer generated always as identity primary key,
  grid_zone_id       integer not null references grid_zones (grid_zone_id),
  bpp_id             text not null,
  provider_id        text not null,
  item_id            text not null,
  name               text,
  from_at            timestamptz(3) not null,
  to_at              timestamptz(3) not null,
  last_stated_at     timestamptz(3) not null,
  last_transaction   integer not null references beckn_transactions (beckn_transaction_id),
  unique (bpp_id, item_id, from_at, to_at),
  check (from_at < to_at)
);
create index compute_windows_by_start on compute_windows (from_at, compute_window_id);
create index compute_windows_by_zone on compute_windows (grid_zone_id, from_at, compute_window_id);
create index compute_windows_by_bpp on compute_windows (bpp_id, last_transaction);
create index compute_windows_by_end on compute_windows (to_at);

-- What was said of a window, one row a change, with what it was called, who provided it and where. Append-only. Its offers
-- carry its sequence.
create table window_snapshots (
  compute_window_id              integer not null references compute_windows (compute_window_id),
  sequence                       bigint not null,
  seen_at                        timestamptz(3) not null,
  known_at                       timestamptz(3) not null,
  ingest_run_id                  integer not null references ingest_runs (ingest_run_id),
  beckn_message_id               bigint not null references beckn_messages (beckn_message_id),
  capacity_mw                    double precision check (capacity_mw >= 0),
  renewable_pct                  double precision check (renewable_pct between 0 and 100),
  carbon_intensity_gco2_per_kwh  double precision check (carbon_intensity_gco2_per_kwh >= 0),
  reservation_required           boolean,
  gbp_per_mwh                    double precision,
  original_price                 double precision,
  original_currency              text,
  original_unit                  text,
  price_reason                   text,
  digest                         text not null,
  grid_zone_id                   integer not null references grid_zones (grid_zone_id),
  provider_id                    text not null,
  name                           text,
  primary key (compute_window_id, sequence),
  check ((gbp_per_mwh is null) = (price_reason is not null))
);
create index window_snapshots_by_zone on window_snapshots (grid_zone_id, sequence);

create table offers (
  compute_window_id  integer not null,
  sequence           bigint not null,
  offer_code         text not null,
  provider_id        text not null,
  name               text,
  gbp_per_mwh        double precision,
  original_price     double precision,
  original_currency  text,
  original_unit      text,
  price_reason       text,
  primary key (compute_window_id, sequence, offer_code),
  foreign key (compute_window_id, sequence) references window_snapshots (compute_window_id, sequence),
  check ((gbp_per_mwh is null) = (price_reason is not null))
);

-- Whether a window is in the last answer of its platform, one row a change. Append-only. On offer is what is listed and not over.
create table window_listings (
  compute_window_id  integer not null references compute_windows (compute_window_id),
  sequence           bigint not null,
  is_listed          boolean not null,
  known_at           timestamptz(3) not null,
  ingest_run_id      integer not null references ingest_runs (ingest_run_id),
  beckn_message_id   bigint not null references beckn_messages (beckn_message_id),
  primary key (compute_window_id, sequence)
);

-- Writing -------------------------------------------------------------------------------------------------------

-- The JSON of a run of a transaction: what the caller knows, and what the transaction does.
create function beckn_run(p_transaction beckn_transactions, p_run jsonb) returns jsonb language sql immutable as $$
  select p_run || jsonb_build_object('source_id', p_transaction.source_id, 'mode', p_transaction.mode,
    'endpoint', p_transaction.endpoint, 'window_from', p_transaction.window_from, 'window_to', p_transaction.window_to,
    'started_at', p_transaction.started_at)
$$;

create function insert_beckn_message(p_message jsonb, p_status text, p_is_late boolean, p_received_at timestamptz)
  returns bigint language sql as $$
  insert into beckn_messages (direction, action, party, message_id, transaction_id, status, is_late, signature, fault,
    stated_at, received_at, payload, payload_text)
  select m.direction, m.action, m.party, m.message_id, m.transaction_id, p_status, p_is_late, m.signature, m.fault,
    m.stated_at, p_received_at, m.payload, m.payload_text
  from jsonb_populate_record(null::beckn_messages, p_message) m
  on conflict (direction, party, transaction_id, message_id, action)
    where status not in ('REFUSED', 'MALFORMED', 'UNSUPPORTED') do nothing
  returning beckn_message_id
$$;

-- Writes down what is about to be asked.
create function begin_beckn_transaction(p_lease text, p_fencing bigint, p_transaction jsonb, p_message jsonb)
  returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  t beckn_transactions := jsonb_populate_record(null::beckn_transactions, p_transaction);
  id integer;
begin
  perform assert_lease(p_lease, p_fencing);
  insert into beckn_transactions (transaction_id, action, source_id, mode, endpoint, window_from, window_to, started_at, expires_at)
  values (t.transaction_id, t.action, t.source_id, t.mode, t.endpoint, t.window_from, t.window_to, t.started_at, t.expires_at)
  returning beckn_transaction_id into id;
  if insert_beckn_message(p_message, 'SENT', false, t.started_at) is null then
    raise exception 'a message of ours with this id was sent before' using errcode = '23505';
  end if;
  return id;
end $$;

-- Ends a transaction that got no answer to use, with its failed run. Nulls where an answer came meanwhile.
create function fail_beckn_transaction(p_lease text, p_fencing bigint, p_transaction_id integer, p_run jsonb,
  out run_id integer, out last_sequence bigint
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
  t beckn_transactions;
begin
  perform assert_lease(p_lease, p_fencing);
  select * into t from beckn_transactions where beckn_transaction_id = p_transaction_id and status = 'OPEN' for update;
  if not found then return; end if;
  select r.run_id, r.last_sequence into run_id, last_sequence
    from record_run(p_lease, p_fencing, beckn_run(t, p_run)) r;
  update beckn_transactions set status = 'FAILED', ingest_run_id = run_id where beckn_transaction_id = p_transaction_id;
end $$;

-- Records a message that came in and, where it answers a question of ours, what it states: windows that changed or are
-- no longer on offer, one event each, and the run's row; all in one transaction, whoever hears it. It needs no lease:
-- what was asked under one is what is known here, a message comes once, and of two the later stated holds.
--
-- p_message says in `status` why it is not to be looked at (REFUSED, MALFORMED, UNSUPPORTED); null where it is.
-- p_windows: its windows, each identity once; p_run: its counts, or its failure.
-- status also answers DUPLICATE, for a message that is here already.
create function record_beckn_message(p_message jsonb, p_windows jsonb, p_run jsonb,
  out status text, out run_id integer, out rows_new integer, out rows_changed integer, out last_sequence bigint
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
  received_at constant timestamptz := date_trunc('milliseconds', pylon_now());
  -- Of a clock ahead of ours, now: a time to come would keep out every later word.
  stated_at constant timestamptz := least((p_message ->> 'stated_at')::timestamptz, received_at);
  t beckn_transactions;
  w jsonb;
  held compute_windows;
  zone grid_zones;
  window_id integer;
  stated_digest text;
  is_late boolean;
  newest_transaction integer;
  is_now_listed boolean;
  was_listed boolean;
  applied integer := 0;
  message_ref bigint;
  changes jsonb[] := '{}';
  left_out record;
  head event_head;
begin
  rows_new := 0;
  rows_changed := 0;
  if p_message ->> 'status' is not null then
    status := p_message ->> 'status';
    perform insert_beckn_message(p_message, status, false, received_at);
    return;
  end if;
  if not exists (select from beckn_transactions b where b.transaction_id = p_message ->> 'transaction_id') then
    status := case when insert_beckn_message(p_message, 'UNKNOWN_TRANSACTION', false, received_at) is null
      then 'DUPLICATE' else 'UNKNOWN_TRANSACTION' end;
    return;
  end if;

  perform pg_advisory_xact_lock(72707373);
  select * into t from beckn_transactions b where b.transaction_id = p_message ->> 'transaction_id' for update;
  is_late := received_at > t.expires_at;
  if exists (select from beckn_messages m where m.direction = p_message ->> 'direction' and m.party = p_message ->> 'party'
      and m.transaction_id = t.transaction_id and m.message_id = p_message ->> 'message_id' and m.action = p_message ->> 'action'
      and m.status not in ('REFUSED', 'MALFORMED', 'UNSUPPORTED')) then
    status := 'DUPLICATE';
    return;
  end if;
  if p_message ->> 'action' <> 'on_' || t.action then
    status := 'UNWANTED';
    perform insert_beckn_message(p_message, status, is_late, received_at);
    return;
  end if;

  if p_run ->> 'status' = 'SUCCEEDED' then
    -- An answer comes from one platform: all its windows have one bpp_id.
    newest_transaction := greatest(t.beckn_transaction_id, (select max(c.last_transaction) from compute_windows c
      where c.bpp_id = p_windows -> 0 ->> 'bpp_id'));
    for w in select value from jsonb_array_elements(p_windows) loop
      select * into held from compute_windows c where c.bpp_id = w ->> 'bpp_id' and c.item_id = w ->> 'item_id'
        and c.from_at = (w ->> 'from_at')::timestamptz and c.to_at = (w ->> 'to_at')::timestamptz;
      continue when found and (stated_at < held.last_stated_at or (is_late and stated_at = held.last_stated_at));
      applied := applied + 1;

      zone := jsonb_populate_record(null::grid_zones, w -> 'zone');
      insert into grid_zones as z (zone_code, area, latitude, longitude, region_id, region_reason)
        values (zone.zone_code, zone.area, zone.latitude, zone.longitude, zone.region_id, zone.region_reason)
        on conflict (zone_code, area) do update set latitude = excluded.latitude, longitude = excluded.longitude,
          region_id = excluded.region_id, region_reason = excluded.region_reason
        where (z.latitude, z.longitude, z.region_id, z.region_reason)
          is distinct from (excluded.latitude, excluded.longitude, excluded.region_id, excluded.region_reason);
      zone.grid_zone_id := (select z.grid_zone_id from grid_zones z where z.zone_code = zone.zone_code and z.area = zone.area);
      insert into compute_windows as c (grid_zone_id, bpp_id, provider_id, item_id, name, from_at, to_at, last_stated_at, last_transaction)
        values (zone.grid_zone_id, w ->> 'bpp_id', w ->> 'provider_id', w ->> 'item_id', w ->> 'name',
          (w ->> 'from_at')::timestamptz, (w ->> 'to_at')::timestamptz, stated_at, t.beckn_transaction_id)
        on conflict (bpp_id, item_id, from_at, to_at) do update set grid_zone_id = excluded.grid_zone_id,
          provider_id = excluded.provider_id, name = excluded.name, last_stated_at = excluded.last_stated_at,
          last_transaction = greatest(c.last_transaction, excluded.last_transaction)
        returning compute_window_id into window_id;
      -- The zone counts too: who watches a region must hear of a window that comes into it.
      stated_digest := md5((w - 'from_at' - 'to_at')::text);
      if stated_digest is not distinct from (select s.digest from window_snapshots s
          where s.compute_window_id = window_id order by s.sequence desc limit 1) then stated_digest := null; end if;
      was_listed := (select l.is_listed from window_listings l where l.compute_window_id = window_id order by l.sequence desc limit 1);
      -- What answers an older question lists nothing, and takes nothing from what the newest answer lists.
      is_now_listed := greatest(held.last_transaction, t.beckn_transaction_id) = newest_transaction;
      continue when stated_digest is null and was_listed is not distinct from is_now_listed;
      changes := array_append(changes, jsonb_build_object('id', window_id, 'grid_zone_id', zone.grid_zone_id, 'region_id', zone.region_id,
        'provider_id', w ->> 'provider_id', 'name', w ->> 'name', 'digest', stated_digest, 'from_at', w ->> 'from_at',
        'statement', w -> 'statement', 'is_listed', case when was_listed is distinct from is_now_listed then is_now_listed end));
      rows_changed := rows_changed + 1;
      if held.compute_window_id is null then rows_new := rows_new + 1; end if;
    end loop;
    -- An item that could not be read might be any window: such an answer takes none off the market.
    if t.beckn_transaction_id = newest_transaction and applied > 0 and coalesce((p_run ->> 'rows_refused')::integer, 0) = 0 then
      for left_out in
        select c.compute_window_id, c.from_at, z.region_id from compute_windows c join grid_zones z using (grid_zone_id)
        where c.bpp_id = p_windows -> 0 ->> 'bpp_id' and c.to_at > received_at and c.last_transaction < t.beckn_transaction_id
          and (c.last_stated_at < stated_at or (not is_late and c.last_stated_at = stated_at))
          and (select l.is_listed from window_listings l where l.compute_window_id = c.compute_window_id order by l.sequence desc limit 1)
        order by c.from_at, c.compute_window_id
      loop
        changes := array_append(changes, jsonb_build_object('id', left_out.compute_window_id, 'region_id', left_out.region_id,
          'from_at', left_out.from_at, 'is_listed', false)); -- no row of the publisher's, hence in no count
      end loop;
    end if;
  end if;

  status := case when p_run ->> 'status' = 'FAILED' then 'BROKEN' when applied = 0 then 'SUPERSEDED' else 'APPLIED' end;
  message_ref := insert_beckn_message(p_message, status, is_late, received_at);
  if status = 'SUPERSEDED' then return; end if;

  p_run := beckn_run(t, p_run);
  if cardinality(changes) = 0 and p_run ->> 'status' = 'SUCCEEDED' and coalesce((p_run ->> 'rows_refused')::integer, 0) = 0
      and coalesce((select r.status = 'SUCCEEDED' from ingest_runs r where r.source_id = t.source_id
        order by r.ingest_run_id desc limit 1), true) then
    run_id := insert_ingest_run(p_run, 0, 0, null, null); -- nothing that a subscriber should hear
  else
    perform ensure_log_partitions(100000 + cardinality(changes));
    run_id := nextval(pg_get_serial_sequence('ingest_runs', 'ingest_run_id'));
    head := open_commit();
    last_sequence := head.last_sequence + cardinality(changes) + 1;
    perform insert_ingest_run(p_run || jsonb_build_object('ingest_run_id', run_id), rows_new, rows_changed,
      head.last_sequence + 1, last_sequence);
    insert into window_snapshots (compute_window_id, sequence, seen_at, known_at, ingest_run_id, beckn_message_id, capacity_mw,
      renewable_pct, carbon_intensity_gco2_per_kwh, reservation_required, gbp_per_mwh, original_price, original_currency,
      original_unit, price_reason, digest, grid_zone_id, provider_id, name)
    select (c.value ->> 'id')::integer, head.last_sequence + c.ord, stated_at, head.last_known_at, run_id, message_ref, s.capacity_mw,
      s.renewable_pct, s.carbon_intensity_gco2_per_kwh, s.reservation_required, s.gbp_per_mwh, s.original_price, s.original_currency,
      s.original_unit, s.price_reason, c.value ->> 'digest', (c.value ->> 'grid_zone_id')::integer, c.value ->> 'provider_id',
      c.value ->> 'name'
    from unnest(changes) with ordinality c (value, ord)
    cross join lateral jsonb_populate_record(null::window_snapshots, c.value -> 'statement') s
    where c.value ->> 'digest' is not null;
    insert into offers (compute_window_id, sequence, offer_code, provider_id, name, gbp_per_mwh, original_price,
      original_currency, original_unit, price_reason)
    select (c.value ->> 'id')::integer, head.last_sequence + c.ord, o.offer_code, o.provider_id, o.name, o.gbp_per_mwh,
      o.original_price, o.original_currency, o.original_unit, o.price_reason
    from unnest(changes) with ordinality c (value, ord)
    cross join lateral jsonb_populate_recordset(null::offers, c.value -> 'statement' -> 'offers') o
    where c.value ->> 'digest' is not null;
    insert into window_listings (compute_window_id, sequence, is_listed, known_at, ingest_run_id, beckn_message_id)
    select (c.value ->> 'id')::integer, head.last_sequence + c.ord, (c.value ->> 'is_listed')::boolean, head.last_known_at, run_id, message_ref
    from unnest(changes) with ordinality c (value, ord) where c.value ->> 'is_listed' is not null;
    insert into event_log (sequence, from_at, topic, object_id, region_id)
    select head.last_sequence + c.ord, (c.value ->> 'from_at')::timestamptz, 7, (c.value ->> 'id')::integer,
      (c.value ->> 'region_id')::smallint
    from unnest(changes) with ordinality c (value, ord);
    insert into event_log (sequence, topic, object_id) values (last_sequence, 2, run_id);
    perform close_commit(head.last_sequence + 1, last_sequence, head.last_known_at);
  end if;
  -- What was answered once stays so, whatever a second platform sends.
  update beckn_transactions b
    set status = case when b.status = 'ANSWERED' or status_of_run.word = 'SUCCEEDED' then 'ANSWERED' else 'FAILED' end,
      ingest_run_id = case when b.status = 'ANSWERED' and status_of_run.word = 'FAILED' then b.ingest_run_id else run_id end
    from (select p_run ->> 'status' as word) status_of_run
    where b.beckn_transaction_id = t.beckn_transaction_id;
end $$;

revoke execute on function begin_beckn_transaction, fail_beckn_transaction, record_beckn_message from public;
