import { GraphQLError, parse } from 'graphql';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { PylonError } from '../../../src/domain/errors.js';
import { formatError, formatResult } from '../../../src/server/format-error.js';

interface LogLine {
  readonly msg: string;
  readonly errorId: string;
  readonly error: string;
  readonly stack: string;
}

function withLog() {
  const lines: LogLine[] = [];
  return {
    lines,
    log: pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line) as LogLine) }),
  };
}
const node = parse('{ gridNow { from } }').definitions[0];
const thrown = (originalError: Error): GraphQLError =>
  new GraphQLError(originalError.message, { nodes: node ?? null, path: ['gridNow'], originalError });

describe('an error as the client sees it', () => {
  it('of ours keeps its words, its code and its details', () => {
    const { lines, log } = withLog();
    const error = new PylonError('CURSOR_EXPIRED', 'too old', {
      cause: new Error('secret'),
      details: { oldestCursor: 'abc', stacktrace: 'secret' },
    });
    expect(formatError(thrown(error), log)).toEqual({
      message: 'too old',
      locations: [{ line: 1, column: 1 }],
      path: ['gridNow'],
      extensions: { code: 'CURSOR_EXPIRED', oldestCursor: 'abc' },
    });
    expect(formatError(thrown(thrown(error)), log).extensions?.['code']).toBe('CURSOR_EXPIRED');
    expect(lines).toEqual([]);
  });

  it('of graphql keeps its words and gets a code where it has none', () => {
    const { log } = withLog();
    expect(formatError(new GraphQLError('no such field'), log)).toEqual({
      message: 'no such field',
      extensions: { code: 'BAD_USER_INPUT' },
    });
    expect(
      formatError(
        new GraphQLError('bad', {
          extensions: { code: 'GRAPHQL_PARSE_FAILED', http: { status: 400 }, exception: 1, stacktrace: [] },
        }),
        log,
      ).extensions,
    ).toEqual({ code: 'GRAPHQL_PARSE_FAILED' });
  });

  it('of any other kind is masked, and logged under the id that is shown', () => {
    const { lines, log } = withLog();
    const shown = formatError(thrown(new TypeError('select secret from vault')), log);
    expect(JSON.stringify(shown)).not.toMatch(/secret|vault|TypeError|at /);
    expect(shown.extensions?.['code']).toBe('INTERNAL_SERVER_ERROR');
    expect(lines).toMatchObject([
      {
        msg: 'graph.field.failed',
        errorId: shown.extensions?.['errorId'],
        error: 'select secret from vault',
        stack: expect.stringContaining('TypeError') as unknown,
      },
    ]);
    expect(formatError(thrown(new Error('x')), log).extensions?.['errorId']).not.toBe(
      shown.extensions?.['errorId'],
    );
  });

  it('stands beside its data', () => {
    const { log } = withLog();
    const result = formatResult(log)({
      data: { gridNow: null },
      errors: [thrown(new PylonError('DATA_MISSING', 'none'))],
    });
    expect(result).toMatchObject({ data: { gridNow: null }, errors: [{ message: 'none' }] });
    expect(formatResult(log)({ data: { a: 1 } })).toEqual({ data: { a: 1 } });
    expect(formatResult(log)({ errors: [new GraphQLError('x')] })).not.toHaveProperty('data');
  });
});
