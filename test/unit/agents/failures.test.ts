import { describe, expect, it } from 'vitest';
import { asFailure, isLeaseLost, isPassing } from '../../../src/agents/failures.js';
import { PylonError } from '../../../src/domain/errors.js';

const coded = (code: string): Error => Object.assign(new Error('something'), { code });

describe('a failure of an agent', () => {
  it.each([
    ['a database that stops', coded('57P01')],
    ['a deadlock', coded('40P01')],
    ['too many connections', coded('53300')],
    ['a refused connection', coded('ECONNREFUSED')],
    ['a cut connection', new Error('Connection terminated unexpectedly')],
    ['a pool that is exhausted', new Error('timeout exceeded when trying to connect')],
    ['a busy planner', new PylonError('PLANNER_BUSY', 'too many wait')],
  ])('passes by itself: %s', (_what, error) => {
    expect(isPassing(error)).toBe(true);
  });

  it.each([
    ['a wrong value', coded('22P02')],
    ['a broken constraint', coded('23514')],
    ['a bug of ours', new TypeError('x is undefined')],
    ['missing data', new PylonError('DATA_MISSING', 'nothing is known')],
    ['a policy', asFailure(new Error('out of its mind'))],
    ['no error at all', 'text'],
  ])('comes again: %s', (_what, error) => {
    expect(isPassing(error)).toBe(false);
  });

  it('tells a lost lease from both', () => {
    expect(isLeaseLost(coded('PY001'))).toBe(true);
    expect(isLeaseLost(coded('PY002'))).toBe(false);
  });
});
