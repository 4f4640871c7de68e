-- What a process asks that keeps connections open for many: whether their keys still count, and whom an event is for.

-- Those of some keys that are neither revoked nor of an operator that is not active. It tells nothing but that.
create function keys_in_force(p_api_keys integer[]) returns setof integer
  language sql stable security definer set search_path = public, pg_temp as $$
  select k.api_key_id from api_keys k join operators o on o.operator_id = k.operator_id
  where k.api_key_id = any (p_api_keys) and k.revoked_at is null and o.is_active
$$;

-- Whom each event may be shown to, so that what a batch holds is read for those operators and for no other; null:
-- everybody. What the events hold is read_event_states' to show, which asks again.
create function event_readers(p_sequences bigint[]) returns table (sequence bigint, operator_ids integer[])
  language sql stable security definer set search_path = public, pg_temp as $$
  select l.sequence, l.operator_ids from event_log l where l.sequence = any (p_sequences) and l.state is not null
$$;

revoke execute on function keys_in_force, event_readers from public;
