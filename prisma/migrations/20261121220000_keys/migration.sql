-- Keys that a connection was opened with live as long as it does: who keeps one open asks whether its key still counts.

-- Those of some keys that are neither revoked nor of an operator that is not active. It tells nothing but that.
create function keys_in_force(p_api_keys integer[]) returns setof integer
  language sql stable security definer set search_path = public, pg_temp as $$
  select k.api_key_id from api_keys k join operators o on o.operator_id = k.operator_id
  where k.api_key_id = any (p_api_keys) and k.revoked_at is null and o.is_active
$$;

revoke execute on function keys_in_force from public;
