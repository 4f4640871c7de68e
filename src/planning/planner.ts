import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { PylonError } from '../domain/errors.js';
import type { Plan, PlanningKind, Problem } from './kinds.js';
import type { PlanningAnswer, PlanningQuestion } from './messages.js';

export interface PlannerSettings {
  /** Threads that plan at once; started when first needed, then kept. */
  readonly threads: number;
  /** Questions that wait at most. */
  readonly places: number;
  readonly timeoutMs: number;
  /** Memory that a thread may take for objects; one that takes more is ended. */
  readonly memoryMb: number;
}

export interface Planner {
  /**
   * Plans on a thread of its own.
   *
   * @param signal gives the question up: waiting, it is taken out; being answered, its thread is ended.
   * @throws {PylonError} PLANNER_BUSY when too many wait; PLANNER_TIMEOUT; whatever the planner refuses with.
   * @throws {DOMException} AbortError, the reason of the signal.
   */
  run<Kind extends PlanningKind>(
    kind: Kind,
    problem: Problem<Kind>,
    signal?: AbortSignal,
  ): Promise<Plan<Kind>>;
  /** Ends the threads; what waits or is being answered fails with PLANNER_BUSY. */
  close(): Promise<void>;
}

export const PLANNER_SETTINGS: PlannerSettings = {
  threads: 1,
  places: 8,
  timeoutMs: 30_000,
  memoryMb: 1_024,
};

interface Waiting {
  readonly question: PlanningQuestion;
  // Which plan belongs to which question is the caller's to know, not the queue's.
  readonly resolve: (plan: never) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  asked: { readonly waiting: Waiting; readonly timer: NodeJS.Timeout } | null;
}

/** A few threads and a bounded queue before them. Nothing is started before it is needed, and nothing idle keeps the process alive. */
export function createPlanner(settings: Partial<PlannerSettings> = {}): Planner {
  const { threads: most, places, timeoutMs, memoryMb } = { ...PLANNER_SETTINGS, ...settings };
  const threads = new Set<Thread>();
  const queue: Waiting[] = [];
  let closed = false;

  const settle = (thread: Thread, settleOne: (waiting: Waiting) => void): void => {
    const { asked } = thread;
    if (!asked) return;
    thread.asked = null;
    thread.worker.unref();
    clearTimeout(asked.timer);
    settleOne(asked.waiting);
  };
  const end = (thread: Thread, error: unknown): Promise<number> => {
    threads.delete(thread);
    settle(thread, ({ reject }) => reject(error));
    next();
    return thread.worker.terminate();
  };
  const start = (): Thread => {
    const thread: Thread = { worker: startThread(memoryMb), asked: null };
    thread.worker.unref();
    thread.worker.on('message', (answer: PlanningAnswer) => {
      settle(thread, ({ resolve, reject }) => {
        if ('plan' in answer) resolve(answer.plan as never);
        else if ('refusal' in answer) reject(new PylonError(answer.refusal.code, answer.refusal.message));
        else reject(new Error(`planning failed: ${answer.fault}`));
      });
      next();
    });
    thread.worker.on('error', (error) => void end(thread, error));
    threads.add(thread);
    return thread;
  };
  const ask = (thread: Thread, waiting: Waiting): void => {
    const timer = setTimeout(() => void end(thread, tooSlow(timeoutMs)), timeoutMs);
    thread.asked = { waiting, timer };
    thread.worker.ref();
    try {
      thread.worker.postMessage(waiting.question, []);
    } catch (error) {
      settle(thread, ({ reject }) => reject(error)); // what cannot be copied
    }
  };
  function next(): void {
    while (queue.length > 0 && !closed) {
      const idle = [...threads].find(({ asked }) => asked === null) ?? (threads.size < most ? start() : null);
      if (!idle) return;
      ask(idle, queue.shift()!);
    }
  }

  return {
    async run(kind, problem, signal) {
      signal?.throwIfAborted();
      if (closed || queue.length >= places) throw busy(places);
      let giveUp = (): void => undefined;
      const answer = new Promise<Plan<typeof kind>>((resolve, reject) => {
        const waiting: Waiting = { question: { kind, problem }, resolve, reject };
        giveUp = () => {
          const place = queue.indexOf(waiting);
          if (place >= 0) queue.splice(place, 1);
          const thread = [...threads].find(({ asked }) => asked?.waiting === waiting);
          if (thread) void end(thread, signal?.reason);
          else reject(signal?.reason);
        };
        signal?.addEventListener('abort', giveUp, { once: true });
        queue.push(waiting);
        next();
      });
      return answer.finally(() => signal?.removeEventListener('abort', giveUp));
    },
    async close() {
      closed = true;
      for (const { reject } of queue.splice(0)) reject(busy(places));
      await Promise.all([...threads].map((thread) => end(thread, busy(places))));
    },
  };
}

const busy = (places: number): PylonError =>
  new PylonError('PLANNER_BUSY', `${places} plans are waiting already; try again in a few seconds`);

const tooSlow = (timeoutMs: number): PylonError =>
  new PylonError('PLANNER_TIMEOUT', `no plan was found within ${timeoutMs} ms; ask for less at a time`);

/** From dist as it is; from the sources, as tests and development run them, through tsx, which leaves threads to themselves. */
function startThread(memoryMb: number): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: memoryMb };
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./thread.js', import.meta.url), { execArgv: [], resourceLimits });
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const api = new URL('./dist/esm/api/index.mjs', tsx).href;
  const thread = new URL('./thread.ts', import.meta.url).href;
  const code = `import(${JSON.stringify(api)}).then(({ register }) => (register(), import(${JSON.stringify(thread)})))`;
  return new Worker(code, { eval: true, execArgv: [], resourceLimits });
}
