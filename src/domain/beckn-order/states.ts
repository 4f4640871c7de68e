import type { Moves } from '../compute/state-machine.js';

/** What we ask of a seller, in the order of a purchase; then what is asked of an order that stands. */
export const BECKN_ACTIONS = ['select', 'init', 'confirm', 'status', 'update', 'cancel'] as const;
export type BecknAction = (typeof BECKN_ACTIONS)[number];

/** Where the purchase of a compute window stands. */
export const BECKN_STATES = [
  'SELECTING',
  'SELECTED',
  'INITIALISING',
  'INITIALISED',
  'CONFIRMING',
  'CONFIRMED',
  'PRICE_CHANGED',
  'GONE',
  'REFUSED',
  'TIMED_OUT',
  'CANCELLING',
  'CANCELLED',
  'COMPLETED',
] as const;
export type BecknState = (typeof BECKN_STATES)[number];

/** What the buyer may ask next. Nothing while an answer is waited for. */
export const BECKN_STEPS: Readonly<Record<BecknState, readonly BecknAction[]>> = {
  SELECTING: [],
  SELECTED: ['init', 'cancel'],
  INITIALISING: [],
  INITIALISED: ['confirm', 'cancel'],
  CONFIRMING: [],
  CONFIRMED: ['status', 'update', 'cancel'],
  PRICE_CHANGED: ['confirm', 'cancel'],
  GONE: [],
  REFUSED: [],
  TIMED_OUT: ['status', 'cancel'],
  CANCELLING: [],
  CANCELLED: [],
  COMPLETED: [],
};

/** What an answer to `select`, `init` or `confirm` can lead to: a later word of the seller may take back an earlier one. */
const SELECTION = ['SELECTED', 'GONE', 'REFUSED', 'TIMED_OUT'] as const;
const INITIALISATION = ['INITIALISED', 'PRICE_CHANGED', 'GONE', 'REFUSED', 'TIMED_OUT'] as const;
const CONFIRMATION = ['CONFIRMED', 'PRICE_CHANGED', 'GONE', 'REFUSED', 'TIMED_OUT'] as const;
/** The seller may end an order whenever he likes, and say so unasked. */
const END = ['CANCELLED', 'COMPLETED'] as const;

/**
 * Where a purchase can go from each state, by a question of ours, a word of the seller or the clock. TIMED_OUT is not the end:
 * it says that no answer came in time, and a late one is still what the seller did.
 */
export const BECKN_MOVES: Moves<BecknState> = {
  SELECTING: [...SELECTION, ...END],
  SELECTED: ['INITIALISING', 'CANCELLING', 'GONE', 'REFUSED', ...END],
  INITIALISING: [...INITIALISATION, ...END],
  INITIALISED: ['CONFIRMING', 'CANCELLING', 'PRICE_CHANGED', 'GONE', 'REFUSED', ...END],
  CONFIRMING: [...CONFIRMATION, ...END],
  CONFIRMED: ['CANCELLING', 'PRICE_CHANGED', 'GONE', 'REFUSED', ...END],
  PRICE_CHANGED: ['CONFIRMING', 'CANCELLING', 'INITIALISED', 'CONFIRMED', 'GONE', 'REFUSED', ...END],
  GONE: ['SELECTED', 'INITIALISED', 'CONFIRMED', 'PRICE_CHANGED', 'REFUSED', ...END],
  REFUSED: ['SELECTED', 'INITIALISED', 'CONFIRMED', 'PRICE_CHANGED', 'GONE', ...END],
  TIMED_OUT: [
    'SELECTED',
    'INITIALISED',
    'CONFIRMED',
    'PRICE_CHANGED',
    'GONE',
    'REFUSED',
    'CANCELLING',
    ...END,
  ],
  // A seller who will not cancel leaves the order as it was.
  CANCELLING: [
    'SELECTED',
    'INITIALISED',
    'CONFIRMED',
    'PRICE_CHANGED',
    'GONE',
    'REFUSED',
    'TIMED_OUT',
    ...END,
  ],
  CANCELLED: [],
  COMPLETED: ['CANCELLED'],
};

/** States that say what is so only until the answer that is waited for runs out. */
const WAITING: ReadonlySet<BecknState> = new Set(['SELECTING', 'INITIALISING', 'CONFIRMING', 'CANCELLING']);

/** What a stored state is at an instant: an answer that ran out is over, whether that was noted or not. */
export const becknStateAt = (
  { state, expiresAt }: { readonly state: BecknState; readonly expiresAt: Date | null },
  now: Date,
): BecknState => (WAITING.has(state) && expiresAt !== null && expiresAt <= now ? 'TIMED_OUT' : state);
