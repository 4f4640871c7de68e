import { canonicalJson } from '../../src/domain/canonical-json.js';
import { DECISION_FORM, type DecisionContent } from '../../src/domain/compute/decision-content.js';
import type { NegotiationTerms } from '../../src/domain/compute/negotiation-terms.js';
import type { Pool } from 'pg';
import type { ActionTable } from '../../src/database/actions.js';
import type { TestDatabase } from './database.js';
import { createStatedWindow } from './stated-window.js';
import { createTenant, type Tenant } from './tenants.js';

/** What the private columns of an operator hold, so that any of it is known wherever it shows up. */
export interface Marks {
  /** Part of all private text. */
  readonly text: string;
  /** All private numbers that may be any. */
  readonly number: number;
}

/** An operator with a row of its own in every table of the compute side. */
export interface TenantRows extends Tenant {
  readonly marks: Marks;
  /** The number of its row in each table that events and answers are of. */
  readonly ids: Readonly<Record<ActionTable, number>>;
  /** Ids that clients know its rows by: no secret to whoever asks by them. */
  readonly names: {
    readonly jobId: string;
    readonly dcId: string;
    readonly assetId: string;
    readonly agentId: string;
    readonly placementId: string;
    readonly negotiationId: string;
    readonly decisionId: string;
    readonly flexibilityWindowId: string;
    readonly transactionId: string;
    readonly email: string;
    readonly keyPrefix: string;
  };
}

const FROM = '2026-03-02T12:00:00Z';
const TO = '2026-03-02T14:00:00Z';

/**
 * Makes one as the owner of the database, behind the actions' back. Its negotiation is with an agent of an operator that is
 * neither it nor any other tenant.
 */
export async function createTenantRows(
  { owner }: Pick<TestDatabase, 'owner'>,
  name: string,
  marks: Marks,
): Promise<TenantRows> {
  const tenant = await createTenant({ owner }, name, { type: 'GRID_OPERATOR' });
  const partner = await createTenant({ owner }, `Partner of ${name}`);
  const { operatorId } = tenant;
  const code = (what: string): string => `${name.toLowerCase()}-${what}`;
  const { text, number } = marks;
  const json = JSON.stringify({ note: text, number });
  const insert = inserterOf(owner);

  await owner.query(`update operator_accounts set email = $2, metadata = $3 where operator_id = $1`, [
    operatorId,
    `${text}@account.example`,
    json,
  ]);
  const { rows: keys } = await owner.query<{ api_key_id: number; prefix: string }>(
    `update api_keys set name = $2 where operator_id = $1 returning api_key_id, prefix`,
    [operatorId, text],
  );
  const key = keys[0] ?? { api_key_id: 0, prefix: '' };
  const user = await insert('users', 'user_id', {
    operator_id: operatorId,
    email: `${text}@user.example`,
    name: text,
    role: text,
    preferences: json,
  });
  const dataCentre = await insert('data_centres', 'data_centre_id', {
    dc_id: code('centre'),
    name: `Centre of ${name}`,
    operator_id: operatorId,
    region_id: 13,
    pue: 1.2,
    capacity_mw: 10,
  });
  const storageAsset = await insert('storage_assets', 'storage_asset_id', {
    asset_id: code('storage'),
    name: `Storage of ${name}`,
    operator_id: operatorId,
    region_id: 13,
    capacity_mwh: 10,
    max_charge_mw: 5,
    max_discharge_mw: 5,
    efficiency_pct: 90,
  });
  const newAgent = (agentCode: string, of: number): Promise<number> =>
    insert('agents', 'agent_id', {
      code: agentCode,
      name: `Agent of ${name}`,
      type: 'COMPUTE_ORCHESTRATOR',
      operator_id: of,
    });
  const agent = await newAgent(code('agent'), operatorId);
  const partnerAgent = await newAgent(code('partner-agent'), partner.operatorId);
  await insert('agent_settings', 'agent_id', {
    agent_id: agent,
    operator_id: operatorId,
    config: json,
    current_task: json,
  });
  const agentState = await insert('agent_states', 'agent_state_id', {
    agent_id: agent,
    operator_id: operatorId,
    status: 'ACTIVE',
    state: json,
    triggered_by: text,
  });
  await insert('agent_cursors', 'agent_id', {
    agent_id: agent,
    operator_id: operatorId,
    sequence: 1,
    beat_at: FROM,
    pending: json,
  });
  const workload = await insert('workloads', 'workload_id', {
    operator_id: operatorId,
    user_id: user,
    job_id: code('job'),
    name: text,
    type: 'TRAINING_RUN',
    required_gpu_minutes: number,
    required_cpu_cores: Math.floor(number),
    required_memory_gb: number,
    estimated_energy_kwh: number,
    power_kw: number,
    duration_minutes: Math.floor(number),
    earliest_start: FROM,
    deadline: TO,
    deferral_window_minutes: Math.floor(number),
    max_carbon_intensity_gco2_per_kwh: number,
    carbon_budget_gco2: number,
    max_price_gbp_per_mwh: number,
    max_cost_gbp: number,
    status: 'RUNNING',
    status_reason: text,
    allowed_dc_ids: [text],
    host_data_centre_id: dataCentre,
    started_at: FROM,
    actual_energy_kwh: number,
    actual_carbon_gco2: number,
    actual_cost_gbp: number,
    actuals_note: text,
    flexibility_revenue_gbp: number,
    task: JSON.stringify({
      request: text,
      kind: 'etl',
      said: [{ what: text, value: text, words: text }],
      assumptions: [{ what: text, value: text, why: text }],
      notUnderstood: [text],
    }),
  });
  await insert('workload_runs', 'workload_run_id', {
    workload_id: workload,
    operator_id: operatorId,
    data_centre_id: dataCentre,
    started_at: FROM,
  });
  const negotiation = await insert('negotiations', 'negotiation_id', {
    code: code('negotiation'),
    type: 'CAPACITY',
    initiator_agent_id: agent,
    responder_agent_id: partnerAgent,
    operator_id: operatorId,
    responder_operator_id: partner.operatorId,
    awaiting_agent_id: partnerAgent,
    workload_id: workload,
    outcome: JSON.stringify({ from: FROM, to: TO, powerKw: number, message: text }),
  });
  await insert('negotiation_turns', 'turn', {
    negotiation_id: negotiation,
    turn: 1,
    kind: 'PROPOSAL',
    agent_id: agent,
    operator_id: operatorId,
    responder_operator_id: partner.operatorId,
    terms: JSON.stringify({
      window: { from: FROM, to: TO },
      powerKw: number,
      carbonGco2PerKwh: null,
      gbpPerMwh: null,
      flexibilityRevenueGbp: null,
      extra: { said: text },
    } satisfies NegotiationTerms),
    message: text,
  });
  const decision = await insertDecision(owner, {
    code: code('decision'),
    operator_id: operatorId,
    type: 'ACCEPT_WORKLOAD',
    agent_id: agent,
    workload_id: workload,
    source_data_centre_id: dataCentre,
    target_data_centre_id: dataCentre,
    region_id: 13,
    signal_from: FROM,
    negotiation_id: negotiation,
    decided_at: FROM,
    content: canonicalJson({
      form: DECISION_FORM,
      decisionId: code('decision'),
      type: 'ACCEPT_WORKLOAD',
      agentId: code('agent'),
      jobId: code('job'),
      sourceDcId: code('centre'),
      targetDcId: code('centre'),
      negotiationId: code('negotiation'),
      supersedes: null,
      regionId: 13,
      signalFrom: FROM,
      policy: { name: text, version: text },
      reasoning: text,
      inputs: { asOf: null, sequence: null, signals: [], own: { said: text } },
      constraintsEvaluated: [{ name: text, unit: text, limit: number, value: number, satisfied: true }],
      alternativesConsidered: [
        {
          name: text,
          dcId: null,
          regionId: 13,
          from: FROM,
          to: TO,
          predictedCarbonGco2: number,
          predictedCostGbp: number,
          whyNot: text,
        },
      ],
      prediction: {
        predictedCarbonGco2: number,
        predictedCostGbp: number,
        carbonSavedGco2: number,
        costSavedGbp: number,
        flexibilityContributionMw: number,
      },
      isSynthetic: false,
      rows: {
        operatorId,
        agentId: agent,
        workloadId: workload,
        sourceDataCentreId: dataCentre,
        targetDataCentreId: dataCentre,
        negotiationId: negotiation,
        supersedesId: null,
      },
    } satisfies DecisionContent),
  });
  await insert('decision_signals', 'decision_id', {
    region_id: 13,
    from_at: FROM,
    decision_id: decision,
    operator_id: operatorId,
  });
  await insert('workload_consumption', 'workload_id', {
    workload_id: workload,
    data_centre_id: dataCentre,
    from_at: FROM,
    operator_id: operatorId,
    region_id: 13,
    energy_kwh: number,
    facility_energy_kwh: number,
    gco2_per_kwh: number,
    carbon_kind: 3,
    carbon_quality: 1,
    gbp_per_mwh: number,
    market: 1,
  });
  const decisionOutcome = await insert('decision_outcomes', 'decision_outcome_id', {
    decision_id: decision,
    operator_id: operatorId,
    carbon_gco2: number,
    carbon_saved_gco2: number,
    cost_gbp: number,
    cost_saved_gbp: number,
    flexibility_contribution_mw: number,
    note: text,
  });
  const placement = await insert('placements', 'placement_id', {
    code: code('placement'),
    operator_id: operatorId,
    workload_id: workload,
    data_centre_id: dataCentre,
    decision_id: decision,
    state: 'RUNNING',
    released_reason: text,
  });
  await insert('placement_slots', 'placement_id', {
    placement_id: placement,
    slot_from: FROM,
    data_centre_id: dataCentre,
    operator_id: operatorId,
    power_w: Math.floor(number),
    facility_w: Math.floor(number),
  });
  const flexibilityWindow = await insert('flexibility_windows', 'flexibility_window_id', {
    code: code('window'),
    operator_id: operatorId,
    region_id: 13,
    service: 'TURN_DOWN',
    direction: 'DECREASE_DEMAND',
    volume_mw: 5,
    gbp_per_mwh: 100,
    from_at: FROM,
    to_at: TO,
  });
  const window = await createStatedWindow(owner, code('item'));
  const order = await insert('order_transactions', 'order_transaction_id', {
    code: code('purchase'),
    order_code: text,
    operator_id: operatorId,
    workload_id: workload,
    placement_id: placement,
    compute_window_id: window.computeWindowId,
    offer_sequence: window.sequence,
    offer_code: 'offer',
    bpp_id: text,
    state: 'CONFIRMED',
    awaiting: 'status',
    expires_at: '2099-01-01T00:00:00Z',
    accepted: JSON.stringify({ gbpPerMwh: number, originalUnit: text }),
    stated: JSON.stringify({ price: { gbpPerMwh: number }, carbonIntensityGco2PerKwh: number, note: text }),
    fault: text,
    replanning_reason: 'UPDATED',
    replanning_note: text,
    replanning_since: FROM,
    agent_id: agent,
  });
  await insert('order_messages', 'order_message_id', {
    order_transaction_id: order,
    operator_id: operatorId,
    direction: 'OUTBOUND',
    action: text,
    message_id: text,
    party: text,
    signature: text,
    stated_at: FROM,
    recorded_at: FROM,
    expires_at: TO,
    statement: json,
    payload: json,
    delivery: 'REFUSED',
    fault: JSON.stringify({ message: text }),
  });
  await owner.query(
    `insert into action_keys (operator_id, key, action, body_hash, answer) values ($1, $2, $2, '\\x00', $3)`,
    [operatorId, text, json],
  );
  return {
    ...tenant,
    marks,
    ids: {
      operators: operatorId,
      users: user,
      api_keys: key.api_key_id,
      data_centres: dataCentre,
      storage_assets: storageAsset,
      agents: agent,
      agent_states: agentState,
      workloads: workload,
      placements: placement,
      negotiations: negotiation,
      decisions: decision,
      decision_outcomes: decisionOutcome,
      flexibility_windows: flexibilityWindow,
      order_transactions: order,
    },
    names: {
      jobId: code('job'),
      dcId: code('centre'),
      assetId: code('storage'),
      agentId: code('agent'),
      placementId: code('placement'),
      negotiationId: code('negotiation'),
      decisionId: code('decision'),
      flexibilityWindowId: code('window'),
      transactionId: code('purchase'),
      email: `${text}@user.example`,
      keyPrefix: key.prefix,
    },
  };
}

type Values = Readonly<Record<string, unknown>>;

/** Inserts a row and answers its number. */
const inserterOf =
  (owner: Pool) =>
  async (table: string, idColumn: string, values: Values): Promise<number> => {
    const columns = Object.keys(values);
    const { rows } = await owner.query<Record<string, number>>(
      `insert into ${table} (${columns.join(', ')}) values (${columns.map((_, i) => `$${i + 1}`).join(', ')})
       returning ${idColumn}`,
      Object.values(values),
    );
    return rows[0]?.[idColumn] ?? 0;
  };

/** At the end of the chain, as far as there is one: its hashes are of the right form only. */
async function insertDecision(owner: Pool, values: Values): Promise<number> {
  const { rows } = await owner.query<{ last: number }>(
    'select coalesce(max(decision_id), 0) as last from decisions',
  );
  const number = (rows[0]?.last ?? 0) + 1;
  return inserterOf(owner)('decisions', 'decision_id', {
    ...values,
    decision_id: number,
    previous_hash: number.toString(16).padStart(64, '0'),
    hash: (number + 1).toString(16).padStart(64, 'f'),
  });
}

/** Tells of rows as they are now, in this order; answers the sequence of the last event. */
export async function announce(
  owner: Pool,
  rows: readonly { readonly table: ActionTable; readonly id: number }[],
): Promise<bigint> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query('select append_events($1)', [JSON.stringify(rows)]);
    const { rows: heads } = await client.query<{ last: string }>(
      'select last_sequence as last from event_head',
    );
    await client.query('commit');
    return BigInt(heads[0]?.last ?? 0);
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
