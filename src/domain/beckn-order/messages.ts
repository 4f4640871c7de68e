import type { StatedPrice } from '../compute-window.js';
import type { BecknAction } from './states.js';

/** What a seller calls the state of an order, in Pylon's words; PENDING: he has not made up his mind. */
export type OrderWord =
  'QUOTED' | 'PENDING' | 'CONFIRMED' | 'IN_PROGRESS' | 'COMPLETED' | 'CANCELLED' | 'REJECTED';

/** Why a seller will not do what he was asked. */
export interface OrderError {
  readonly code: string | null;
  readonly message: string;
  /** The window is not to be had any more; else something else is wrong. */
  readonly isGone: boolean;
}

/** What one message says of an order. Null: it does not say. Kept as JSON, hence no dates. */
export interface OrderStatement {
  readonly word: OrderWord | null;
  readonly price: StatedPrice | null;
  readonly carbonIntensityGco2PerKwh: number | null;
  readonly error: OrderError | null;
  /** What happened, in the seller's words: the kind of an update. */
  readonly note: string | null;
}

export const SAYS_NOTHING: OrderStatement = {
  word: null,
  price: null,
  carbonIntensityGco2PerKwh: null,
  error: null,
  note: null,
};

/** A question of ours. */
export interface Question {
  readonly direction: 'OUTBOUND';
  readonly messageId: string;
  readonly action: BecknAction;
  readonly recordedAt: Date;
  /** Until when an answer is waited for. */
  readonly expiresAt: Date;
  /** The price that it accepts; null where it accepts none, or none is known. */
  readonly accepts: StatedPrice | null;
  /** Why it was not taken (NACK), and when that was told; null where it was, or was not delivered yet. */
  readonly nack: (OrderError & { readonly at: Date }) | null;
}

/** A word of the seller. */
export interface Answer {
  readonly direction: 'INBOUND';
  readonly messageId: string;
  readonly action: `on_${BecknAction}`;
  readonly recordedAt: Date;
  /** When the seller says he wrote it. */
  readonly statedAt: Date;
  readonly says: OrderStatement;
}

export type OrderMessage = Question | Answer;
