import { MARKET_CODES, marketOf } from '../../domain/codes.js';
import { gbpPerMwhOf, type TradedPrice } from '../../domain/price-group.js';
import { refuseArchivedKeys } from '../archive/archived-spans.js';
import type { GridSignalReader } from '../grid-signals.js';
import type { HalfHourSpan } from '../headroom.js';
import { MAX_SEQUENCE } from '../series/stated.js';

/** Price and stress of Great Britain by half hour of a span. Null: unknown. */
export interface NationalOutlook {
  readonly gbpPerMwh: readonly (number | null)[];
  /** 0 to 1. */
  readonly gridStress: readonly (number | null)[];
}

/** One list a column, by market and provider within a slot. Null: nothing is known of any. */
interface NationalRow {
  readonly price_slots: readonly number[] | null;
  readonly markets: readonly number[];
  readonly gbp_per_mwh: readonly number[];
  readonly volume_mwh: readonly (number | null)[];
  readonly stress_slots: readonly number[] | null;
  readonly stress: readonly number[];
}

/**
 * One row: the prices and the stress that signals show, without what else is said of them.
 *
 * @param starts consecutive half hours.
 * @throws {PylonError} DATA_ARCHIVED
 */
export async function readNationalOutlook(
  { db, archive }: Pick<GridSignalReader, 'db' | 'archive'>,
  { from, to }: HalfHourSpan,
  starts: readonly Date[],
  asOf: bigint | null,
): Promise<NationalOutlook> {
  const { rows } = await db.query<NationalRow>({
    name: 'planning-national-outlook',
    text: `select p.*, s.* from (
        select json_agg(o.slot) as price_slots, json_agg(o.market) as markets, json_agg(o.gbp_per_mwh) as gbp_per_mwh, json_agg(o.volume_mwh) as volume_mwh
        from (
          select distinct on (at, market, provider) (date_part('epoch', at - $1) / 1800)::integer as slot, market, gbp_per_mwh, volume_mwh
          from market_prices where at >= $1 and at < $2 and sequence <= $3 and market = any ($4)
          order by at, market, provider, sequence desc) o
      ) p cross join (
        select json_agg(o.slot) as stress_slots, json_agg(o.stress) as stress
        from (
          select distinct on (at) (date_part('epoch', at - $1) / 1800)::integer as slot, stress
          from grid_stress where at >= $1 and at < $2 and sequence <= $3
          order by at, sequence desc) o
      ) s`,
    values: [from, to, asOf ?? MAX_SEQUENCE, [MARKET_CODES.MARKET_INDEX, MARKET_CODES.FORECAST]],
  });
  const row = rows[0]!;
  const prices = starts.map((): TradedPrice[] => []);
  row.price_slots?.forEach((slot, i) => {
    const market = marketOf(row.markets[i]!);
    prices[slot]!.push({ market, gbpPerMwh: row.gbp_per_mwh[i]!, volumeMwh: row.volume_mwh[i]! });
  });
  const gridStress = starts.map((): number | null => null);
  row.stress_slots?.forEach((slot, i) => {
    gridStress[slot] = row.stress[i]!;
  });
  const gbpPerMwh = prices.map(gbpPerMwhOf);
  const unknownIn = (values: readonly (number | null)[]): Date[] =>
    starts.filter((_, slot) => values[slot] === null);
  await refuseArchivedKeys(archive, 'market_prices', unknownIn(gbpPerMwh));
  await refuseArchivedKeys(archive, 'grid_stress', unknownIn(gridStress));
  return { gbpPerMwh, gridStress };
}
