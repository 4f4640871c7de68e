import type { Moves } from './state-machine.js';

export type PlacementState = 'HELD' | 'CONFIRMED' | 'RUNNING' | 'DONE' | 'RELEASED';

/**
 * The life of a placement: held for a while, confirmed, running while its workload does, then over. A workload that is paused
 * keeps its power: its placement is CONFIRMED again.
 */
export const PLACEMENT_MOVES: Moves<PlacementState> = {
  HELD: ['CONFIRMED', 'RELEASED'],
  CONFIRMED: ['RUNNING', 'RELEASED'],
  RUNNING: ['CONFIRMED', 'DONE'],
  DONE: [],
  RELEASED: [],
};

/** States in which its power is nobody else's; HELD only until it expires. */
export const TAKING_POWER = ['HELD', 'CONFIRMED', 'RUNNING'] as const satisfies readonly PlacementState[];
