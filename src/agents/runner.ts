import { keepAgentCursors, type AgentCursor, type HostedAgent } from '../database/agent-cursors.js';
import { messageOf } from '../domain/errors.js';
import { beatOf } from './beats.js';
import { carryOut, keyOf, reportState, type Outcome } from './carry-out.js';
import { checkProposals } from './contract.js';
import { asFailure, guarded, isLeaseLost, isPassing } from './failures.js';
import { idOfStimulus, planOf, sightOf, storedPlan, type Plan } from './plan.js';
import type { Policy, Proposal, Shown } from './policy.js';
import type { Stimulus } from './seen.js';
import { Session, type Round } from './session.js';
import { Stopped, withinTime } from './within-time.js';

export interface RunnerSettings {
  /** How long a policy may take to decide, in real time. */
  readonly policyTimeoutMs: number;
  /** How often what fails by itself is tried before it is given up. */
  readonly attempts: number;
  /** The first pause before another try; each is twice the one before, up to a minute. */
  readonly retryMs: number;
}

export interface RunnerReports {
  readonly onOutcome: (outcome: Outcome) => void;
  /** Told of every failure. `isGivenUp`: it was the last try, and the stimulus is passed over. */
  readonly onFailure: (failure: {
    readonly agentId: string;
    readonly stimulus: string | null;
    readonly message: string;
    readonly isGivenUp: boolean;
  }) => void;
}

/** Where an agent goes on once it is done with a stimulus. */
type Next = Omit<AgentCursor, 'pending'>;

const LONGEST_PAUSE_MS = 60_000;

/** One agent in this host: what it is woken by, one after the other, and what it does about each, once. */
export class AgentRunner {
  #cursor: AgentCursor;
  /** Whether the database knows the cursor as it is here. */
  #isKept: boolean;
  #failures = 0;
  #notBefore = 0;
  /** Runs of ingestion up to here are in what the policy was shown after one of them. */
  #runsShownUpTo = 0n;
  #meeting: { readonly stimulus: Stimulus; readonly next: Next } | null = null;
  readonly #policy: Policy;
  readonly #settings: RunnerSettings;
  readonly #reports: RunnerReports;

  /** @param start where an agent begins that never ran: what happened before is in what it is shown. */
  constructor(
    hosted: HostedAgent,
    start: bigint,
    policy: Policy,
    settings: RunnerSettings,
    reports: RunnerReports,
  ) {
    this.#cursor = hosted.cursor ?? { sequence: start, beat: null, pending: null };
    this.#isKept = hosted.cursor !== null;
    this.#policy = policy;
    this.#settings = settings;
    this.#reports = reports;
  }

  /** Where it is, if the database does not know that yet. */
  get unkept(): AgentCursor | null {
    return this.#isKept ? null : this.#cursor;
  }

  get sequence(): bigint {
    return this.#cursor.sequence;
  }

  markKept(cursor: AgentCursor): void {
    if (cursor === this.#cursor) this.#isKept = true;
  }

  /** Passes over what the log has dropped. The half hours show what stands. */
  skipTo(floor: bigint): void {
    if (this.#cursor.sequence < floor) this.#moveTo({ ...this.#cursor, sequence: floor });
  }

  /** Meets all that there is up to the head. Throws only when the lease was lost or the host stops. */
  async run(hosted: HostedAgent, round: Round): Promise<void> {
    if (performance.now() < this.#notBefore) return;
    const session = new Session(hosted, this.#policy, round);
    try {
      await this.#meetAll(session);
      this.#failures = 0;
    } catch (error) {
      if (error instanceof Stopped || isLeaseLost(error)) throw error;
      await this.#noteFailure(session, error);
    }
  }

  async #meetAll(session: Session): Promise<void> {
    const { round, viewer } = session;
    if (this.#cursor.pending !== null) await this.#goOn(session);
    const now = round.database.clock.now();
    const beat = guarded(() => beatOf(this.#cursor.beat, now, this.#policy.beatMinutes?.(session.agent)));
    if (beat) await this.#meet(session, beat.stimulus, { ...this.#cursor, beat: beat.at });
    while (this.#cursor.sequence < round.head) {
      const { stimuli, upTo } = await round.gate.pass(() =>
        round.log.next(this.#cursor.sequence, viewer, this.#policy.topics),
      );
      for (const stimulus of stimuli) {
        if (round.signal.aborted) throw new Stopped();
        const sequence = BigInt(stimulus.sequence);
        // What stands is shown, not what the event brought: after an hour away a look for each of many runs would be the same one.
        if (stimulus.topic === 'INGEST_RUNS' && sequence <= this.#runsShownUpTo) continue;
        await this.#meet(session, stimulus, { ...this.#cursor, sequence });
      }
      this.#moveTo({ ...this.#cursor, sequence: upTo, pending: null });
    }
  }

  async #meet(session: Session, stimulus: Stimulus, next: Next): Promise<void> {
    this.#meeting = { stimulus, next };
    const isRun = stimulus.kind === 'EVENT' && stimulus.topic === 'INGEST_RUNS';
    const needs = guarded(() => this.#policy.needs(stimulus, session.agent));
    const shown = needs && (await session.show(stimulus, needs));
    const proposals = shown ? await this.#decide(shown, session.round.signal) : [];
    if (!shown || proposals.length === 0) {
      this.#moveTo({ ...next, pending: null });
    } else {
      checkProposals(this.#policy, session.agent.agentId, proposals);
      const plan: Plan = {
        stimulus,
        sight: sightOf(shown),
        steps: proposals.map((proposal, index) => ({
          proposal,
          isFollowedUp: false,
          origin: { index, insteadOf: null },
        })),
      };
      await this.#keepPlan(session, plan, next);
      await this.#carryOut(session, plan, next);
    }
    if (isRun && shown) this.#runsShownUpTo = session.round.head;
    this.#meeting = null;
  }

  /** Goes on with what was decided before this process, or this try. */
  async #goOn(session: Session): Promise<void> {
    const { plan, next } = pendingOf(this.#cursor.pending);
    this.#meeting = { stimulus: plan.stimulus, next };
    await this.#carryOut(session, plan, next);
    this.#meeting = null;
  }

  async #decide(shown: Shown, signal: AbortSignal): Promise<readonly Proposal[]> {
    const decided = guarded(() => this.#policy.decide(shown));
    if (!(decided instanceof Promise)) return decided;
    try {
      return await withinTime(decided, this.#settings.policyTimeoutMs, signal);
    } catch (error) {
      throw error instanceof Stopped ? error : asFailure(error);
    }
  }

  async #carryOut(session: Session, plan: Plan, next: Next): Promise<void> {
    const { agent, viewer, round } = session;
    const { database } = round;
    const key = keyOf(agent, plan);
    const triggeredBy = nameOf(plan.stimulus);
    const actions = plan.steps.map(({ proposal }) => proposal.action);
    await round.gate.pass(async () => {
      if (session.status === 'ERROR')
        await reportState({ database, viewer, agent }, `${key}/back`, { status: 'IDLE', triggeredBy });
      const isTalk = actions.some((action) => action.endsWith('Negotiation'));
      await reportState({ database, viewer, agent }, `${key}/begins`, {
        status: isTalk ? 'NEGOTIATING' : 'EXECUTING',
        triggeredBy,
        currentTask: { stimulus: idOfStimulus(plan.stimulus), actions: countsOf(actions) },
      });
      const outcomes = await carryOut(
        {
          database,
          viewer,
          agent,
          policy: this.#policy,
          keep: (longer) => this.#keepPlan(session, longer, next),
          onOutcome: this.#reports.onOutcome,
        },
        plan,
      );
      const refused = outcomes.flatMap(({ refusal }) => (refusal ? [refusal.code] : []));
      await reportState({ database, viewer, agent }, `${key}/ends`, {
        status: 'IDLE',
        triggeredBy,
        state: { done: outcomes.length - refused.length, refused: countsOf(refused) },
      });
      session.status = 'IDLE';
    });
    await this.#keep(session, { ...next, pending: null });
  }

  async #noteFailure(session: Session, error: unknown): Promise<void> {
    const meeting = this.#meeting;
    const isOurs = meeting !== null && !isPassing(error);
    this.#failures += 1;
    const isGivenUp = isOurs && this.#failures >= this.#settings.attempts;
    const message = messageOf(error);
    const stimulus = meeting && nameOf(meeting.stimulus);
    this.#reports.onFailure({ agentId: session.agent.agentId, stimulus, message, isGivenUp });
    if (isGivenUp) {
      try {
        await this.#giveUp(session, meeting, message);
        return;
      } catch (failure) {
        // Told with the next try: until it is noted, the stimulus is not passed over.
        if (isLeaseLost(failure)) throw failure;
      }
    }
    const pause = Math.min(LONGEST_PAUSE_MS, this.#settings.retryMs * 2 ** (this.#failures - 1));
    this.#notBefore = performance.now() + pause;
  }

  /** What failed too often is said by the agent itself, for ever, and passed over. */
  async #giveUp(
    { agent, viewer, round }: Session,
    { stimulus, next }: { readonly stimulus: Stimulus; readonly next: Next },
    message: string,
  ): Promise<void> {
    await reportState({ database: round.database, viewer, agent }, `${keyOf(agent, { stimulus })}/failed`, {
      status: 'ERROR',
      triggeredBy: nameOf(stimulus),
      state: { error: message.slice(0, 4_000), attempts: this.#failures, passedOver: idOfStimulus(stimulus) },
    });
    await this.#keep({ round }, { ...next, pending: null }, agent.number);
    this.#failures = 0;
    this.#meeting = null;
  }

  #keepPlan(session: Session, plan: Plan, next: Next): Promise<void> {
    const pending = {
      plan: storedPlan(plan),
      sequence: String(next.sequence),
      beat: next.beat?.toISOString() ?? null,
    };
    return this.#keep(session, { ...this.#cursor, pending });
  }

  async #keep(
    { round, ...session }: Pick<Session, 'round'> & Partial<Pick<Session, 'agent'>>,
    cursor: AgentCursor,
    agentNumber = session.agent?.number ?? 0,
  ): Promise<void> {
    await keepAgentCursors(round.database.pool, round.lease, new Map([[agentNumber, cursor]]));
    this.#cursor = cursor;
    this.#isKept = true;
  }

  #moveTo(cursor: AgentCursor): void {
    this.#cursor = cursor;
    this.#isKept = false;
  }
}

function pendingOf(stored: unknown): { readonly plan: Plan; readonly next: Next } {
  const { plan, sequence, beat } = stored as {
    plan: unknown;
    sequence: string;
    /** Left out by versions that knew half hours alone. */
    beat?: string | null;
  }; // nobody but this file writes it
  return {
    plan: planOf(plan),
    next: { sequence: BigInt(sequence), beat: beat == null ? null : new Date(beat) },
  };
}

const nameOf = (stimulus: Stimulus): string =>
  stimulus.kind === 'EVENT'
    ? `${stimulus.topic} event ${stimulus.sequence}`
    : `${stimulus.kind === 'BEAT' ? 'beat' : 'half hour'} ${stimulus.from.toISOString()}`;

function countsOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
