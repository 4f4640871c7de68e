import { submitWorkload } from '../actions/submit-workload.js';
import { publishWindows, submitArrivals } from './simulation.js';
import type { Happenings } from './simulator.js';

/** Workloads of the whole fleet, while the grid is not stressed. */
const ARRIVALS_AN_HOUR = 6;

/** What happens in the fleet. */
export const HAPPENINGS: Happenings = {
  windows: publishWindows,
  workloads: submitArrivals(ARRIVALS_AN_HOUR, submitWorkload),
};
