import type { ActionTable } from '../../database/actions.js';
import type * as Rows from '../../generated/prisma/client.js';
import { getDatamodel } from '../../generated/prisma/pothos.js';

/** Prisma's model of each table. */
const MODELS = {
  operators: 'Operator',
  users: 'User',
  api_keys: 'ApiKey',
  data_centres: 'DataCentre',
  storage_assets: 'StorageAsset',
  agents: 'Agent',
  agent_states: 'AgentState',
  workloads: 'Workload',
  placements: 'Placement',
  negotiations: 'Negotiation',
  decisions: 'Decision',
  decision_outcomes: 'DecisionOutcome',
  flexibility_windows: 'FlexibilityWindow',
  order_transactions: 'BecknTransaction',
} as const satisfies Readonly<Record<ActionTable, string>>;

interface RowTypes {
  operators: Rows.Operator;
  users: Rows.User;
  api_keys: Rows.ApiKey;
  data_centres: Rows.DataCentre;
  storage_assets: Rows.StorageAsset;
  agents: Rows.Agent;
  agent_states: Rows.AgentState;
  workloads: Rows.Workload;
  placements: Rows.Placement;
  negotiations: Rows.Negotiation;
  decisions: Rows.Decision;
  decision_outcomes: Rows.DecisionOutcome;
  flexibility_windows: Rows.FlexibilityWindow;
  order_transactions: Rows.BecknTransaction;
}

export type RowOf<Table extends ActionTable> = RowTypes[Table];

const camelCase = (column: string): string =>
  column.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());

/** Fields of each model that are of a type which JSON holds as another. */
const fieldsOf = (wanted: string): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(
    Object.entries(getDatamodel().datamodel.models).map(([model, { fields }]) => [
      model,
      new Set(fields.flatMap(({ name, type }) => (type === wanted ? [name] : []))),
    ]),
  );
const INSTANTS = fieldsOf('DateTime');
const BIG_NUMBERS = fieldsOf('BigInt');

/** A row that an event or an answer holds as JSON, as Prisma would have read it from its table. */
export function rowOf<Table extends ActionTable>(
  table: Table,
  state: Readonly<Record<string, unknown>>,
): RowOf<Table> {
  const instants = INSTANTS.get(MODELS[table]);
  const bigNumbers = BIG_NUMBERS.get(MODELS[table]);
  return Object.fromEntries(
    Object.entries(state).map(([column, value]) => {
      const name = camelCase(column);
      if (typeof value === 'string' && instants?.has(name)) return [name, new Date(value)];
      if (typeof value === 'number' && bigNumbers?.has(name)) return [name, BigInt(value)];
      return [name, value];
    }),
  ) as unknown as RowOf<Table>;
}
