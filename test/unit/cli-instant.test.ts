import { describe, expect, it } from 'vitest';
import { instant } from '../../src/cli/instant.js';

describe('an instant of the command line', () => {
  it.each([
    ['2025-01-31', '2025-01-31T00:00:00.000Z'],
    ['2025-01-31T12:00Z', '2025-01-31T12:00:00.000Z'],
    ['2025-07-01T00:00:00+01:00', '2025-06-30T23:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(instant(text).toISOString()).toBe(expected);
  });

  it.each([
    '2025-01-31T12:00',
    '2025-02-30',
    '2025-02-30T12:00Z',
    '2025-13-01',
    '2025-01-31T25:00Z',
    'yesterday',
    '',
  ])('%j is refused', (text) => {
    expect(() => instant(text)).toThrow(/zone/);
  });
});
