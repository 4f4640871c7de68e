import { formatMinute } from '../../domain/instant.js';
import type { PriceStatement } from '../../domain/series.js';
import { rowOf } from '../rows.js';
import { ELEXON_LICENCE, ELEXON_SINCE, elexonDocs, elexonRowName, elexonRows } from '../elexon/routes.js';
import { MOST_GBP_PER_MWH, halfHourOf, labelOf, numberIn } from '../elexon/values.js';
import { parseRows } from '../parse-rows.js';
import { defineSeries } from '../source.js';

/** No half hour's trade on an exchange is near it: all of Great Britain uses about 30,000. */
const MOST_MWH = 1_000_000;

/**
 * Elexon MID: the price of short-term wholesale trade in a half hour, by exchange. Units: GBP/MWh, MWh. Negative prices
 * are real.
 *
 * Quirk: an exchange without trade is listed with volume 0 and price 0, which is no price: it is left out, and told by
 * the volume alone, because the exchange that nearly never trades sometimes does.
 */
export const elexonMarketIndex = defineSeries({
  id: 'elexon-market-index',
  title: 'Market index price, by exchange',
  produces: 'market_prices',
  docs: elexonDocs('datasets/MID/stream'),
  licence: ELEXON_LICENCE,
  baseUrl: 'ELEXON_URL',
  cadence: { everyMinutes: 30, afterMinutes: 5 },
  lookbackHours: 24,
  horizonHours: 0,
  priority: 100,
  history: { windowDays: 7, since: ELEXON_SINCE },
  async *fetch({ from, to }, { json }) {
    yield await json(`/datasets/MID/stream?from=${formatMinute(from)}&to=${formatMinute(to)}`);
  },
  parse: (body) => parseRows(elexonRows(body), elexonRowName, pricesOf),
});

function pricesOf(row: unknown): PriceStatement[] {
  const said = rowOf(row);
  const at = halfHourOf(said);
  const provider = labelOf(said['dataProvider'], 'dataProvider');
  const volumeMwh = numberIn(said['volume'], 'volume', 0, MOST_MWH);
  if (volumeMwh === 0) return [];
  const gbpPerMwh = numberIn(said['price'], 'price', -MOST_GBP_PER_MWH, MOST_GBP_PER_MWH);
  return [
    {
      at,
      kind: 'OUTTURN',
      issuedAt: null,
      market: 'MARKET_INDEX',
      provider,
      gbpPerMwh,
      volumeMwh,
      expectedErrorGbpPerMwh: null,
      formula: null,
    },
  ];
}
