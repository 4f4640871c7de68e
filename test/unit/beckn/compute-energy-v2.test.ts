import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, adapterOf, type StatedCatalog } from '../../../src/beckn/adapter.js';
import { readContext } from '../../../src/beckn/message-context.js';
import { NEAR_A_BORDER, NO_PLACE, OUTSIDE_GREAT_BRITAIN } from '../../../src/domain/region-of-place.js';
import { PylonError } from '../../../src/domain/errors.js';
import { GOTHENBURG, LEEDS, catalog, context, item, offer, onDiscover, square } from '../../support/beckn.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const OPTIONS = { timestamp: '2026-03-02T12:00:00Z', transactionId: 't', messageId: 'm' };
const [adapter] = ADAPTERS;

function read(body: unknown): StatedCatalog {
  const head = readContext({ context: context(OPTIONS) }, NOW);
  if ('fault' in head) throw new Error(head.fault);
  return adapter.catalog(body, head.context);
}
const one = (body: unknown) => {
  const [window] = read(body).windows;
  if (!window) throw new Error('no window');
  return window;
};
const statedOf = (items: readonly unknown[], offers: readonly unknown[] = []) =>
  onDiscover(OPTIONS, items, offers);

describe('a catalogue of compute-energy 2.0.0', () => {
  it('states windows in our own words and units', () => {
    const { windows, refusals, itemsRead } = read(statedOf([item({ id: 'a' })], [offer('o', ['a'])]));
    const price = {
      gbpPerMwh: 87,
      priceReason: null,
      originalPrice: 0.087,
      originalCurrency: 'GBP',
      originalUnit: 'per_kWh',
    };
    expect({ windows, refusals, itemsRead }).toEqual({
      itemsRead: 1,
      refusals: [],
      windows: [
        {
          bppId: 'aire.example',
          providerId: 'provider-aire',
          itemId: 'a',
          name: 'Window a',
          zone: {
            zoneCode: 'GB-NORTH-7',
            area: 'Leeds-South',
            latitude: 53.8,
            longitude: -1.55,
            regionId: 5,
            regionReason: null,
          },
          from: new Date('2026-03-02T10:00:00Z'),
          to: new Date('2026-03-02T14:00:00Z'),
          capacityMw: 3.5,
          renewablePct: 62,
          carbonIntensityGco2PerKwh: 131,
          reservationRequired: false,
          price,
          offers: [{ ...price, offerCode: 'o', providerId: 'provider-aire', name: 'Offer o' }],
        },
      ],
    });
  });

  it.each([
    [{ value: '0.102', currency: 'GBP' }, 'per_kWh', 102, null],
    [{ price: 0.102, currency: 'gbp' }, 'per_kWh', 102, null],
    [{ value: '1.001', currency: 'GBP' }, 'per_kWh', 1001, null],
    [{ value: '-0.01', currency: 'GBP' }, 'per_kWh', -10, null],
    [{ value: 0, currency: 'GBP' }, 'per_kWh', 0, null],
    [{ value: '71.5', currency: 'GBP' }, 'per_MWh', 71.5, null],
    [{ value: '0.078', currency: 'EUR' }, 'per_kWh', null, 'in EUR: no exchange rate is known'],
    [{ value: '0.078' }, 'per_kWh', null, 'the price states no currency'],
    [{ value: '0.078', currency: 'GBP' }, undefined, null, 'the price states no unit'],
    [{ value: '12', currency: 'GBP' }, 'per_order', null, '"per_order" is no price of energy'],
    [{ value: 'free', currency: 'GBP' }, 'per_kWh', null, '"free" is no amount of money'],
    [{ value: '0x10', currency: 'GBP' }, 'per_kWh', null, '"0x10" is no amount of money'],
    [{ value: '1e400', currency: 'GBP' }, 'per_kWh', null, '"1e400" is no amount of money'],
    [{ value: [1], currency: 'GBP' }, 'per_kWh', null, 'a list is no amount of money'],
    [{ currency: 'GBP' }, 'per_kWh', null, 'no price is stated'],
    ['0.1 GBP', 'per_kWh', null, 'no price is stated'],
  ])('prices %j %s at %d GBP/MWh', (price, unit, gbpPerMwh, priceReason) => {
    const window = one(statedOf([item({ id: 'a' })], [offer('o', ['a'], price, unit ?? null)]));
    expect(window.offers[0]).toMatchObject({ gbpPerMwh, priceReason });
    expect(window.price).toMatchObject({ gbpPerMwh, priceReason });
  });

  it('prices a window by its cheapest offer in pounds, and by the first where none is in pounds', () => {
    const eur = offer('eur', ['a'], { value: '0.01', currency: 'EUR' });
    const sek = offer('sek', ['a'], { value: '0.02', currency: 'SEK' });
    const dear = offer('dear', ['a'], { value: '0.2', currency: 'GBP' });
    const cheap = offer('cheap', ['a'], { value: '0.1', currency: 'GBP' });
    const priced = (...offers: readonly unknown[]) => one(statedOf([item({ id: 'a' })], offers)).price;
    expect(priced(eur, dear, cheap).gbpPerMwh).toBe(100);
    expect(priced(cheap, dear, eur).gbpPerMwh).toBe(100);
    expect(priced(eur, sek)).toMatchObject({ gbpPerMwh: null, originalCurrency: 'EUR' });
    expect(priced()).toMatchObject({ gbpPerMwh: null, priceReason: 'no offer states a price' });
  });

  it.each<[string, unknown, number | null, string | null]>([
    ['a place in Yorkshire', LEEDS, 5, null],
    ['a list of places', [LEEDS, GOTHENBURG], 5, null],
    ['a postcode', square(0, 0, { postalCode: 'EC1A 1BB' }), 13, null],
    ['a point', { geo: { type: 'Point', coordinates: [-1.55, 53.8] } }, 5, null],
    ['another country', GOTHENBURG, null, OUTSIDE_GREAT_BRITAIN],
    [
      'coordinates abroad, whatever the name',
      square(37.77, -122.42, { addressRegion: 'Yorkshire' }),
      null,
      OUTSIDE_GREAT_BRITAIN,
    ],
    [
      'coordinates the wrong way round',
      { geo: { type: 'Point', coordinates: [53.8, -1.55] } },
      null,
      OUTSIDE_GREAT_BRITAIN,
    ],
    ['a name alone', { address: { addressRegion: 'north west england', addressCountry: 'GB' } }, 3, null],
    ['a network alone', { address: { addressLocality: 'SP Manweb' } }, 6, null],
    ['a place on a border', square(52.02, -0.72), null, NEAR_A_BORDER],
    ['a place at sea', square(54, 0.9), null, NEAR_A_BORDER],
    ['nothing', undefined, null, NO_PLACE],
    ['a text', 'Leeds', null, NO_PLACE],
    ['a shape that is none', { geo: { type: 'Polygon', coordinates: [[['a', 'b']]] } }, null, NO_PLACE],
  ])('puts %s where it is', (_what, availableAt, regionId, regionReason) => {
    expect(one(statedOf([{ ...item({ id: 'a' }), 'beckn:availableAt': availableAt }])).zone).toMatchObject({
      regionId,
      regionReason,
    });
  });

  it.each([
    [{ availableCapacity: 500, capacityUnit: 'kW' }, 0.5],
    [{ availableCapacity: 0.25, capacityUnit: 'GW' }, 250],
    [{ availableCapacity: 0, capacityUnit: 'MW' }, 0],
    [{ availableCapacity: 5, capacityUnit: 'GPU' }, null],
    [{ availableCapacity: 5 }, null],
    [{}, null],
    [undefined, null],
  ])('takes the capacity %j as %d MW', (capacity, capacityMw) => {
    const body = item({ id: 'a' });
    const attributes = { ...body['beckn:itemAttributes'], 'beckn:capacityParameters': capacity };
    expect(one(statedOf([{ ...body, 'beckn:itemAttributes': attributes }])).capacityMw).toBe(capacityMw);
  });

  it('keeps zero, and leaves out what is stated in another unit', () => {
    expect(one(statedOf([item({ id: 'a', renewables: 0, intensity: 0 })]))).toMatchObject({
      renewablePct: 0,
      carbonIntensityGco2PerKwh: 0,
    });
    const body = item({ id: 'a' });
    const grid = {
      ...body['beckn:itemAttributes']['beckn:gridParameters'],
      renewableMixUnit: 'MW',
      carbonIntensityUnit: 'lb/MWh',
    };
    const attributes = { ...body['beckn:itemAttributes'], 'beckn:gridParameters': grid };
    expect(one(statedOf([{ ...body, 'beckn:itemAttributes': attributes }]))).toMatchObject({
      renewablePct: null,
      carbonIntensityGco2PerKwh: null,
    });
  });

  it.each([
    [{ capacity: -1 }, 'availableCapacity -1 is no number from 0 to 1000000'],
    [{ capacity: '5' }, 'availableCapacity "5" is no number from 0 to 1000000'],
    [{ renewables: 101 }, 'renewableMix 101 is no number from 0 to 100'],
    [{ intensity: {} }, 'carbonIntensity an object is no number from 0 to 2000'],
    [{ start: 'soon' }, 'start "soon" is neither an instant nor a time of day with its offset'],
  ])('refuses an item with %j', (changed, reason) => {
    expect(read(statedOf([item({ id: 'good' }), item({ id: 'bad', ...changed })])).refusals).toEqual([
      { row: 'bad', reason },
    ]);
  });

  it('takes the later of two items about one window, and keeps the same item at another time', () => {
    const twice = [
      item({ id: 'a', capacity: 1 }),
      item({ id: 'a', capacity: 2 }),
      item({ id: 'a', start: '11:00:00Z' }),
    ];
    const { windows, itemsDuplicate } = read(statedOf(twice));
    expect(windows.map(({ capacityMw }) => capacityMw)).toEqual([2, 3.5]);
    expect(itemsDuplicate).toBe(1);
  });

  it('reads several catalogues, and an offer only for the items of its own', () => {
    const body = {
      ...statedOf([]),
      message: {
        catalogs: [catalog([item({ id: 'a' })], [offer('o', ['a', 'b'])]), {}, catalog([item({ id: 'b' })])],
      },
    };
    expect(read(body).windows.map(({ itemId, offers }) => [itemId, offers.length])).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
  });

  it('refuses more items than a catalogue can have', () => {
    const many = Array.from({ length: 5_001 }, (_, i) => item({ id: `i${i}` }));
    expect(() => read(statedOf(many))).toThrow('more than 5000 items');
  });

  it('refuses whatever else it is given by name, and never throws anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.anything().map((catalogs) => ({ message: { catalogs } })),
          fc.array(fc.anything()).map((items) => ({ message: { catalogs: [{ 'beckn:items': items }] } })),
          fc.dictionary(fc.string(), fc.anything()).map((attributes) => ({
            message: {
              catalogs: [
                {
                  'beckn:items': [{ 'beckn:id': 'a', 'beckn:itemAttributes': attributes }],
                  'beckn:offers': attributes,
                },
              ],
            },
          })),
        ),
        (body) => {
          try {
            expect(read(body).windows.length).toBeGreaterThan(0);
          } catch (error) {
            if (!(error instanceof PylonError)) throw error;
            expect(['SOURCE_CONTRACT_BROKEN', 'SOURCE_EMPTY']).toContain(error.code);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('an adapter', () => {
  it('is chosen by version and domain, in either spelling', () => {
    for (const domain of ['beckn.one:DEG:compute-energy:1.0', 'beckn.one.DEG:compute-energy:1.0'])
      expect(adapterOf({ version: '2.0.0', domain })).toBe(adapter);
    expect(adapterOf({ version: '2.0.1', domain: 'beckn.one:DEG:compute-energy:1.0' })).toBeNull();
    expect(adapterOf({ version: '2.0.0', domain: 'beckn.one:DEG:demand-flexibility:1.0' })).toBeNull();
  });

  it('writes a question that it reads as a context', () => {
    const asking = {
      transactionId: 't',
      messageId: 'm',
      bapId: 'b',
      bapUri: 'https://b.example/beckn',
      at: NOW,
    };
    const head = readContext(adapter.discover(asking, '$'), NOW);
    expect(head).toEqual({
      context: {
        version: '2.0.0',
        domain: 'beckn.one:DEG:compute-energy:1.0',
        action: 'discover',
        statedAt: NOW,
        messageId: 'm',
        transactionId: 't',
        bppId: null,
      },
    });
  });
});
