import type { PriceGroup } from './grid-signal.js';

/** A price of a half hour, as far as its place among the others is concerned. */
interface StatedPrice extends PriceGroup {
  readonly volumeMwh: number | null;
}

/** The market index over all its providers, weighted by what they traded; else the derived price. */
export function priceGroupOf(prices: readonly StatedPrice[]): PriceGroup | null {
  const traded = prices
    .filter(({ market }) => market === 'MARKET_INDEX')
    .toSorted((a, b) => (b.volumeMwh ?? 0) - (a.volumeMwh ?? 0));
  const [price] = traded.length > 0 ? traded : prices;
  if (!price) return null;
  const { market, kind, expectedErrorGbpPerMwh, provenance } = price;
  return { gbpPerMwh: meanOf(traded) ?? price.gbpPerMwh, market, kind, expectedErrorGbpPerMwh, provenance };
}

function meanOf(traded: readonly StatedPrice[]): number | null {
  if (traded.length < 2) return null; // one price is itself, to the last digit
  const volume = traded.reduce((sum, { volumeMwh }) => sum + (volumeMwh ?? 0), 0);
  if (volume === 0) return null;
  return traded.reduce((sum, { gbpPerMwh, volumeMwh }) => sum + gbpPerMwh * (volumeMwh ?? 0), 0) / volume;
}
