import type { PriceStatement } from '../../domain/series.js';
import { RowRefused, rowOf } from '../rows.js';
import {
  ELEXON_LICENCE,
  ELEXON_SINCE,
  elexonDocs,
  elexonRowName,
  elexonRows,
  settlementDatesIn,
} from '../elexon/routes.js';
import { MOST_GBP_PER_MWH, halfHourOf, instantOf, numberIn } from '../elexon/values.js';
import { parseRows } from '../parse-rows.js';
import { defineSeries } from '../source.js';

/**
 * Elexon system prices (DISEBSP): what imbalance costs in a half hour, as published by settlement. Unit: GBP/MWh, as many
 * decimals as are sent; negative prices are real.
 *
 * Quirks: one settlement date a request, a day in London of 46, 48 or 50 periods; only the latest settlement run is
 * answered, and runs go on for 14 months, of which the look-back sees the first days: `pylon backfill` brings the rest.
 */
export const elexonSystemPrices = defineSeries({
  id: 'elexon-system-prices',
  title: 'System sell and buy prices',
  produces: 'market_prices',
  docs: elexonDocs('balancing/settlement/system-prices/%7BsettlementDate%7D'),
  licence: ELEXON_LICENCE,
  baseUrl: 'ELEXON_URL',
  cadence: { everyMinutes: 30, afterMinutes: 17 },
  lookbackHours: 48,
  horizonHours: 0,
  priority: 100,
  history: { windowDays: 7, since: ELEXON_SINCE },
  async *fetch(window, { json }) {
    for (const date of settlementDatesIn(window))
      yield await json(`/balancing/settlement/system-prices/${date}`);
  },
  parse: (body) => parseRows(elexonRows(body), elexonRowName, pricesOf),
});

function pricesOf(row: unknown): PriceStatement[] {
  const said = rowOf(row);
  const at = halfHourOf(said);
  const issuedAt = said['createdDateTime'] == null ? null : instantOf(said, 'createdDateTime');
  const stated = [
    ['SYSTEM_SELL', 'systemSellPrice'],
    ['SYSTEM_BUY', 'systemBuyPrice'],
  ] as const;
  const prices = stated.flatMap(([market, name]): PriceStatement[] =>
    said[name] == null
      ? []
      : [
          {
            at,
            kind: 'OUTTURN',
            issuedAt,
            market,
            provider: 'ELEXON',
            gbpPerMwh: numberIn(said[name], name, -MOST_GBP_PER_MWH, MOST_GBP_PER_MWH),
            volumeMwh: null,
            expectedErrorGbpPerMwh: null,
            formula: null,
          },
        ],
  );
  if (prices.length === 0) throw new RowRefused('states neither systemSellPrice nor systemBuyPrice');
  return prices;
}
