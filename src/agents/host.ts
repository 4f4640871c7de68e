import type pg from 'pg';
import { keepAgentCursors, readHostedAgents, type HostedAgent } from '../database/agent-cursors.js';
import type { ActionDatabase } from '../database/actions.js';
import { readLogHead } from '../database/event-log.js';
import type { LeaseKeeper } from '../database/lease-keeper.js';
import type { Lease } from '../database/leases.js';
import { messageOf } from '../domain/errors.js';
import { Turnstile } from '../domain/turnstile.js';
import { LogReader } from './log-reader.js';
import type { Policy } from './policy.js';
import { AgentRunner, type RunnerReports, type RunnerSettings } from './runner.js';
import type { Round } from './session.js';
import { Stopped } from './within-time.js';

export interface AgentHostDeps {
  readonly database: ActionDatabase & { readonly pool: pg.Pool };
  readonly leases: Pick<LeaseKeeper, 'acquire' | 'release'>;
  readonly policies: readonly Policy[];
}

export interface AgentHostOptions extends Partial<RunnerSettings>, RunnerReports {
  /** Whether the agents of synthetic operators act here too. */
  readonly withSynthetic: boolean;
  /** How often it is looked for something to do; null: only when asked to. */
  readonly pollMs: number | null;
  /** Told why a look at the log failed; the next one comes in time. */
  readonly onError: (message: string) => void;
}

export interface AgentHost {
  /** Looks once, now, and waits for what the agents do. False when another process hosts them. */
  round(): Promise<boolean>;
  /** Events of the log that the last agent has still to meet; null while another process hosts them. */
  lag(): number | null;
  /** Nothing new is begun; what is under way is waited for, and policies that still think are not. */
  stop(): Promise<void>;
}

const LEASE = 'agents';
const DEFAULTS: RunnerSettings = { policyTimeoutMs: 10_000, attempts: 5, retryMs: 1_000 };
/** Agents that use the database at once: requests have the rest of its connections. */
const PLACES = 3;
/** Cursors that only passed over what is none of their business are kept now and then: it would do no harm to pass it again. */
const KEEP_EVERY_MS = 10_000;

/** Lets agents act, each by the policy of its type, in one process at a time. */
export function startAgentHost(
  { database, leases, policies }: AgentHostDeps,
  options: AgentHostOptions,
): AgentHost {
  const settings = { ...DEFAULTS, ...withoutUndefined(options) };
  const byType = new Map<string, Policy>(policies.map((policy) => [policy.type, policy]));
  const gate = new Turnstile(PLACES);
  const stopping = new AbortController();
  const runners = new Map<number, AgentRunner>();
  const running = new Map<number, Promise<void>>();
  let lease: Lease | null = null;
  let head: bigint | null = null;
  let keptAt = performance.now();

  const loseLease = (): void => {
    lease = null;
    runners.clear();
  };

  /** Begins what there is to do; answers what it began. */
  const dispatch = async (): Promise<readonly Promise<void>[] | null> => {
    const held = await leases.acquire(LEASE);
    if (!held || held.fencing !== lease?.fencing) loseLease();
    lease = held;
    if (!held) return null;
    const hosted = (await readHostedAgents(database.pool, options)).filter(({ type }) => byType.has(type));
    const log = await readLogHead(database.pool);
    head = log.lastSequence;
    const round: Round = {
      database,
      lease: held,
      head,
      log: new LogReader(database.pool, head),
      gate,
      signal: stopping.signal,
    };
    const beginners = hosted.filter(({ number, cursor }) => cursor === null && !runners.has(number));
    const idle = hosted.filter(({ number }) => !running.has(number));
    for (const agent of idle) runnerOf(agent, log.lastSequence).skipTo(log.floorSequence);
    // Where they begin is kept before they do: whoever goes on after a kill begins there too, and not later.
    if (beginners.length > 0) await keepAll(held);
    const begun = stopping.signal.aborted
      ? []
      : idle.map((agent) => begin(runnerOf(agent, log.lastSequence), agent, round));
    const known = new Set(hosted.map(({ number }) => number));
    for (const number of runners.keys()) if (!known.has(number)) runners.delete(number);
    if (performance.now() - keptAt > KEEP_EVERY_MS) await keepAll(held);
    return begun;
  };

  const runnerOf = (agent: HostedAgent, start: bigint): AgentRunner => {
    const known = runners.get(agent.number);
    if (known) return known;
    const policy = byType.get(agent.type);
    if (!policy) throw new Error(`there is no policy for ${agent.type}`);
    const runner = new AgentRunner(agent, start, policy, settings, options);
    runners.set(agent.number, runner);
    return runner;
  };

  const begin = (runner: AgentRunner, agent: HostedAgent, round: Round): Promise<void> => {
    const run = runner
      .run(agent, round)
      .catch((error: unknown) => {
        if (error instanceof Stopped) return;
        loseLease(); // the next round asks for it again, and reads where everybody is
        options.onError(messageOf(error));
      })
      .finally(() => running.delete(agent.number));
    running.set(agent.number, run);
    return run;
  };

  const keepAll = async (held: Lease): Promise<void> => {
    keptAt = performance.now();
    const cursors = new Map(
      [...runners].flatMap(([number, runner]) => {
        const cursor = running.has(number) ? null : runner.unkept;
        return cursor ? [[number, cursor] as const] : [];
      }),
    );
    await keepAgentCursors(database.pool, held, cursors);
    for (const [number, cursor] of cursors) runners.get(number)?.markKept(cursor);
  };

  let dispatching: Promise<readonly Promise<void>[] | null> = Promise.resolve(null);
  const look = (): typeof dispatching => {
    dispatching = dispatching.then(dispatch, dispatch);
    return dispatching;
  };

  let isLooking = false;
  const timer =
    options.pollMs === null
      ? null
      : setInterval(() => {
          if (isLooking) return;
          isLooking = true;
          look()
            .catch((error: unknown) => options.onError(messageOf(error)))
            .finally(() => (isLooking = false));
        }, options.pollMs);

  return {
    async round() {
      const begun = await look();
      if (begun) await Promise.all(begun);
      return begun !== null;
    },
    lag() {
      if (!lease || head === null) return null;
      const last = [...runners.values()].reduce(
        (least, { sequence }) => (sequence < least ? sequence : least),
        head,
      );
      return Number(head - last);
    },
    async stop() {
      if (timer) clearInterval(timer);
      stopping.abort();
      await dispatching.then(
        () => undefined,
        () => undefined, // told to who asked for it
      );
      await Promise.all(running.values());
      if (!lease) return;
      await keepAll(lease).catch((error: unknown) => options.onError(messageOf(error)));
      await leases.release(lease);
    },
  };
}

/** A setting that was passed on undefined is one that was left out. */
const withoutUndefined = (options: Partial<RunnerSettings>): Partial<RunnerSettings> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
