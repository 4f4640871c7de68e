import type { GridSignalReader } from '../grid-signals.js';
import {
  MAX_SEQUENCE,
  STATED_COLUMNS,
  factsOf,
  type SeriesPage,
  type StatedFacts,
  type StatedRow,
} from './stated.js';

/** Rolling demand of the system at one instant, MW. */
export interface DemandReading extends StatedFacts {
  /** The publisher's own word, undocumented; null where it says none. */
  readonly recordType: string | null;
  readonly demandMw: number;
}

export interface DemandReadingPlace {
  readonly at: Date;
  /** '' where the publisher says none, as it is stored. */
  readonly recordType: string;
}

interface DemandReadingRow extends StatedRow {
  readonly record_type: string;
  readonly demand_mw: number;
}

/** The newest word of each instant and record type of a span, in that order. */
export async function readDemandReadingPage(
  { db, sources, archive }: GridSignalReader,
  { from, to, after, limit, asOf }: SeriesPage<DemandReadingPlace>,
): Promise<DemandReading[]> {
  await archive.refuse('demand_readings', { from, to });
  const { rows } = await db.query<DemandReadingRow>({
    name: 'demand-reading-page',
    text: `select distinct on (o.at, o.record_type) ${STATED_COLUMNS}, o.record_type, o.demand_mw from demand_readings o
      where o.at >= greatest($1, coalesce($3::timestamptz, $1)) and o.at < $2 and o.sequence <= $5
        and ($3::timestamptz is null or (o.at, o.record_type) > ($3, $4::text))
      order by o.at, o.record_type, o.sequence desc limit $6`,
    values: [from, to, after?.at ?? null, after?.recordType ?? '', asOf ?? MAX_SEQUENCE, limit],
  });
  return rows.map((row) => ({
    ...factsOf(row, sources),
    recordType: row.record_type === '' ? null : row.record_type,
    demandMw: row.demand_mw,
  }));
}
