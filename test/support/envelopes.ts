/** The rows of a body, and the body with other rows, whichever of the publishers' envelopes it has. */
type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Rows as the body has them: a CSV's are its lines, an object that stands for one row is one. */
export function rowsIn(body: unknown): readonly unknown[] {
  if (typeof body === 'string') return body.trim().split('\n').slice(1);
  if (Array.isArray(body)) return body;
  if (isJson(body) && isJson(body['result'])) return body['result']['records'] as readonly unknown[];
  if (isJson(body)) return Array.isArray(body['data']) ? body['data'] : [body['data']];
  throw new Error('a body of no publisher');
}

export function withRows(body: unknown, rows: readonly unknown[]): unknown {
  if (typeof body === 'string') return [body.split('\n', 1)[0], ...rows].join('\n');
  if (isJson(body) && isJson(body['result']))
    return { ...body, result: { ...body['result'], records: rows, total: rows.length } };
  return Array.isArray(body) ? rows : { ...(body as Json), data: rows };
}

/** As the replay server plays a wrong shape: keys renamed and numbers as text; of a CSV, the names of its columns. */
export function renamed(body: unknown): unknown {
  return typeof body === 'string'
    ? body.replace(/^.*$/m, (header) => header.replaceAll(/[A-Z_]+/g, (name) => `${name}_v2`))
    : withRows(body, rowsIn(body).map(renamedRow));
}

function renamedRow(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamedRow);
  if (typeof value === 'number') return `${value} units`;
  if (!isJson(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [`${key}_v2`, renamedRow(inner)]));
}
