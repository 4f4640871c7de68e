-- The spine: regions, append-only observations, the read model, the commit-ordered event log.
-- Codes kept as smallint for size; their words are in src/domain/codes.ts and a test holds the two together.
--   kind     1 FORECAST  2 OUTTURN  3 ESTIMATE  4 DERIVED
--   quality  1 REAL      2 SYNTHETIC
--   index    1 VERY_LOW  2 LOW  3 MODERATE  4 HIGH  5 VERY_HIGH
--   topic    1 GRID_SIGNALS  2 INGEST_RUNS  3 CARBON_FACTORS  4 GENERATION  5 PRICES  6 FREQUENCY  7 COMPUTE_WINDOWS  8 WORKLOADS  9 PLACEMENTS  10 DECISIONS  11 AGENT_STATES  12 NEGOTIATIONS  13 FLEXIBILITY_WINDOWS  14 DATA_CENTRES  15 STORAGE_ASSETS

-- Clock -------------------------------------------------------------------------------------------------------

-- The server's clock: real time, or real time moved by the offset that PYLON_NOW set. One row.
create table clock (
  only_row   boolean primary key default true check (only_row),
  set_to     timestamptz(3),
  offset_ms  bigint not null default 0
);
insert into clock default values;

create function pylon_now() returns timestamptz language sql stable as $$
  select clock_timestamp() + offset_ms * interval '1 millisecond' from clock
$$;

-- Regions -----------------------------------------------------------------------------------------------------

create type region_kind as enum ('LICENCE_AREA', 'COUNTRY', 'NATION');
create type country as enum ('ENGLAND', 'SCOTLAND', 'WALES', 'GREAT_BRITAIN');

create table regions (
  region_id          smallint primary key check (region_id between 1 and 18),
  code               text not null unique,
  short_name         text not null,
  dno_region         text not null,
  licence_operator   text,
  gsp_group          text,
  country            country not null,
  kind               region_kind not null,
  parent_region_id   smallint references regions (region_id),
  latitude           double precision not null,
  longitude          double precision not null,
  outward_postcodes  text[] not null
);
create index regions_parent on regions (parent_region_id);

-- Sources and their runs --------------------------------------------------------------------------------------

-- The sources that ever stated something. `priority` decides between two sources of one value; what a source
-- states is kept here too, so that a past answer can be rebuilt when the source itself is gone from the code.
create table sources (
  source_id     smallint generated always as identity primary key,
  code          text not null unique,
  priority      smallint not null,
  carbon_kinds  smallint[] not null,
  mix_kinds     smallint[] not null,
  region_ids    smallint[] not null
);

create type ingest_run_status as enum ('SUCCEEDED', 'FAILED');
create type ingest_run_mode as enum ('SCHEDULED', 'COMMAND', 'BACKFILL');

-- One row a run, written when it ends; in the same transaction as the rows it brought.
-- The newest succeeded run of a source is its watermark: everything before window_to was heard.
create table ingest_runs (
  ingest_run_id   integer generated always as identity primary key,
  source_id       smallint not null references sources (source_id),
  mode            ingest_run_mode not null,
  status          ingest_run_status not null,
  endpoint        text not null,
  window_from     timestamptz(3) not null,
  window_to       timestamptz(3) not null,
  started_at      timestamptz(3) not null,
  finished_at     timestamptz(3) not null,
  http_status     smallint,
  retries         integer not null default 0,
  rows_read       integer not null default 0,
  rows_new        integer not null default 0,
  rows_changed    integer not null default 0,
  rows_refused    integer not null default 0,
  rows_duplicate  integer not null default 0,
  refusals        jsonb not null default '[]',
  error_code      text,
  error           text,
  not_before      timestamptz(3),
  backfill_id     integer,
  first_sequence  bigint,
  last_sequence   bigint,
  check (window_from <= window_to and started_at <= finished_at),
  check ((status = 'FAILED') = (error_code is not null)),
  check (rows_new <= rows_changed)
);
create index ingest_runs_by_source on ingest_runs (source_id, ingest_run_id desc);
-- The newest failure of a source that has not failed for months, without reading the months.
create index ingest_runs_failed on ingest_runs (source_id, ingest_run_id desc) where status = 'FAILED' and mode <> 'BACKFILL';

create table backfills (
  backfill_id  integer generated always as identity primary key,
  source_id    smallint not null references sources (source_id),
  dataset      text not null default '',
  from_at      timestamptz(3) not null,
  to_at        timestamptz(3) not null,
  next_from    timestamptz(3) not null,
  started_at   timestamptz(3) not null,
  finished_at  timestamptz(3),
  check (from_at < to_at and next_from between from_at and to_at)
);
create unique index backfills_one_open on backfills (source_id, dataset, from_at, to_at) where finished_at is null;
alter table ingest_runs add foreign key (backfill_id) references backfills (backfill_id);

-- Leases: who may write. Real time, never the clock above. -----------------------------------------------------

create table leases (
  name        text primary key,
  holder      text not null,
  fencing     bigint not null,
  expires_at  timestamptz not null
);

-- Observations: what each source said about one region and half hour, and when we knew. Append-only. -----------

create table observations (
  sequence                bigint not null,
  from_at                 timestamptz(3) not null,
  known_at                timestamptz(3) not null,
  issued_at               timestamptz(3),
  ingest_run_id           integer not null,
  region_id               smallint not null,
  source_id               smallint not null,
  kind                    smallint not null,
  quality                 smallint not null,
  intensity_gco2_per_kwh  smallint,
  carbon_index            smallint,
  biomass_permille        smallint,
  coal_permille           smallint,
  imports_permille        smallint,
  gas_permille            smallint,
  nuclear_permille        smallint,
  other_permille          smallint,
  hydro_permille          smallint,
  solar_permille          smallint,
  wind_permille           smallint,
  unlisted_fuels          jsonb,
  primary key (region_id, source_id, kind, from_at, sequence),
  check (from_at = date_bin('30 minutes', from_at, timestamptz '2000-01-01 00:00:00+00')),
  check (region_id between 1 and 18),
  check (kind between 1 and 4),
  check (quality between 1 and 2),
  check (carbon_index between 1 and 5),
  check (intensity_gco2_per_kwh is not null or wind_permille is not null),
  check (num_nonnulls(biomass_permille, coal_permille, imports_permille, gas_permille, nuclear_permille, other_permille,
    hydro_permille, solar_permille, wind_permille) in (0, 9))
) partition by range (from_at);
-- Rows arrive in sequence order, so a block range index finds those of one run for almost no space.
create index observations_by_sequence on observations using brin (sequence) with (pages_per_range = 16);

-- Carbon factors by fuel, as published each day. Append-only by (fuel, sequence).
create table carbon_factors (
  fuel           text not null,
  sequence       bigint not null,
  gco2_per_kwh   smallint not null check (gco2_per_kwh >= 0),
  known_at       timestamptz(3) not null,
  ingest_run_id  integer not null references ingest_runs (ingest_run_id),
  primary key (fuel, sequence)
);

-- Read model: the newest of each value, one row a region and half hour. ----------------------------------------

create table grid_signals (
  region_id                smallint not null references regions (region_id),
  from_at                  timestamptz(3) not null,
  settlement_date          date not null,
  settlement_period        smallint not null check (settlement_period between 1 and 50),
  first_sequence           bigint not null,
  sequence                 bigint not null,
  carbon_rank              smallint,
  carbon_source_id         smallint,
  carbon_quality           smallint,
  carbon_issued_at         timestamptz(3),
  carbon_known_at          timestamptz(3),
  forecast_gco2_per_kwh    smallint,
  forecast_index           smallint,
  outturn_gco2_per_kwh     smallint,
  outturn_index            smallint,
  mix_rank                 smallint,
  mix_source_id            smallint,
  mix_quality              smallint,
  mix_kind                 smallint,
  mix_issued_at            timestamptz(3),
  mix_known_at             timestamptz(3),
  biomass_permille         smallint,
  coal_permille            smallint,
  imports_permille         smallint,
  gas_permille             smallint,
  nuclear_permille         smallint,
  other_permille           smallint,
  hydro_permille           smallint,
  solar_permille           smallint,
  wind_permille            smallint,
  unlisted_fuels           jsonb,
  primary key (region_id, from_at),
  check (from_at = date_bin('30 minutes', from_at, timestamptz '2000-01-01 00:00:00+00')),
  check (first_sequence <= sequence)
) with (fillfactor = 60);

-- Event log ---------------------------------------------------------------------------------------------------

-- One row: the end of the log. Its lock is what makes sequence order commit order.
create table event_head (
  only_row        boolean primary key default true check (only_row),
  log_id          text not null default substr(md5(random()::text || clock_timestamp()::text), 1, 8),
  last_sequence   bigint not null default 0,
  last_known_at   timestamptz(3) not null default '-infinity',
  floor_sequence  bigint not null default 0
);
insert into event_head default values;

-- One row a committed change: which sequences it has, and when we knew. Kept for ever: `asOf` reads it.
create table event_commits (
  last_sequence   bigint primary key,
  first_sequence  bigint not null,
  known_at        timestamptz(3) not null unique,
  check (first_sequence <= last_sequence)
);

create table event_log (
  sequence   bigint not null primary key,
  from_at    timestamptz(3),
  object_id  integer,
  topic      smallint not null check (topic between 1 and 15),
  region_id  smallint
) partition by range (sequence);

-- Partitions are made and dropped by these three. They and the functions below that append run as the owner: the app's
-- login may call them, and has no right of its own to write what they write. Whether another session made a partition
-- while this one waited for the lock is asked of pg_class, because to_regclass may answer from a cache of before.

create function ensure_observation_partitions(p_from timestamptz, p_to timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
  month_start timestamptz := date_trunc('month', p_from);
  partition_name text;
begin
  if p_to - p_from > interval '15 years' then
    raise exception 'a range of % asks for too many partitions', p_to - p_from using errcode = '22023';
  end if;
  while month_start < p_to loop
    partition_name := 'observations_' || to_char(month_start, 'YYYY_MM');
    if to_regclass(partition_name) is null then
      perform pg_advisory_xact_lock(72707370);
      if not exists (select from pg_class where relname = partition_name and relnamespace = 'public'::regnamespace) then
        execute format('create table %I (like observations including defaults including constraints)', partition_name);
        execute format('alter table observations attach partition %I for values from (%L) to (%L)',
          partition_name, month_start, month_start + interval '1 month');
      end if;
    end if;
    month_start := month_start + interval '1 month';
  end loop;
end $$;

-- Room for at least `p_room` more events. Returns the first sequence that has none yet.
create function ensure_log_partitions(p_room bigint) returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  size constant bigint := 100000;
  needed bigint := (select last_sequence from event_head) + p_room;
  part bigint := (select floor_sequence + 1 from event_head) / size;
  partition_name text;
begin
  while part * size <= needed loop
    partition_name := 'event_log_' || lpad(part::text, 8, '0');
    if to_regclass(partition_name) is null then
      perform pg_advisory_xact_lock(72707370);
      if not exists (select from pg_class where relname = partition_name and relnamespace = 'public'::regnamespace) then
        execute format('create table %I (like event_log including defaults including constraints)', partition_name);
        execute format('alter table event_log attach partition %I for values from (%s) to (%s)',
          partition_name, part * size, (part + 1) * size);
      end if;
    end if;
    part := part + 1;
  end loop;
  return part * size;
end $$;

-- Drops the partitions of the log whose every event was known before `p_before`, at the latest an hour ago. Returns how
-- many. Waits a second at most for readers, because the writers wait meanwhile; the next call finds the rest.
create function drop_expired_log(p_before timestamptz) returns integer
  language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '1s' as $$
declare
  size constant bigint := 100000;
  before constant timestamptz := least(p_before, pylon_now() - interval '1 hour');
  head event_head;
  dropped integer := 0;
begin
  select * into head from event_head for update;
  for part in (head.floor_sequence + 1) / size .. head.last_sequence / size - 1 loop
    -- Commits are in the order of their numbers and of their instants: the one that holds the last number decides.
    exit when coalesce((select known_at from event_commits where last_sequence >= (part + 1) * size - 1
      order by last_sequence limit 1), 'infinity') >= before;
    update event_head set floor_sequence = (part + 1) * size - 1;
    execute format('drop table if exists %I', 'event_log_' || lpad(part::text, 8, '0'));
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

select ensure_log_partitions(200000);

-- Appending ---------------------------------------------------------------------------------------------------

-- Refuses a writer whose lease is gone: expired, or taken over under a higher fencing number. Holds the row, so
-- that nobody takes the lease over between this check and the commit.
create function assert_lease(p_name text, p_fencing bigint) returns void language plpgsql as $$
begin
  perform from leases where name = p_name and fencing = p_fencing and expires_at > clock_timestamp() for share;
  if not found then
    raise exception 'lease % with fencing number % is not held any more', p_name, p_fencing using errcode = 'PY001';
  end if;
end $$;

-- Begins an append: locks the head until this transaction ends, and answers it with the instant at which what
-- follows is known. To be called last, in the statement that also commits.
create function open_commit() returns event_head language plpgsql as $$
declare
  head event_head;
begin
  select * into head from event_head for update;
  head.last_known_at := greatest(date_trunc('milliseconds', pylon_now()), head.last_known_at + interval '1 millisecond');
  return head;
end $$;

-- Ends an append: numbers first..last belong to one commit, known at one instant. The caller holds the head's lock.
create function close_commit(p_first bigint, p_last bigint, p_known_at timestamptz) returns void language plpgsql as $$
begin
  insert into event_commits (last_sequence, first_sequence, known_at) values (p_last, p_first, p_known_at);
  update event_head set last_sequence = p_last, last_known_at = p_known_at;
  perform pg_notify('pylon_events', p_last::text);
end $$;

-- Writes the run's row from its JSON, with what the database alone knows.
create function insert_ingest_run(p_run jsonb, p_new integer, p_changed integer, p_first bigint, p_last bigint)
  returns integer language plpgsql as $$
declare
  r ingest_runs := jsonb_populate_record(null::ingest_runs, p_run);
begin
  insert into ingest_runs (ingest_run_id, source_id, mode, status, endpoint, window_from, window_to, started_at,
    finished_at, http_status, retries, rows_read, rows_new, rows_changed, rows_refused, rows_duplicate, refusals,
    error_code, error, not_before, backfill_id, first_sequence, last_sequence)
  overriding system value
  values (coalesce(r.ingest_run_id, nextval(pg_get_serial_sequence('ingest_runs', 'ingest_run_id'))), r.source_id,
    r.mode, r.status, r.endpoint, r.window_from, r.window_to, r.started_at, greatest(r.started_at, pylon_now()),
    r.http_status, coalesce(r.retries, 0), coalesce(r.rows_read, 0), p_new, p_changed, coalesce(r.rows_refused, 0),
    coalesce(r.rows_duplicate, 0), coalesce(r.refusals, '[]'), r.error_code, r.error, r.not_before, r.backfill_id,
    p_first, p_last)
  returning ingest_run_id into r.ingest_run_id;
  if r.backfill_id is not null and r.status = 'SUCCEEDED' then
    update backfills
      set next_from = r.window_to, finished_at = case when r.window_to >= to_at then pylon_now() end
      where backfill_id = r.backfill_id;
  end if;
  return r.ingest_run_id;
end $$;

-- A run that brought nothing new: its row, and an event only when it says something a subscriber should hear
-- (it failed, it refused rows, or it is the first success after a failure).
create function record_run(p_lease text, p_fencing bigint, p_run jsonb, out run_id integer, out last_sequence bigint)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  head event_head;
  noteworthy boolean := p_run ->> 'status' = 'FAILED' or coalesce((p_run ->> 'rows_refused')::integer, 0) > 0 or p_run ->> 'mode' = 'BACKFILL'
    or coalesce((select status = 'FAILED' from ingest_runs where source_id = (p_run ->> 'source_id')::smallint
                 order by ingest_run_id desc limit 1), false);
begin
  perform assert_lease(p_lease, p_fencing);
  if not noteworthy then
    run_id := insert_ingest_run(p_run, 0, 0, null, null);
    return;
  end if;
  head := open_commit();
  last_sequence := head.last_sequence + 1;
  run_id := insert_ingest_run(p_run, 0, 0, last_sequence, last_sequence);
  insert into event_log (sequence, topic, object_id) values (last_sequence, 2, run_id);
  perform close_commit(last_sequence, last_sequence, head.last_known_at);
end $$;

-- Statements on their way in: one row a region, half hour and kind; each key once. A null is "not stated".
-- A temporary table of the session, filled by COPY before the head is locked. It is the owner's, so that the login that
-- fills it cannot put anything else in its place: what reads it acts as the owner.
create function stage_grid_statements() returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if to_regclass('pg_temp.staged') is null then
    create temporary table staged (
      region_id smallint not null, from_at timestamptz(3) not null, kind smallint not null,
      settlement_date date not null, settlement_period smallint not null, issued_at timestamptz(3),
      intensity smallint, carbon_index smallint,
      biomass smallint, coal smallint, imports smallint, gas smallint, nuclear smallint,
      other smallint, hydro smallint, solar smallint, wind smallint, unlisted jsonb
    ) on commit delete rows;
    execute format('grant insert on staged to %I', session_user);
  end if;
end $$;

-- One tick of one source: of what is staged, the part that differs goes into observations, the read model and
-- the event log, with the run's row. The head is locked last, and sent with its commit the lock never waits for
-- a client.
--
-- p_rank decides between sources of one value: real before synthetic, then the source's priority; the best ranked
-- source of a group (carbon, mix) gives all its values, and the newest statement taken its provenance. An event is
-- logged where a served value changes; the others carry the sequence of the run's own event. p_announce false logs one
-- event for the whole run (a backfill) instead of one a signal.
create function record_grid_statements(
  p_lease text, p_fencing bigint, p_run jsonb, p_quality smallint, p_rank smallint, p_announce boolean,
  out run_id integer, out rows_new integer, out rows_changed integer, out last_sequence bigint
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
  source smallint := (p_run ->> 'source_id')::smallint;
  kinds smallint[] := (select carbon_kinds || mix_kinds from sources where source_id = source);
  first_from timestamptz;
  last_from timestamptz;
  head event_head;
  next_sequence bigint;
begin
  perform assert_lease(p_lease, p_fencing);
  if (select relowner <> current_user::regrole from pg_class where oid = 'pg_temp.staged'::regclass) then
    raise exception 'pg_temp.staged is not the table that stage_grid_statements made' using errcode = '42501';
  end if;

  -- Named in every probe below, so that the partitions of other months are left out before it starts.
  select min(from_at), max(from_at) into first_from, last_from from staged;

  -- What the source already said, in its last word or, where that left a value out, in an older one; and of the rest,
  -- whether it ever spoke of that half hour. One probe a statement, and a second one only where the first found nothing.
  with judged as materialized (
    select s.ctid as place, s.region_id, s.from_at, l.sequence is not null as heard,
      l.sequence is not null
      and (s.intensity is null or
        case when l.intensity_gco2_per_kwh is not null
          then s.intensity = l.intensity_gco2_per_kwh and (s.carbon_index is null or s.carbon_index is not distinct from l.carbon_index)
          else exists (select from (
              select * from observations o
              where o.region_id = s.region_id and o.source_id = source and o.kind = s.kind and o.from_at = s.from_at
                and o.from_at between first_from and last_from and o.intensity_gco2_per_kwh is not null
              order by o.sequence desc limit 1) e
            where s.intensity = e.intensity_gco2_per_kwh and (s.carbon_index is null or s.carbon_index is not distinct from e.carbon_index))
        end)
      and (s.wind is null or
        case when l.wind_permille is not null
          then (s.biomass, s.coal, s.imports, s.gas, s.nuclear, s.other, s.hydro, s.solar, s.wind, s.unlisted)
            is not distinct from (l.biomass_permille, l.coal_permille, l.imports_permille, l.gas_permille, l.nuclear_permille,
              l.other_permille, l.hydro_permille, l.solar_permille, l.wind_permille, l.unlisted_fuels)
          else exists (select from (
              select * from observations o
              where o.region_id = s.region_id and o.source_id = source and o.kind = s.kind and o.from_at = s.from_at
                and o.from_at between first_from and last_from and o.wind_permille is not null
              order by o.sequence desc limit 1) e
            where (s.biomass, s.coal, s.imports, s.gas, s.nuclear, s.other, s.hydro, s.solar, s.wind, s.unlisted)
              is not distinct from (e.biomass_permille, e.coal_permille, e.imports_permille, e.gas_permille, e.nuclear_permille,
                e.other_permille, e.hydro_permille, e.solar_permille, e.wind_permille, e.unlisted_fuels))
        end) as known
    from staged s left join lateral (
      select * from observations o
      where o.region_id = s.region_id and o.source_id = source and o.kind = s.kind and o.from_at = s.from_at
        and o.from_at between first_from and last_from
      order by o.sequence desc limit 1
    ) l on true
  ), dropped as (
    delete from staged s using judged j where s.ctid = j.place and j.known
  )
  select count(*) filter (where not seen), count(*) into rows_new, rows_changed
    from (
      -- The limit keeps this a probe a key: a plain `exists` may be planned as a hash of every observation there is.
      select bool_or(j.heard or exists (select from (select from observations o
          where o.region_id = j.region_id and o.source_id = source and o.kind = any (kinds) and o.from_at = j.from_at
            and o.from_at between first_from and last_from
          limit 1) any_word)) as seen
      from judged j where not j.known group by j.region_id, j.from_at
    ) keys;

  if rows_changed = 0 then
    select r.run_id, r.last_sequence into run_id, last_sequence from record_run(p_lease, p_fencing, p_run) r;
    return;
  end if;

  run_id := nextval(pg_get_serial_sequence('ingest_runs', 'ingest_run_id'));
  head := open_commit();
  next_sequence := head.last_sequence + 1;

  with stated as (
    select k.*, m.issued_at as mix_issued_at, m.biomass, m.coal, m.imports, m.gas, m.nuclear, m.other, m.hydro, m.solar, m.wind, m.unlisted
    from (
      select region_id, from_at, min(settlement_date) as settlement_date, min(settlement_period) as settlement_period,
        max(issued_at) filter (where intensity is not null) as carbon_issued_at,
        max(intensity) filter (where kind = 1) as forecast, max(carbon_index) filter (where kind = 1) as forecast_index,
        max(intensity) filter (where kind = 2) as outturn, max(carbon_index) filter (where kind = 2) as outturn_index,
        max(kind) filter (where wind is not null) as mix_kind
      from staged group by region_id, from_at
    ) k
    left join staged m on m.region_id = k.region_id and m.from_at = k.from_at and m.kind = k.mix_kind
  ), compared as (
    select s.*, g.ctid as place, coalesce(p_rank > g.carbon_rank, true) as replaces_carbon,
      (s.forecast is not null or s.outturn is not null) and p_rank >= coalesce(g.carbon_rank, 0) as takes_carbon,
      s.wind is not null and p_rank >= coalesce(g.mix_rank, 0) as takes_mix,
      (s.forecast is not null or s.outturn is not null) and (
        coalesce(p_rank > g.carbon_rank, true) or (p_rank = g.carbon_rank and (
          s.forecast <> g.forecast_gco2_per_kwh or (s.forecast is not null and g.forecast_gco2_per_kwh is null)
          or s.outturn <> g.outturn_gco2_per_kwh or (s.outturn is not null and g.outturn_gco2_per_kwh is null)
          or (s.forecast is not null and coalesce(s.outturn, g.outturn_gco2_per_kwh) is null and s.forecast_index is distinct from g.forecast_index)
          or (s.outturn is not null and s.outturn_index is distinct from g.outturn_index)))) as carbon_changes,
      s.wind is not null and (
        coalesce(p_rank > g.mix_rank, true) or (p_rank = g.mix_rank and
          (s.mix_kind, s.biomass, s.coal, s.imports, s.gas, s.nuclear, s.other, s.hydro, s.solar, s.wind, s.unlisted)
            is distinct from (g.mix_kind, g.biomass_permille, g.coal_permille, g.imports_permille, g.gas_permille, g.nuclear_permille,
              g.other_permille, g.hydro_permille, g.solar_permille, g.wind_permille, g.unlisted_fuels))) as mix_changes
    from stated s left join grid_signals g on g.region_id = s.region_id and g.from_at = s.from_at
  ), numbered as materialized (
    select c.*, case when changes then next_sequence - 1 + count(*) filter (where changes) over (order by from_at, region_id) end as own_sequence
    from (select *, p_announce and (carbon_changes or mix_changes) as changes from compared) c
  ), run as materialized (
    select coalesce(max(own_sequence), next_sequence - 1) + 1 as sequence from numbered
  ), revised as (
    -- By its place: whoever writes here holds the head, so that no row has moved since it was compared.
    update grid_signals g set
      sequence = coalesce(own_sequence, run.sequence),
      carbon_rank = case when takes_carbon then p_rank else g.carbon_rank end,
      carbon_source_id = case when takes_carbon then source else g.carbon_source_id end,
      carbon_quality = case when takes_carbon then p_quality else g.carbon_quality end,
      carbon_issued_at = case when takes_carbon then n.carbon_issued_at else g.carbon_issued_at end,
      carbon_known_at = case when takes_carbon then head.last_known_at else g.carbon_known_at end,
      forecast_gco2_per_kwh = case when takes_carbon and (replaces_carbon or forecast is not null) then forecast else g.forecast_gco2_per_kwh end,
      forecast_index = case when takes_carbon and (replaces_carbon or forecast is not null) then n.forecast_index else g.forecast_index end,
      outturn_gco2_per_kwh = case when takes_carbon and (replaces_carbon or outturn is not null) then outturn else g.outturn_gco2_per_kwh end,
      outturn_index = case when takes_carbon and (replaces_carbon or outturn is not null) then n.outturn_index else g.outturn_index end,
      mix_rank = case when takes_mix then p_rank else g.mix_rank end,
      mix_source_id = case when takes_mix then source else g.mix_source_id end,
      mix_quality = case when takes_mix then p_quality else g.mix_quality end,
      mix_kind = case when takes_mix then n.mix_kind else g.mix_kind end,
      mix_issued_at = case when takes_mix then n.mix_issued_at else g.mix_issued_at end,
      mix_known_at = case when takes_mix then head.last_known_at else g.mix_known_at end,
      biomass_permille = case when takes_mix then biomass else g.biomass_permille end,
      coal_permille = case when takes_mix then coal else g.coal_permille end,
      imports_permille = case when takes_mix then imports else g.imports_permille end,
      gas_permille = case when takes_mix then gas else g.gas_permille end,
      nuclear_permille = case when takes_mix then nuclear else g.nuclear_permille end,
      other_permille = case when takes_mix then other else g.other_permille end,
      hydro_permille = case when takes_mix then hydro else g.hydro_permille end,
      solar_permille = case when takes_mix then solar else g.solar_permille end,
      wind_permille = case when takes_mix then wind else g.wind_permille end,
      unlisted_fuels = case when takes_mix then unlisted else g.unlisted_fuels end
    from numbered n, run
    where g.ctid = n.place and (takes_carbon or takes_mix)
  ), first_heard as (
    insert into grid_signals
    select region_id, from_at, settlement_date, settlement_period, coalesce(own_sequence, run.sequence), coalesce(own_sequence, run.sequence),
      case when takes_carbon then p_rank end, case when takes_carbon then source end, case when takes_carbon then p_quality end,
      carbon_issued_at, case when takes_carbon then head.last_known_at end, forecast, forecast_index, outturn, outturn_index,
      case when takes_mix then p_rank end, case when takes_mix then source end, case when takes_mix then p_quality end,
      mix_kind, mix_issued_at, case when takes_mix then head.last_known_at end,
      biomass, coal, imports, gas, nuclear, other, hydro, solar, wind, unlisted
    from numbered, run where place is null
  ), log as (
    insert into event_log (sequence, from_at, topic, region_id)
    select own_sequence, from_at, 1, region_id from numbered where changes order by own_sequence
  ), statements as (
    insert into observations
    select coalesce(n.own_sequence, run.sequence), s.from_at, head.last_known_at, s.issued_at, run_id, s.region_id, source,
      s.kind, p_quality, s.intensity, s.carbon_index, s.biomass, s.coal, s.imports, s.gas, s.nuclear, s.other, s.hydro,
      s.solar, s.wind, s.unlisted
    from staged s join numbered n using (region_id, from_at), run
    order by 1
  )
  select run.sequence into last_sequence from run;

  insert into event_log (sequence, topic, object_id) values (last_sequence, 2, run_id);
  perform insert_ingest_run(p_run || jsonb_build_object('ingest_run_id', run_id), rows_new, rows_changed, next_sequence, last_sequence);
  perform close_commit(next_sequence, last_sequence, head.last_known_at);
end $$;

-- The carbon factors of a day; those that differ from the newest.
create function record_carbon_factors(
  p_lease text, p_fencing bigint, p_run jsonb, p_fuels text[], p_factors smallint[],
  out run_id integer, out rows_new integer, out rows_changed integer, out last_sequence bigint
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
  head event_head;
  changed text[];
begin
  perform assert_lease(p_lease, p_fencing);
  select array_agg(s.fuel), count(*) filter (where l.fuel is null), count(*) into changed, rows_new, rows_changed
    from unnest(p_fuels, p_factors) as s (fuel, factor)
    left join lateral (select * from carbon_factors f where f.fuel = s.fuel order by f.sequence desc limit 1) l on true
    where l.fuel is null or l.gco2_per_kwh <> s.factor;
  if changed is null then
    select r.run_id, r.last_sequence into run_id, last_sequence from record_run(p_lease, p_fencing, p_run) r;
    return;
  end if;
  head := open_commit();
  last_sequence := head.last_sequence + 2;
  run_id := insert_ingest_run(p_run, rows_new, rows_changed, head.last_sequence + 1, last_sequence);
  insert into carbon_factors (fuel, sequence, gco2_per_kwh, known_at, ingest_run_id)
    select s.fuel, head.last_sequence + 1, s.factor, head.last_known_at, run_id
    from unnest(p_fuels, p_factors) as s (fuel, factor) where s.fuel = any (changed);
  insert into event_log (sequence, topic, object_id) values (head.last_sequence + 1, 3, run_id), (last_sequence, 2, run_id);
  perform close_commit(head.last_sequence + 1, last_sequence, head.last_known_at);
end $$;

-- Reading the past -------------------------------------------------------------------------------------------

-- The last sequence known at an instant; 0 when nothing was. Once answered it never changes: where no commit is
-- known after that instant yet, the head is moved to it, so that every later one is known after it.
create function resolve_as_of(p_as_of timestamptz) returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if p_as_of > pylon_now() then
    raise exception 'asOf lies in the future' using errcode = 'PY002';
  end if;
  if not exists (select from event_commits where known_at > p_as_of) then
    perform set_config('synchronous_commit', 'off', true);
    update event_head set last_known_at = p_as_of where last_known_at < p_as_of;
  end if;
  return coalesce((select last_sequence from event_commits where known_at <= p_as_of order by known_at desc limit 1), 0);
end $$;

-- Nobody but the app's login, to which each start grants it, may act as the owner.
revoke execute on function ensure_observation_partitions, ensure_log_partitions, drop_expired_log, stage_grid_statements,
  record_grid_statements, record_carbon_factors, record_run, resolve_as_of from public;
