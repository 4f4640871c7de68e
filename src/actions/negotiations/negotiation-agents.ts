import type { ActionTransaction } from '../../database/actions.js';
import { Refused } from '../../domain/refusal.js';

export interface FoundAgent {
  readonly agentId: number;
  readonly operatorId: number;
}

/** Any operator's agent by its id. @throws {Refused} NOT_FOUND */
export async function findAgent(
  { db }: Pick<ActionTransaction, 'db'>,
  path: string,
  code: string,
): Promise<FoundAgent> {
  const { rows } = await db.query<{ agent_id: number; operator_id: number }>({
    name: 'agent-by-code',
    text: 'select agent_id, operator_id from agents where code = $1',
    values: [code],
  });
  const [row] = rows;
  if (!row) {
    const message = `there is no agent ${JSON.stringify(code)}`;
    throw new Refused('NOT_FOUND', message, { faults: [{ path, message }] });
  }
  return { agentId: row.agent_id, operatorId: row.operator_id };
}
