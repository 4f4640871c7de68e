-- Agents can be woken by beats shorter than a half hour: what is kept is the last beat, which may be the beginning of a half hour.
alter table agent_cursors rename column half_hour to beat_at;

-- Keeps cursors of agents: [{"agent_id", "sequence", "beat_at", "pending"}], each as a whole. Refused to a process that lost
-- the lease: what it decided late is then not fixed, and so not carried out.
create or replace function keep_agent_cursors(p_lease text, p_fencing bigint, p_cursors jsonb) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform assert_lease(p_lease, p_fencing);
  insert into agent_cursors as c (agent_id, operator_id, sequence, beat_at, pending)
  select k.agent_id, a.operator_id, k.sequence, k.beat_at, k.pending
  from jsonb_to_recordset(p_cursors) as k (agent_id integer, sequence bigint, beat_at timestamptz, pending jsonb)
  join agents a on a.agent_id = k.agent_id
  order by k.agent_id
  on conflict (agent_id) do update
    set sequence = excluded.sequence, beat_at = excluded.beat_at, pending = excluded.pending, updated_at = pylon_now();
end $$;
