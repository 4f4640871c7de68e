import { scopesOf, type ApiScope, type KnownViewer } from '../domain/viewer.js';
import type { HostedAgent } from '../database/agent-cursors.js';
import type { AgentType } from './seen.js';

/** What an agent of a type may do beyond what a key of the role AGENT is good for. */
const SCOPES_BEYOND: Readonly<Partial<Record<AgentType, readonly ApiScope[]>>> = {
  // It publishes flexibility windows; the action still asks for an operator of the right type.
  GRID_OPERATOR: ['FLEXIBILITY'],
  // It says what a store holds and does; its policy may propose nothing else of the registry.
  STORAGE_AGENT: ['REGISTRY'],
};

/** An agent's operator, with the scopes of an agent: no key was shown, this process acts for it. */
export const viewerOfAgent = (
  agent: Pick<HostedAgent, 'operatorId' | 'operatorName'>,
  type: AgentType,
): KnownViewer => ({
  operatorId: agent.operatorId,
  operatorName: agent.operatorName,
  role: 'AGENT',
  scopes: new Set([...scopesOf('AGENT', []), ...(SCOPES_BEYOND[type] ?? [])]),
  apiKeyId: 0,
});
