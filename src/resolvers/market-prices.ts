import type { Context } from '../context.js';
import { readPricePage, type MarketPrice, type PricePlace } from '../database/series/prices.js';
import { MARKET_CODES, marketOf, type Market } from '../domain/codes.js';
import { PylonError } from '../domain/errors.js';
import { decodeKeyset, encodeKeyset, instantAt } from '../domain/keyset-cursor.js';
import { GREAT_BRITAIN } from '../domain/regions.js';
import { asOfOf, type AsOf } from './as-of.js';
import type { SpanArgs } from './demand.js';
import { halfHourRange } from './half-hour-range.js';
import { pageOf, pageSize, positionAfter, type Page } from './page.js';
import { nodeOf, type SignalNode } from './signal-node.js';

const LONGEST_DAYS = 366;

/** A price as the graph hands it on: with the instant it was asked for, which its links keep to. */
export interface PriceNode extends MarketPrice {
  readonly asOf: AsOf | null;
}

export interface MarketPricesArgs extends SpanArgs {
  readonly market?: Market | null | undefined;
}

/**
 * Answers `marketPrices` and `Region.prices`.
 *
 * @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR; DATA_MISSING when a forecast is asked for and none is derived.
 */
export async function marketPrices(args: MarketPricesArgs, context: Context): Promise<Page<PriceNode>> {
  const size = pageSize(args);
  const after = positionAfter(args.after, decodeCursor);
  const range = halfHourRange(args.from, args.to, LONGEST_DAYS);
  const asOf = await asOfOf(args.asOf, context);
  const rows = await readPricePage(context.database.reader, {
    ...range,
    after,
    limit: size + 1,
    asOf: asOf?.sequence ?? null,
    markets: args.market ? [args.market] : (Object.keys(MARKET_CODES) as Market[]),
  });
  if (args.market === 'FORECAST' && rows.length === 0 && !after) throw noForecast(range);
  return pageOf(
    rows.map((price) => ({ ...price, asOf })),
    size,
    after,
    ({ at, market, provider }) => encodeKeyset('p1', [at.getTime(), MARKET_CODES[market], provider]),
  );
}

/** Answers `MarketPrice.gridSignal`: Great Britain's, of the same half hour. */
export async function priceSignal(
  { at, asOf }: PriceNode,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<SignalNode | null> {
  const signal = await loaders.signal.load({ regionId: GREAT_BRITAIN, from: at, asOf });
  return signal && nodeOf(signal, asOf);
}

const noForecast = ({ from, to }: { readonly from: Date; readonly to: Date }): PylonError =>
  new PylonError(
    'DATA_MISSING',
    `no price is derived for ${from.toISOString()} to ${to.toISOString()}: it takes three like days of the market index before, ` +
      'which `pylon backfill --source elexon-market-index` brings',
  );

function decodeCursor(text: string): PricePlace | null {
  const [ms, code, provider] = decodeKeyset('p1', ['number', 'number', 'string'], text) ?? [];
  const at = instantAt(ms ?? Number.NaN);
  if (!at || code === undefined || provider === undefined) return null;
  return Object.values<number>(MARKET_CODES).includes(code) ? { at, market: marketOf(code), provider } : null;
}
