import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { londonHours } from '../../../../src/domain/synthetic/london-hours.js';

const HOUR_MS = 3_600_000;
const hoursAt = (instant: string) => Date.parse(instant) / HOUR_MS;
const aheadOfUtc = (instant: string) => londonHours(hoursAt(instant)) - hoursAt(instant);

const londonClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  hour: '2-digit',
  hourCycle: 'h23',
});

describe('London hours', () => {
  it('goes forward at 01:00Z on the last Sunday of March and back on the last of October', () => {
    expect(['2026-03-29T00:30Z', '2026-03-29T01:00Z'].map(aheadOfUtc)).toEqual([0, 1]);
    expect(['2026-10-25T00:30Z', '2026-10-25T01:00Z'].map(aheadOfUtc)).toEqual([1, 0]);
    expect(['2024-03-31T00:30Z', '2024-03-31T01:00Z'].map(aheadOfUtc)).toEqual([0, 1]); // the 31st is the Sunday
  });

  it('shows the hour that the time zone database shows, from 1996 on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: hoursAt('1996-01-01T00:00Z'), max: hoursAt('2037-01-01T00:00Z') }),
        (hours) => {
          expect(londonHours(hours) % 24).toBe(Number(londonClock.format(hours * HOUR_MS)));
        },
      ),
      { numRuns: 500 },
    );
  });
});
