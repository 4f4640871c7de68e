import type pg from 'pg';
import { kindOf, qualityOf, type ObservationKind } from '../../domain/codes.js';
import type { Provenance } from '../../domain/grid-signal.js';
import type { SourceCatalog } from '../source-catalog.js';
import type { SeriesName } from '../../domain/series.js';
import { spanOf } from '../span.js';

/** The columns that the statements of every family have. */
export interface StatedRow {
  readonly at: Date;
  readonly sequence: bigint;
  readonly known_at: Date;
  readonly issued_at: Date | null;
  readonly source_id: number;
  readonly kind: number;
  readonly quality: number;
}

export const STATED_COLUMNS = 'o.at, o.sequence, o.known_at, o.issued_at, o.source_id, o.kind, o.quality';

/** What every statement tells besides its values. */
export interface StatedFacts {
  readonly at: Date;
  readonly sequence: bigint;
  readonly kind: ObservationKind;
  readonly provenance: Provenance;
}

export const factsOf = (row: StatedRow, sources: SourceCatalog): StatedFacts => ({
  at: row.at,
  sequence: row.sequence,
  kind: kindOf(row.kind),
  provenance: {
    source: sources.codeOf(row.source_id),
    quality: qualityOf(row.quality),
    issuedAt: row.issued_at,
    knownAt: row.known_at,
  },
});

/** Newest of all, for statements that are cut by a sequence. */
export const MAX_SEQUENCE = 2n ** 63n - 1n;

/** A span of a series, and where in it a page begins. */
export interface SeriesPage<After> {
  /** Inside. */
  readonly from: Date;
  /** Outside. */
  readonly to: Date;
  /** Only what comes after this place; null for the first page. */
  readonly after: After | null;
  readonly limit: number;
  /** The sequence to answer as of; null for the newest. */
  readonly asOf: bigint | null;
}

/** A half hour, as of a sequence; null for the newest. */
export interface HalfHourKey {
  readonly from: Date;
  readonly asOf: bigint | null;
}

/** The statements of a family that some events are about: each has the sequence of its event. */
export async function readBySequence<Row extends StatedRow>(
  db: Pick<pg.Pool, 'query'>,
  family: SeriesName,
  columns: string,
  events: readonly { readonly sequence: bigint; readonly from: Date }[],
): Promise<Row[]> {
  const { rows } = await db.query<Row>({
    name: `${family}-by-sequence`,
    text: `select ${columns} from unnest($1::timestamptz[], $2::bigint[]) as k (at, sequence)
      join ${family} o on o.at = k.at and o.sequence = k.sequence and o.at between $3 and $4`,
    values: [
      events.map(({ from }) => from),
      events.map(({ sequence }) => sequence),
      ...spanOf(events.map(({ from }) => from)),
    ],
  });
  return rows;
}
