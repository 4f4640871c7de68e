/** Messages of a purchase for tests; instants are seconds after noon. */
import type { StatedPrice } from '../../../../src/domain/compute-window.js';
import {
  SAYS_NOTHING,
  type Answer,
  type OrderError,
  type OrderStatement,
  type Question,
} from '../../../../src/domain/beckn-order/messages.js';
import type { BecknAction } from '../../../../src/domain/beckn-order/states.js';

const NOON = Date.parse('2026-03-02T12:00:00Z');
export const TTL_SECONDS = 30;
export const second = (seconds: number): Date => new Date(NOON + seconds * 1000);

export const gbp = (gbpPerMwh: number): StatedPrice => ({
  gbpPerMwh,
  priceReason: null,
  originalPrice: gbpPerMwh / 1000,
  originalCurrency: 'GBP',
  originalUnit: 'per_kWh',
});

export const GONE: OrderError = { code: '40002', message: 'sold', isGone: true };
export const UNWILLING: OrderError = { code: '500', message: 'no', isGone: false };

export const asks = (
  action: BecknAction,
  at: number,
  { price = null, nack = null }: { readonly price?: number | null; readonly nack?: OrderError | null } = {},
): Question => ({
  direction: 'OUTBOUND',
  messageId: `${action}-${at}`,
  action,
  recordedAt: second(at),
  expiresAt: second(at + TTL_SECONDS),
  accepts: price === null ? null : gbp(price),
  nack: nack && { ...nack, at: second(at + 1) },
});

/** @param stated when the seller says he wrote it; as it came when left out. */
export const says = (
  action: BecknAction,
  at: number,
  {
    stated = at,
    id = `on-${action}-${stated}`,
    price,
    ...statement
  }: Partial<Omit<OrderStatement, 'price'>> & {
    readonly stated?: number;
    readonly id?: string;
    readonly price?: number;
  } = {},
): Answer => ({
  direction: 'INBOUND',
  messageId: id,
  action: `on_${action}`,
  recordedAt: second(at),
  statedAt: second(stated),
  says: { ...SAYS_NOTHING, price: price === undefined ? null : gbp(price), ...statement },
});
