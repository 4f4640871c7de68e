-- Rolling demand of the system at spot times, MW, as Elexon gives it for charts. Nothing documents which of the
-- demands it is, so it is kept apart from the half-hourly demand statements and belongs to no grid signal.
--   record_type  the publisher's own word, undocumented; '' where it says none. In the key, so that two are never one.
create table demand_readings (
  sequence       bigint not null,
  at             timestamptz(3) not null,
  known_at       timestamptz(3) not null,
  issued_at      timestamptz(3),
  ingest_run_id  integer not null,
  source_id      smallint not null,
  kind           smallint not null check (kind between 1 and 4),
  quality        smallint not null check (quality between 1 and 2),
  record_type    text not null,
  demand_mw      integer not null check (demand_mw > 0),
  primary key (at, record_type, source_id, kind, sequence)
) partition by range (at);

-- Readings have no events of their own: the run's event (topic 2) tells of them.
insert into series_families values ('demand_readings', '{record_type}', '{demand_mw}', 2, null);
