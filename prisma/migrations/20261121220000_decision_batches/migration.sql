-- Decisions of several actions, appended to the chain by one transaction: the heads are locked, and the disk is flushed, once.

-- What was answered under a key that was claimed before. Refuses a key that was used with another body.
create function kept_answer(p_operator integer, p_action text, p_key text, p_body_hash bytea) returns jsonb
  language plpgsql stable as $$
declare
  earlier action_keys;
begin
  select * into earlier from action_keys where operator_id = p_operator and key = p_key;
  if earlier.action <> p_action or earlier.body_hash <> p_body_hash then
    raise exception 'the key was used for another %', earlier.action using errcode = 'PY010';
  end if;
  return earlier.answer;
end $$;

create or replace function begin_action(p_operator integer, p_role text, p_action text, p_key text, p_body_hash bytea) returns jsonb
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform set_config('pylon.operator', p_operator::text, true), set_config('pylon.role', p_role, true);
  insert into action_keys (operator_id, key, action, body_hash) values (p_operator, p_key, p_action, p_body_hash) on conflict do nothing;
  if found then return null; end if;
  return kept_answer(p_operator, p_action, p_key, p_body_hash);
end $$;

-- Begins an action that claims its key later, by append_decisions. Answers what was answered under it before: null when it
-- is new, or when another transaction is at it just now, for which it does not wait.
create function look_into_action(p_operator integer, p_role text, p_action text, p_key text, p_body_hash bytea) returns jsonb
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform set_config('pylon.operator', p_operator::text, true), set_config('pylon.role', p_role, true);
  return kept_answer(p_operator, p_action, p_key, p_body_hash);
end $$;

-- The part of an append that needs the chain's head, which it locks: decisions get their numbers and hashes in their order.
-- p_signals: a list for each of them.
create function chain_decisions(p_decisions decisions[], p_signals jsonb) returns decisions[] language plpgsql as $$
declare
  head decision_head;
  d decisions;
begin
  select * into strict head from decision_head for update;
  for place in 1 .. cardinality(p_decisions) loop
    d := p_decisions[place];
    d.decision_id := head.decision_count + 1;
    d.previous_hash := head.hash;
    d.hash := decision_hash(d.previous_hash, d.decision_id, d.decided_at, d.content);
    head.decision_count := d.decision_id;
    head.hash := d.hash;
    p_decisions[place] := d;
  end loop;
  insert into decisions select * from unnest(p_decisions);
  insert into decision_signals (region_id, from_at, decision_id, operator_id)
    select s.region_id, s.from_at, o.decision_id, o.operator_id
    from jsonb_array_elements(p_signals) with ordinality l
    cross join lateral jsonb_to_recordset(l.value) as s (region_id smallint, from_at timestamptz)
    cross join lateral (select (p_decisions[l.ordinality]).decision_id, (p_decisions[l.ordinality]).operator_id) o;
  update decision_head set decision_count = head.decision_count, hash = head.hash;
  return p_decisions;
end $$;

-- What is answered to the action that took a decision, and what its event says.
create function decision_answer(d decisions) returns jsonb language sql stable as $$
  select jsonb_build_object('table', 'decisions', 'id', d.decision_id, 'state', to_jsonb(d))
$$;

-- What the foreign keys of some decisions will lock, in the order of all actions and before the head: whoever holds one of
-- these rows for long holds up these decisions, and not the chain. The operators' rows are locked since their keys were claimed.
create function lock_decision_rows(p_decisions decisions[]) returns void language plpgsql as $$
begin
  perform from data_centres where data_centre_id in
    (select unnest(array[d.source_data_centre_id, d.target_data_centre_id]) from unnest(p_decisions) d) order by data_centre_id for key share;
  perform from agents where agent_id in (select d.agent_id from unnest(p_decisions) d) order by agent_id for key share;
  perform from workloads where workload_id in (select d.workload_id from unnest(p_decisions) d) order by workload_id for key share;
  perform from negotiations where negotiation_id in (select d.negotiation_id from unnest(p_decisions) d) order by negotiation_id for key share;
end $$;

create or replace function append_decision(p_decision jsonb) returns jsonb language plpgsql as $$
declare
  d decisions := jsonb_populate_record(null::decisions, p_decision);
begin
  d.operator_id := viewer_operator();
  perform lock_decision_rows(array[d]);
  return decision_answer((chain_decisions(array[d], jsonb_build_array(p_decision -> 'signals')))[1]);
end $$;

-- Claims the keys of some actions, and locks the rows that their decisions name. It waits for nobody: whoever is in the way of
-- one would hold up all of them, and then each is tried alone. Answers what was answered before, by their places; null: new.
create function claim_decisions(p_actions jsonb, p_decisions decisions[]) returns jsonb[]
  language plpgsql set lock_timeout = '100ms' as $$
declare
  answers jsonb[] := array_fill(null::jsonb, array[jsonb_array_length(p_actions)]);
  taken jsonb[];
  each jsonb;
begin
  with asked as (
    select a.value, a.ordinality as place, (a.value ->> 'operator')::integer as operator_id, a.value ->> 'key' as key
    from jsonb_array_elements(p_actions) with ordinality a
  ), claimed as (
    insert into action_keys (operator_id, key, action, body_hash)
      select operator_id, key, value ->> 'action', decode(value ->> 'bodyHash', 'hex') from asked
      order by operator_id, key -- of two batches with the same keys, one waits for the other
      on conflict do nothing returning operator_id, key
  )
  select array(select value || jsonb_build_object('place', place) from asked where (operator_id, key) not in (table claimed)) into taken;
  foreach each in array taken loop
    answers[(each ->> 'place')::integer] := kept_answer((each ->> 'operator')::integer, each ->> 'action', each ->> 'key',
      decode(each ->> 'bodyHash', 'hex'));
    if answers[(each ->> 'place')::integer] is null then raise exception 'the key % was forgotten just now', each ->> 'key'; end if;
  end loop;
  perform lock_decision_rows(p_decisions);
  return answers;
end $$;

-- Does actions that decide and do nothing else, in their order, each as its own operator; in the statement that also commits.
-- p_actions: [{"operator", "role", "action", "key", "bodyHash", "append": columns of the decision}], each key once. Answers
-- what is to be answered to each. All or none: whatever is wrong with one of them undoes all.
create function append_decisions(p_actions jsonb) returns jsonb
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  asked jsonb;
  d decisions;
  decided decisions[] := '{}';
  answers jsonb[];
  fresh integer[];
begin
  for asked in select value from jsonb_array_elements(p_actions) with ordinality order by ordinality loop
    d := jsonb_populate_record(null::decisions, asked -> 'append');
    d.operator_id := asked -> 'operator';
    decided := decided || d;
  end loop;
  answers := claim_decisions(p_actions, decided);
  fresh := array(select place from unnest(answers) with ordinality a (answer, place) where answer is null order by place);
  decided := chain_decisions(array(select decided[place] from unnest(fresh) with ordinality f (place, n) order by n),
    (select coalesce(jsonb_agg(p_actions #> array[(place - 1)::text, 'append', 'signals'] order by place), '[]') from unnest(fresh) place));
  for n in 1 .. cardinality(fresh) loop
    answers[fresh[n]] := decision_answer(decided[n]);
  end loop;
  update action_keys k set answer = answers[f.place] from unnest(fresh) with ordinality f (place, n)
    where k.operator_id = decided[f.n].operator_id and k.key = p_actions #>> array[(f.place - 1)::text, 'key'];
  perform log_events((select coalesce(jsonb_agg(answers[place] order by place), '[]') from unnest(fresh) place));
  return to_jsonb(answers);
end $$;

revoke execute on function kept_answer, look_into_action, chain_decisions, decision_answer, lock_decision_rows, claim_decisions, append_decisions from public;
