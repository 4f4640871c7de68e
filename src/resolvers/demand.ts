import type { Context } from '../context.js';
import { readDemandHalfHours } from '../database/series/demand.js';
import type { DemandGroup } from '../domain/grid-signal.js';
import { decodeKeyset, encodeKeyset, instantAt } from '../domain/keyset-cursor.js';
import { settlementPeriodOf } from '../domain/settlement-period.js';
import { asOfOf } from './as-of.js';
import { halfHourRange } from './half-hour-range.js';
import { pageOf, pageSize, positionAfter, type Page, type PageArgs } from './page.js';

const LONGEST_DAYS = 366;

/** Demand over one half hour. */
export interface DemandPeriod {
  readonly from: Date;
  readonly settlementDate: string;
  readonly settlementPeriod: number;
  readonly demand: DemandGroup;
}

export interface SpanArgs extends PageArgs {
  readonly from: Date;
  readonly to: Date;
  readonly asOf?: Date | null | undefined;
}

/** Answers `demand`. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export async function demandPage(args: SpanArgs, context: Context): Promise<Page<DemandPeriod>> {
  const size = pageSize(args);
  const after = positionAfter(args.after, decodeCursor);
  const range = halfHourRange(args.from, args.to, LONGEST_DAYS);
  const asOf = (await asOfOf(args.asOf, context))?.sequence ?? null;
  const halfHours = await readDemandHalfHours(context.database.reader, {
    ...range,
    after,
    limit: size + 1,
    asOf,
  });
  const groups = await Promise.all(halfHours.map((from) => context.loaders.demand.load({ from, asOf })));
  const periods = halfHours.flatMap((from, i) => {
    const demand = groups[i];
    return demand ? [{ from, ...settlementPeriodOf(from), demand }] : [];
  });
  return pageOf(periods, size, after, ({ from }) => encodeKeyset('d1', [from.getTime()]));
}

const decodeCursor = (text: string): Date | null =>
  instantAt(decodeKeyset('d1', ['number'], text)?.[0] ?? Number.NaN);
