import { submitWorkload } from '../actions/work/submit-workload.js';
import { publishWindows, submitArrivals } from './simulation.js';
import type { Happenings } from './simulator.js';
import { ARRIVALS_PER_HOUR } from './workload-kinds.js';

/** What happens in the fleet. */
export const HAPPENINGS: Happenings = {
  windows: publishWindows,
  workloads: submitArrivals(ARRIVALS_PER_HOUR, submitWorkload),
};
