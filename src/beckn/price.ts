import type { StatedPrice } from '../domain/compute-window.js';
import { at, nameOf, quoted, term } from './json.js';

/** What multiplies a price for a unit into one for a MWh. */
const MWH_IN: Readonly<Record<string, number>> = {
  per_kwh: 1000,
  'per kwh': 1000,
  kwh: 1000,
  per_mwh: 1,
  'per mwh': 1,
  mwh: 1,
};
/** Beyond any price of power ever made, in whatever currency. */
const HIGHEST = 1e9;
const DECIMAL = /^-?\d{1,12}(\.\d{1,12})?$/;

/**
 * The price of an offer: `value` as text in catalogues, `price` as a number in orders. Only pounds become GBP/MWh: no
 * exchange rate is made up.
 */
export function statedPrice(offer: unknown): StatedPrice {
  const price = term(offer, 'price');
  const raw = at(price, 'value') ?? at(price, 'price');
  const amount = amountOf(raw);
  const currency = nameOf(at(price, 'currency'))?.toUpperCase() ?? null;
  const unit = nameOf(term(term(offer, 'offerAttributes'), 'unit'));
  const stated = { originalPrice: amount, originalCurrency: currency, originalUnit: unit };
  const without = (priceReason: string): StatedPrice => ({ ...stated, gbpPerMwh: null, priceReason });
  if (amount === null)
    return without(raw === undefined ? 'no price is stated' : `${quoted(raw)} is no amount of money`);
  if (currency === null) return without('the price states no currency');
  if (currency !== 'GBP') return without(`in ${currency}: no exchange rate is known`);
  const factor = unit === null ? undefined : MWH_IN[unit.toLowerCase()];
  if (factor === undefined)
    return without(unit === null ? 'the price states no unit' : `${quoted(unit)} is no price of energy`);
  // A float of three decimals times a thousand has a tail of dust: 1.001 × 1000 = 1000.9999999999999.
  return { ...stated, gbpPerMwh: Number((amount * factor).toFixed(6)), priceReason: null };
}

/** An amount written as a number or as decimal text; null for anything else, and for what no price can be. */
function amountOf(value: unknown): number | null {
  const amount =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && DECIMAL.test(value.trim())
        ? Number(value)
        : NaN;
  return Math.abs(amount) <= HIGHEST ? amount : null;
}
