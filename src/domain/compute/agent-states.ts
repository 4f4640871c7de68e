/**
 * What an agent may report after what.
 *
 * An agent that was OFFLINE or failed is not at work again until it says that it is back: it comes back to IDLE (or, from
 * OFFLINE, straight to work), and only from there negotiates or executes. Anything can fail, or be switched off.
 */
export const AGENT_STATUSES = ['IDLE', 'ACTIVE', 'NEGOTIATING', 'EXECUTING', 'ERROR', 'OFFLINE'] as const;
export type AgentStatus = (typeof AGENT_STATUSES)[number];

export const AGENT_MOVES: Readonly<Record<AgentStatus, readonly AgentStatus[]>> = {
  IDLE: ['ACTIVE', 'NEGOTIATING', 'EXECUTING', 'ERROR', 'OFFLINE'],
  ACTIVE: ['IDLE', 'NEGOTIATING', 'EXECUTING', 'ERROR', 'OFFLINE'],
  NEGOTIATING: ['IDLE', 'ACTIVE', 'EXECUTING', 'ERROR', 'OFFLINE'],
  EXECUTING: ['IDLE', 'ACTIVE', 'NEGOTIATING', 'ERROR', 'OFFLINE'],
  ERROR: ['IDLE', 'OFFLINE'],
  OFFLINE: ['IDLE', 'ACTIVE', 'ERROR'],
};

/** Whether an agent may report a status. The one it has is always allowed: its task or its state may be new. */
export const mayReport = (from: AgentStatus, to: AgentStatus): boolean =>
  from === to || AGENT_MOVES[from].includes(to);
