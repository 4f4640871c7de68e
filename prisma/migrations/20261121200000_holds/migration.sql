-- Holding power: two never get the same watt. The app's login only reads placements; what changes them is here.

create index placements_held_centre on placements (data_centre_id) where state = 'HELD';
create index workload_runs_centre on workload_runs (data_centre_id, started_at);

-- What the totals of a completed workload were computed from, half hour by half hour: kept, because PUE and forecasts move on.
create table workload_consumption (
  workload_id          integer not null references workloads (workload_id),
  data_centre_id       integer not null references data_centres (data_centre_id),
  from_at              timestamptz(3) not null check (from_at = date_bin('30 minutes', from_at, timestamptz '2000-01-01 00:00:00+00')),
  operator_id          integer not null references operators (operator_id),
  region_id            smallint not null references regions (region_id),
  energy_kwh           double precision not null check (energy_kwh >= 0),
  facility_energy_kwh  double precision not null,
  gco2_per_kwh         double precision,
  carbon_kind          smallint check (carbon_kind in (2, 3)),
  carbon_quality       smallint,
  carbon_source_id     smallint references sources (source_id),
  carbon_issued_at     timestamptz(3),
  carbon_known_at      timestamptz(3),
  gbp_per_mwh          double precision,
  market               smallint,
  primary key (workload_id, data_centre_id, from_at),
  check (facility_energy_kwh >= energy_kwh),
  check ((gco2_per_kwh is null) = (carbon_kind is null)),
  check ((gbp_per_mwh is null) = (market is null))
);
create index workload_consumption_signal on workload_consumption (region_id, from_at);
alter table workload_consumption enable row level security;
alter table workload_consumption force row level security;
create policy own on workload_consumption using ((select viewer_is_admin()) or operator_id = (select viewer_operator()));
do $$ begin
  execute format('create policy of_owner on workload_consumption to %I using (true) with check (true)', current_user);
end $$;

-- A key check on a data centre needs no lock that this one is in the way of; another hold or a change of the centre does.
create function lock_data_centres(p_data_centres integer[]) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from data_centres where data_centre_id = any (p_data_centres) order by data_centre_id for no key update;
end $$;

-- The moves that a placement's state allows. src/domain/compute/placement-states.ts lists the same; a test holds the two together.
create function placement_may_move(p_from placement_state, p_to placement_state) returns boolean language sql immutable as $$
  select (p_from, p_to) in (('HELD', 'CONFIRMED'), ('HELD', 'RELEASED'), ('CONFIRMED', 'RUNNING'), ('CONFIRMED', 'RELEASED'),
    ('RUNNING', 'CONFIRMED'), ('RUNNING', 'DONE'))
$$;

-- Holds power of a data centre for a workload of the viewer's, in the half hours p_from, p_power_kw of the work itself in each.
-- The centre is locked, then what is held, confirmed and running there is summed, of all operators. A hold that expired by
-- p_now is released here before its power is given away: it can then not be confirmed any more, whatever clock its confirmer has.
-- Answers the placement and the holds it released; or a refusal, and then the caller must roll back.
create function hold_placement(
  p_code text, p_workload integer, p_data_centre integer, p_from timestamptz[], p_power_kw double precision[],
  p_expires_at timestamptz, p_decision integer, p_now timestamptz,
  out held_id integer, out released integer[], out refusal jsonb
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
  centre data_centres;
  work workloads;
begin
  select * into strict centre from data_centres where data_centre_id = p_data_centre for no key update;
  select * into work from workloads where workload_id = p_workload and (viewer_is_admin() or operator_id = viewer_operator());
  if not found then
    raise exception 'workload % is not the viewer''s', p_workload using errcode = '42501';
  end if;
  if p_expires_at <= p_now then
    raise exception 'a hold that expires at % is over at %', p_expires_at, p_now using errcode = '22023';
  end if;
  if centre.status <> 'ACTIVE' then
    refusal := jsonb_build_object('code', 'CENTRE_UNAVAILABLE', 'status', centre.status);
    return;
  end if;

  perform from placements p where p.data_centre_id = p_data_centre and p.state = 'HELD' and p.expires_at <= p_now
    order by p.placement_id for update;
  with over as (
    update placements p
      set state = 'RELEASED', expires_at = null, released_reason = 'EXPIRED', version = p.version + 1, updated_at = p_now
      where p.data_centre_id = p_data_centre and p.state = 'HELD' and p.expires_at <= p_now
      returning p.placement_id
  )
  select coalesce(array_agg(o.placement_id order by o.placement_id), '{}') into released from over o;

  with wanted as (
    select w.slot_from, ceil(w.power_kw::numeric * 1000 * centre.pue::numeric) as facility_w
    from unnest(p_from, p_power_kw) as w (slot_from, power_kw)
  ), taken as (
    select s.slot_from, sum(s.facility_w) as facility_w
    from placement_slots s join placements p on p.placement_id = s.placement_id
    where s.data_centre_id = p_data_centre and s.slot_from = any (p_from) and p.state in ('HELD', 'CONFIRMED', 'RUNNING')
    group by s.slot_from
  ), compared as (
    select w.slot_from, w.facility_w, floor(centre.capacity_mw::numeric * 1000000) - coalesce(t.facility_w, 0) as left_w
    from wanted w left join taken t on t.slot_from = w.slot_from
  )
  select jsonb_build_object('code', 'CAPACITY_EXCEEDED',
      'slots', jsonb_agg(jsonb_build_object('from', c.slot_from, 'wantedW', c.facility_w, 'leftW', greatest(c.left_w, 0)) order by c.slot_from))
    into refusal from compared c where c.facility_w > c.left_w having count(*) > 0;
  if refusal is not null then return; end if;

  insert into placements (code, operator_id, workload_id, data_centre_id, decision_id, expires_at, created_at, updated_at)
    values (p_code, work.operator_id, p_workload, p_data_centre, p_decision, p_expires_at, p_now, p_now)
    returning placement_id into held_id;
  insert into placement_slots (placement_id, slot_from, data_centre_id, operator_id, power_w, facility_w)
    select held_id, w.slot_from, p_data_centre, work.operator_id, round(w.power_kw::numeric * 1000),
      ceil(w.power_kw::numeric * 1000 * centre.pue::numeric)
    from unnest(p_from, p_power_kw) as w (slot_from, power_kw);
end $$;

-- Moves placements of the viewer's to a state. Those whose state does not allow it, and holds that expired and are to be
-- confirmed, are left as they are. Answers those that moved.
create function move_placements(p_placements integer[], p_to placement_state, p_reason text, p_now timestamptz) returns integer[]
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  moved integer[];
begin
  if exists (select from placements where placement_id = any (p_placements) and not viewer_is_admin() and operator_id is distinct from viewer_operator()) then
    raise exception 'not all of these placements are the viewer''s' using errcode = '42501';
  end if;
  perform from placements where placement_id = any (p_placements) order by placement_id for update;
  with changed as (
    update placements p
      set state = p_to, expires_at = null, released_reason = case when p_to = 'RELEASED' then p_reason end,
        version = p.version + 1, updated_at = p_now
      where p.placement_id = any (p_placements) and placement_may_move(p.state, p_to)
        and not (p.state = 'HELD' and p_to = 'CONFIRMED' and p.expires_at <= p_now)
      returning p.placement_id
  )
  select coalesce(array_agg(c.placement_id order by c.placement_id), '{}') into moved from changed c;
  return moved;
end $$;

-- Releases some of the holds that expired by p_now, with an event each. Answers how many.
create function release_expired_holds(p_lease text, p_fencing bigint, p_now timestamptz, p_limit integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  released integer[];
begin
  perform assert_lease(p_lease, p_fencing);
  with due as (
    select p.placement_id from placements p where p.state = 'HELD' and p.expires_at <= p_now
    order by p.expires_at limit p_limit for update skip locked
  ), over as (
    update placements p
      set state = 'RELEASED', expires_at = null, released_reason = 'EXPIRED', version = p.version + 1, updated_at = p_now
      from due where p.placement_id = due.placement_id
      returning p.placement_id
  )
  select coalesce(array_agg(o.placement_id order by o.placement_id), '{}') into released from over o;
  perform append_events((select coalesce(jsonb_agg(jsonb_build_object('table', 'placements', 'id', id)), '[]') from unnest(released) id));
  return cardinality(released);
end $$;

-- Forgets some of the answers given before an instant. Answers how many.
create function drop_action_keys(p_lease text, p_fencing bigint, p_before timestamptz, p_limit integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  dropped integer;
begin
  perform assert_lease(p_lease, p_fencing);
  delete from action_keys where (operator_id, key) in (
    select k.operator_id, k.key from action_keys k where k.at < p_before limit p_limit for update skip locked);
  get diagnostics dropped = row_count;
  return dropped;
end $$;

-- Facility power that is held, confirmed or running in data centres, by half hour, watts, of all operators together: nobody's
-- own is told. Half hours in which there is none are left out.
create function committed_power(p_data_centres integer[], p_from timestamptz, p_to timestamptz, p_now timestamptz)
  returns table (data_centre_id integer, slot_from timestamptz, committed_w bigint)
  language sql stable security definer set search_path = public, pg_temp as $$
  select s.data_centre_id, s.slot_from, sum(s.facility_w)
  from placement_slots s join placements p on p.placement_id = s.placement_id
  where s.data_centre_id = any (p_data_centres) and s.slot_from >= p_from and s.slot_from < p_to
    and (p.state in ('CONFIRMED', 'RUNNING') or (p.state = 'HELD' and p.expires_at > p_now))
  group by s.data_centre_id, s.slot_from
$$;

-- The active data centres of some regions that have so much facility power left in every half hour of a span, with the least
-- that is left in one: the most first, then by id.
create function data_centres_with_room(p_regions smallint[], p_from timestamptz, p_to timestamptz, p_facility_w bigint, p_now timestamptz, p_limit integer)
  returns table (data_centre_id integer, available_w bigint)
  language sql stable security definer set search_path = public, pg_temp as $$
  select d.data_centre_id, d.capacity_w - coalesce(t.most, 0) as available_w
  from (select c.data_centre_id, floor(c.capacity_mw::numeric * 1000000)::bigint as capacity_w
    from data_centres c where c.status = 'ACTIVE' and c.region_id = any (p_regions)) d
  left join lateral (select max(p.committed_w) as most from committed_power(array[d.data_centre_id], p_from, p_to, p_now) p) t on true
  where d.capacity_w - coalesce(t.most, 0) >= p_facility_w
  order by available_w desc, d.data_centre_id limit p_limit
$$;

revoke execute on function lock_data_centres, hold_placement, move_placements, release_expired_holds, drop_action_keys,
  committed_power, data_centres_with_room from public;
