-- Why a key counts no more, so that who shows it is told: that it was revoked, or that its operator is not active.

create function key_refusal(k api_keys, o operators) returns text language sql immutable as $$
  select case when k.revoked_at is not null then 'REVOKED' when not o.is_active then 'OPERATOR_INACTIVE' end
$$;

-- Of a key that is not good: null for one that is unknown. Only to who has its secret.
create function refusal_of_key(p_prefix text, p_secret_hash bytea) returns text
  language sql stable security definer set search_path = public, pg_temp as $$
  select key_refusal(k, o) from api_keys k
  join api_key_secrets s on s.api_key_id = k.api_key_id join operators o on o.operator_id = k.operator_id
  where k.prefix = p_prefix and s.secret_hash = p_secret_hash
$$;

-- Those of some keys that count no more, each with the reason. It tells nothing but that. In the place of keys_in_force.
create function keys_out_of_force(p_api_keys integer[]) returns table (api_key_id integer, reason text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select k.api_key_id, key_refusal(k, o) from api_keys k join operators o on o.operator_id = k.operator_id
  where k.api_key_id = any (p_api_keys) and key_refusal(k, o) is not null
$$;
drop function keys_in_force;

revoke execute on function key_refusal, refusal_of_key, keys_out_of_force from public;
