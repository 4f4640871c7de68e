-- Buying compute windows: the transactions of operators with sellers of the Beckn marketplace, and their messages. (What
-- beckn_transactions and beckn_messages hold is asked of everybody and is nobody's: these are their operators' own.)
--
-- Lock order: the workload, the transaction, the head of the event log.

-- Topics of the event log, with the one that is new here; the same numbers as src/domain/codes.ts lists:
--   topic  1 GRID_SIGNALS  2 INGEST_RUNS  3 CARBON_FACTORS  4 GENERATION  5 PRICES  6 FREQUENCY  7 COMPUTE_WINDOWS  8 WORKLOADS  9 PLACEMENTS  10 DECISIONS  11 AGENT_STATES  12 NEGOTIATIONS  13 FLEXIBILITY_WINDOWS  14 DATA_CENTRES  15 STORAGE_ASSETS  16 BECKN_TRANSACTIONS
alter table event_log drop constraint event_log_topic_check;
alter table event_log add constraint event_log_topic_check check (topic between 1 and 16);

create type beckn_transaction_state as enum ('SELECTING', 'SELECTED', 'INITIALISING', 'INITIALISED', 'CONFIRMING', 'CONFIRMED', 'PRICE_CHANGED',
  'GONE', 'REFUSED', 'TIMED_OUT', 'CANCELLING', 'CANCELLED', 'COMPLETED');
create type replanning_reason as enum ('GONE', 'REFUSED', 'PRICE_CHANGED', 'TIMED_OUT', 'CANCELLED_BY_SELLER', 'CONFIRMED_LATE', 'UPDATED');
create type beckn_direction as enum ('OUTBOUND', 'INBOUND');
create type beckn_delivery as enum ('TO_SEND', 'DELIVERED', 'REFUSED', 'UNDELIVERED');

-- One row a purchase. What stands from `state` on follows from its messages and the instant `updated_at`, and is written
-- whenever they change: src/domain/beckn-order.
create table order_transactions (
  order_transaction_id  integer generated always as identity primary key,
  code                  text not null unique,
  order_code            text not null,
  operator_id           integer not null references operators (operator_id),
  workload_id           integer not null references workloads (workload_id),
  placement_id          integer references placements (placement_id),
  compute_window_id     integer not null references compute_windows (compute_window_id),
  offer_sequence        bigint not null,
  offer_code            text,
  bpp_id                text not null,
  state                 beckn_transaction_state not null default 'SELECTING',
  awaiting              text,
  expires_at            timestamptz(3),
  accepted              jsonb,
  stated                jsonb,
  fault                 text,
  replanning_reason     replanning_reason,
  replanning_note       text,
  replanning_since      timestamptz(3),
  replanned_at          timestamptz(3),
  version               integer not null default 1,
  created_at            timestamptz(3) not null default pylon_now(),
  updated_at            timestamptz(3) not null default pylon_now(),
  foreign key (compute_window_id, offer_sequence) references window_snapshots (compute_window_id, sequence),
  foreign key (compute_window_id, offer_sequence, offer_code) references offers (compute_window_id, sequence, offer_code),
  check ((awaiting is null) = (expires_at is null)),
  check (num_nonnulls(replanning_reason, replanning_note, replanning_since) in (0, 3))
);
create index order_transactions_operator on order_transactions (operator_id);
create index order_transactions_workload on order_transactions (workload_id);
create index order_transactions_placement on order_transactions (placement_id);
create index order_transactions_window on order_transactions (compute_window_id);
create index order_transactions_awaiting on order_transactions (expires_at) where expires_at is not null;

-- Every message of a purchase, whole, numbered as it came. What it says never changes; of one of ours, how far it has got
-- does. A message comes once: by its id and action, because sellers use one id for several answers.
create table order_messages (
  order_message_id      integer generated always as identity primary key,
  order_transaction_id  integer not null references order_transactions (order_transaction_id),
  operator_id           integer not null references operators (operator_id),
  direction             beckn_direction not null,
  action                text not null,
  message_id            text not null,
  party                 text not null,
  signature             text not null,
  stated_at             timestamptz(3) not null,
  recorded_at           timestamptz(3) not null,
  expires_at            timestamptz(3),
  statement             jsonb not null,
  payload               jsonb not null,
  delivery              beckn_delivery,
  send_after            timestamptz(3),
  attempts              integer not null default 0,
  http_status           integer,
  fault                 jsonb,
  settled_at            timestamptz(3),
  unique (order_transaction_id, direction, action, message_id),
  check ((direction = 'OUTBOUND') = (delivery is not null) and (direction = 'OUTBOUND') = (expires_at is not null)),
  check ((delivery is not distinct from 'TO_SEND') = (send_after is not null))
);
create index order_messages_operator on order_messages (operator_id);
create index order_messages_to_send on order_messages (send_after) where delivery = 'TO_SEND';

-- How it goes with the marketplace, for all processes: messages that could not be delivered since it last answered.
create table order_post (
  only_row        boolean primary key default true check (only_row),
  failures        integer not null default 0,
  last_failed_at  timestamptz(3),
  not_before      timestamptz(3)
);
insert into order_post default values;

insert into action_objects values ('order_transactions', 'order_transaction_id', 16, false);

do $$
declare
  name text;
begin
  foreach name in array array['order_transactions', 'order_messages'] loop
    execute format('create policy own on %I using ((select viewer_is_admin()) or operator_id = (select viewer_operator()))', name);
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy of_owner on %I to %I using (true) with check (true)', name, current_user);
  end loop;
end $$;

-- Whose purchase a transaction id is: an answer comes from a seller, who is no viewer. Nothing for one that is not here.
create function order_transaction_of(p_code text)
  returns table (order_transaction_id integer, operator_id integer, bpp_id text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select t.order_transaction_id, t.operator_id, t.bpp_id from order_transactions t where t.code = p_code
$$;

-- Messages of ours that are to be sent by now, of all operators, the oldest first.
create function due_order_messages(p_lease text, p_fencing bigint, p_now timestamptz, p_limit integer)
  returns table (order_message_id integer, order_transaction_id integer, operator_id integer, action text, expires_at timestamptz, attempts integer,
    payload jsonb)
  language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  perform assert_lease(p_lease, p_fencing);
  return query select m.order_message_id, m.order_transaction_id, m.operator_id, m.action, m.expires_at, m.attempts, m.payload
    from order_messages m where m.delivery = 'TO_SEND' and m.send_after <= p_now
    order by m.send_after, m.order_message_id limit p_limit;
end $$;

-- Purchases, of all operators, whose answer ran out by now.
create function silent_order_transactions(p_now timestamptz, p_limit integer)
  returns table (order_transaction_id integer, operator_id integer)
  language sql stable security definer set search_path = public, pg_temp as $$
  select t.order_transaction_id, t.operator_id from order_transactions t
  where t.expires_at <= p_now order by t.expires_at, t.order_transaction_id limit p_limit
$$;

revoke execute on function order_transaction_of, due_order_messages, silent_order_transactions from public;
