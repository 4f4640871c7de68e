import pg from 'pg';

/** Names of the statements by which the log is followed: they run beside whatever is counted. */
const FOLLOWING = new Set(['log-events', 'log-head']);

interface Statement {
  readonly text: string;
  readonly name?: string;
}

const isStatement = (value: unknown): value is Statement =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { readonly text?: unknown }).text === 'string';

/**
 * The SQL statements that `work` makes this process send, over whatever pool or library: every one goes through
 * `Client.query` of `pg`, which Prisma's adapter uses too. Each as its name, or else its text.
 */
export async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const sent: string[] = [];
  const prototype = pg.Client.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back and called on its own client
  const original = prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
  prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
    const [query] = args;
    const statement = isStatement(query) ? (query.name ?? query.text) : String(query);
    if (!FOLLOWING.has(statement)) sent.push(statement);
    return original.apply(this, args);
  } as typeof prototype.query;
  try {
    await work();
  } finally {
    prototype.query = original as typeof prototype.query;
  }
  return sent;
}
