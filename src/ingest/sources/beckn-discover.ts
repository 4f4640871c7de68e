import type { ListedSource } from '../source.js';

/**
 * The Beckn compute-energy marketplace, asked by `discover`. It is asked by POST and may answer later, on a callback, so
 * it is no `Source`: src/beckn does the asking and the reading. This is what is told of it.
 */
export const becknDiscover: ListedSource = {
  id: 'beckn-discover',
  title: 'Compute windows of the Beckn compute-energy marketplace',
  docs: 'https://github.com/Beckn-One/DEG',
  licence: {
    name: 'none stated for the data (specification: CC BY-NC-SA 4.0, Beckn-One)',
    url: 'https://creativecommons.org/licenses/by-nc-sa/4.0/',
  },
  cadence: { everyMinutes: 15, afterMinutes: 0 },
  priority: 100,
  carbonKinds: [],
  mixKinds: [],
  regionIds: [],
};
