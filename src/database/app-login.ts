import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { PylonError, messageOf } from '../domain/errors.js';

/** The truth: only the recording functions add to it, and nobody changes it. */
export const APPEND_ONLY_TABLES = [
  'observations',
  'event_log',
  'event_commits',
  'ingest_runs',
  'carbon_factors',
  'bm_units',
  'demand_statements',
  'demand_cardinal_points',
  'demand_readings',
  'fuel_generation',
  'frequency_readings',
  'market_prices',
  'grid_stress',
  'physical_notifications',
  'dataset_records',
  'beckn_messages',
  'window_snapshots',
  'window_listings',
  'offers',
  'decisions',
  'decision_signals',
];

/** What the app's login may do with tables; all else it does by the functions below. It deletes nowhere but in `leases`. */
const GRANTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(APPEND_ONLY_TABLES.map((table) => [table, 'select'])),
  grid_signals: 'select',
  backfills: 'select, insert, update',
  leases: 'select, insert, update, delete',
  // Not what an event shows: that is for those who may see it, by read_event_states.
  event_log: 'select (sequence, from_at, object_id, topic, region_id)',
  event_head: 'select',
  clock: 'select',
  regions: 'select',
  sources: 'select',
  series_families: 'select',
  archived_partitions: 'select',
  market_datasets: 'select',
  beckn_transactions: 'select',
  grid_zones: 'select',
  compute_windows: 'select',
  _prisma_migrations: 'select',
  action_objects: 'select',
  operators: 'select, insert, update',
  operator_accounts: 'select, insert, update',
  api_keys: 'select, insert, update (revoked_at)',
  users: 'select, insert, update',
  data_centres: 'select, insert, update',
  storage_assets: 'select, insert, update',
  agents: 'select, insert, update',
  agent_settings: 'select, insert, update',
  agent_states: 'select, insert',
  agent_cursors: 'select',
  workloads: 'select, insert, update',
  workload_runs: 'select, insert, update (stopped_at)',
  workload_consumption: 'select, insert',
  placements: 'select',
  placement_slots: 'select',
  negotiations: 'select, insert, update',
  negotiation_turns: 'select, insert',
  decision_head: 'select',
  decision_outcomes: 'select, insert',
  flexibility_windows: 'select, insert, update',
  order_transactions: 'select, insert, update',
  // What was said stays said; how far a message of ours has got does not.
  order_messages: 'select, insert, update (delivery, send_after, attempts, http_status, fault, settled_at)',
  order_post: 'select, update',
};

const LOGIN_LOCK = 72707371;
const DERIVED_ROLE = 'pylon_app';

/** Functions that act as the owner: they append by the rules, and make and drop partitions. */
const OWNER_FUNCTIONS = [
  'stage_grid_statements',
  'record_grid_statements',
  'record_carbon_factors',
  'record_bm_units',
  'stage_series',
  'record_series',
  'record_market_datasets',
  'stage_physical_notifications',
  'stage_dataset_records',
  'record_physical_notifications',
  'record_dataset_records',
  'ensure_dataset_partitions',
  'record_run',
  'begin_beckn_transaction',
  'fail_beckn_transaction',
  'record_beckn_message',
  'resolve_as_of',
  'ensure_observation_partitions',
  'ensure_series_partitions',
  'ensure_log_partitions',
  'drop_expired_log',
  'begin_action',
  'finish_action',
  'look_into_action',
  'append_decisions',
  'append_events',
  'read_event_states',
  'authenticate_key',
  'keep_key_secret',
  'keys_out_of_force',
  'refusal_of_key',
  'expire_negotiations',
  'lock_data_centres',
  'hold_placement',
  'move_placements',
  'release_expired_holds',
  'return_missed_work',
  'drop_action_keys',
  'committed_power',
  'data_centres_with_room',
  'event_readers',
  'keep_agent_cursors',
  'order_transaction_of',
  'due_order_messages',
  'silent_order_transactions',
];

/** The SQL an administrator runs where the owner may not create roles. */
export const loginSql = (role: string, password: string): string =>
  `create role ${pg.escapeIdentifier(role)} login nosuperuser nobypassrls password ${pg.escapeLiteral(password)};`;

/**
 * The URL of the login that requests use: DATABASE_APP_URL as given, or a role made and remembered by the owner. Its
 * password is kept in a schema that only the owner reads, so that every process on the database derives the same URL.
 *
 * @throws {PylonError} DATABASE_UNAVAILABLE when it cannot be made (the message prints the SQL), or is too powerful.
 */
export async function prepareAppLogin(
  owner: pg.Client,
  ownerUrl: string,
  appUrl: string | null,
): Promise<string> {
  await owner.query('select pg_advisory_lock($1)', [LOGIN_LOCK]);
  try {
    const url = appUrl ?? (await derivedUrl(owner, ownerUrl));
    const role = decodeURIComponent(new URL(url).username);
    await refusePowerful(owner, role);
    await grant(owner, role);
    return url;
  } finally {
    await owner.query('select pg_advisory_unlock($1)', [LOGIN_LOCK]);
  }
}

async function derivedUrl(owner: pg.Client, ownerUrl: string): Promise<string> {
  await owner.query('create schema if not exists pylon_private');
  await owner.query(
    'create table if not exists pylon_private.app_login (role text primary key, password text not null)',
  );
  // Roles belong to the whole server, so two databases on it need two roles.
  const { rows } = await owner.query<{ role: string; password: string }>(
    'select role, password from pylon_private.app_login',
  );
  const role = rows[0]?.role ?? `${DERIVED_ROLE}_${randomBytes(4).toString('hex')}`;
  const password = rows[0]?.password ?? randomBytes(24).toString('hex');
  if (!rows[0]) {
    await owner.query('insert into pylon_private.app_login (role, password) values ($1, $2)', [
      role,
      password,
    ]);
  }
  // Made again on a server that a dump was restored on: dumps of a database hold no roles.
  const { rowCount: exists } = await owner.query('select from pg_roles where rolname = $1', [role]);
  if (!exists) await createLogin(owner, role, password);
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.href;
}

async function createLogin(owner: pg.Client, role: string, password: string): Promise<void> {
  try {
    // The owner may then end the login's sessions, and so drop the database: making a role does not give that any more.
    await owner.query(`${loginSql(role, password)} grant ${pg.escapeIdentifier(role)} to current_user`);
  } catch (cause) {
    throw new PylonError(
      'DATABASE_UNAVAILABLE',
      `the database owner may not create the login that requests use (${messageOf(cause)}). Have an administrator run:\n  ${remedy(DERIVED_ROLE)}`,
      { cause },
    );
  }
}

const remedy = (role: string): string =>
  `${loginSql(role, '<a password>')}\nand set DATABASE_APP_URL to the database's URL with that role and password.`;

/** What a role may do by itself or by any role it may take on. */
interface Powers {
  readonly superuser: boolean;
  readonly bypasses: boolean;
  readonly owns: boolean;
  readonly writes: boolean;
  readonly makes_roles: boolean;
}

async function refusePowerful(owner: pg.Client, role: string): Promise<void> {
  const { rows } = await owner.query<Powers>(
    `select bool_or(r.rolsuper) as superuser, bool_or(r.rolbypassrls) as bypasses, bool_or(r.rolcreaterole) as makes_roles,
       bool_or(r.rolname in ('pg_write_all_data', 'pg_execute_server_program', 'pg_write_server_files')) as writes,
       bool_or(r.oid in (select datdba from pg_database where datname = current_database()
         union select relowner from pg_class where oid = 'observations'::regclass)) as owns
     from pg_roles login join pg_roles r on pg_has_role(login.oid, r.oid, 'MEMBER')
     where login.rolname = $1 and (r.oid = login.oid or not login.rolsuper)
     having count(*) > 0`,
    [role],
  );
  const fault = faultOf(rows[0]);
  if (!fault) return;
  throw new PylonError(
    'DATABASE_UNAVAILABLE',
    `DATABASE_APP_URL names the role ${JSON.stringify(role)}, which ${fault}. Requests need a login of their own; an administrator runs:\n` +
      `  ${remedy(rows[0] ? DERIVED_ROLE : role)}`,
  );
}

function faultOf(powers: Powers | undefined): string | null {
  if (!powers) return 'does not exist';
  if (powers.superuser) return 'is a superuser';
  if (powers.bypasses) return 'bypasses row-level security';
  if (powers.owns) return 'owns the database or its tables';
  if (powers.writes) return 'may write whatever its grants say';
  return powers.makes_roles ? 'may create roles, and so give itself any right' : null;
}

async function grant(owner: pg.Client, role: string): Promise<void> {
  const name = pg.escapeIdentifier(role);
  const { rows } = await owner.query<{ database: string }>('select current_database() as database');
  const database = pg.escapeIdentifier(rows[0]?.database ?? '');
  const statements = [
    `revoke all on all tables in schema public from ${name}`,
    `grant connect, temporary on database ${database} to ${name}`,
    `revoke create on schema public from public, ${name}`, // a function of its own there could run as the owner
    `grant usage on schema public to ${name}`,
    `grant execute on function ${OWNER_FUNCTIONS.join(', ')} to ${name}`,
    ...Object.entries(GRANTS).map(([table, rights]) => `grant ${rights} on ${table} to ${name}`),
  ];
  await owner.query(`begin; ${statements.join('; ')}; commit`);
}
