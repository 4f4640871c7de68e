-- Elexon's data sets: the catalogue, physical notifications, and the records of sets without a type of their own.
--
-- Rows of both tables are append-only by (key, run): a row that says what the newest one of its key says is not stored.
-- They name their run, and the run alone has the sequence of its one event: a window of hundreds of thousands of rows is
-- written before the head of the log is locked, which it never waits for. Runs of one data set follow one another under its
-- lease, so that the order of their numbers is the order of their commits.

-- One row a data set: what came of the last time it was tried. The newest state only.
create table market_datasets (
  code             text primary key,
  name             text not null,
  status           text not null check (status in ('WORKING', 'UNAVAILABLE')),
  reason           text,
  last_tried_at    timestamptz(3) not null,
  last_updated_at  timestamptz(3),
  rows_seen        integer not null check (rows_seen >= 0),
  check ((status = 'UNAVAILABLE') = (reason is not null))
);

-- What a BM unit expects to export (positive) or import, MW, going evenly from one level to the other. `bm_unit` is
-- Elexon's id, or National Grid's where Elexon has none.
create table physical_notifications (
  time_from              timestamptz(3) not null,
  time_to                timestamptz(3) not null,
  ingest_run_id          integer not null,
  settlement_date        date not null,
  level_from_mw          integer not null,
  level_to_mw            integer not null,
  settlement_period      smallint not null check (settlement_period between 1 and 50),
  bm_unit                text collate "C" not null,
  national_grid_bm_unit  text collate "C",
  primary key (bm_unit, time_from, ingest_run_id),
  check (time_from < time_to)
) partition by range (time_from);

-- A row of any other data set, as it was published. `at` is the row's own time and `key` what tells it from others of its
-- set and time.
create table dataset_records (
  at             timestamptz(3) not null,
  ingest_run_id  integer not null,
  dataset        text collate "C" not null,
  key            text collate "C" not null,
  bm_unit        text collate "C",
  payload        jsonb not null,
  primary key (dataset, at, key, ingest_run_id)
) partition by range (at);
create index dataset_records_by_bm_unit on dataset_records (dataset, bm_unit, at, key, ingest_run_id) where bm_unit is not null;

-- The partitions of these months, each given by any day of it.
create function ensure_dataset_partitions(p_table text, p_months date[]) returns void
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
  month_start timestamptz;
  partition_name text;
begin
  if p_table not in ('physical_notifications', 'dataset_records') then
    raise exception '% has no partitions by month', p_table using errcode = '22023';
  end if;
  if cardinality(p_months) > 500 then
    raise exception '% months ask for too many partitions', cardinality(p_months) using errcode = '22023';
  end if;
  for month_start in select distinct date_trunc('month', day::timestamptz) from unnest(p_months) as day order by 1 loop
    partition_name := p_table || '_' || to_char(month_start, 'YYYY_MM');
    if to_regclass(partition_name) is null then
      perform pg_advisory_xact_lock(72707370);
      if not exists (select from pg_class where relname = partition_name and relnamespace = 'public'::regnamespace) then
        execute format('create table %I (like %I including defaults including constraints)', partition_name, p_table);
        execute format('alter table %I attach partition %I for values from (%L) to (%L)',
          p_table, partition_name, month_start, month_start + interval '1 month');
      end if;
    end if;
  end loop;
end $$;

-- What the catalogue tells, from one look at all of it.
create function record_market_datasets(p_lease text, p_fencing bigint, p_datasets jsonb) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform assert_lease(p_lease, p_fencing);
  insert into market_datasets (code, name, status, reason, last_tried_at, last_updated_at, rows_seen)
    select code, name, status, reason, last_tried_at, last_updated_at, rows_seen
    from jsonb_populate_recordset(null::market_datasets, p_datasets)
  on conflict (code) do update set name = excluded.name, status = excluded.status, reason = excluded.reason,
    last_tried_at = excluded.last_tried_at, last_updated_at = excluded.last_updated_at, rows_seen = excluded.rows_seen;
end $$;

-- Rows on their way in, in the order of the answer. Temporary tables of the session, filled by COPY; see
-- stage_grid_statements() for whose they are.
create function stage_physical_notifications() returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if to_regclass('pg_temp.staged_notifications') is null then
    create temporary table staged_notifications (
      bm_unit text collate "C" not null, national_grid_bm_unit text collate "C", settlement_date date not null,
      settlement_period smallint not null, time_from timestamptz(3) not null, time_to timestamptz(3) not null,
      level_from_mw integer not null, level_to_mw integer not null
    ) on commit delete rows;
    execute format('grant insert on staged_notifications to %I', session_user);
  end if;
end $$;

create function stage_dataset_records() returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if to_regclass('pg_temp.staged_records') is null then
    create temporary table staged_records (
      at timestamptz(3) not null, key text collate "C" not null, bm_unit text collate "C", payload jsonb not null
    ) on commit delete rows;
    execute format('grant insert on staged_records to %I', session_user);
  end if;
end $$;

-- Refuses a table of that name which another role made.
create function assert_own_table(p_table text) returns void language plpgsql as $$
begin
  if (select relowner <> current_user::regrole from pg_class where oid = to_regclass(p_table)) is distinct from false then
    raise exception '% is not the table that its stage function made', p_table using errcode = '42501';
  end if;
end $$;

-- Ends the transaction of one window: the run's row, which moves the checkpoint of its backfill, and one event. The head
-- of the log is locked only now, when the rows are written.
create function close_dataset_run(
  p_lease text, p_fencing bigint, p_run jsonb, p_run_id integer, p_duplicate integer, p_new integer, p_changed integer
) returns bigint language plpgsql as $$
declare
  head event_head;
  sequence bigint;
begin
  perform assert_lease(p_lease, p_fencing);
  head := open_commit();
  sequence := head.last_sequence + 1;
  perform insert_ingest_run(p_run || jsonb_build_object('ingest_run_id', p_run_id, 'rows_duplicate', p_duplicate),
    p_new, p_changed, sequence, sequence);
  insert into event_log (sequence, topic, object_id) values (sequence, 2, p_run_id);
  perform close_commit(sequence, sequence, head.last_known_at);
  return sequence;
end $$;

-- One window of notifications: of what is staged, each (unit, start) once, the later one in the answer counting, the part
-- that differs from the newest. Written in the order of its key, which keeps the index compact and the writing of it local.
create function record_physical_notifications(
  p_lease text, p_fencing bigint, p_run jsonb,
  out run_id integer, out rows_new integer, out rows_changed integer, out rows_duplicate integer, out last_sequence bigint
) language plpgsql security definer set search_path = public, pg_temp set work_mem = '64MB' as $$
declare
  staged bigint;
  kept bigint;
  first_from timestamptz;
  last_from timestamptz;
begin
  perform assert_own_table('pg_temp.staged_notifications');
  run_id := nextval(pg_get_serial_sequence('ingest_runs', 'ingest_run_id'));
  select count(*), min(time_from), max(time_from) into staged, first_from, last_from from staged_notifications;

  if not exists (
    select from (select distinct bm_unit from staged_notifications) u cross join lateral (
      select from physical_notifications p where p.bm_unit = u.bm_unit and p.time_from between first_from and last_from limit 1) known
  ) then
    -- Nothing is known of this span: nothing to compare with.
    insert into physical_notifications
    select distinct on (bm_unit, time_from) time_from, time_to, run_id, settlement_date, level_from_mw, level_to_mw,
      settlement_period, bm_unit, national_grid_bm_unit
    from staged_notifications order by bm_unit, time_from, ctid desc;
    get diagnostics kept = row_count;
    rows_new := kept;
    rows_changed := kept;
  else
    with stated as materialized (
      select distinct on (bm_unit, time_from) * from staged_notifications order by bm_unit, time_from, ctid desc
    ), judged as materialized (
      select s.*, p.bm_unit is null as is_new,
        (s.time_to, s.level_from_mw, s.level_to_mw, s.settlement_date, s.settlement_period, s.national_grid_bm_unit)
          is distinct from (p.time_to, p.level_from_mw, p.level_to_mw, p.settlement_date, p.settlement_period, p.national_grid_bm_unit)
          as is_changed
      from stated s left join lateral (
        select * from physical_notifications p where p.bm_unit = s.bm_unit and p.time_from = s.time_from
          and p.time_from between first_from and last_from
        order by p.ingest_run_id desc limit 1
      ) p on true
    ), stored as (
      insert into physical_notifications
      select time_from, time_to, run_id, settlement_date, level_from_mw, level_to_mw, settlement_period, bm_unit, national_grid_bm_unit
      from judged where is_changed
    )
    select count(*), count(*) filter (where is_new), count(*) filter (where is_changed) into kept, rows_new, rows_changed from judged;
  end if;

  rows_duplicate := staged - kept;
  last_sequence := close_dataset_run(p_lease, p_fencing, p_run, run_id, rows_duplicate, rows_new, rows_changed);
end $$;

-- The same for the records of one set, by (time, key).
create function record_dataset_records(
  p_lease text, p_fencing bigint, p_run jsonb, p_dataset text,
  out run_id integer, out rows_new integer, out rows_changed integer, out rows_duplicate integer, out last_sequence bigint
) language plpgsql security definer set search_path = public, pg_temp set work_mem = '64MB' as $$
declare
  staged bigint;
  kept bigint;
  first_at timestamptz;
  last_at timestamptz;
begin
  perform assert_own_table('pg_temp.staged_records');
  run_id := nextval(pg_get_serial_sequence('ingest_runs', 'ingest_run_id'));
  select count(*), min(at), max(at) into staged, first_at, last_at from staged_records;

  if not exists (select from dataset_records where dataset = p_dataset and at between first_at and last_at) then
    insert into dataset_records
    select distinct on (at, key) at, run_id, p_dataset, key, bm_unit, payload
    from staged_records order by at, key, ctid desc;
    get diagnostics kept = row_count;
    rows_new := kept;
    rows_changed := kept;
  else
    with stated as materialized (
      select distinct on (at, key) * from staged_records order by at, key, ctid desc
    ), judged as materialized (
      select s.*, r.key is null as is_new, (s.bm_unit, s.payload) is distinct from (r.bm_unit, r.payload) as is_changed
      from stated s left join lateral (
        select * from dataset_records r where r.dataset = p_dataset and r.at = s.at and r.key = s.key
          and r.at between first_at and last_at
        order by r.ingest_run_id desc limit 1
      ) r on true
    ), stored as (
      insert into dataset_records select at, run_id, p_dataset, key, bm_unit, payload from judged where is_changed
    )
    select count(*), count(*) filter (where is_new), count(*) filter (where is_changed) into kept, rows_new, rows_changed from judged;
  end if;

  rows_duplicate := staged - kept;
  last_sequence := close_dataset_run(p_lease, p_fencing, p_run, run_id, rows_duplicate, rows_new, rows_changed);
end $$;

revoke execute on function ensure_dataset_partitions, record_market_datasets, stage_physical_notifications,
  stage_dataset_records, record_physical_notifications, record_dataset_records from public;
