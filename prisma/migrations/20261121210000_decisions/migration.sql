-- The append of decisions to their chain, what may never change, and the end of negotiations that nobody answered.

-- Which half hours of which regions a decision was made from, as its content says: for the way back from a grid signal.
create table decision_signals (
  region_id    smallint not null references regions (region_id),
  from_at      timestamptz(3) not null,
  decision_id  integer not null references decisions (decision_id),
  operator_id  integer not null references operators (operator_id),
  primary key (region_id, from_at, decision_id)
);
create index decision_signals_decision on decision_signals (decision_id);

alter table decision_signals enable row level security;
alter table decision_signals force row level security;
create policy own on decision_signals using ((select viewer_is_admin()) or operator_id = (select viewer_operator()));
do $$
begin
  execute format('create policy of_owner on decision_signals to %I using (true) with check (true)', current_user);
end $$;

-- What is once said stays said, for the owner too, short of taking these triggers away: that is what the chain then shows.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = '42501';
end $$;

do $$
declare
  name text;
begin
  foreach name in array array['decisions', 'decision_signals', 'decision_outcomes', 'negotiation_turns'] loop
    execute format('create trigger append_only before update or delete or truncate on %I for each statement execute function refuse_change()', name);
    execute format('alter table %I enable always trigger append_only', name); -- also for a session that calls itself a replica
  end loop;
end $$;
create trigger kept before delete or truncate on decision_head for each statement execute function refuse_change();
alter table decision_head enable always trigger kept;

-- SHA-256, in hexadecimal, of five lines of UTF-8 without a last line feed. Only the last one, the content, can itself hold
-- line feeds, so that no two decisions have the same text:
--   pylon decision 1
--   <hash of the decision before; of the first: SHA-256 of `pylon decisions`>
--   <number>
--   <instant: YYYY-MM-DDTHH:MM:SS.mmmZ>
--   <content>
create function decision_hash(p_previous text, p_number integer, p_decided_at timestamptz, p_content text) returns text
  language sql stable as $$
  select encode(sha256(convert_to(concat_ws(E'\n', 'pylon decision 1', p_previous, p_number,
    to_char(p_decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), p_content), 'UTF8')), 'hex')
$$;

-- Appends a decision of the viewer's operator under the lock of the chain's head: to be called late in a transaction, and
-- before the log's head is locked. p_decision: its columns, but for those that are only known here. Answers what is answered
-- to the action that took it. For finish_action alone, which is the owner.
create function append_decision(p_decision jsonb) returns jsonb language plpgsql as $$
declare
  d decisions := jsonb_populate_record(null::decisions, p_decision);
  head decision_head;
begin
  d.operator_id := viewer_operator();
  -- What its foreign keys will lock, in the order of all actions and before the head: whoever holds one of these rows for
  -- long holds up this decision, and not the chain. The operator's row is locked since its key was claimed.
  perform from data_centres where data_centre_id in (d.source_data_centre_id, d.target_data_centre_id) order by data_centre_id for key share;
  perform from agents where agent_id = d.agent_id for key share;
  perform from workloads where workload_id = d.workload_id for key share;
  perform from negotiations where negotiation_id = d.negotiation_id for key share;
  select * into strict head from decision_head for update;
  d.decision_id := head.decision_count + 1;
  d.previous_hash := head.hash;
  d.hash := decision_hash(d.previous_hash, d.decision_id, d.decided_at, d.content);
  insert into decisions values (d.*);
  insert into decision_signals (region_id, from_at, decision_id, operator_id)
    select s.region_id, s.from_at, d.decision_id, d.operator_id
    from jsonb_to_recordset(p_decision -> 'signals') as s (region_id smallint, from_at timestamptz);
  update decision_head set decision_count = d.decision_id, hash = d.hash;
  return jsonb_build_object('table', 'decisions', 'id', d.decision_id, 'state', to_jsonb(d));
end $$;

-- Negotiations that wait for an answer and have an end, by it.
create index negotiations_expiring on negotiations (expires_at) where awaiting_agent_id is not null;

-- Ends negotiations whose time is up, at most so many, each with its event. Answers how many. One that is being moved just
-- now is left to the next call.
create function expire_negotiations(p_limit integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  ids integer[];
begin
  with due as (
    select negotiation_id from negotiations
    where awaiting_agent_id is not null and expires_at <= pylon_now()
    order by expires_at limit p_limit for update skip locked
  ), expired as (
    update negotiations n set status = 'EXPIRED', awaiting_agent_id = null, version = version + 1, updated_at = pylon_now()
    from due where n.negotiation_id = due.negotiation_id
    returning n.negotiation_id
  )
  select coalesce(array_agg(negotiation_id order by negotiation_id), '{}') into ids from expired;
  perform append_events((select coalesce(jsonb_agg(jsonb_build_object('table', 'negotiations', 'id', id)), '[]') from unnest(ids) id));
  return cardinality(ids);
end $$;

revoke execute on function append_decision, expire_negotiations from public;
