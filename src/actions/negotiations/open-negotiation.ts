import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ActionTransaction } from '../../database/actions.js';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { findAgent } from './negotiation-agents.js';
import { NEGOTIATION_TYPES, message, pastFaults, refusePast, terms } from './negotiation-rules.js';
import { insertTurn } from './negotiation-turns.js';
import { code, instant, optional } from '../rules.js';

/** The first proposal of one of the caller's agents to another agent, whose answer it then waits for. */
export const openNegotiation = defineAction({
  name: 'openNegotiation',
  scope: 'NEGOTIATIONS',
  answers: 'negotiations',
  input: z
    .object({
      type: z.enum(NEGOTIATION_TYPES),
      initiatorAgentId: code,
      responderAgentId: code,
      jobId: optional(code),
      terms,
      message,
      expiresAt: optional(instant),
    })
    .refine(({ initiatorAgentId, responderAgentId }) => initiatorAgentId !== responderAgentId, {
      path: ['responderAgentId'],
      message: 'must be another agent than the initiator',
    }),
  names: { initiatorAgentId: 'agent', responderAgentId: 'agent', jobId: 'workload' },
  furtherFaults: ({ now }, { expiresAt }) => pastFaults(expiresAt ?? null, now),
  async perform(transaction, asked) {
    const { db, viewer, now } = transaction;
    refusePast(asked.expiresAt, now);
    const initiator = await findAgent(transaction, 'input.initiatorAgentId', asked.initiatorAgentId);
    if (initiator.operatorId !== viewer.operatorId)
      throw new Refused('NOT_ALLOWED', `the agent ${JSON.stringify(asked.initiatorAgentId)} is not yours`);
    const responder = await findAgent(transaction, 'input.responderAgentId', asked.responderAgentId);
    const workloadId = asked.jobId === null ? null : await findWorkload(transaction, asked.jobId);
    const { rows } = await db.query<{ negotiation_id: number }>(
      `insert into negotiations (code, type, initiator_agent_id, responder_agent_id, operator_id, responder_operator_id, awaiting_agent_id,
         workload_id, expires_at, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $4, $7, $8, $9, $9) returning negotiation_id`,
      [
        `negotiation-${randomUUID()}`,
        asked.type,
        initiator.agentId,
        responder.agentId,
        initiator.operatorId,
        responder.operatorId,
        workloadId,
        asked.expiresAt,
        now,
      ],
    );
    const id = rows[0]?.negotiation_id ?? 0;
    await insertTurn(
      transaction,
      {
        negotiationId: id,
        lastTurn: 0,
        agentId: initiator.agentId,
        operatorId: initiator.operatorId,
        responderOperatorId: responder.operatorId,
      },
      { kind: 'PROPOSAL', terms: asked.terms, message: asked.message },
    );
    transaction.changed('negotiations', id);
    return { table: 'negotiations', id };
  },
});

async function findWorkload(
  { db, viewer }: Pick<ActionTransaction, 'db' | 'viewer'>,
  jobId: string,
): Promise<number> {
  const { rows } = await db.query<{ workload_id: number }>(
    'select workload_id from workloads where operator_id = $1 and job_id = $2',
    [viewer.operatorId, jobId],
  );
  const [row] = rows;
  if (!row) {
    const fault = `there is no workload of yours ${JSON.stringify(jobId)}`;
    throw new Refused('NOT_FOUND', fault, { faults: [{ path: 'input.jobId', message: fault }] });
  }
  return row.workload_id;
}
