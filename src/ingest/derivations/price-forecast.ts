import { readPrices } from '../../database/series/prices.js';
import { PRICE_FORMULA, PRICE_HISTORY_DAYS, expectedPrices } from '../../domain/derived/price-forecast.js';
import { priceGroupOf } from '../../domain/price-group.js';
import { addHalfHours, floorToHalfHour, halfHours } from '../../domain/half-hour.js';
import type { Derivation } from './derivation.js';

const HORIZON_HALF_HOURS = 96;

export const priceForecastDerivation: Derivation<'market_prices'> = {
  id: 'price-forecast',
  produces: 'market_prices',
  inputs: ['market_prices'],
  derive: async (reader, now) => {
    const start = floorToHalfHour(now);
    const past = halfHours(addHalfHours(start, -(PRICE_HISTORY_DAYS + 1) * 48), start);
    const prices = await readPrices(
      reader,
      past.map((from) => ({ from, asOf: null })),
      ['MARKET_INDEX'],
    );
    const history = past.flatMap((from, i) => {
      const price = priceGroupOf(prices[i] ?? []);
      return price ? [{ from, gbpPerMwh: price.gbpPerMwh }] : [];
    });
    const ahead = halfHours(start, addHalfHours(start, HORIZON_HALF_HOURS));
    return expectedPrices(history, now, ahead).map(({ from, gbpPerMwh, expectedErrorGbpPerMwh }) => ({
      at: from,
      kind: 'DERIVED',
      issuedAt: null,
      market: 'FORECAST',
      provider: 'pylon',
      gbpPerMwh,
      volumeMwh: null,
      expectedErrorGbpPerMwh,
      formula: PRICE_FORMULA,
    }));
  },
};
