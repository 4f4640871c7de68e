import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAILURES_TO_OPEN, circuitOf, isDue, type CircuitEvidence } from '../../../src/domain/circuit.js';

const at = (text: string) => new Date(text);
const MINUTE_MS = 60_000;
const NOW = at('2026-03-02T12:34Z');
const evidence = (part: Partial<CircuitEvidence>): CircuitEvidence => ({
  failures: 0,
  lastFinishedAt: NOW,
  notBefore: null,
  ...part,
});
/** Milliseconds that a source is left alone after its latest failure. */
const pauseMs = (failures: number): number => {
  const { nextAttemptAt } = circuitOf(evidence({ failures }), NOW);
  return nextAttemptAt ? nextAttemptAt.getTime() - NOW.getTime() : 0;
};

const instants = fc.date({ min: at('2015-01-01T00:00Z'), max: at('2035-12-31T00:00Z'), noInvalidDate: true });
const someEvidence = fc.record({
  failures: fc.nat({ max: 2000 }),
  lastFinishedAt: fc.option(instants),
  notBefore: fc.option(instants),
});

describe('circuitOf', () => {
  it('asks again at the next look until the third failure in a row, then pauses 1, 2, 4, 8, 15 minutes', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 1000].map((failures) => pauseMs(failures) / MINUTE_MS)).toEqual([
      0, 0, 0, 1, 2, 4, 8, 15, 15, 15,
    ]);
  });

  it('pauses no shorter after one more failure', () => {
    fc.assert(
      fc.property(fc.nat({ max: 5000 }), (failures) => {
        expect(pauseMs(failures + 1)).toBeGreaterThanOrEqual(pauseMs(failures));
      }),
    );
  });

  it('is open before the publisher asked to be asked again, whatever else is known, and never says earlier', () => {
    fc.assert(
      fc.property(someEvidence, instants, (known, now) => {
        const { state, nextAttemptAt } = circuitOf(known, now);
        expect(state === 'OPEN').toBe(nextAttemptAt !== null);
        const forbidden = Math.max(known.notBefore?.getTime() ?? 0, now.getTime());
        expect((nextAttemptAt ?? now).getTime()).toBeGreaterThanOrEqual(forbidden);
      }),
    );
  });

  it('lets one attempt decide when the pause is over', () => {
    fc.assert(
      fc.property(someEvidence, instants, (known, now) => {
        const { nextAttemptAt } = circuitOf(known, now);
        fc.pre(nextAttemptAt !== null);
        const expected = known.failures >= FAILURES_TO_OPEN ? 'HALF_OPEN' : 'CLOSED';
        expect(circuitOf(known, new Date(nextAttemptAt.getTime() - 1)).state).toBe('OPEN');
        expect(circuitOf(known, nextAttemptAt)).toEqual({ state: expected, nextAttemptAt: null });
      }),
    );
  });

  it('is closed when nothing ever ran', () => {
    expect(circuitOf({ failures: 0, lastFinishedAt: null, notBefore: null }, NOW)).toEqual({
      state: 'CLOSED',
      nextAttemptAt: null,
    });
  });
});

describe('isDue', () => {
  const halfHourly = { everyMinutes: 30, afterMinutes: 2 };
  const cadences = fc.integer({ min: 1, max: 1440 }).chain((everyMinutes) =>
    fc.record({
      everyMinutes: fc.constant(everyMinutes),
      afterMinutes: fc.integer({ min: 0, max: everyMinutes - 1 }),
    }),
  );

  it('holds for what was never heard', () => {
    expect(isDue(halfHourly, null, NOW)).toBe(true);
  });

  it.each([
    ['2026-03-02T12:02:00Z', '2026-03-02T12:31:59.999Z', false],
    ['2026-03-02T12:02:00Z', '2026-03-02T12:32:00Z', true],
    ['2026-03-02T12:01:59.999Z', '2026-03-02T12:02:00Z', true],
    ['2026-03-02T12:31:00Z', '2026-03-02T12:31:30Z', false],
    ['2026-03-02T12:40:00Z', '2026-03-02T12:10:00Z', false],
  ])('after an answer of %s is at %s: %s', (last, now, due) => {
    expect(isDue(halfHourly, at(last), at(now))).toBe(due);
  });

  it('comes once a day, and not at midnight, for what is published daily', () => {
    const daily = { everyMinutes: 1440, afterMinutes: 15 };
    expect(isDue(daily, at('2026-03-02T00:15Z'), at('2026-03-03T00:14:59Z'))).toBe(false);
    expect(isDue(daily, at('2026-03-02T23:59Z'), at('2026-03-03T00:15Z'))).toBe(true);
  });

  it('comes exactly once for each update of the publisher, however often one looks', () => {
    fc.assert(
      fc.property(
        cadences,
        instants,
        fc.array(fc.integer({ min: 1, max: 90 * MINUTE_MS }), { maxLength: 60 }),
        (cadence, start, gaps) => {
          const updatesBy = (now: number) =>
            Math.floor((now / MINUTE_MS - cadence.afterMinutes) / cadence.everyMinutes);
          let last = start;
          let asked = 0;
          const updatesSeen = new Set<number>();
          for (const now of looksAfter(start, gaps)) {
            if (updatesBy(now.getTime()) > updatesBy(start.getTime()))
              updatesSeen.add(updatesBy(now.getTime()));
            if (!isDue(cadence, last, now)) continue;
            asked += 1;
            last = now;
          }
          expect(asked).toBe(updatesSeen.size);
        },
      ),
    );
  });
});

function looksAfter(start: Date, gaps: readonly number[]): Date[] {
  let now = start.getTime();
  return gaps.map((gap) => new Date((now += gap)));
}
