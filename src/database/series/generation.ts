import type { GridSignalReader } from '../grid-signals.js';
import type { SourceCatalog } from '../source-catalog.js';
import {
  MAX_SEQUENCE,
  STATED_COLUMNS,
  factsOf,
  readBySequence,
  type SeriesPage,
  type StatedFacts,
  type StatedRow,
} from './stated.js';

/** Mean power by one fuel type over five minutes or a half hour. */
export interface FuelGeneration extends StatedFacts {
  readonly resolutionMinutes: number;
  readonly fuelType: string;
  readonly mw: number;
}

export interface GenerationPlace {
  readonly at: Date;
  readonly fuelType: string;
}

/** Which series of generation. Elexon's fuel codes are all capitals, the types of its per-type report are not. */
export interface GenerationSeries {
  readonly resolutionMinutes: number;
  readonly byReportedType: boolean;
  /** Null for all. */
  readonly fuelTypes: readonly string[] | null;
}

interface GenerationRow extends StatedRow {
  readonly resolution_minutes: number;
  readonly fuel_type: string;
  readonly mw: number;
}

const COLUMNS = `${STATED_COLUMNS}, o.resolution_minutes, o.fuel_type, o.mw`;

const generationOf = (row: GenerationRow, sources: SourceCatalog): FuelGeneration => ({
  ...factsOf(row, sources),
  resolutionMinutes: row.resolution_minutes,
  fuelType: row.fuel_type,
  mw: row.mw,
});

/** The newest word of each period and fuel type of a span, in that order. */
export async function readGenerationPage(
  { db, sources, archive }: GridSignalReader,
  { resolutionMinutes, byReportedType, fuelTypes, ...page }: SeriesPage<GenerationPlace> & GenerationSeries,
): Promise<FuelGeneration[]> {
  await archive.refuse('fuel_generation', page);
  const { rows } = await db.query<GenerationRow>({
    name: 'generation-page',
    text: `select distinct on (o.at, o.fuel_type) ${COLUMNS} from fuel_generation o
      where o.at >= greatest($1, coalesce($3::timestamptz, $1)) and o.at < $2 and o.resolution_minutes = $5
        and (o.fuel_type <> upper(o.fuel_type)) = $6 and ($7::text[] is null or o.fuel_type = any ($7)) and o.sequence <= $8
        and ($3::timestamptz is null or (o.at, o.fuel_type) > ($3, $4::text))
      order by o.at, o.fuel_type, o.sequence desc limit $9`,
    values: [
      page.from,
      page.to,
      page.after?.at ?? null,
      page.after?.fuelType ?? '',
      resolutionMinutes,
      byReportedType,
      fuelTypes,
      page.asOf ?? MAX_SEQUENCE,
      page.limit,
    ],
  });
  return rows.map((row) => generationOf(row, sources));
}

/** Start of the newest period of a span that is known at a resolution; null where none is. */
export async function readNewestGeneration(
  { db }: GridSignalReader,
  span: { readonly after: Date; readonly upTo: Date; readonly asOf: bigint | null },
  resolutionMinutes: number,
): Promise<Date | null> {
  const { rows } = await db.query<{ at: Date }>({
    name: 'newest-generation',
    text: `select at from fuel_generation where at > $1 and at <= $2 and resolution_minutes = $3 and fuel_type = upper(fuel_type)
      and sequence <= $4 order by at desc limit 1`,
    values: [span.after, span.upTo, resolutionMinutes, span.asOf ?? MAX_SEQUENCE],
  });
  return rows[0]?.at ?? null;
}

/** The statements that some events are about. */
export async function readGenerationBySequence(
  { db, sources }: GridSignalReader,
  events: readonly { readonly sequence: bigint; readonly from: Date }[],
): Promise<FuelGeneration[]> {
  const rows = await readBySequence<GenerationRow>(db, 'fuel_generation', COLUMNS, events);
  return rows.map((row) => generationOf(row, sources));
}
