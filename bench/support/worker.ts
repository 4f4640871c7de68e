import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Scope } from './benchmark.js';

/** What a process of its own can be asked to do: one argument, one answer. */
export type Commands = Readonly<Record<string, (argument: never) => unknown>>;

interface Question {
  readonly id: number;
  readonly command: string;
  readonly argument: unknown;
}

type Reply =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly fault: string };

export interface Worker<Known extends Commands> {
  ask<Name extends keyof Known & string>(
    command: Name,
    argument: Parameters<Known[Name]>[0],
  ): Promise<Awaited<ReturnType<Known[Name]>>>;
}

interface Asker {
  // Which answer belongs to which question is the map's to know, not the type's.
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** Starts a file of this folder as a process of its own, whose heap can be collected on demand; ended with the scope. */
export async function startWorker<Known extends Commands>(
  scope: Scope,
  file: string,
): Promise<Worker<Known>> {
  const child = fork(new URL(file, import.meta.url), {
    execArgv: [...process.execArgv, '--expose-gc'],
    serialization: 'advanced',
  });
  const ended = once(child, 'exit');
  scope.onEnd(async () => {
    if (child.connected) child.disconnect();
    await ended;
  });
  const waiting = new Map<number, Asker>();
  child.on('message', (reply: Reply) => {
    const asker = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('fault' in reply) asker?.reject(new Error(`${file}: ${reply.fault}`));
    else asker?.resolve(reply.answer as never);
  });
  child.once('exit', (code, signal) => {
    for (const asker of waiting.values()) asker.reject(new Error(`${file} ended: ${signal ?? code}`));
  });
  let last = 0;
  return {
    ask: (command, argument) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        child.send({ id: last, command, argument } satisfies Question);
      }),
  };
}

/** The other end: answers until the parent lets go, then clears away and ends. */
export function answerCommands(commands: Commands, onEnd: () => Promise<unknown>): void {
  process.on('message', ({ id, command, argument }: Question) => {
    const work = async (): Promise<unknown> => commands[command]?.(argument as never);
    work().then(
      (answer) => process.send?.({ id, answer } satisfies Reply),
      (error: unknown) => process.send?.({ id, fault: String(error) } satisfies Reply),
    );
  });
  process.once('disconnect', () => void onEnd().finally(() => process.exit(0)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined); // the parent ends us
}
