-- Work that had a place and was not started there in time.

-- Puts back some of the work that is SCHEDULED and whose confirmed half hours have all passed by p_now: what was confirmed is
-- released as MISSED. It waits again (QUEUED) if it can still be done by its deadline, else it is REJECTED, as work is that
-- never ran, and gives back what it holds. Each change has its event. Work that is being moved just now is left to the next
-- call. Answers how many.
create function return_missed_work(p_lease text, p_fencing bigint, p_now timestamptz, p_limit integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  waiting integer[];
  rejected integer[];
  released integer[];
begin
  perform assert_lease(p_lease, p_fencing);
  with due as (
    select w.workload_id from workloads w
    where w.status = 'SCHEDULED'
      and exists (select from placements p where p.workload_id = w.workload_id and p.state = 'CONFIRMED')
      and not exists (select from placements p join placement_slots s on s.placement_id = p.placement_id
        where p.workload_id = w.workload_id and p.state = 'CONFIRMED' and s.slot_from > p_now - interval '30 minutes')
    order by w.workload_id limit p_limit for update skip locked
  ), moved as (
    update workloads w
      set status = case when n.in_time then 'QUEUED' else 'REJECTED' end::workload_status,
        status_reason = case when n.in_time then 'its confirmed half hours passed before it was started'
          else 'its confirmed half hours passed before it was started, and it cannot be done by its deadline any more' end,
        host_data_centre_id = null, version = w.version + 1, updated_at = p_now
      from due join workloads d on d.workload_id = due.workload_id
      cross join lateral (select p_now + d.duration_minutes * interval '1 minute' <= d.deadline as in_time) n
      where w.workload_id = d.workload_id
      returning w.workload_id, w.status
  )
  select coalesce(array_agg(m.workload_id order by m.workload_id) filter (where m.status = 'QUEUED'), '{}'),
      coalesce(array_agg(m.workload_id order by m.workload_id) filter (where m.status = 'REJECTED'), '{}')
    into waiting, rejected from moved m;

  perform from placements p where p.workload_id = any (waiting || rejected) and p.state in ('HELD', 'CONFIRMED')
    order by p.placement_id for update;
  with changed as (
    update placements p
      set state = 'RELEASED', expires_at = null, version = p.version + 1, updated_at = p_now,
        released_reason = case p.state when 'CONFIRMED' then 'MISSED' else 'REJECTED' end
      where (p.workload_id = any (waiting || rejected) and p.state = 'CONFIRMED') or (p.workload_id = any (rejected) and p.state = 'HELD')
      returning p.placement_id
  )
  select coalesce(array_agg(c.placement_id order by c.placement_id), '{}') into released from changed c;

  perform append_events((
    select coalesce(jsonb_agg(jsonb_build_object('table', e.name, 'id', e.id) order by e.name, e.id), '[]')
    from (select 'placements' as name, unnest(released) as id union all select 'workloads', unnest(waiting || rejected)) e));
  return cardinality(waiting) + cardinality(rejected);
end $$;

revoke execute on function return_missed_work from public;
