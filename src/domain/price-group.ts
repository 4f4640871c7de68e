import type { PriceGroup } from './grid-signal.js';

/** A price of a half hour, as far as its place among the others is concerned. */
export interface TradedPrice extends Pick<PriceGroup, 'market' | 'gbpPerMwh'> {
  readonly volumeMwh: number | null;
}

interface StatedPrice extends PriceGroup, TradedPrice {}

/** The market index over all its providers, weighted by what they traded; else the derived price. */
export function priceGroupOf(prices: readonly StatedPrice[]): PriceGroup | null {
  const found = foremostOf(prices);
  if (!found) return null;
  const { price, gbpPerMwh } = found;
  const { market, kind, expectedErrorGbpPerMwh, provenance } = price;
  return { gbpPerMwh, market, kind, expectedErrorGbpPerMwh, provenance };
}

/** The same price alone, GBP/MWh. */
export const gbpPerMwhOf = (prices: readonly TradedPrice[]): number | null =>
  foremostOf(prices)?.gbpPerMwh ?? null;

function foremostOf<Price extends TradedPrice>(
  prices: readonly Price[],
): { readonly price: Price; readonly gbpPerMwh: number } | null {
  const traded = prices
    .filter(({ market }) => market === 'MARKET_INDEX')
    .toSorted((a, b) => (b.volumeMwh ?? 0) - (a.volumeMwh ?? 0));
  const [price] = traded.length > 0 ? traded : prices;
  return price ? { price, gbpPerMwh: meanOf(traded) ?? price.gbpPerMwh } : null;
}

function meanOf(traded: readonly TradedPrice[]): number | null {
  if (traded.length < 2) return null; // one price is itself, to the last digit
  const volume = traded.reduce((sum, { volumeMwh }) => sum + (volumeMwh ?? 0), 0);
  if (volume === 0) return null;
  return traded.reduce((sum, { gbpPerMwh, volumeMwh }) => sum + gbpPerMwh * (volumeMwh ?? 0), 0) / volume;
}
