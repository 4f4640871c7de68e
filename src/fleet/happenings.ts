import { submitWorkload } from '../actions/work/submit-workload.js';
import { closeCentres } from './closures.js';
import { LOCAL_JOBS, LOCAL_PER_HOUR } from './local-jobs.js';
import { publishWindows, submitArrivals } from './simulation.js';
import type { Happenings } from './simulator.js';
import { URGENT_PER_HOUR, URGENT_QUERIES } from './urgent-queries.js';
import { ARRIVALS_PER_HOUR } from './workload-kinds.js';

/** What happens in the fleet. */
export const HAPPENINGS: Happenings = {
  windows: publishWindows,
  workloads: submitArrivals(ARRIVALS_PER_HOUR, submitWorkload),
  local: submitArrivals(LOCAL_PER_HOUR, submitWorkload, LOCAL_JOBS),
  queries: submitArrivals(URGENT_PER_HOUR, submitWorkload, URGENT_QUERIES),
};

/** The same, and what somebody must stay to end. */
export const LIVE_HAPPENINGS: Happenings = { ...HAPPENINGS, closures: closeCentres };
