/** Where a negotiation can be, and where it can go from there. Only the agent whose answer it waits for moves it; time ends it. */
export const NEGOTIATION_MOVES = {
  OPEN: ['COUNTERED', 'ACCEPTED', 'REJECTED', 'EXPIRED'],
  COUNTERED: ['COUNTERED', 'ACCEPTED', 'REJECTED', 'EXPIRED'],
  ACCEPTED: [],
  REJECTED: [],
  EXPIRED: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type NegotiationStatus = keyof typeof NEGOTIATION_MOVES;

/** Turns that a negotiation takes at most: the last one accepts or rejects. */
export const MOST_TURNS = 100;

/** What a negotiation's status is at an instant: one that nobody answered in time is over, whether it was noted or not. */
export const statusAt = (
  { status, expiresAt }: { readonly status: NegotiationStatus; readonly expiresAt: Date | null },
  now: Date,
): NegotiationStatus =>
  NEGOTIATION_MOVES[status].length > 0 && expiresAt !== null && expiresAt <= now ? 'EXPIRED' : status;

/** Where a party may take a negotiation whose last turn was this one. */
export const movesAfter = (status: NegotiationStatus, turn: number): readonly NegotiationStatus[] =>
  NEGOTIATION_MOVES[status].filter(
    (to) => to !== 'EXPIRED' && !(to === 'COUNTERED' && turn >= MOST_TURNS - 1),
  );
