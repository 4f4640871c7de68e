import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, type OrderAsked, type OrderAsking } from '../../../src/beckn/adapter.js';
import { BECKN_ACTIONS } from '../../../src/domain/beckn-order/states.js';
import { onOrder } from '../../support/bpp.js';

const [adapter] = ADAPTERS;
const AT = new Date('2026-03-02T12:00:00Z');
const asking: OrderAsking = {
  transactionId: 't',
  messageId: 'm',
  bapId: 'pylon.example',
  bapUri: 'https://pylon.example/beckn',
  at: AT,
  bppId: 'aire.example',
  bppUri: null,
};
const order: OrderAsked = {
  orderId: 'order-1',
  buyerId: 'pylon.example',
  providerId: 'provider-aire',
  itemId: 'item-1',
  offerId: 'offer-1',
  accepts: {
    gbpPerMwh: 100,
    priceReason: null,
    originalPrice: 0.1,
    originalCurrency: 'GBP',
    originalUnit: 'per_kWh',
  },
  from: new Date('2026-03-02T14:00:00Z'),
  to: new Date('2026-03-02T18:00:00Z'),
  loadMw: 1.2,
  askedAt: AT,
  change: null,
};
const messageOf = (action: (typeof BECKN_ACTIONS)[number], change: OrderAsked['change'] = null) =>
  adapter.order(action, asking, { ...order, change })['message'];

describe('a question about an order', () => {
  it.each(BECKN_ACTIONS)('to %s names the order and who asks, in one form', (action) => {
    expect(adapter.order(action, asking, order)).toMatchObject({
      context: { action, version: '2.0.0', transaction_id: 't', message_id: 'm', bpp_id: 'aire.example' },
      message: { order: { 'beckn:id': 'order-1' } },
    });
    expect(adapter.order(action, asking, order)['context']).not.toHaveProperty('bpp_uri');
    expect(adapter.order(action, { ...asking, bppUri: 'https://aire.example' }, order)).toMatchObject({
      context: { bpp_uri: 'https://aire.example' },
    });
  });

  it('carries the accepted price, the window with its dates, and the load', () => {
    expect(messageOf('confirm')).toMatchObject({
      order: {
        'beckn:orderStatus': 'CONFIRMED',
        'beckn:orderItems': [
          {
            'beckn:acceptedOffer': {
              'beckn:price': { currency: 'GBP', price: 0.1 },
              'beckn:offerAttributes': { 'beckn:unit': 'per_kWh' },
            },
            'beckn:orderItemAttributes': {
              'beckn:timeWindow': { start: '2026-03-02T14:00:00.000Z', end: '2026-03-02T18:00:00.000Z' },
            },
          },
        ],
        'beckn:fulfillment': { 'beckn:deliveryAttributes': { 'beckn:computeLoad': 1.2 } },
      },
    });
    expect(messageOf('status')).toEqual({ order: { 'beckn:id': 'order-1' } });
  });

  it('tells what the buyer does, and why', () => {
    const change = { actionType: 'load_reduction', reason: 'stress', loadReductionMw: 0.3 };
    expect(messageOf('update', change)).toMatchObject({
      order: {
        'beckn:fulfillment': {
          'beckn:deliveryAttributes': {
            'beckn:flexibilityAction': {
              actionType: 'load_reduction',
              actionReason: 'stress',
              actionTimestamp: '2026-03-02T12:00:00.000Z',
              loadReductionCommitment: { loadReduction: 0.3, reductionUnit: 'MW' },
            },
          },
        },
        'beckn:orderAttributes': { 'beckn:updateType': 'flexibility_response' },
      },
    });
    expect(messageOf('cancel', change)).toMatchObject({
      order: {
        'beckn:orderStatus': 'CANCELLED',
        'beckn:orderAttributes': { 'beckn:updateReason': 'stress' },
      },
    });
  });
});

describe('an answer about an order', () => {
  it('is read in our own words and units', () => {
    const said = { gbpPerKwh: 0.11, status: 'confirmed', carbonIntensity: 320, event: 'carbon_spike' };
    expect(adapter.orderStatement(onOrder('confirm', 't', said))).toEqual({
      word: 'CONFIRMED',
      price: {
        gbpPerMwh: 110,
        priceReason: null,
        originalPrice: 0.11,
        originalCurrency: 'GBP',
        originalUnit: 'per_kWh',
      },
      carbonIntensityGco2PerKwh: 320,
      error: null,
      note: 'carbon_spike',
    });
  });

  it('says nothing where nothing is said, and zero where zero is', () => {
    expect(adapter.orderStatement(onOrder('status', 't'))).toEqual({
      word: null,
      price: null,
      carbonIntensityGco2PerKwh: null,
      error: null,
      note: null,
    });
    expect(
      adapter.orderStatement(onOrder('status', 't', { gbpPerKwh: 0, carbonIntensity: 0 })),
    ).toMatchObject({
      price: { gbpPerMwh: 0 },
      carbonIntensityGco2PerKwh: 0,
    });
    expect(adapter.orderStatement(onOrder('status', 't', { status: 'WHATEVER' }))).toMatchObject({
      word: null,
    });
  });

  it.each([
    [{ code: '40002', message: 'no stock' }, true],
    [{ code: 30004, message: 'no item' }, true],
    [{ code: 'ITEM_NOT_FOUND' }, true],
    [{ message: 'The slot is no longer available: sold out' }, true],
    [{ code: 'INVALID_SIGNATURE', message: 'not found in the registry' }, false],
    [{ code: '50000', message: 'try later' }, false],
    [{}, false],
  ])('that is the error %j is known for one about the window or another', (error, isGone) => {
    expect(adapter.orderStatement({ error })).toMatchObject({ error: { isGone } });
    expect(adapter.errorOf({ message: { error } })).toMatchObject({ isGone });
  });

  it('that is neither an order nor an error is refused, whatever it is, and nothing makes it throw', () => {
    expect(adapter.orderStatement({ message: { order: 'none' } })).toEqual({
      fault: 'neither an error nor an order: message.order is "none"',
    });
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (message, inner) => {
        adapter.orderStatement(message);
        adapter.orderStatement({
          message: { order: { 'beckn:orderItems': [inner], 'beckn:orderAttributes': inner } },
        });
      }),
    );
  });
});
