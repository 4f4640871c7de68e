import { MARKET_CODES, marketOf, type Market } from '../../domain/codes.js';
import { refuseArchivedKeys } from '../archive/archived-spans.js';
import type { GridSignalReader } from '../grid-signals.js';
import type { SourceCatalog } from '../source-catalog.js';
import { spanOf } from '../span.js';
import {
  MAX_SEQUENCE,
  STATED_COLUMNS,
  factsOf,
  readBySequence,
  type HalfHourKey,
  type SeriesPage,
  type StatedFacts,
  type StatedRow,
} from './stated.js';

/** The price of one half hour on one market, as one provider made it. */
export interface MarketPrice extends StatedFacts {
  readonly market: Market;
  readonly provider: string;
  readonly gbpPerMwh: number;
  readonly volumeMwh: number | null;
  readonly expectedErrorGbpPerMwh: number | null;
  readonly formula: string | null;
}

/** Place of a price in the order of pages. */
export interface PricePlace {
  readonly at: Date;
  readonly market: Market;
  readonly provider: string;
}

interface PriceRow extends StatedRow {
  readonly market: number;
  readonly provider: string;
  readonly gbp_per_mwh: number;
  readonly volume_mwh: number | null;
  readonly expected_error_gbp_per_mwh: number | null;
  readonly formula: string | null;
}

const COLUMNS = `${STATED_COLUMNS}, o.market, o.provider, o.gbp_per_mwh, o.volume_mwh, o.expected_error_gbp_per_mwh, o.formula`;

const priceOf = (row: PriceRow, sources: SourceCatalog): MarketPrice => ({
  ...factsOf(row, sources),
  market: marketOf(row.market),
  provider: row.provider,
  gbpPerMwh: row.gbp_per_mwh,
  volumeMwh: row.volume_mwh,
  expectedErrorGbpPerMwh: row.expected_error_gbp_per_mwh,
  formula: row.formula,
});

/** The newest word of each price of a span, by half hour, market and provider. */
export async function readPricePage(
  { db, sources, archive }: GridSignalReader,
  { markets, ...page }: SeriesPage<PricePlace> & { readonly markets: readonly Market[] },
): Promise<MarketPrice[]> {
  await archive.refuse('market_prices', page);
  const { rows } = await db.query<PriceRow>({
    name: 'price-page',
    text: `select distinct on (o.at, o.market, o.provider) ${COLUMNS} from market_prices o
      where o.at >= greatest($1, coalesce($3::timestamptz, $1)) and o.at < $2 and o.market = any ($6) and o.sequence <= $7
        and ($3::timestamptz is null or (o.at, o.market, o.provider) > ($3, $4::smallint, $5::text))
      order by o.at, o.market, o.provider, o.sequence desc limit $8`,
    values: [
      page.from,
      page.to,
      page.after?.at ?? null,
      page.after ? MARKET_CODES[page.after.market] : 0,
      page.after?.provider ?? '',
      markets.map((market) => MARKET_CODES[market]),
      page.asOf ?? MAX_SEQUENCE,
      page.limit,
    ],
  });
  return rows.map((row) => priceOf(row, sources));
}

/** The prices of some half hours on some markets, in the order of the half hours. */
export async function readPrices(
  { db, sources, archive }: GridSignalReader,
  keys: readonly HalfHourKey[],
  markets: readonly Market[],
): Promise<MarketPrice[][]> {
  const { rows } = await db.query<PriceRow & { readonly ord: number }>({
    name: 'prices-by-key',
    text: `select distinct on (k.ord, o.market, o.provider) k.ord::integer, ${COLUMNS}
      from unnest($1::timestamptz[], $2::bigint[]) with ordinality as k (at, as_of, ord)
      join market_prices o on o.at = k.at and o.at between $3 and $4 and o.sequence <= k.as_of and o.market = any ($5)
      order by k.ord, o.market, o.provider, o.sequence desc`,
    values: [
      keys.map(({ from }) => from),
      keys.map(({ asOf }) => asOf ?? MAX_SEQUENCE),
      ...spanOf(keys.map(({ from }) => from)),
      markets.map((market) => MARKET_CODES[market]),
    ],
  });
  const prices = keys.map((): MarketPrice[] => []);
  for (const row of rows) prices[row.ord - 1]?.push(priceOf(row, sources));
  const unspoken = keys.filter((_, i) => prices[i]?.length === 0).map(({ from }) => from);
  await refuseArchivedKeys(archive, 'market_prices', unspoken);
  return prices;
}

/** The prices that some events are about, by their sequence. */
export async function readPricesBySequence(
  { db, sources }: GridSignalReader,
  events: readonly { readonly sequence: bigint; readonly from: Date }[],
): Promise<MarketPrice[]> {
  const rows = await readBySequence<PriceRow>(db, 'market_prices', COLUMNS, events);
  return rows.map((row) => priceOf(row, sources));
}
