-- The compute side: who computes, where there is room, what wants to run, who decided what and why.
--
-- Every table is either open to read (a directory: operators, data centres, storage, agents, flexibility windows) or its
-- operator's own. Row-level security holds whatever the code above it forgets: the app's login sees and writes the rows of
-- the operator named by `pylon.operator` in its transaction, and none where that is not set. The owner, as whom the
-- functions below run, sees all.

create type operator_type as enum ('COMPUTE_OPERATOR', 'GRID_OPERATOR', 'STORAGE_OPERATOR', 'AGGREGATOR', 'CLOUD_PROVIDER', 'RESEARCH', 'ENTERPRISE');
create type api_role as enum ('READER', 'AGENT', 'OPERATOR', 'ADMIN');
create type data_centre_status as enum ('ACTIVE', 'MAINTENANCE', 'OFFLINE', 'CONSTRAINED');
create type storage_status as enum ('IDLE', 'CHARGING', 'DISCHARGING', 'MAINTENANCE', 'OFFLINE');
create type workload_type as enum ('TRAINING_RUN', 'INFERENCE_BATCH', 'RAG_QUERY', 'FINE_TUNING', 'DATA_PROCESSING', 'OTHER');
create type workload_urgency as enum ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL');
create type workload_status as enum ('PENDING', 'QUEUED', 'SCHEDULED', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED',
  'DEFERRED_GRID_STRESS', 'DEFERRED_CARBON', 'DEFERRED_PRICE', 'DEFERRED_CAPACITY');
create type placement_state as enum ('HELD', 'CONFIRMED', 'RUNNING', 'DONE', 'RELEASED');
create type agent_type as enum ('COMPUTE_ORCHESTRATOR', 'GRID_OPERATOR', 'STORAGE_AGENT', 'FLEXIBILITY_AGENT', 'CARBON_OPTIMIZER');
create type agent_status as enum ('IDLE', 'ACTIVE', 'NEGOTIATING', 'EXECUTING', 'ERROR', 'OFFLINE');
create type negotiation_type as enum ('WORKLOAD_ALLOCATION', 'FLEXIBILITY', 'STORAGE_DISPATCH', 'CAPACITY', 'OTHER');
create type negotiation_status as enum ('OPEN', 'COUNTERED', 'ACCEPTED', 'REJECTED', 'EXPIRED');
create type negotiation_turn_kind as enum ('PROPOSAL', 'COUNTER_PROPOSAL', 'ACCEPTANCE', 'REJECTION');
create type decision_type as enum ('DEFER_WORKLOAD', 'SHIFT_REGION', 'SCHEDULE_DISCHARGE', 'RENEWABLE_WINDOW', 'ACCEPT_WORKLOAD', 'REJECT_WORKLOAD',
  'SCALE_DOWN', 'SCALE_UP', 'NEGOTIATE', 'PRICE_OPTIMIZATION', 'CARBON_OPTIMIZATION');
create type flexibility_service as enum ('TURN_DOWN', 'TURN_UP', 'DEMAND_FLEXIBILITY', 'CONSTRAINT_MANAGEMENT', 'RESERVE');
create type flexibility_direction as enum ('DECREASE_DEMAND', 'INCREASE_DEMAND');
create type flexibility_status as enum ('OPEN', 'WITHDRAWN');

-- Objects -----------------------------------------------------------------------------------------------------

create table operators (
  operator_id   integer generated always as identity primary key,
  name          text not null unique check (name <> ''),
  type          operator_type not null,
  is_active     boolean not null default true,
  is_synthetic  boolean not null default false,
  version       integer not null default 1,
  created_at    timestamptz(3) not null default pylon_now(),
  updated_at    timestamptz(3) not null default pylon_now()
);

-- What of an operator is nobody else's business.
create table operator_accounts (
  operator_id  integer primary key references operators (operator_id),
  email        text not null unique,
  metadata     jsonb not null default '{}'
);

-- A key is shown once: what is kept, out of the app's sight, is the SHA-256 of its secret, which is 32 random bytes.
create table api_keys (
  api_key_id      integer generated always as identity primary key,
  operator_id     integer not null references operators (operator_id),
  name            text not null,
  role            api_role not null,
  scopes          text[] not null default '{}',
  prefix          text not null unique,
  is_development  boolean not null default false,
  created_at      timestamptz(3) not null default pylon_now(),
  last_used_at    timestamptz(3),
  revoked_at      timestamptz(3)
);
create index api_keys_operator on api_keys (operator_id);

create table api_key_secrets (
  api_key_id   integer primary key references api_keys (api_key_id),
  secret_hash  bytea not null check (length(secret_hash) = 32)
);

create table users (
  user_id      integer generated always as identity primary key,
  operator_id  integer not null references operators (operator_id),
  email        text not null,
  name         text not null,
  role         text not null default 'researcher',
  preferences  jsonb not null default '{}',
  is_active    boolean not null default true,
  version      integer not null default 1,
  created_at   timestamptz(3) not null default pylon_now(),
  updated_at   timestamptz(3) not null default pylon_now(),
  unique (operator_id, email)
);

create table data_centres (
  data_centre_id        integer generated always as identity primary key,
  dc_id                 text not null unique,
  name                  text not null,
  operator_id           integer not null references operators (operator_id),
  region_id             smallint not null references regions (region_id) check (region_id between 1 and 14),
  grid_zone_id          integer references grid_zones (grid_zone_id),
  postcode              text,
  latitude              double precision,
  longitude             double precision,
  pue                   double precision not null check (pue between 1 and 3),
  capacity_tflops       double precision,
  capacity_mw           double precision not null check (capacity_mw >= 0 and capacity_mw <= 2000),
  flexibility_rating    double precision not null default 0 check (flexibility_rating between 0 and 1),
  min_load_pct          double precision not null default 0 check (min_load_pct between 0 and 100),
  ramp_rate_mw_per_min  double precision check (ramp_rate_mw_per_min > 0),
  current_load_pct      double precision check (current_load_pct between 0 and 100),
  status                data_centre_status not null default 'ACTIVE',
  is_synthetic          boolean not null default false,
  version               integer not null default 1,
  created_at            timestamptz(3) not null default pylon_now(),
  updated_at            timestamptz(3) not null default pylon_now()
);
create index data_centres_operator on data_centres (operator_id);
create index data_centres_region on data_centres (region_id);

create table storage_assets (
  storage_asset_id  integer generated always as identity primary key,
  asset_id          text not null unique,
  name              text not null,
  operator_id       integer not null references operators (operator_id),
  region_id         smallint not null references regions (region_id) check (region_id between 1 and 14),
  capacity_mwh      double precision not null check (capacity_mwh > 0),
  max_charge_mw     double precision not null check (max_charge_mw >= 0),
  max_discharge_mw  double precision not null check (max_discharge_mw >= 0),
  efficiency_pct    double precision not null check (efficiency_pct > 0 and efficiency_pct <= 100),
  charge_mwh        double precision not null default 0,
  status            storage_status not null default 'IDLE',
  is_synthetic      boolean not null default false,
  version           integer not null default 1,
  created_at        timestamptz(3) not null default pylon_now(),
  updated_at        timestamptz(3) not null default pylon_now(),
  check (charge_mwh between 0 and capacity_mwh)
);
create index storage_assets_operator on storage_assets (operator_id);
create index storage_assets_region on storage_assets (region_id);

create table agents (
  agent_id        integer generated always as identity primary key,
  code            text not null unique,
  name            text not null,
  type            agent_type not null,
  operator_id     integer not null references operators (operator_id),
  capabilities    text[] not null default '{}',
  status          agent_status not null default 'IDLE',
  last_action_at  timestamptz(3),
  is_synthetic    boolean not null default false,
  version         integer not null default 1,
  created_at      timestamptz(3) not null default pylon_now(),
  updated_at      timestamptz(3) not null default pylon_now()
);
create index agents_operator on agents (operator_id);

-- What of an agent is nobody else's business.
create table agent_settings (
  agent_id      integer primary key references agents (agent_id),
  operator_id   integer not null references operators (operator_id),
  config        jsonb not null default '{}',
  current_task  jsonb
);

create table agent_states (
  agent_state_id  integer generated always as identity primary key,
  agent_id        integer not null references agents (agent_id),
  operator_id     integer not null references operators (operator_id),
  status          agent_status not null,
  state           jsonb not null default '{}',
  triggered_by    text,
  recorded_at     timestamptz(3) not null default pylon_now()
);
create index agent_states_agent on agent_states (agent_id, agent_state_id desc);

create table workloads (
  workload_id                        integer generated always as identity primary key,
  operator_id                        integer not null references operators (operator_id),
  user_id                            integer references users (user_id),
  job_id                             text not null,
  name                               text not null,
  type                               workload_type not null,
  urgency                            workload_urgency not null default 'MEDIUM',
  priority                           smallint not null default 50 check (priority between 0 and 100),
  required_gpu_minutes               double precision check (required_gpu_minutes >= 0),
  required_cpu_cores                 integer check (required_cpu_cores >= 0),
  required_memory_gb                 double precision check (required_memory_gb >= 0),
  estimated_energy_kwh               double precision not null check (estimated_energy_kwh > 0),
  power_kw                           double precision not null check (power_kw > 0),
  duration_minutes                   integer not null check (duration_minutes > 0),
  is_interruptible                   boolean not null default false,
  is_deferrable                      boolean not null default true,
  earliest_start                     timestamptz(3) not null,
  deadline                           timestamptz(3) not null,
  deferral_window_minutes            integer check (deferral_window_minutes >= 0),
  max_carbon_intensity_gco2_per_kwh  double precision check (max_carbon_intensity_gco2_per_kwh >= 0),
  carbon_budget_gco2                 double precision check (carbon_budget_gco2 >= 0),
  max_price_gbp_per_mwh              double precision,
  max_cost_gbp                       double precision,
  min_renewable_pct                  double precision check (min_renewable_pct between 0 and 100),
  max_grid_stress                    double precision check (max_grid_stress between 0 and 1),
  allowed_region_ids                 smallint[] not null default '{}',
  allowed_dc_ids                     text[] not null default '{}',
  status                             workload_status not null default 'PENDING',
  status_reason                      text,
  host_data_centre_id                integer references data_centres (data_centre_id),
  started_at                         timestamptz(3),
  completed_at                       timestamptz(3),
  actual_energy_kwh                  double precision,
  actual_carbon_gco2                 double precision,
  actual_cost_gbp                    double precision,
  actuals_note                       text,
  flexibility_revenue_gbp            double precision,
  is_synthetic                       boolean not null default false,
  version                            integer not null default 1,
  created_at                         timestamptz(3) not null default pylon_now(),
  updated_at                         timestamptz(3) not null default pylon_now(),
  unique (operator_id, job_id),
  check (earliest_start < deadline)
);
create index workloads_status on workloads (status, workload_id);
create index workloads_user on workloads (user_id);
create index workloads_host on workloads (host_data_centre_id);

-- When a workload really ran, and where: a pause ends one run, and the next begins another.
create table workload_runs (
  workload_run_id  integer generated always as identity primary key,
  workload_id      integer not null references workloads (workload_id),
  operator_id      integer not null references operators (operator_id),
  data_centre_id   integer not null references data_centres (data_centre_id),
  started_at       timestamptz(3) not null,
  stopped_at       timestamptz(3),
  check (stopped_at >= started_at)
);
create index workload_runs_workload on workload_runs (workload_id);

create table placements (
  placement_id    integer generated always as identity primary key,
  code            text not null unique,
  operator_id     integer not null references operators (operator_id),
  workload_id     integer not null references workloads (workload_id),
  data_centre_id  integer not null references data_centres (data_centre_id),
  decision_id     integer,
  state           placement_state not null default 'HELD',
  expires_at      timestamptz(3),
  released_reason text,
  version         integer not null default 1,
  created_at      timestamptz(3) not null default pylon_now(),
  updated_at      timestamptz(3) not null default pylon_now(),
  check ((state = 'HELD') = (expires_at is not null))
);
create index placements_workload on placements (workload_id);
create index placements_held on placements (expires_at) where state = 'HELD';
create index placements_operator on placements (operator_id);

-- Watts, because what is left of a centre must be exact: the work's own, and what the facility draws for it (× PUE, up).
create table placement_slots (
  placement_id    integer not null references placements (placement_id),
  slot_from       timestamptz(3) not null check (slot_from = date_bin('30 minutes', slot_from, timestamptz '2000-01-01 00:00:00+00')),
  data_centre_id  integer not null references data_centres (data_centre_id),
  operator_id     integer not null references operators (operator_id),
  power_w         integer not null check (power_w > 0),
  facility_w      integer not null,
  primary key (placement_id, slot_from),
  check (facility_w >= power_w)
);
create index placement_slots_centre on placement_slots (data_centre_id, slot_from);

create table negotiations (
  negotiation_id         integer generated always as identity primary key,
  code                   text not null unique,
  type                   negotiation_type not null,
  status                 negotiation_status not null default 'OPEN',
  initiator_agent_id     integer not null references agents (agent_id),
  responder_agent_id     integer not null references agents (agent_id),
  operator_id            integer not null references operators (operator_id),
  responder_operator_id  integer not null references operators (operator_id),
  awaiting_agent_id      integer references agents (agent_id),
  workload_id            integer references workloads (workload_id),
  outcome                jsonb,
  expires_at             timestamptz(3),
  version                integer not null default 1,
  created_at             timestamptz(3) not null default pylon_now(),
  updated_at             timestamptz(3) not null default pylon_now(),
  check (initiator_agent_id <> responder_agent_id),
  check ((status in ('OPEN', 'COUNTERED')) = (awaiting_agent_id is not null))
);
create index negotiations_initiator on negotiations (initiator_agent_id);
create index negotiations_responder on negotiations (responder_agent_id);
create index negotiations_workload on negotiations (workload_id);

create table negotiation_turns (
  negotiation_id         integer not null references negotiations (negotiation_id),
  turn                   smallint not null,
  kind                   negotiation_turn_kind not null,
  agent_id               integer not null references agents (agent_id),
  operator_id            integer not null references operators (operator_id),
  responder_operator_id  integer not null references operators (operator_id),
  terms                  jsonb not null default '{}',
  message                text,
  at                     timestamptz(3) not null default pylon_now(),
  primary key (negotiation_id, turn)
);

-- The chain of decisions. `content` is the canonical text of all that was decided and known; the columns beside it are
-- taken from it, for filters. hash = sha256(previous hash, number, instant, content).
create table decisions (
  decision_id            integer primary key check (decision_id > 0),
  code                   text not null,
  operator_id            integer not null references operators (operator_id),
  type                   decision_type not null,
  agent_id               integer references agents (agent_id),
  workload_id            integer references workloads (workload_id),
  source_data_centre_id  integer references data_centres (data_centre_id),
  target_data_centre_id  integer references data_centres (data_centre_id),
  region_id              smallint references regions (region_id),
  signal_from            timestamptz(3),
  negotiation_id         integer references negotiations (negotiation_id),
  supersedes_id          integer unique references decisions (decision_id),
  decided_at             timestamptz(3) not null,
  content                text not null,
  previous_hash          text not null check (previous_hash ~ '^[0-9a-f]{64}$'),
  hash                   text not null unique check (hash ~ '^[0-9a-f]{64}$'),
  unique (operator_id, code), -- an id is its operator's own: whether another has the same is nobody's business
  check (supersedes_id < decision_id) -- so that they cannot go round in a circle
);
create index decisions_operator on decisions (operator_id, decision_id desc);
create index decisions_workload on decisions (workload_id);
create index decisions_agent on decisions (agent_id);
create index decisions_signal on decisions (region_id, signal_from);
alter table placements add foreign key (decision_id) references decisions (decision_id);
create index placements_decision on placements (decision_id);

create table decision_head (
  only_row        boolean primary key default true check (only_row),
  decision_count  integer not null default 0,
  hash            text not null default encode(sha256('pylon decisions'), 'hex')
);
insert into decision_head default values;

create table decision_outcomes (
  decision_outcome_id          integer generated always as identity primary key,
  decision_id                  integer not null references decisions (decision_id),
  operator_id                  integer not null references operators (operator_id),
  recorded_at                  timestamptz(3) not null default pylon_now(),
  carbon_gco2                  double precision,
  carbon_saved_gco2            double precision,
  cost_gbp                     double precision,
  cost_saved_gbp               double precision,
  flexibility_contribution_mw  double precision,
  note                         text
);
create index decision_outcomes_decision on decision_outcomes (decision_id);

create table flexibility_windows (
  flexibility_window_id  integer generated always as identity primary key,
  code                   text not null unique,
  operator_id            integer not null references operators (operator_id),
  region_id              smallint not null references regions (region_id),
  service                flexibility_service not null,
  direction              flexibility_direction not null,
  volume_mw              double precision not null check (volume_mw > 0),
  gbp_per_mwh            double precision not null,
  from_at                timestamptz(3) not null,
  to_at                  timestamptz(3) not null,
  status                 flexibility_status not null default 'OPEN',
  is_synthetic           boolean not null default false,
  version                integer not null default 1,
  created_at             timestamptz(3) not null default pylon_now(),
  updated_at             timestamptz(3) not null default pylon_now(),
  check (from_at < to_at)
);
create index flexibility_windows_region on flexibility_windows (region_id, from_at);
create index flexibility_windows_operator on flexibility_windows (operator_id);

-- Actions -----------------------------------------------------------------------------------------------------

-- What was answered to an action under a key of its caller's, so that a retry is answered the same and does nothing.
create table action_keys (
  operator_id  integer not null references operators (operator_id),
  key          text not null,
  action       text not null,
  body_hash    bytea not null,
  answer       jsonb,
  at           timestamptz(3) not null default pylon_now(),
  primary key (operator_id, key)
);
create index action_keys_by_age on action_keys using brin (at);

-- What actions answer and events show: the row as it is then. Open to read: everyone may be told of it.
create table action_objects (
  table_name     text primary key,
  key_column     text not null,
  topic          smallint unique,
  is_open        boolean not null
);
insert into action_objects values
  ('operators', 'operator_id', null, true), ('users', 'user_id', null, false), ('api_keys', 'api_key_id', null, false),
  ('data_centres', 'data_centre_id', 14, true), ('storage_assets', 'storage_asset_id', 15, true), ('agents', 'agent_id', null, true),
  ('workloads', 'workload_id', 8, false), ('placements', 'placement_id', 9, false), ('decisions', 'decision_id', 10, false),
  ('agent_states', 'agent_state_id', 11, false), ('negotiations', 'negotiation_id', 12, false),
  ('flexibility_windows', 'flexibility_window_id', 13, true), ('decision_outcomes', 'decision_outcome_id', null, false);

-- An event of these carries the row as of itself, and the operators that may see it; null: everybody may.
alter table event_log add column operator_ids integer[], add column state jsonb;

create function viewer_operator() returns integer language sql stable as $$
  select nullif(current_setting('pylon.operator', true), '')::integer
$$;
create function viewer_is_admin() returns boolean language sql stable as $$
  select coalesce(current_setting('pylon.role', true) = 'ADMIN', false)
$$;

-- The row of an object as events and answers keep it.
create function object_state(p_table text, p_id integer) returns jsonb
  language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  object action_objects := (select o from action_objects o where o.table_name = p_table);
  state jsonb;
begin
  if object.table_name is null then raise exception 'no action answers a row of %', p_table; end if;
  execute format('select to_jsonb(t) from %I t where %I = $1', object.table_name, object.key_column) into strict state using p_id;
  return state;
end $$;

-- Claims a key for an action. Answers what was answered under it before: null when it is new. Waits for another
-- transaction that has just claimed it. Refuses a key that was used with another body.
create function begin_action(p_operator integer, p_role text, p_action text, p_key text, p_body_hash bytea) returns jsonb
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  earlier action_keys;
begin
  perform set_config('pylon.operator', p_operator::text, true), set_config('pylon.role', p_role, true);
  insert into action_keys (operator_id, key, action, body_hash) values (p_operator, p_key, p_action, p_body_hash) on conflict do nothing;
  if found then return null; end if;
  select * into strict earlier from action_keys where operator_id = p_operator and key = p_key;
  if earlier.action <> p_action or earlier.body_hash <> p_body_hash then
    raise exception 'the key was used for another %', earlier.action using errcode = 'PY010';
  end if;
  return earlier.answer;
end $$;

-- Ends an action, in the statement that also commits: its answer is kept under its key, and its events are appended under
-- the head's lock, each with the row as of now. p_answer: {"table", "id"} of the object that it answers with, or
-- {"table": "decisions", "append": its columns} of a decision that gets its number here, and its event before the others, or a
-- refusal, kept as it is. p_events: [{"table", "id"}] in their order. Answers what is to be answered.
create function finish_action(p_key text, p_answer jsonb, p_events jsonb) returns jsonb
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  result jsonb := p_answer;
begin
  if p_answer ? 'append' then
    result := append_decision(p_answer -> 'append');
  elsif p_answer ? 'table' then
    result := p_answer || jsonb_build_object('state', object_state(p_answer ->> 'table', (p_answer ->> 'id')::integer));
  end if;
  update action_keys k set answer = result where k.operator_id = viewer_operator() and k.key = p_key and k.answer is null;
  if not found then raise exception 'no action has been begun under this key'; end if;
  if p_answer ? 'append' then
    perform log_events(jsonb_build_array(result) || events_with_states(p_events));
  else
    perform append_events(p_events);
  end if;
  return result;
end $$;

-- Events with the row of each as of now.
create function events_with_states(p_events jsonb) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(e.value || jsonb_build_object('state', object_state(e.value ->> 'table', (e.value ->> 'id')::integer)) order by e.ordinality), '[]')
  from jsonb_array_elements(p_events) with ordinality e
$$;

-- Appends events of objects, each with its row as of now, under the head's lock; to be called last.
create function append_events(p_events jsonb) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform log_events(events_with_states(p_events));
end $$;

-- The same of events that carry their states: only for functions that vouch for those.
create function log_events(p_events jsonb) returns void language plpgsql as $$
declare
  head event_head;
  total integer := jsonb_array_length(p_events);
begin
  if total = 0 then return; end if;
  perform ensure_log_partitions(100000 + total);
  head := open_commit();
  insert into event_log (sequence, from_at, topic, object_id, region_id, operator_ids, state)
  select head.last_sequence + e.ordinality, null, o.topic, (e.value ->> 'id')::integer, (s.state ->> 'region_id')::smallint,
    case when not o.is_open then
      array_remove(array[(s.state ->> 'operator_id')::integer, (s.state ->> 'responder_operator_id')::integer], null) end,
    s.state
  from jsonb_array_elements(p_events) with ordinality e
  join action_objects o on o.table_name = e.value ->> 'table'
  cross join lateral (select e.value -> 'state' as state offset 0) s;
  perform close_commit(head.last_sequence + 1, head.last_sequence + total, head.last_known_at);
end $$;

-- The rows that events carry, as far as the viewer may see them; sequences of other events are left out.
create function read_event_states(p_sequences bigint[]) returns table (sequence bigint, state jsonb)
  language sql stable security definer set search_path = public, pg_temp as $$
  select l.sequence, l.state from event_log l
  where l.sequence = any (p_sequences) and l.state is not null
    and (l.operator_ids is null or viewer_is_admin() or viewer_operator() = any (l.operator_ids))
$$;

-- Who a key belongs to; nothing for one that is unknown, revoked, or whose operator is not active. Notes its use, to the
-- minute: a write a request would cost more than it tells.
create function authenticate_key(p_prefix text, p_secret_hash bytea)
  returns table (api_key_id integer, operator_id integer, operator_name text, role api_role, scopes text[])
  language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  found_id integer;
begin
  select k.api_key_id into found_id from api_keys k join api_key_secrets s on s.api_key_id = k.api_key_id
    where k.prefix = p_prefix and s.secret_hash = p_secret_hash and k.revoked_at is null;
  if found_id is null then return; end if;
  update api_keys k set last_used_at = pylon_now()
    where k.api_key_id = found_id and coalesce(k.last_used_at < pylon_now() - interval '1 minute', true);
  return query select k.api_key_id, k.operator_id, o.name, k.role, k.scopes
    from api_keys k join operators o on o.operator_id = k.operator_id
    where k.api_key_id = found_id and k.revoked_at is null and o.is_active;
end $$;

-- The secret of a key just made by the viewer; a key has one for ever.
create function keep_key_secret(p_api_key integer, p_secret_hash bytea) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from api_keys where api_key_id = p_api_key and (viewer_is_admin() or operator_id = viewer_operator())) then
    raise exception 'key % is not the viewer''s', p_api_key using errcode = '42501';
  end if;
  insert into api_key_secrets values (p_api_key, p_secret_hash);
end $$;

-- Row-level security -------------------------------------------------------------------------------------------

do $$
declare
  name text;
begin
  -- An operator's own.
  foreach name in array array['operator_accounts', 'api_keys', 'users', 'agent_settings', 'agent_states', 'workloads', 'workload_runs',
      'placements', 'placement_slots', 'decisions', 'decision_outcomes', 'action_keys'] loop
    execute format('create policy own on %I using ((select viewer_is_admin()) or operator_id = (select viewer_operator()))', name);
  end loop;
  -- Both parties'.
  foreach name in array array['negotiations', 'negotiation_turns'] loop
    execute format('create policy own on %I using ((select viewer_is_admin())
      or operator_id = (select viewer_operator()) or responder_operator_id = (select viewer_operator()))', name);
  end loop;
  -- Open to read, its operator's to write.
  foreach name in array array['operators', 'data_centres', 'storage_assets', 'agents', 'flexibility_windows'] loop
    execute format('create policy open on %I for select using (true)', name);
    execute format('create policy own_insert on %I for insert with check ((select viewer_is_admin()) or operator_id = (select viewer_operator()))', name);
    execute format('create policy own_update on %I for update using ((select viewer_is_admin()) or operator_id = (select viewer_operator()))', name);
  end loop;
  foreach name in array array['operator_accounts', 'api_keys', 'users', 'agent_settings', 'agent_states', 'workloads', 'workload_runs',
      'placements', 'placement_slots', 'decisions', 'decision_outcomes', 'action_keys', 'negotiations', 'negotiation_turns',
      'operators', 'data_centres', 'storage_assets', 'agents', 'flexibility_windows'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy of_owner on %I to %I using (true) with check (true)', name, current_user);
  end loop;
end $$;

revoke execute on function object_state, begin_action, finish_action, events_with_states, append_events, log_events, read_event_states,
  authenticate_key, keep_key_secret from public;
