-- How much power is taken in a half hour is asked far more often than it changes, and adding up the slots takes longer the
-- more stand. So the sums are kept: the entries of a half hour, added up, are what CONFIRMED and RUNNING placements draw in it.
-- Holds are few and count by the instant, so they are added when it is asked.
create table power_ledger (
  data_centre_id  integer not null references data_centres (data_centre_id),
  slot_from       timestamptz(3) not null,
  facility_w      bigint not null -- below 0 in an entry that gives back
);
create index power_ledger_slot on power_ledger (data_centre_id, slot_from) include (facility_w);

-- States whose power is in the ledger.
create function takes_power(p_state placement_state) returns boolean language sql immutable as $$
  select p_state in ('CONFIRMED', 'RUNNING')
$$;

-- Enters changes, and folds each half hour's entries into one on the way, or into none where nothing is left. Entries that
-- another transaction is just folding are passed by: so nobody waits, there is nothing to deadlock on, and whatever aborts, the
-- sum is right. What is passed by is folded with the next change.
create function enter_power(p_changes power_ledger[]) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if p_changes is null then return; end if;
  with changed as materialized (
    select c.data_centre_id, c.slot_from, sum(c.facility_w) as facility_w from unnest(p_changes) c
    group by c.data_centre_id, c.slot_from
  ), free as (
    select l.ctid as place from changed c join power_ledger l using (data_centre_id, slot_from) for update of l skip locked
  ), folded as (
    delete from power_ledger where ctid = any (array(select place from free)) returning *
  )
  insert into power_ledger
    select e.data_centre_id, e.slot_from, sum(e.facility_w)
    from (select * from changed union all select * from folded) e
    group by e.data_centre_id, e.slot_from having sum(e.facility_w) <> 0;
end $$;

-- Enters slots that came (1) or went (-1). Their placements are locked first: one that is moved at the same time would count
-- them by the state it has for the other. No statement changes a placement's state and its slots at once.
create function enter_slots(p_slots placement_slots[], p_sign integer) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from placements where placement_id in (select s.placement_id from unnest(p_slots) s) order by placement_id for no key update;
  perform enter_power(array_agg(row (s.data_centre_id, s.slot_from, p_sign * s.facility_w)::power_ledger))
    from unnest(p_slots) s join placements p on p.placement_id = s.placement_id
    where takes_power(p.state);
end $$;

create function enter_changed_slots() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op <> 'INSERT' then perform enter_slots((select array_agg(row (s.*)::placement_slots) from slots_before s), -1); end if;
  if tg_op <> 'DELETE' then perform enter_slots((select array_agg(row (s.*)::placement_slots) from slots_after s), 1); end if;
  return null;
end $$;

-- `offset 0`, here and below: slots are found by their placement, however many rows the planner takes a list for.
create function enter_moved_placements() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  changes power_ledger[];
begin
  with taking_before as (select placement_id from placements_before where takes_power(state)),
  taking_after as (select placement_id from placements_after where takes_power(state)),
  moved as (
    select b.placement_id, -1 as sign from (table taking_before except table taking_after) b
    union all
    select a.placement_id, 1 from (table taking_after except table taking_before) a
  )
  select array_agg(row (s.data_centre_id, s.slot_from, m.sign * s.facility_w)::power_ledger) into changes
    from moved m cross join lateral (select * from placement_slots where placement_id = m.placement_id offset 0) s;
  perform enter_power(changes);
  return null;
end $$;

create function clear_power_ledger() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from power_ledger;
  return null;
end $$;

-- A placement without slots changes nothing, so its insert and its delete need no trigger.
create trigger slots_inserted after insert on placement_slots
  referencing new table as slots_after for each statement execute function enter_changed_slots();
create trigger slots_updated after update on placement_slots
  referencing old table as slots_before new table as slots_after for each statement execute function enter_changed_slots();
create trigger slots_deleted after delete on placement_slots
  referencing old table as slots_before for each statement execute function enter_changed_slots();
create trigger slots_truncated after truncate on placement_slots for each statement execute function clear_power_ledger();
create trigger placements_moved after update on placements
  referencing old table as placements_before new table as placements_after for each statement execute function enter_moved_placements();

-- What stands already. The triggers keep every writer out until this is committed.
insert into power_ledger
  select s.data_centre_id, s.slot_from, sum(s.facility_w)
  from placement_slots s join placements p on p.placement_id = s.placement_id where takes_power(p.state)
  group by s.data_centre_id, s.slot_from;

-- As before, from the ledger. Watts are whole, and added up as float8, which is exact far beyond any grid and much faster than
-- sums of bigint, which are numeric.
create or replace function committed_power(p_data_centres integer[], p_from timestamptz, p_to timestamptz, p_now timestamptz)
  returns table (data_centre_id integer, slot_from timestamptz, committed_w bigint)
  language sql stable security definer set search_path = public, pg_temp as $$
  select e.data_centre_id, e.slot_from, sum(e.facility_w::float8)::bigint
  from (
    select l.data_centre_id, l.slot_from, l.facility_w from power_ledger l
    where l.data_centre_id = any (p_data_centres) and l.slot_from >= p_from and l.slot_from < p_to
    union all
    select s.data_centre_id, s.slot_from, s.facility_w
    from placements p cross join lateral (
      select h.data_centre_id, h.slot_from, h.facility_w from placement_slots h
      where h.placement_id = p.placement_id and h.slot_from >= p_from and h.slot_from < p_to offset 0) s
    where p.state = 'HELD' and p.expires_at > p_now and s.data_centre_id = any (p_data_centres)
  ) e
  group by e.data_centre_id, e.slot_from having sum(e.facility_w::float8) <> 0
$$;

-- As before, with one look at the ledger for all data centres.
create or replace function data_centres_with_room(p_regions smallint[], p_from timestamptz, p_to timestamptz, p_facility_w bigint, p_now timestamptz, p_limit integer)
  returns table (data_centre_id integer, available_w bigint)
  language sql stable security definer set search_path = public, pg_temp as $$
  with centres as materialized (
    select c.data_centre_id, floor(c.capacity_mw::numeric * 1000000)::bigint as capacity_w
    from data_centres c where c.status = 'ACTIVE' and c.region_id = any (p_regions)
  ), busiest as (
    select p.data_centre_id, max(p.committed_w) as committed_w
    from committed_power(array(select c.data_centre_id from centres c), p_from, p_to, p_now) p group by p.data_centre_id
  )
  select c.data_centre_id, c.capacity_w - coalesce(b.committed_w, 0) as available_w
  from centres c left join busiest b using (data_centre_id)
  where c.capacity_w - coalesce(b.committed_w, 0) >= p_facility_w
  order by available_w desc, c.data_centre_id limit p_limit
$$;

revoke execute on function takes_power, enter_power, enter_slots, enter_changed_slots, enter_moved_placements, clear_power_ledger from public;
