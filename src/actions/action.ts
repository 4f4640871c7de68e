import { z } from 'zod';
import {
  performAction,
  type ActionAnswer,
  type ActionDatabase,
  type ActionOutcome,
  type ActionTable,
  type ActionTransaction,
} from '../database/actions.js';
import { performDecision } from '../database/decide.js';
import { PylonError } from '../domain/errors.js';
import { Refused, type Fault } from '../domain/refusal.js';
import type { ApiScope, KnownViewer, Viewer } from '../domain/viewer.js';
import { withFurtherFaults, type FurtherRules } from './further-faults.js';

/** What one action is: whom it is for, what it takes, what it does. One file each, and the graph's mutation is made of it. */
export interface Action<Input, Table extends ActionTable = ActionTable> extends FurtherRules<Input> {
  /** The mutation's name, e.g. `submitWorkload`. */
  readonly name: string;
  /** What a key must be good for. */
  readonly scope: ApiScope;
  /** The table whose row it answers with. */
  readonly answers: Table;
  /** Its work only reads, and answers with a decision to append: many are then appended by one transaction. */
  readonly onlyDecides?: true;
  /** All rules that the input can be held to by itself; every fault is told at once. */
  readonly input: z.ZodType<Input>;
  /** The rest: what depends on what there is. Throws Refused, and then nothing was done. */
  perform(transaction: ActionTransaction, input: Input): Promise<ActionOutcome & { readonly table: Table }>;
}

export const defineAction = <Input, Table extends ActionTable>(
  action: Action<Input, Table>,
): Action<Input, Table> => action;

const keyRule = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters, new for each action');

/**
 * Does an action for a viewer.
 *
 * @throws {PylonError} UNAUTHENTICATED, FORBIDDEN
 */
export async function act<Input>(
  database: ActionDatabase,
  viewer: Viewer,
  action: Action<Input>,
  request: { readonly idempotencyKey: string; readonly input: unknown },
): Promise<ActionAnswer> {
  const known = requireScope(viewer, action.scope);
  const answer = await attempt(database, known, action, request);
  if (!('refusal' in answer) || answer.refusal.code !== 'INVALID') return answer;
  const faults = await withFurtherFaults(database, known, action, request.input, answer.refusal.faults);
  return {
    refusal: new Refused('INVALID', `${action.name}: ${faults.length} fault(s) in the input`, { faults })
      .refusal,
  };
}

function attempt<Input>(
  database: ActionDatabase,
  viewer: KnownViewer,
  action: Action<Input>,
  request: { readonly idempotencyKey: string; readonly input: unknown },
): Promise<ActionAnswer> | ActionAnswer {
  const key = keyRule.safeParse(request.idempotencyKey);
  const input = action.input.safeParse(request.input);
  if (!key.success || !input.success) {
    const faults = [...faultsOf('idempotencyKey', key.error), ...faultsOf('input', input.error)];
    return { refusal: new Refused('INVALID', `${action.name}: the input is wrong`, { faults }).refusal };
  }
  const perform = action.onlyDecides ? performDecision : performAction;
  return perform(
    database,
    { viewer, action: action.name, key: key.data, body: request.input },
    (transaction) => action.perform(transaction, input.data),
  );
}

/** @throws {PylonError} UNAUTHENTICATED, FORBIDDEN */
export function requireScope(viewer: Viewer, scope: ApiScope): NonNullable<Viewer> {
  if (!viewer) {
    throw new PylonError(
      'UNAUTHENTICATED',
      'this needs an API key: send it as `Authorization: Bearer` or `x-api-key`',
    );
  }
  if (!viewer.scopes.has(scope)) {
    throw new PylonError(
      'FORBIDDEN',
      `this needs a key with the scope ${scope}; yours has ${[...viewer.scopes].join(', ') || 'none'}`,
    );
  }
  return viewer;
}

const faultsOf = (root: string, error: z.ZodError | undefined): Fault[] =>
  (error?.issues ?? []).map(({ path, message }) => ({ path: [root, ...path].join('.'), message }));
