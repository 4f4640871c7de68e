-- Demand forecasts by cardinal point: the turning and fixed points of a day's demand, which are spans of one or several
-- half hours and cover no day without gaps. So they are kept apart from the half-hourly demand statements.
--   point_type  F fixed, T trough, P peak
--   feature     Om overnight minimum, DM daytime maximum, Dm daytime minimum, EM evening maximum
create table demand_cardinal_points (
  sequence        bigint not null,
  at              timestamptz(3) not null check (at = date_bin('30 minutes', at, timestamptz '2000-01-01 00:00:00+00')),
  known_at        timestamptz(3) not null,
  issued_at       timestamptz(3),
  ingest_run_id   integer not null,
  source_id       smallint not null,
  kind            smallint not null check (kind between 1 and 4),
  quality         smallint not null check (quality between 1 and 2),
  cardinal_point  text not null check (cardinal_point <> ''),
  ends_at         timestamptz(3) not null check (ends_at > at),
  point_type      text not null check (point_type in ('F', 'T', 'P')),
  feature         text,
  demand_mw       integer not null,
  primary key (at, cardinal_point, source_id, kind, sequence)
) partition by range (at);

-- A whole day is said in one breath: its points have no events of their own, the run's event (topic 2) tells of them.
insert into series_families values
  ('demand_cardinal_points', '{cardinal_point}', '{ends_at,point_type,feature,demand_mw}', 2, null);
