import { publishWindows } from './simulation.js';
import type { Happenings } from './simulator.js';

/** What happens in the fleet. */
export const HAPPENINGS: Happenings = { windows: publishWindows };
