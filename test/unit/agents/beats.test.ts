import { describe, expect, it } from 'vitest';
import { beatOf } from '../../../src/agents/beats.js';

const at = (time: string): Date => new Date(`2026-03-02T${time}Z`);

describe('what the clock has for an agent', () => {
  it.each<[string, string | null, string, number | undefined, string | null, string | null]>([
    ['that was never woken', null, '12:07:10', 30, 'HALF_HOUR 12:00:00', '12:00:00'],
    ['of half hours, within one', '12:00:00', '12:29:59', undefined, null, null],
    ['of half hours, in the next', '12:00:00', '12:30:00', undefined, 'HALF_HOUR 12:30:00', '12:30:00'],
    ['after a long time, once', '09:00:00', '12:31:10', 30, 'HALF_HOUR 12:30:00', '12:30:00'],
    ['of minutes, that was never woken', null, '12:07:10', 1, 'HALF_HOUR 12:00:00', '12:07:00'],
    ['of minutes, within one', '12:07:00', '12:07:59', 1, null, null],
    ['of minutes, in the next', '12:07:00', '12:08:00', 1, 'BEAT 12:08:00', '12:08:00'],
    ['of minutes, after some, once', '12:07:00', '12:13:20', 1, 'BEAT 12:13:00', '12:13:00'],
    ['of minutes, when a half hour begins', '12:29:00', '12:30:00', 1, 'HALF_HOUR 12:30:00', '12:30:00'],
    ['of minutes, after half hours, once', '11:20:00', '12:13:20', 1, 'HALF_HOUR 12:00:00', '12:13:00'],
    ['of half minutes', '12:08:00', '12:08:31', 0.5, 'BEAT 12:08:30', '12:08:30'],
    ['whose clock went back', '12:30:00', '12:29:59', 1, null, null],
  ])('%s', (_what, last, now, minutes, expected, awake) => {
    const beat = beatOf(last === null ? null : at(last), at(now), minutes);
    const time = (instant: Date): string => instant.toISOString().slice(11, 19);
    expect(beat && `${beat.stimulus.kind} ${time(beat.stimulus.from)}`).toBe(expected);
    expect(beat && time(beat.at)).toBe(awake);
    // Nothing more until the next one.
    if (beat) expect(beatOf(beat.at, at(now), minutes)).toBeNull();
  });

  it.each([0, -1, 7, 60, Number.NaN])('refuses beats of %d minutes', (minutes) => {
    expect(() => beatOf(null, at('12:07:00'), minutes)).toThrow(RangeError);
  });
});
