import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  INDEX_CODES,
  KIND_CODES,
  MARKET_CODES,
  QUALITY_CODES,
  TOPIC_CODES,
  indexOf,
  kindOf,
  marketOf,
  qualityOf,
  topicOf,
} from '../../src/domain/codes.js';

const folder = new URL('../../prisma/migrations/', import.meta.url);
const migrations = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => readFileSync(new URL(`${name}/migration.sql`, folder), 'utf8'))
  .join('\n');

describe.each([
  { what: 'kind', column: 'kind', codes: KIND_CODES, wordOf: kindOf },
  { what: 'quality', column: 'quality', codes: QUALITY_CODES, wordOf: qualityOf },
  { what: 'index', column: 'carbon_index', codes: INDEX_CODES, wordOf: indexOf },
  { what: 'market', column: 'market', codes: MARKET_CODES, wordOf: marketOf },
  { what: 'topic', column: 'topic', codes: TOPIC_CODES, wordOf: topicOf },
])('the numbers of $what', ({ what, column, codes, wordOf }) => {
  const numbers = Object.values<number>(codes);

  it('are those that the migrations list beside the words', () => {
    const line = [...migrations.matchAll(new RegExp(`^--   ${what} +(\\d.*)$`, 'gm'))].at(-1)?.[1] ?? '';
    const listed = [...line.matchAll(/(\d+) ([A-Z_]+)/g)].map(([, number, word]) => [word, Number(number)]);
    expect(Object.fromEntries(listed)).toEqual(codes);
  });

  it('are just those that the database lets in', () => {
    const checks = [
      ...migrations.matchAll(new RegExp(`check \\(${column} between (\\d+) and (\\d+)\\)`, 'g')),
    ];
    expect(checks.length).toBeGreaterThan(0);
    // The log has one check, which later migrations widened; of the others each table has its own.
    for (const [, least, most] of what === 'topic' ? checks.slice(-1) : checks) {
      expect([Number(least), Number(most)]).toEqual([Math.min(...numbers), Math.max(...numbers)]);
      expect(new Set(numbers).size).toBe(Number(most) - Number(least) + 1);
    }
  });

  it('lead back to their words, and no other number does', () => {
    for (const [word, number] of Object.entries<number>(codes)) expect(wordOf(number)).toBe(word);
    expect(() => wordOf(0)).toThrow(RangeError);
    expect(() => wordOf(numbers.length + 1)).toThrow(/which this version does not know/);
  });
});
