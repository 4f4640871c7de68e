import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLACEMENT_MOVES, TAKING_POWER } from '../../../../src/domain/compute/placement-states.js';
import { mayMove, requireMove, type Moves } from '../../../../src/domain/compute/state-machine.js';
import {
  DEFERRAL_REASONS,
  DEFERRED,
  FINAL_STATUSES,
  WAITING_STATUSES,
  WORKLOAD_MOVES,
  isBeforeItRuns,
  isFinal,
  type WorkloadStatus,
} from '../../../../src/domain/compute/workload-states.js';
import { Refused } from '../../../../src/domain/refusal.js';

const statesOf = <State extends string>(moves: Moves<State>): State[] => Object.keys(moves) as State[];

/** Some states that follow each other, by moves that are allowed. */
const walks = <State extends string>(moves: Moves<State>, first: State) =>
  fc.array(fc.nat(), { maxLength: 30 }).map((choices) => {
    const walk = [first];
    for (const choice of choices) {
      const possible = moves[walk.at(-1) as State];
      const next = possible[choice % possible.length];
      if (next === undefined) break;
      walk.push(next);
    }
    return walk;
  });

function reachable<State extends string>(moves: Moves<State>, from: State): Set<State> {
  const seen = new Set<State>([from]);
  for (const state of seen) for (const next of moves[state]) seen.add(next);
  return seen;
}

function refusalOf(attempt: () => void): { readonly code: string; readonly possible: unknown } | null {
  try {
    attempt();
    return null;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code, possible } = error.refusal;
    return { code, possible };
  }
}

describe.each([
  ['workload', WORKLOAD_MOVES as Moves<string>, 'PENDING'],
  ['placement', PLACEMENT_MOVES as Moves<string>, 'HELD'],
])('the states of a %s', (_what, moves, first) => {
  const states = statesOf(moves);

  it('are all reached from the first one, and none moves to itself or twice to another', () => {
    expect([...reachable(moves, first)].sort()).toEqual([...states].sort());
    for (const state of states) {
      expect(moves[state]).not.toContain(state);
      expect(new Set(moves[state]).size).toBe(moves[state]?.length);
    }
  });

  it('each lead to an end', () => {
    for (const state of states)
      expect([...reachable(moves, state)].some((each) => moves[each]?.length === 0)).toBe(true);
  });

  it('are left by no move that is not listed, and the refusal lists those that are', () => {
    for (const from of states)
      for (const to of states) {
        const refusal = refusalOf(() => requireMove(moves, from, to, 'it'));
        expect(refusal).toEqual(
          mayMove(moves, from, to) ? null : { code: 'IMPOSSIBLE_TRANSITION', possible: moves[from] },
        );
      }
  });
});

describe('the life of a workload', () => {
  it('passes no final state, runs only after it waited or had a place, and pauses only when it runs', () => {
    fc.assert(
      fc.property(walks<WorkloadStatus>(WORKLOAD_MOVES, 'PENDING'), (walk) => {
        for (const [i, status] of walk.entries()) {
          const before = walk[i - 1];
          if (i < walk.length - 1) expect(isFinal(status)).toBe(false);
          if (status === 'PAUSED' || status === 'COMPLETED') expect(before).toBe('RUNNING');
          if (status === 'FAILED') expect(['RUNNING', 'PAUSED']).toContain(before);
          if (walk.slice(0, i).includes('RUNNING')) expect(isBeforeItRuns(status)).toBe(false);
        }
      }),
    );
  });

  it('is sorted into waiting, placed, running and over without a rest', () => {
    const kinds = [...WAITING_STATUSES, 'SCHEDULED', 'RUNNING', 'PAUSED', ...FINAL_STATUSES];
    expect(kinds.sort()).toEqual(statesOf(WORKLOAD_MOVES).sort());
    expect(statesOf(WORKLOAD_MOVES).filter(isFinal).sort()).toEqual([...FINAL_STATUSES].sort());
    expect(statesOf(WORKLOAD_MOVES).filter(isBeforeItRuns).sort()).toEqual(
      [...WAITING_STATUSES, 'SCHEDULED'].sort(),
    );
    expect(DEFERRAL_REASONS.map((reason) => DEFERRED[reason])).toEqual(
      statesOf(WORKLOAD_MOVES).filter((status) => status.startsWith('DEFERRED_')),
    );
  });
});

describe('the life of a placement', () => {
  it('takes power until a state that is final, and takes none up again', () => {
    fc.assert(
      fc.property(walks(PLACEMENT_MOVES, 'HELD'), (walk) => {
        const taking = walk.map((state) => (TAKING_POWER as readonly string[]).includes(state));
        expect(taking.indexOf(false)).toBe(taking.includes(false) ? walk.length - 1 : -1);
        expect(walk.slice(1)).not.toContain('HELD');
      }),
    );
  });
});
