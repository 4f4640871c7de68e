import { describe, expect, it } from 'vitest';
import { AGENT_MOVES, AGENT_STATUSES, mayReport } from '../../../../src/domain/compute/agent-states.js';

/** Statuses that can be come to from one, by any number of moves. */
function reachable(from: (typeof AGENT_STATUSES)[number]): Set<string> {
  const found = new Set<(typeof AGENT_STATUSES)[number]>([from]);
  for (const status of found) for (const next of AGENT_MOVES[status]) found.add(next);
  return found;
}

describe('the states of an agent', () => {
  it.each(AGENT_STATUSES)('%s leads everywhere in the end, and can be reported again', (status) => {
    expect([...reachable(status)].sort()).toEqual([...AGENT_STATUSES].sort());
    expect(mayReport(status, status)).toBe(true);
    expect(AGENT_MOVES[status]).not.toContain(status);
  });

  it.each(AGENT_STATUSES)('%s can fail and be switched off at once', (status) => {
    expect(mayReport(status, 'ERROR')).toBe(true);
    expect(mayReport(status, 'OFFLINE')).toBe(true);
  });

  it.each([
    ['OFFLINE', 'EXECUTING'],
    ['OFFLINE', 'NEGOTIATING'],
    ['ERROR', 'EXECUTING'],
    ['ERROR', 'ACTIVE'],
    ['ERROR', 'NEGOTIATING'],
  ] as const)('%s does not go to %s before it is back', (from, to) => {
    expect(mayReport(from, to)).toBe(false);
  });
});
