import type pg from 'pg';

/** A pool whose process dies. */
export interface MortalPool {
  readonly pool: pg.Pool;
  /** Statements that were sent. */
  readonly sent: number;
  readonly isDead: boolean;
}

/** As pg says it of a connection that is cut. */
const cut = (): Error => Object.assign(new Error('the process was killed'), { code: 'ECONNRESET' });

/**
 * Connections as a process has them that is killed after so many statements: the last one is done, and its answer is not heard.
 * What was open then is given up by the server.
 */
export function mortalPool(pool: pg.Pool, lastStatement: number): MortalPool {
  let sent = 0;
  const isDead = (): boolean => sent >= lastStatement;
  const until = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
    if (isDead()) throw cut();
    sent += 1;
    const isLast = isDead();
    const answer = await ask();
    if (isLast) throw cut();
    return answer;
  };
  const mortal = (client: pg.PoolClient): pg.PoolClient =>
    new Proxy(client, {
      get(target, name) {
        if (name === 'query') return (...asked: [string, unknown[]?]) => until(() => target.query(...asked));
        if (name === 'release') return (error?: Error | boolean) => target.release(isDead() ? true : error);
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  return {
    get sent() {
      return sent;
    },
    get isDead() {
      return isDead();
    },
    pool: new Proxy(pool, {
      get(target, name) {
        if (name === 'connect') return async () => mortal(await target.connect());
        if (name === 'query') return (...asked: [string, unknown[]?]) => until(() => target.query(...asked));
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    }),
  };
}
