import type { ActionTransaction } from '../../database/actions.js';
import { movesAfter, statusAt, type NegotiationStatus } from '../../domain/compute/negotiation-states.js';
import type { NegotiationTerms } from '../../domain/compute/negotiation-terms.js';
import { Refused } from '../../domain/refusal.js';
import { findAgent } from './negotiation-agents.js';

type Turn = 'PROPOSAL' | 'COUNTER_PROPOSAL' | 'ACCEPTANCE' | 'REJECTION';

/** A negotiation that is locked, and whose turn it is to be moved by one of its agents. */
export interface AwaitingNegotiation {
  readonly negotiationId: number;
  /** Number of its last turn. */
  readonly lastTurn: number;
  /** What was last proposed. */
  readonly lastTerms: NegotiationTerms;
  /** Who moves. */
  readonly agentId: number;
  /** Who would be awaited then. */
  readonly otherAgentId: number;
  readonly operatorId: number;
  readonly responderOperatorId: number;
}

interface LockedRow {
  readonly negotiation_id: number;
  readonly status: NegotiationStatus;
  readonly initiator_agent_id: number;
  readonly responder_agent_id: number;
  readonly awaiting_agent_id: number | null;
  readonly operator_id: number;
  readonly responder_operator_id: number;
  readonly expires_at: Date | null;
  readonly version: number;
}

/**
 * Locks a negotiation for a move of one of the caller's agents.
 *
 * @throws {Refused} NOT_FOUND, NOT_ALLOWED, VERSION_CONFLICT, IMPOSSIBLE_TRANSITION, NOT_YOUR_TURN
 */
export async function lockForMove(
  transaction: Pick<ActionTransaction, 'db' | 'viewer' | 'now'>,
  asked: {
    readonly negotiationId: string;
    readonly agentId: string;
    readonly expectedVersion: number | null;
  },
  to: 'COUNTERED' | 'ACCEPTED' | 'REJECTED',
): Promise<AwaitingNegotiation> {
  const { db, viewer, now } = transaction;
  const name = JSON.stringify(asked.negotiationId);
  const { rows } = await db.query<LockedRow>({
    name: 'lock-negotiation',
    text: `select negotiation_id, status, initiator_agent_id, responder_agent_id, awaiting_agent_id, operator_id, responder_operator_id,
        expires_at, version
      from negotiations where code = $1 and $2 in (operator_id, responder_operator_id) for update`,
    values: [asked.negotiationId, viewer.operatorId],
  });
  const [row] = rows;
  if (!row) throw new Refused('NOT_FOUND', `there is no negotiation of yours ${name}`);
  const agent = await findAgent(transaction, 'input.agentId', asked.agentId);
  const parties = [row.initiator_agent_id, row.responder_agent_id];
  if (agent.operatorId !== viewer.operatorId || !parties.includes(agent.agentId))
    throw new Refused('NOT_ALLOWED', `${JSON.stringify(asked.agentId)} is no agent of yours in ${name}`);
  if (asked.expectedVersion !== null && asked.expectedVersion !== row.version)
    throw new Refused('VERSION_CONFLICT', `${name} is at version ${row.version}`);
  const last = await lastTurn(transaction, row.negotiation_id);
  const status = statusAt({ status: row.status, expiresAt: row.expires_at }, now);
  const possible = movesAfter(status, last.turn);
  if (!possible.includes(to))
    throw new Refused(
      'IMPOSSIBLE_TRANSITION',
      `${name} is ${status} after ${last.turn} turn(s), and cannot become ${to}`,
      { possible },
    );
  if (row.awaiting_agent_id !== agent.agentId)
    throw new Refused('NOT_YOUR_TURN', `${name} waits for the other agent`);
  return {
    negotiationId: row.negotiation_id,
    lastTurn: last.turn,
    lastTerms: last.terms,
    agentId: agent.agentId,
    otherAgentId: parties.find((id) => id !== agent.agentId) ?? agent.agentId,
    operatorId: row.operator_id,
    responderOperatorId: row.responder_operator_id,
  };
}

/** A turn as it is told for ever. */
export async function insertTurn(
  { db, now }: Pick<ActionTransaction, 'db' | 'now'>,
  negotiation: Pick<
    AwaitingNegotiation,
    'negotiationId' | 'lastTurn' | 'agentId' | 'operatorId' | 'responderOperatorId'
  >,
  {
    kind,
    terms,
    message,
  }: { readonly kind: Turn; readonly terms: NegotiationTerms; readonly message: string | null },
): Promise<void> {
  await db.query(
    `insert into negotiation_turns (negotiation_id, turn, kind, agent_id, operator_id, responder_operator_id, terms, message, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      negotiation.negotiationId,
      negotiation.lastTurn + 1,
      kind,
      negotiation.agentId,
      negotiation.operatorId,
      negotiation.responderOperatorId,
      terms,
      message,
      now,
    ],
  );
}

async function lastTurn(
  { db }: Pick<ActionTransaction, 'db'>,
  negotiationId: number,
): Promise<{ readonly turn: number; readonly terms: NegotiationTerms }> {
  const { rows } = await db.query<{ turn: number; terms: NegotiationTerms }>({
    name: 'last-turn',
    text: 'select turn, terms from negotiation_turns where negotiation_id = $1 order by turn desc limit 1',
    values: [negotiationId],
  });
  const [row] = rows;
  if (!row) throw new Error(`negotiation ${negotiationId} has no turns`);
  return row;
}

/** Ends a negotiation by its awaited agent, whose turn repeats the terms that it answers. */
export async function endNegotiation(
  transaction: ActionTransaction,
  negotiation: AwaitingNegotiation,
  { to, message }: { readonly to: 'ACCEPTED' | 'REJECTED'; readonly message: string | null },
): Promise<{ readonly table: 'negotiations'; readonly id: number }> {
  const accepted = to === 'ACCEPTED';
  await insertTurn(transaction, negotiation, {
    kind: accepted ? 'ACCEPTANCE' : 'REJECTION',
    terms: negotiation.lastTerms,
    message,
  });
  await transaction.db.query(
    `update negotiations set status = $2, awaiting_agent_id = null, outcome = $3, version = version + 1, updated_at = $4
     where negotiation_id = $1`,
    [negotiation.negotiationId, to, accepted ? negotiation.lastTerms : null, transaction.now],
  );
  transaction.changed('negotiations', negotiation.negotiationId);
  return { table: 'negotiations', id: negotiation.negotiationId };
}
