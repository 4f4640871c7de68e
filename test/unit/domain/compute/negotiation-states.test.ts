import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MOST_TURNS,
  NEGOTIATION_MOVES,
  movesAfter,
  statusAt,
  type NegotiationStatus,
} from '../../../../src/domain/compute/negotiation-states.js';

const STATUSES = Object.keys(NEGOTIATION_MOVES) as NegotiationStatus[];
const status = fc.constantFrom(...STATUSES);
const instant = fc.date({ noInvalidDate: true });

describe('the states of a negotiation', () => {
  it('lead to an end from wherever they can be moved, and out of no end', () => {
    for (const from of STATUSES) {
      const moves: readonly NegotiationStatus[] = NEGOTIATION_MOVES[from];
      expect(moves.length === 0 || moves.some((to) => NEGOTIATION_MOVES[to].length === 0)).toBe(true);
      expect(moves).not.toContain('OPEN');
    }
  });

  it('become EXPIRED from the end on, exactly where they still waited', () => {
    fc.assert(
      fc.property(status, fc.option(instant), instant, (stored, expiresAt, now) => {
        const waits = stored === 'OPEN' || stored === 'COUNTERED';
        const isLate = expiresAt !== null && now.getTime() >= expiresAt.getTime();
        expect(statusAt({ status: stored, expiresAt }, now)).toBe(waits && isLate ? 'EXPIRED' : stored);
      }),
    );
  });

  it('are never moved to EXPIRED by a side, nor countered in the last turn', () => {
    fc.assert(
      fc.property(status, fc.integer({ min: 1, max: MOST_TURNS }), (from, turn) => {
        const moves = movesAfter(from, turn);
        expect(moves).not.toContain('EXPIRED');
        expect(moves.includes('COUNTERED')).toBe(NEGOTIATION_MOVES[from].length > 0 && turn < MOST_TURNS - 1);
      }),
    );
  });
});
