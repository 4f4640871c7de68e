/**
 * Orders of Beckn 2.0.0, domain compute-energy: what is asked of a seller, and what his answers say.
 *
 * Quirks: the price is a number `price` here and text in catalogues; a grid event comes in an `on_update`, with its carbon
 * intensity in whichever part of the order the seller keeps it.
 *
 * @see https://github.com/Beckn-One/DEG
 */
import type { StatedPrice } from '../domain/compute-window.js';
import {
  SAYS_NOTHING,
  type OrderError,
  type OrderStatement,
  type OrderWord,
} from '../domain/beckn-order/messages.js';
import type { BecknAction } from '../domain/beckn-order/states.js';
import type { OrderAsked } from './adapter.js';
import { along, at, isObject, nameOf, quoted, term, type Json } from './json.js';
import { statedPrice } from './price.js';

const CORE =
  'https://raw.githubusercontent.com/beckn/protocol-specifications-new/refs/heads/draft/schema/core/v2/context.jsonld';
const COMPUTE =
  'https://raw.githubusercontent.com/beckn/protocol-specifications-new/refs/heads/draft/schema/ComputeEnergy/v1/context.jsonld';

/** What the order is called while each step is asked for. */
const STATUS_ASKED: Readonly<Record<BecknAction, string>> = {
  select: 'QUOTE_REQUESTED',
  init: 'INITIALIZED',
  confirm: 'CONFIRMED',
  status: 'IN_PROGRESS',
  update: 'IN_PROGRESS',
  cancel: 'CANCELLED',
};

/** `message` of a question about an order. */
export function orderMessage(action: BecknAction, order: OrderAsked): Json {
  if (action === 'status') return { order: { 'beckn:id': order.orderId } };
  const head = {
    '@context': CORE,
    '@type': 'beckn:Order',
    'beckn:id': order.orderId,
    'beckn:orderStatus': STATUS_ASKED[action],
    'beckn:seller': order.providerId,
    'beckn:buyer': order.buyerId,
  };
  if (action === 'cancel') return { order: { ...head, ...remark(order, 'cancellation') } };
  if (action === 'update')
    return {
      order: { ...head, 'beckn:fulfillment': fulfillment(order), ...remark(order, 'flexibility_response') },
    };
  return {
    order: {
      ...head,
      'beckn:orderItems': [orderItem(order)],
      ...(action === 'select' ? {} : { 'beckn:fulfillment': fulfillment(order) }),
    },
  };
}

const orderItem = (order: OrderAsked): Json => ({
  '@type': 'beckn:OrderItem',
  'beckn:lineId': `${order.orderId}-1`,
  'beckn:orderedItem': order.itemId,
  'beckn:quantity': 1,
  ...(order.offerId === null
    ? {}
    : {
        'beckn:acceptedOffer': {
          '@context': CORE,
          '@type': 'beckn:Offer',
          'beckn:id': order.offerId,
          'beckn:items': [order.itemId],
          'beckn:provider': order.providerId,
          ...priceJson(order.accepts),
        },
      }),
  'beckn:orderItemAttributes': {
    '@context': COMPUTE,
    '@type': 'beckn:ComputeEnergyWindow',
    'beckn:timeWindow': { start: order.from.toISOString(), end: order.to.toISOString() },
  },
});

const priceJson = (price: StatedPrice | null): Json =>
  price === null || price.originalPrice === null
    ? {}
    : {
        'beckn:price': { currency: price.originalCurrency, price: price.originalPrice },
        'beckn:offerAttributes': {
          '@context': COMPUTE,
          '@type': 'beckn:ComputeEnergyPricing',
          'beckn:unit': price.originalUnit,
        },
      };

const fulfillment = ({ orderId, loadMw, change, askedAt }: OrderAsked): Json => ({
  '@context': CORE,
  '@type': 'beckn:Fulfillment',
  'beckn:id': `${orderId}-fulfillment`,
  'beckn:mode': 'GRID-BASED',
  'beckn:deliveryAttributes': {
    '@context': COMPUTE,
    '@type': 'beckn:ComputeEnergyFulfillment',
    'beckn:computeLoad': loadMw,
    'beckn:computeLoadUnit': 'MW',
    ...(change === null
      ? {}
      : {
          'beckn:flexibilityAction': {
            actionType: change.actionType,
            actionReason: change.reason,
            actionTimestamp: askedAt.toISOString(),
            ...(change.loadReductionMw === null
              ? {}
              : {
                  loadReductionCommitment: { loadReduction: change.loadReductionMw, reductionUnit: 'MW' },
                }),
          },
        }),
  },
});

const remark = ({ change, askedAt }: OrderAsked, updateType: string): Json => ({
  'beckn:orderAttributes': {
    '@context': COMPUTE,
    '@type': 'beckn:ComputeEnergyOrder',
    'beckn:updateType': updateType,
    'beckn:updateTimestamp': askedAt.toISOString(),
    ...(change === null ? {} : { 'beckn:updateReason': change.reason }),
  },
});

/** What an answer says of its order, or in words why it says nothing that could be used. */
export function orderStatement(body: unknown): OrderStatement | { readonly fault: string } {
  const error = errorOf(body);
  const order = along(body, 'message', 'order');
  if (!isObject(order))
    return error
      ? { ...SAYS_NOTHING, error }
      : { fault: `neither an error nor an order: message.order is ${quoted(order)}` };
  const items = term(order, 'orderItems');
  const item: unknown = Array.isArray(items) ? (items as readonly unknown[])[0] : undefined;
  const attributes = term(order, 'orderAttributes');
  const delivery = term(term(order, 'fulfillment'), 'deliveryAttributes');
  const status = nameOf(term(order, 'orderStatus'));
  const price = priceStated(term(item, 'acceptedOffer'));
  return {
    word: status === null ? null : (WORDS[status.toUpperCase()] ?? null),
    price,
    carbonIntensityGco2PerKwh: carbonIn(term(item, 'orderItemAttributes'), attributes, delivery),
    error,
    note: nameOf(term(attributes, 'eventType') ?? term(attributes, 'updateType')),
  };
}

const WORDS: Readonly<Record<string, OrderWord>> = {
  QUOTE_REQUESTED: 'QUOTED',
  QUOTED: 'QUOTED',
  DRAFT: 'QUOTED',
  INITIALIZED: 'QUOTED',
  INITIALISED: 'QUOTED',
  PENDING: 'PENDING',
  CREATED: 'CONFIRMED',
  ACCEPTED: 'CONFIRMED',
  ACTIVE: 'CONFIRMED',
  CONFIRMED: 'CONFIRMED',
  IN_PROGRESS: 'IN_PROGRESS',
  COMPLETE: 'COMPLETED',
  COMPLETED: 'COMPLETED',
  FULFILLED: 'COMPLETED',
  CANCELED: 'CANCELLED',
  CANCELLED: 'CANCELLED',
  REJECTED: 'REJECTED',
  FAILED: 'REJECTED',
};

/** Null where the answer states no amount. */
function priceStated(offer: unknown): StatedPrice | null {
  const price = statedPrice(offer);
  return price.originalPrice === null ? null : price;
}

/** The first that is stated in gCO2/kWh, which is kgCO2/MWh; null where none is. */
function carbonIn(...parts: readonly unknown[]): number | null {
  for (const part of parts) {
    const grid = term(part, 'gridParameters') ?? part;
    const value = term(grid, 'carbonIntensity');
    const unit = term(grid, 'carbonIntensityUnit') ?? 'gCO2/kWh';
    if (
      typeof value === 'number' &&
      value >= 0 &&
      value <= 2000 &&
      (unit === 'gCO2/kWh' || unit === 'kgCO2/MWh')
    )
      return value;
  }
  return null;
}

/** Words and numbers by which sellers say that something is not to be had any more. */
const GONE =
  /not[_ -]?found|unavailable|not[_ -]?available|sold[_ -]?out|out[_ -]?of[_ -]?stock|expired|gone|no[_ -]?capacity/i;
/** Item not found, and quantity not available, in the error codes of Beckn. */
const GONE_CODES: ReadonlySet<string> = new Set(['30004', '40002']);

/** The error of an answer or of a NACK; null where it has none. */
export function errorOf(body: unknown): OrderError | null {
  const error = at(body, 'error') ?? along(body, 'message', 'error');
  if (!isObject(error)) return null;
  const raw = at(error, 'code');
  const code = nameOf(typeof raw === 'number' ? String(raw) : raw);
  const message =
    nameOf(at(error, 'message')) ?? nameOf(at(error, 'errorMessage')) ?? code ?? 'no reason given';
  const isGone = code === null ? GONE.test(message) : GONE_CODES.has(code) || GONE.test(code);
  return { code, message, isGone };
}
