import type { GridSignalReader } from '../grid-signals.js';
import {
  MAX_SEQUENCE,
  STATED_COLUMNS,
  factsOf,
  readBySequence,
  type SeriesPage,
  type StatedFacts,
  type StatedRow,
} from './stated.js';

export interface FrequencyReading extends StatedFacts {
  readonly hz: number;
}

interface FrequencyRow extends StatedRow {
  readonly hz: number;
}

const COLUMNS = `${STATED_COLUMNS}, o.hz`;

/** The newest word of each reading of a span, oldest reading first. */
export async function readFrequencyPage(
  { db, sources, archive }: GridSignalReader,
  { from, to, after, limit, asOf }: SeriesPage<Date>,
): Promise<FrequencyReading[]> {
  await archive.refuse('frequency_readings', { from, to });
  const { rows } = await db.query<FrequencyRow>({
    name: 'frequency-page',
    text: `select distinct on (o.at) ${COLUMNS} from frequency_readings o
      where o.at >= $1 and o.at < $2 and ($3::timestamptz is null or o.at > $3) and o.sequence <= $4
      order by o.at, o.sequence desc limit $5`,
    values: [from, to, after, asOf ?? MAX_SEQUENCE, limit],
  });
  return rows.map((row) => ({ ...factsOf(row, sources), hz: row.hz }));
}

/** The readings that some events are about. */
export async function readFrequencyBySequence(
  { db, sources }: GridSignalReader,
  events: readonly { readonly sequence: bigint; readonly from: Date }[],
): Promise<FrequencyReading[]> {
  const rows = await readBySequence<FrequencyRow>(db, 'frequency_readings', COLUMNS, events);
  return rows.map((row) => ({ ...factsOf(row, sources), hz: row.hz }));
}

/** Readings that a mean over a half hour takes at least: a quarter of them, at one every fifteen seconds. */
const LEAST_READINGS = 30;

/** Mean distance from 50 Hz over each half hour of a span that was measured enough, Hz by its start in ms. */
export async function readMeanDeviations(
  { db }: GridSignalReader,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<Map<number, number>> {
  const { rows } = await db.query<{ half_hour: Date; deviation: number }>({
    name: 'frequency-deviations',
    text: `select date_bin('30 minutes', at, timestamptz '2000-01-01 00:00:00+00') as half_hour, avg(abs(hz - 50)) as deviation
      from (select distinct on (at) at, hz from frequency_readings where at >= $1 and at < $2 order by at, sequence desc) newest
      group by 1 having count(*) >= $3`,
    values: [from, to, LEAST_READINGS],
  });
  return new Map(rows.map(({ half_hour, deviation }) => [half_hour.getTime(), deviation]));
}
