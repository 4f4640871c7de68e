import type { GridSignalReader } from './grid-signals.js';

/** A stored record of a data set without a type of its own: the newest of its time and key, or the newest by a past sequence. */
export interface StoredRecord {
  readonly dataset: string;
  readonly at: Date;
  readonly key: string;
  readonly bmUnit: string | null;
  /** The row as the publisher wrote it. */
  readonly payload: unknown;
  readonly ingestRunId: number;
  readonly knownAt: Date;
}

interface Row {
  readonly dataset: string;
  readonly at: Date;
  readonly key: string;
  readonly bm_unit: string | null;
  readonly payload: unknown;
  readonly ingest_run_id: number;
  readonly known_at: Date;
}

/** The place of a record in the order of its set. */
export interface RecordPosition {
  readonly at: Date;
  readonly key: string;
}

export interface RecordPage {
  readonly dataset: string;
  readonly from: Date;
  readonly to: Date;
  /** Only of this unit; null for all. */
  readonly bmUnit: string | null;
  /** The last one of the page before; null for the first page. */
  readonly after: RecordPosition | null;
  readonly limit: number;
  /** The sequence to answer as of; null for the newest. */
  readonly asOf: bigint | null;
}

/** Each has an index of its own, which a condition that may be left out would not use. */
const STATEMENTS = {
  all: { name: 'dataset-records', unit: '$8::text is null' },
  unit: { name: 'dataset-records-of-unit', unit: 'd.bm_unit = $8' },
} as const;

/** Records of one set whose own time lies in a span, in the order of time and key. */
export async function readRecordPage(
  { db, archive }: Pick<GridSignalReader, 'db' | 'archive'>,
  { dataset, from, to, bmUnit, after, limit, asOf }: RecordPage,
): Promise<StoredRecord[]> {
  await archive.refuse('dataset_records', { from, to });
  const { name, unit } = STATEMENTS[bmUnit === null ? 'all' : 'unit'];
  const { rows } = await db.query<Row>({
    name,
    text: `select n.dataset, n.at, n.key, n.bm_unit, n.payload, n.ingest_run_id, c.known_at
      from (
        select distinct on (d.at, d.key) d.*, r.last_sequence
        from dataset_records d
        -- A probe a row, however many runs there are: of a page there are few.
        cross join lateral (select last_sequence from ingest_runs where ingest_run_id = d.ingest_run_id limit 1) r
        where d.dataset = $1 and d.at >= $2 and d.at < $3 and (d.at, d.key) > (coalesce($4::timestamptz, '-infinity'), coalesce($5::text, ''))
          and r.last_sequence <= coalesce($6::bigint, 9223372036854775807) and ${unit}
        order by d.at, d.key, d.ingest_run_id desc limit $7
      ) n join event_commits c on c.last_sequence = n.last_sequence
      order by n.at, n.key`,
    values: [dataset, from, to, after?.at ?? null, after?.key ?? null, asOf, limit, bmUnit],
  });
  return rows.map((row) => ({
    dataset: row.dataset,
    at: row.at,
    key: row.key,
    bmUnit: row.bm_unit,
    payload: row.payload,
    ingestRunId: row.ingest_run_id,
    knownAt: row.known_at,
  }));
}
