-- How far each agent that acts here has followed the log, and what it is about to do.

-- `pending` is what it decided at its last stimulus and has not wholly carried out: written before the first of it is done, so
-- that whoever goes on after a kill does the same under the same keys, and nothing twice.
create table agent_cursors (
  agent_id     integer primary key references agents (agent_id),
  operator_id  integer not null references operators (operator_id),
  sequence     bigint not null,
  half_hour    timestamptz(3),
  pending      jsonb,
  updated_at   timestamptz(3) not null default pylon_now()
);
create index agent_cursors_operator on agent_cursors (operator_id);

alter table agent_cursors enable row level security;
alter table agent_cursors force row level security;
create policy own on agent_cursors using ((select viewer_is_admin()) or operator_id = (select viewer_operator()));
do $$
begin
  execute format('create policy of_owner on agent_cursors to %I using (true) with check (true)', current_user);
end $$;

-- Keeps cursors of agents: [{"agent_id", "sequence", "half_hour", "pending"}], each as a whole. Refused to a process that lost
-- the lease: what it decided late is then not fixed, and so not carried out.
create function keep_agent_cursors(p_lease text, p_fencing bigint, p_cursors jsonb) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform assert_lease(p_lease, p_fencing);
  insert into agent_cursors as c (agent_id, operator_id, sequence, half_hour, pending)
  select k.agent_id, a.operator_id, k.sequence, k.half_hour, k.pending
  from jsonb_to_recordset(p_cursors) as k (agent_id integer, sequence bigint, half_hour timestamptz, pending jsonb)
  join agents a on a.agent_id = k.agent_id
  order by k.agent_id
  on conflict (agent_id) do update
    set sequence = excluded.sequence, half_hour = excluded.half_hour, pending = excluded.pending, updated_at = pylon_now();
end $$;

revoke execute on function keep_agent_cursors from public;
