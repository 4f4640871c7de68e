import type { BecknState } from './states.js';

/** A purchase, as far as it matters whether something is bought by it. */
export interface Commitment {
  readonly state: BecknState;
  /** Whether the seller was ever asked to confirm it: before that, no money is promised. */
  readonly wasConfirmAsked: boolean;
  readonly wasCancelAsked: boolean;
}

/** The seller ended it, or would not begin. */
const OVER: ReadonlySet<BecknState> = new Set(['GONE', 'REFUSED', 'CANCELLED', 'COMPLETED']);

/**
 * Whether something is bought by it, or may be yet. TIMED_OUT may: nobody knows what the seller did. What was called off before
 * it was to be confirmed cannot be, whether the seller answers or not.
 */
export const mayBeBought = ({ state, wasConfirmAsked, wasCancelAsked }: Commitment): boolean =>
  !OVER.has(state) && (wasConfirmAsked || !wasCancelAsked);

/** Whether the seller may hold the buyer to it. */
export const isBinding = (purchase: Commitment): boolean => purchase.wasConfirmAsked && mayBeBought(purchase);
