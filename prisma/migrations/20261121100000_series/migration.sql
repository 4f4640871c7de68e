-- Series: what sources state of Great Britain over time besides carbon and mix. Each family of statements is one
-- append-only table, keyed by instant, source, kind and the family's own key, with the values that are stated together.
-- Codes, as in src/domain/codes.ts:
--   market   1 MARKET_INDEX  2 SYSTEM_SELL  3 SYSTEM_BUY  4 FORECAST

-- Half hours of national demand, mean power, MW.
create table demand_statements (
  sequence                       bigint not null,
  at                             timestamptz(3) not null check (at = date_bin('30 minutes', at, timestamptz '2000-01-01 00:00:00+00')),
  known_at                       timestamptz(3) not null,
  issued_at                      timestamptz(3),
  ingest_run_id                  integer not null,
  source_id                      smallint not null,
  kind                           smallint not null check (kind between 1 and 4),
  quality                        smallint not null check (quality between 1 and 2),
  national_demand_mw             integer,
  transmission_system_demand_mw  integer,
  embedded_wind_mw               integer,
  embedded_solar_mw              integer,
  primary key (at, source_id, kind, sequence),
  check (num_nonnulls(national_demand_mw, transmission_system_demand_mw, embedded_wind_mw, embedded_solar_mw) > 0)
) partition by range (at);

-- Power by Elexon's fuel type, of five minutes or of a half hour beginning at `at`; interconnectors and storage may be negative.
create table fuel_generation (
  sequence            bigint not null,
  at                  timestamptz(3) not null,
  known_at            timestamptz(3) not null,
  issued_at           timestamptz(3),
  ingest_run_id       integer not null,
  source_id           smallint not null,
  kind                smallint not null check (kind between 1 and 4),
  quality             smallint not null check (quality between 1 and 2),
  resolution_minutes  smallint not null check (resolution_minutes in (5, 30)),
  fuel_type           text not null check (fuel_type <> ''),
  mw                  double precision not null,
  primary key (at, resolution_minutes, fuel_type, source_id, kind, sequence)
) partition by range (at);

create table frequency_readings (
  sequence       bigint not null,
  at             timestamptz(3) not null,
  known_at       timestamptz(3) not null,
  issued_at      timestamptz(3),
  ingest_run_id  integer not null,
  source_id      smallint not null,
  kind           smallint not null check (kind between 1 and 4),
  quality        smallint not null check (quality between 1 and 2),
  hz             double precision not null check (hz > 0),
  primary key (at, source_id, kind, sequence)
) partition by range (at);

-- Prices of a half hour. A derived one names its formula and how far off it may be expected to be.
create table market_prices (
  sequence                    bigint not null,
  at                          timestamptz(3) not null check (at = date_bin('30 minutes', at, timestamptz '2000-01-01 00:00:00+00')),
  known_at                    timestamptz(3) not null,
  issued_at                   timestamptz(3),
  ingest_run_id               integer not null,
  source_id                   smallint not null,
  kind                        smallint not null check (kind between 1 and 4),
  quality                     smallint not null check (quality between 1 and 2),
  market                      smallint not null check (market between 1 and 4),
  provider                    text not null,
  gbp_per_mwh                 double precision not null,
  volume_mwh                  double precision,
  expected_error_gbp_per_mwh  double precision,
  formula                     text,
  primary key (at, market, provider, source_id, kind, sequence)
) partition by range (at);

-- How strained the grid is, 0 to 1, under a versioned formula.
create table grid_stress (
  sequence       bigint not null,
  at             timestamptz(3) not null check (at = date_bin('30 minutes', at, timestamptz '2000-01-01 00:00:00+00')),
  known_at       timestamptz(3) not null,
  issued_at      timestamptz(3),
  ingest_run_id  integer not null,
  source_id      smallint not null,
  kind           smallint not null check (kind between 1 and 4),
  quality        smallint not null check (quality between 1 and 2),
  stress         double precision not null check (stress between 0 and 1),
  formula        text not null,
  primary key (at, source_id, kind, sequence)
) partition by range (at);

-- A statement is found by the sequence of its event.
create index fuel_generation_by_sequence on fuel_generation using brin (sequence) with (pages_per_range = 16);
create index frequency_readings_by_sequence on frequency_readings using brin (sequence) with (pages_per_range = 16);
create index market_prices_by_sequence on market_prices using brin (sequence) with (pages_per_range = 16);

-- The families by name: their own keys and values, the topic of their events, and which of their statements belong to
-- a grid signal of Great Britain (an SQL condition on the statement; null for none).
create table series_families (
  family         text primary key,
  key_columns    text[] not null,
  value_columns  text[] not null,
  topic          smallint not null,
  signal_when    text
);
insert into series_families values
  ('demand_statements', '{}', '{national_demand_mw,transmission_system_demand_mw,embedded_wind_mw,embedded_solar_mw}', 1, 'true'),
  ('fuel_generation', '{resolution_minutes,fuel_type}', '{mw}', 4, null),
  ('frequency_readings', '{}', '{hz}', 6, null),
  ('market_prices', '{market,provider}', '{gbp_per_mwh,volume_mwh,expected_error_gbp_per_mwh,formula}', 5, 'market in (1, 4)'),
  ('grid_stress', '{}', '{stress,formula}', 1, 'true');

create function series_family(p_family text) returns series_families language plpgsql stable as $$
declare
  f series_families;
begin
  select * into f from series_families where family = p_family;
  if not found then
    raise exception 'there is no family of series named %', p_family using errcode = '22023';
  end if;
  return f;
end $$;

create function ensure_series_partitions(p_family text, p_from timestamptz, p_to timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
  family text := (series_family(p_family)).family;
  month_start timestamptz := date_trunc('month', p_from);
  partition_name text;
begin
  if p_to - p_from > interval '15 years' then
    raise exception 'a range of % asks for too many partitions', p_to - p_from using errcode = '22023';
  end if;
  while month_start < p_to loop
    partition_name := family || '_' || to_char(month_start, 'YYYY_MM');
    if to_regclass(partition_name) is null then
      perform pg_advisory_xact_lock(72707370);
      if not exists (select from pg_class where relname = partition_name and relnamespace = 'public'::regnamespace) then
        execute format('create table %I (like %I including defaults including constraints)', partition_name, family);
        execute format('alter table %I attach partition %I for values from (%L) to (%L)',
          family, partition_name, month_start, month_start + interval '1 month');
      end if;
    end if;
    month_start := month_start + interval '1 month';
  end loop;
end $$;

-- The temporary table that a family's statements are copied into; each key once. See stage_grid_statements().
create function stage_series(p_family text) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  f series_families := series_family(p_family);
  staged text := 'staged_' || f.family;
begin
  if to_regclass('pg_temp.' || staged) is null then
    execute format('create temporary table %I on commit delete rows as select %s from %I with no data',
      staged, array_to_string('{at,issued_at,kind}'::text[] || f.key_columns || f.value_columns, ', '), f.family);
    execute format('alter table %I add primary key (%s)', staged, array_to_string('{at,kind}'::text[] || f.key_columns, ', '));
    execute format('grant insert on %I to %I', staged, session_user);
  end if;
end $$;

-- Records one run of one source from the staged rows of a family: what differs from the source's last word of the same
-- key, an event for each (for the whole run where p_announce is false), the run's row. A null states nothing: the value
-- said before is kept. Half hours of statements that belong to a grid signal get one, of Great Britain, where there is none.
create function record_series(
  p_lease text, p_fencing bigint, p_run jsonb, p_family text, p_quality smallint, p_announce boolean,
  out run_id integer, out rows_new integer, out rows_changed integer, out last_sequence bigint
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
  f series_families := series_family(p_family);
  staged text := 'staged_' || f.family;
  great_britain constant smallint := 18;
  source smallint := (p_run ->> 'source_id')::smallint;
  first_at timestamptz;
  last_at timestamptz;
  head event_head;
  first_sequence bigint;
begin
  perform assert_lease(p_lease, p_fencing);
  if (select relowner <> current_user::regrole from pg_class where oid = ('pg_temp.' || staged)::regclass) then
    raise exception 'pg_temp.% is not the table that stage_series made', staged using errcode = '42501';
  end if;
  execute format('select min(at), max(at) from %I', staged) into first_at, last_at;

  execute format($sql$
    with judged as materialized (
      select s.ctid as place, o.sequence is not null as heard, %1$s,
        o.sequence is not null and (%2$s) is not distinct from (%3$s) as known
      from %4$I s left join lateral (
        select * from %5$I o
        where o.at = s.at and o.at between $2 and $3 and o.source_id = $1 and o.kind = s.kind %6$s
        order by o.sequence desc limit 1
      ) o on true
    ), dropped as (
      delete from %4$I s using judged j where s.ctid = j.place and j.known
    ), completed as (
      update %4$I s set %7$s from judged j where s.ctid = j.place and not j.known and j.heard
    )
    select count(*) filter (where not heard), count(*) from judged where not known
  $sql$,
    (select string_agg(format('coalesce(s.%1$I, o.%1$I) as %1$I', c), ', ') from unnest(f.value_columns) c),
    (select string_agg(format('coalesce(s.%1$I, o.%1$I)', c), ', ') from unnest(f.value_columns) c),
    (select string_agg(format('o.%I', c), ', ') from unnest(f.value_columns) c),
    staged, f.family,
    (select string_agg(format('and o.%1$I = s.%1$I', c), ' ') from unnest(f.key_columns) c),
    (select string_agg(format('%1$I = j.%1$I', c), ', ') from unnest(f.value_columns) c)
  ) into rows_new, rows_changed using source, first_at, last_at;

  if rows_changed = 0 then
    select r.run_id, r.last_sequence into run_id, last_sequence from record_run(p_lease, p_fencing, p_run) r;
    return;
  end if;

  run_id := nextval(pg_get_serial_sequence('ingest_runs', 'ingest_run_id'));
  head := open_commit();
  first_sequence := head.last_sequence + 1;

  execute format($sql$
    with numbered as materialized (
      select s.*, case when $1 then $2 - 1 + row_number() over (order by at, kind %1$s) end as own_sequence,
        $2 + case when $1 then count(*) over () else 0 end as run_sequence, coalesce(%2$s, false) as of_signal
      from %3$I s
    ), said as (
      insert into %4$I (sequence, at, known_at, issued_at, ingest_run_id, source_id, kind, quality %1$s, %5$s)
      select coalesce(own_sequence, run_sequence), at, $3, issued_at, $4, $5, kind, $6 %1$s, %5$s
      from numbered order by 1
    ), log as (
      insert into event_log (sequence, from_at, topic, region_id)
      select own_sequence, at, $7, case when $7 = 1 then $8 end from numbered where own_sequence is not null order by own_sequence
    ), signalled as materialized (
      select at, min(coalesce(own_sequence, run_sequence)) as sequence,
        max(run_sequence) - 1 + row_number() over (order by at) as signal_sequence
      from numbered where of_signal group by at
    ), signal_log as (
      insert into event_log (sequence, from_at, topic, region_id)
      select signal_sequence, at, 1, $8 from signalled where $1 and $7 <> 1 order by 1
    ), signals as (
      insert into grid_signals (region_id, from_at, settlement_date, settlement_period, first_sequence, sequence)
      select $8, at, london_day, 1 + floor(extract(epoch from at - london_day::timestamp at time zone 'Europe/London') / 1800), sequence, sequence
      from signalled cross join lateral (select (signalled.at at time zone 'Europe/London')::date as london_day) d
      order by at
      on conflict do nothing
    )
    select (select max(run_sequence) from numbered) + case when $1 and $7 <> 1 then (select count(*) from signalled) else 0 end
  $sql$,
    (select coalesce(string_agg(format(', %I', c), ''), '') from unnest(f.key_columns) c),
    coalesce(f.signal_when, 'false'), staged, f.family, array_to_string(f.value_columns, ', ')
  ) into last_sequence
    using p_announce, first_sequence, head.last_known_at, run_id, source, p_quality, f.topic, great_britain;

  insert into event_log (sequence, topic, object_id) values (last_sequence, 2, run_id);
  perform insert_ingest_run(p_run || jsonb_build_object('ingest_run_id', run_id), rows_new, rows_changed, first_sequence, last_sequence);
  perform close_commit(first_sequence, last_sequence, head.last_known_at);
end $$;

revoke execute on function ensure_series_partitions, stage_series, record_series from public;
