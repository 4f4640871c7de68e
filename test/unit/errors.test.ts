import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, PROTOCOL_CODES, PylonError, messageOf } from '../../src/domain/errors.js';
import { printErrors } from '../../src/domain/print-errors.js';

const CODES = [...Object.keys(ERROR_CODES), ...Object.keys(PROTOCOL_CODES)];
/** Codes that Apollo or graphql-js gives, so that no file of ours names them. */
const OF_APOLLO = ['OPERATION_RESOLUTION_FAILURE', 'PERSISTED_QUERY_NOT_SUPPORTED'];

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('generated') && name !== 'domain/errors.ts')
  .map((name) => readFileSync(`src/${name}`, 'utf8'));

describe('the error codes', () => {
  it('are what docs/errors.md lists', async () => {
    await expect(printErrors()).toMatchFileSnapshot('../../docs/errors.md');
  });

  it('are in docs/errors.md, each once, and no other is', () => {
    const listed = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^- `([A-Z_]+)`: /gm)].map(
      ([, code]) => code,
    );
    expect(listed).toEqual(CODES);
    expect(new Set(CODES).size).toBe(CODES.length);
  });

  it('each say what they mean and who acts, in sentences', () => {
    for (const [code, meaning] of Object.entries({ ...ERROR_CODES, ...PROTOCOL_CODES }))
      expect(`${code} ${meaning}`).toMatch(/^[A-Z_]+ [A-Z`].*\.$/);
  });

  it.each(CODES.filter((code) => !OF_APOLLO.includes(code)))('%s is thrown somewhere', (code) => {
    expect(files.some((text) => text.includes(`'${code}'`))).toBe(true);
  });

  it('are the only ones that the sources throw or answer', () => {
    const named = files.flatMap((text) => [
      ...[...text.matchAll(/PylonError\(\s*'([A-Z_]+)'/g)].map(([, code]) => code),
      ...[...text.matchAll(/extensions: \{ code: '([A-Z_]+)'/g)].map(([, code]) => code),
    ]);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((code) => !CODES.includes(code ?? ''))).toEqual([]);
  });
});

describe('an error of ours', () => {
  it('carries its code, its details and what caused it', () => {
    const cause = new Error('the socket closed');
    const error = new PylonError('CURSOR_EXPIRED', 'too old', { cause, details: { oldestCursor: 'x' } });
    expect(error).toMatchObject({
      name: 'PylonError',
      code: 'CURSOR_EXPIRED',
      message: 'too old',
      cause,
      details: { oldestCursor: 'x' },
    });
    expect('cause' in new PylonError('LEASE_HELD', 'held')).toBe(false);
  });

  it('is told in words, whatever was thrown', () => {
    expect(messageOf(new Error('no'))).toBe('no');
    expect(messageOf('no')).toBe('no');
    expect(messageOf(undefined)).toBe('undefined');
  });
});
