import type { OrderError, OrderStatement } from '../domain/beckn-order/messages.js';
import type { BecknAction } from '../domain/beckn-order/states.js';
import type { StatedPrice, StatedWindow } from '../domain/compute-window.js';
import type { Refusal } from '../domain/grid-statement.js';
import type { Json } from './json.js';
import { computeEnergyV2 } from './compute-energy-v2.js';
import type { MessageContext } from './message-context.js';

/** Who asks, under which ids. */
export interface Asking {
  readonly transactionId: string;
  readonly messageId: string;
  readonly bapId: string;
  /** Where callbacks are sent: `{bapUri}/on_discover`. */
  readonly bapUri: string;
  readonly at: Date;
}

/** Of whom an order is asked. */
export interface OrderAsking extends Asking {
  readonly bppId: string;
  /** Null where the seller's catalogue did not say. */
  readonly bppUri: string | null;
}

/** What is asked for; one window of one seller. */
export interface OrderAsked {
  readonly orderId: string;
  readonly buyerId: string;
  readonly providerId: string;
  readonly itemId: string;
  /** Null where the window has no offer. */
  readonly offerId: string | null;
  /** The price that goes with it; null where none is known. */
  readonly accepts: StatedPrice | null;
  /** Inside. */
  readonly from: Date;
  /** Outside. */
  readonly to: Date;
  /** Power of the work, MW. */
  readonly loadMw: number;
  readonly askedAt: Date;
  /** Of an update or a cancellation: what is done, and why. */
  readonly change: OrderChange | null;
}

export interface OrderChange {
  readonly actionType: string;
  readonly reason: string;
  /** Power given up, MW; null where none is. */
  readonly loadReductionMw: number | null;
}

/** What a catalogue states: its good items, and the refused with their reasons. */
export interface StatedCatalog {
  /** Each identity (platform, item, interval) once: of two items about one window the later counts. */
  readonly windows: readonly StatedWindow[];
  readonly refusals: readonly Refusal[];
  /** Items sent, good or not. */
  readonly itemsRead: number;
  readonly itemsDuplicate: number;
}

/** One version of one domain of the protocol. All that is its own is in here; what it states is in Pylon's words. */
export interface BecknAdapter {
  readonly version: string;
  /** The spellings taken; the first one is written. */
  readonly domains: readonly [string, ...string[]];
  /** How long an answer is waited for. */
  readonly ttlSeconds: number;
  /** @param filter JSONPath over the items wanted. */
  discover(asking: Asking, filter: string): Json;
  /**
   * Pure: the catalogues of an `on_discover`.
   *
   * @throws {PylonError} SOURCE_CONTRACT_BROKEN for a message without catalogues, SOURCE_EMPTY for one without items.
   */
  catalog(body: unknown, context: MessageContext): StatedCatalog;
  /** A question about an order: the same text for each try of it. */
  order(action: BecknAction, asking: OrderAsking, order: OrderAsked): Json;
  /** Pure: what an answer about an order says, or in words why it says nothing that could be used. */
  orderStatement(body: unknown): OrderStatement | { readonly fault: string };
  /** Pure: the error of an answer or of a NACK; null where it has none. */
  errorOf(body: unknown): OrderError | null;
}

/** The newest first: that one is asked in. */
export const ADAPTERS: readonly [BecknAdapter, ...BecknAdapter[]] = [computeEnergyV2];

/** What reads messages of this version and domain; null where nothing does. */
export const adapterOf = ({
  version,
  domain,
}: Pick<MessageContext, 'version' | 'domain'>): BecknAdapter | null =>
  ADAPTERS.find((adapter) => adapter.version === version && adapter.domains.includes(domain)) ?? null;
