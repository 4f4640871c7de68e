import type { Context } from '../context.js';
import {
  readGenerationPage,
  readNewestGeneration,
  type FuelGeneration,
  type GenerationPlace,
} from '../database/series/generation.js';
import { PylonError } from '../domain/errors.js';
import { elexonFuelOf } from '../domain/elexon-fuels.js';
import { decodeKeyset, encodeKeyset, instantAt } from '../domain/keyset-cursor.js';
import { asOfOf, type AsOf } from './as-of.js';
import type { SpanArgs } from './demand.js';
import { pageOf, pageSize, positionAfter, type Page } from './page.js';
import { instantRange } from './instant-range.js';

const LONGEST_DAYS = 366;
const MINUTE_MS = 60_000;
/** Published five minutes late every five minutes, by the half hour some minutes after it: older than this is not now. */
const NOW_MINUTES = 60;
/** One period has some twenty fuel types. */
const MOST_FUEL_TYPES = 100;

export type Resolution = 'FIVE_MINUTES' | 'HALF_HOUR';
const MINUTES: Readonly<Record<Resolution, number>> = { FIVE_MINUTES: 5, HALF_HOUR: 30 };

/** Elexon's fuel codes, or the resource types of its report of actual generation per type. */
export type Classification = 'FUEL_TYPE' | 'RESOURCE_TYPE';

export interface FuelGenerationArgs extends SpanArgs {
  readonly fuelTypes?: readonly string[] | null | undefined;
  readonly resolution?: Resolution | null | undefined;
  readonly classification?: Classification | null | undefined;
  readonly joinWind?: boolean | null | undefined;
}

/** A row of a page, and the place of the last statement it is made of. */
interface PlacedGeneration extends FuelGeneration {
  readonly place: GenerationPlace;
}

/**
 * Answers `fuelGeneration`: at the resolution asked for, else the finest that is known of the span.
 *
 * @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR
 */
export async function fuelGeneration(
  args: FuelGenerationArgs,
  context: Context,
): Promise<Page<FuelGeneration>> {
  if (args.fuelTypes?.length === 0)
    throw new PylonError('BAD_USER_INPUT', 'fuelTypes names no fuel type; leave it out for all');
  const size = pageSize(args);
  const byReportedType = args.classification === 'RESOURCE_TYPE';
  const begun = positionAfter(args.after, decodeCursor);
  const range = instantRange(args.from, args.to, LONGEST_DAYS);
  const asOf = (await asOfOf(args.asOf, context))?.sequence ?? null;
  const resolutionMinutes =
    begun?.resolutionMinutes ??
    (args.resolution ? MINUTES[args.resolution] : await finestKnown(range, byReportedType, asOf, context));
  const rows = await readGenerationPage(context.database.reader, {
    ...range,
    resolutionMinutes,
    byReportedType,
    fuelTypes: args.fuelTypes ?? null,
    after: begun,
    limit: args.joinWind ? 2 * (size + 1) : size + 1, // two rows become one
    asOf,
  });
  return pageOf(args.joinWind ? withWindJoined(rows) : rows.map(placed), size, begun, ({ place }) =>
    encodeKeyset('g1', [resolutionMinutes, place.at.getTime(), place.fuelType]),
  );
}

const placed = (row: FuelGeneration): PlacedGeneration => ({
  ...row,
  place: { at: row.at, fuelType: row.fuelType },
});

const WIND_TYPES = new Set(['Wind Offshore', 'Wind Onshore']);

/** Offshore and onshore wind of one period, which follow each other, as one row of the newer one's provenance. */
export function withWindJoined(rows: readonly FuelGeneration[]): PlacedGeneration[] {
  const joined: PlacedGeneration[] = [];
  for (const row of rows) {
    const before = joined.at(-1);
    if (!WIND_TYPES.has(row.fuelType)) joined.push(placed(row));
    else if (before?.fuelType === 'Wind' && before.at.getTime() === row.at.getTime())
      joined[joined.length - 1] = {
        ...(before.sequence > row.sequence ? before : row),
        fuelType: 'Wind',
        mw: sumMw([before, row]),
        place: { at: row.at, fuelType: row.fuelType },
      };
    else joined.push({ ...placed(row), fuelType: 'Wind' });
  }
  return joined;
}

async function finestKnown(
  { from, to }: { readonly from: Date; readonly to: Date },
  byReportedType: boolean,
  asOf: bigint | null,
  { database }: Pick<Context, 'database'>,
): Promise<number> {
  if (byReportedType) return MINUTES.HALF_HOUR; // there is no other
  const span = { after: new Date(from.getTime() - 1), upTo: new Date(to.getTime() - 1), asOf };
  const known = await readNewestGeneration(database.reader, span, MINUTES.FIVE_MINUTES);
  return known ? MINUTES.FIVE_MINUTES : MINUTES.HALF_HOUR;
}

/** Generation by fuel type over one period; sums are over its rows. */
export interface GenerationNow {
  readonly at: Date;
  readonly resolutionMinutes: number;
  readonly rows: readonly FuelGeneration[];
  readonly instant: Date;
}

/**
 * Answers `generationNow`: the newest period that began at or before now, or the past instant asked for.
 *
 * @throws {PylonError} DATA_MISSING when the newest is older than an hour.
 */
export async function generationNow(
  args: { readonly asOf?: Date | null | undefined },
  context: Context,
): Promise<GenerationNow> {
  const asOf = await asOfOf(args.asOf, context);
  const period = await newestPeriod(asOf, context);
  if (!period)
    throw new PylonError(
      'DATA_MISSING',
      `no generation is known for the hour before ${(asOf?.instant ?? context.now).toISOString()}; \`sources\` tells why`,
    );
  return period;
}

/** The newest period of the last hour, at the finest resolution that has one; null where none is known. */
export async function newestPeriod(
  asOf: AsOf | null,
  { database, now }: Pick<Context, 'database' | 'now'>,
): Promise<GenerationNow | null> {
  const instant = asOf?.instant ?? now;
  const span = {
    after: new Date(instant.getTime() - NOW_MINUTES * MINUTE_MS),
    upTo: instant,
    asOf: asOf?.sequence ?? null,
  };
  for (const resolutionMinutes of [MINUTES.FIVE_MINUTES, MINUTES.HALF_HOUR]) {
    const at = await readNewestGeneration(database.reader, span, resolutionMinutes);
    if (!at) continue;
    const rows = await readGenerationPage(database.reader, {
      from: at,
      to: new Date(at.getTime() + 1),
      resolutionMinutes,
      byReportedType: false,
      fuelTypes: null,
      after: null,
      limit: MOST_FUEL_TYPES,
      asOf: span.asOf,
    });
    return { at, resolutionMinutes, rows, instant };
  }
  return null;
}

/** Power from abroad is not generated here. */
export const isImport = ({ fuelType }: Pick<FuelGeneration, 'fuelType'>): boolean =>
  elexonFuelOf(fuelType).kind === 'INTERCONNECTOR';

/** Sum of the rows, MW; to a watt, because sums of fractions are not exact. */
export const sumMw = (rows: readonly FuelGeneration[]): number =>
  Math.round(rows.reduce((sum, { mw }) => sum + mw, 0) * 1e6) / 1e6;

interface Begun extends GenerationPlace {
  readonly resolutionMinutes: number;
}

function decodeCursor(text: string): Begun | null {
  const [resolutionMinutes, ms, fuelType] = decodeKeyset('g1', ['number', 'number', 'string'], text) ?? [];
  const at = instantAt(ms ?? Number.NaN);
  if (!at || fuelType === undefined || (resolutionMinutes !== 5 && resolutionMinutes !== 30)) return null;
  return { at, fuelType, resolutionMinutes };
}
