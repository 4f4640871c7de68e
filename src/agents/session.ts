import type { HostedAgent } from '../database/agent-cursors.js';
import type { ActionDatabase } from '../database/actions.js';
import type { Lease } from '../database/leases.js';
import type { AgentStatus } from '../domain/compute/agent-states.js';
import type { KnownViewer } from '../domain/viewer.js';
import type { Turnstile } from '../domain/turnstile.js';
import type { LogReader } from './log-reader.js';
import type { Policy, Shown } from './policy.js';
import type { AgentSeen, Needs, Stimulus } from './seen.js';
import { readView } from './view.js';
import { viewerOfAgent } from './viewer.js';

/** What the agents of one round share. */
export interface Round {
  readonly database: ActionDatabase;
  readonly lease: Lease;
  readonly log: LogReader;
  /** The last event that the round comes to. */
  readonly head: bigint;
  readonly gate: Turnstile;
  /** Given when the host stops. */
  readonly signal: AbortSignal;
}

/** An agent during one round. */
export class Session {
  readonly agent: AgentSeen;
  readonly viewer: KnownViewer;
  readonly round: Round;
  /** What it last said of itself. */
  status: AgentStatus;

  constructor(hosted: HostedAgent, { type }: Pick<Policy, 'type'>, round: Round) {
    this.status = hosted.status as AgentStatus; // as the enum of the database
    this.agent = {
      number: hosted.number,
      agentId: hosted.agentId,
      type,
      status: this.status,
      operatorId: hosted.operatorId,
      operatorType: hosted.operatorType,
      config: hosted.config,
      isDemo: hosted.isSynthetic,
    };
    this.viewer = viewerOfAgent(hosted, type);
    this.round = round;
  }

  async show(stimulus: Stimulus, needs: Needs): Promise<Shown> {
    const { database, gate } = this.round;
    const now = database.clock.now();
    return {
      stimulus,
      view: await gate.pass(() => readView(database, this.viewer, this.agent, needs, now)),
    };
  }
}
