import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOMENT, londonText, momentOf } from '../../../../src/domain/tasks/moment.js';

const SATURDAY = new Date('2026-11-21T19:30:00Z');
const IN_SUMMER = new Date('2026-07-01T10:00:00Z');

const read = (words: string, now = SATURDAY): string | null => {
  const match = new RegExp(`^${MOMENT}$`, 'i').exec(words);
  const found = match && momentOf(match.slice(-5), now);
  return found ? found.at.toISOString() : null;
};

/** What London clocks show of an instant, by the engine's own time zones. */
const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  weekday: 'long',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

describe('a moment in words', () => {
  it.each([
    ['Friday 18:00', '2026-11-27T18:00:00.000Z'],
    ['fri 6pm', '2026-11-27T18:00:00.000Z'],
    ['6 pm on Friday', '2026-11-27T18:00:00.000Z'],
    ['Friday', '2026-11-28T00:00:00.000Z'],
    ['tomorrow 6am', '2026-11-22T06:00:00.000Z'],
    ['6am tomorrow', '2026-11-22T06:00:00.000Z'],
    ['tomorrow at noon', '2026-11-22T12:00:00.000Z'],
    ['midnight', '2026-11-22T00:00:00.000Z'],
    ['today 23:15', '2026-11-21T23:15:00.000Z'],
    ['18:00', '2026-11-22T18:00:00.000Z'],
    ['20:00', '2026-11-21T20:00:00.000Z'],
    ['Saturday 18:00', '2026-11-28T18:00:00.000Z'],
    ['Saturday 20:00', '2026-11-21T20:00:00.000Z'],
    ['next Saturday 20:00', '2026-11-28T20:00:00.000Z'],
    ['12am', '2026-11-22T00:00:00.000Z'],
    ['12:30 pm', '2026-11-22T12:30:00.000Z'],
    ['2026-12-01', '2026-12-02T00:00:00.000Z'],
    ['2026-12-01 09:00', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01T09:00Z', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01T09:00+02:00', '2026-12-01T07:00:00.000Z'],
  ])('%s is %s', (words, instant) => {
    expect(read(words)).toBe(instant);
  });

  it('is by London clocks, also in summer, where clocks change, and when they skip it', () => {
    expect(read('tomorrow 6am', IN_SUMMER)).toBe('2026-07-02T05:00:00.000Z');
    expect(read('Sunday 18:00', new Date('2026-10-24T12:00Z'))).toBe('2026-10-25T18:00:00.000Z');
    expect(read('Sunday 18:00', new Date('2026-03-28T12:00Z'))).toBe('2026-03-29T17:00:00.000Z');
    expect(read('Sunday 01:30', new Date('2026-03-28T12:00Z'))).toBe('2026-03-29T01:00:00.000Z');
  });

  it('is what it says of a day that is over, so that it is refused and not moved', () => {
    expect(read('2026-11-20 09:00')).toBe('2026-11-20T09:00:00.000Z');
    expect(read('today 09:00')).toBe('2026-11-21T09:00:00.000Z');
  });

  it.each(['2026-02-30', '25:00', 'Friday 13pm', '18:75', '0am', 'someday'])('is not %s', (words) => {
    expect(read(words)).toBeNull();
  });

  it('is always to come, within eight days, on the day and at the time that are named', () => {
    const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2026-01-01Z'), max: new Date('2027-12-31Z'), noInvalidDate: true }),
        fc.constantFrom(...days),
        fc.integer({ min: 3, max: 23 }), // clocks change before 3
        fc.integer({ min: 0, max: 59 }),
        (now, day, hour, minute) => {
          const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          const at = new Date(read(`${day} ${time}`, now) ?? Number.NaN);
          expect(at.getTime()).toBeGreaterThan(now.getTime());
          expect(at.getTime() - now.getTime()).toBeLessThanOrEqual(8 * 24 * 3_600_000);
          expect(clock.format(at)).toBe(`${day} ${time}`);
          expect(londonText(at).slice(11)).toBe(time);
        },
      ),
    );
  });
});
