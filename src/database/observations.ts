import {
  KIND_CODES,
  QUALITY_CODES,
  indexOf,
  kindOf,
  qualityOf,
  type CarbonIndex,
  type ObservationKind,
  type Quality,
} from '../domain/codes.js';
import type { StatedMix } from '../domain/grid-statement.js';
import { refuseArchivedKeys } from './archive/archived-spans.js';
import type { GridSignalReader, SignalKey } from './grid-signals.js';
import { MIX_COLUMNS, mixOf, type MixColumns } from './mix-columns.js';
import type { SourceCatalog } from './source-catalog.js';
import { spanOf } from './span.js';

/** One statement of one source, as it was stored. */
export interface Observation {
  readonly regionId: number;
  readonly from: Date;
  readonly source: string;
  readonly sourceId: number;
  readonly kind: ObservationKind;
  readonly quality: Quality;
  readonly sequence: bigint;
  readonly issuedAt: Date | null;
  readonly knownAt: Date;
  readonly ingestRunId: number;
  readonly intensityGco2PerKwh: number | null;
  readonly index: CarbonIndex | null;
  readonly mix: StatedMix | null;
}

interface ObservationRow extends MixColumns {
  readonly region_id: number;
  readonly from_at: Date;
  readonly source_id: number;
  readonly kind: number;
  readonly quality: number;
  readonly sequence: bigint;
  readonly issued_at: Date | null;
  readonly known_at: Date;
  readonly ingest_run_id: number;
  readonly intensity_gco2_per_kwh: number | null;
  readonly carbon_index: number | null;
}

/** Names one observation for good. */
export interface ObservationKey extends SignalKey {
  readonly sourceId: number;
  readonly kind: ObservationKind;
  readonly sequence: bigint;
}

/** Statements of one half hour shown on its signal: the newest of these. */
export const OBSERVATIONS_A_SIGNAL = 100;

const COLUMNS = `o.region_id, o.from_at, o.source_id, o.kind, o.quality, o.sequence, o.issued_at, o.known_at, o.ingest_run_id,
  o.intensity_gco2_per_kwh, o.carbon_index, ${MIX_COLUMNS.replaceAll(/(\w+)/g, 'o.$1')}`;

function observationOf(row: ObservationRow, sources: SourceCatalog): Observation {
  return {
    regionId: row.region_id,
    from: row.from_at,
    source: sources.codeOf(row.source_id),
    sourceId: row.source_id,
    kind: kindOf(row.kind),
    quality: qualityOf(row.quality),
    sequence: row.sequence,
    issuedAt: row.issued_at,
    knownAt: row.known_at,
    ingestRunId: row.ingest_run_id,
    intensityGco2PerKwh: row.intensity_gco2_per_kwh,
    index: row.carbon_index === null ? null : indexOf(row.carbon_index),
    mix: mixOf(row),
  };
}

/** For each key what was said of it by a sequence, newest first, at most OBSERVATIONS_A_SIGNAL. */
export async function readObservations(
  { db, sources, archive }: GridSignalReader,
  keys: readonly SignalKey[],
  asOf: bigint | null,
): Promise<Observation[][]> {
  const { rows } = await db.query<ObservationRow & { readonly ord: number }>({
    name: 'observations-of-signals',
    text: `select k.ord::integer, ${COLUMNS}
      from unnest($1::smallint[], $2::timestamptz[]) with ordinality as k (region_id, from_at, ord)
      cross join lateral (
        select b.* from sources s
        cross join lateral (select distinct unnest(s.carbon_kinds || s.mix_kinds) as kind) f
        cross join lateral (
          select * from observations o
          where o.region_id = k.region_id and o.source_id = s.source_id and o.kind = f.kind and o.from_at = k.from_at and o.sequence <= $3
            and o.from_at between $5 and $6
          order by o.sequence desc limit $4
        ) b
        order by b.sequence desc limit $4
      ) o
      order by k.ord, o.sequence desc, o.source_id, o.kind`,
    values: [
      keys.map(({ regionId }) => regionId),
      keys.map(({ from }) => from),
      asOf ?? MAX_SEQUENCE,
      OBSERVATIONS_A_SIGNAL,
      ...spanOf(keys.map(({ from }) => from)),
    ],
  });
  const lists = keys.map((): Observation[] => []);
  for (const row of rows) lists[row.ord - 1]?.push(observationOf(row, sources));
  const unspoken = keys.filter((_, i) => lists[i]?.length === 0).map(({ from }) => from);
  await refuseArchivedKeys(archive, 'observations', unspoken);
  return lists;
}

export interface ObservationPage {
  readonly regionId: number;
  readonly from: Date;
  readonly to: Date;
  readonly sourceIds: readonly number[];
  readonly kinds: readonly ObservationKind[];
  readonly quality: Quality | null;
  readonly after: ObservationKey | null;
  readonly limit: number;
  readonly asOf: bigint | null;
}

/** One page of one region's statements, by half hour, then by when they became known. */
export async function readObservationPage(
  { db, sources, archive }: GridSignalReader,
  page: ObservationPage,
): Promise<Observation[]> {
  await archive.refuse('observations', page);
  const { rows } = await db.query<ObservationRow>({
    name: 'observation-page',
    text: `select ${COLUMNS}
      from unnest($1::smallint[]) as s (source_id) cross join unnest($2::smallint[]) as f (kind)
      cross join lateral (
        select * from observations b
        where b.region_id = $3 and b.source_id = s.source_id and b.kind = f.kind
          and b.from_at >= greatest($4::timestamptz, coalesce($6, $4)) and b.from_at < $5 and b.sequence <= $10
          and ($6::timestamptz is null or (b.from_at, b.sequence, b.source_id, b.kind) > ($6, $7::bigint, $8::smallint, $9::smallint))
          and ($11::smallint is null or b.quality = $11)
        order by b.from_at, b.sequence limit $12
      ) o
      order by o.from_at, o.sequence, o.source_id, o.kind limit $12`,
    values: [
      page.sourceIds,
      page.kinds.map((kind) => KIND_CODES[kind]),
      page.regionId,
      page.from,
      page.to,
      page.after?.from ?? null,
      page.after?.sequence ?? 0n,
      page.after?.sourceId ?? 0,
      page.after ? KIND_CODES[page.after.kind] : 0,
      page.asOf ?? MAX_SEQUENCE,
      page.quality ? QUALITY_CODES[page.quality] : null,
      page.limit,
    ],
  });
  return rows.map((row) => observationOf(row, sources));
}

/** Observations by their keys, in that order; null where there is none. */
export async function readObservationsByKey(
  { db, sources }: GridSignalReader,
  keys: readonly ObservationKey[],
): Promise<(Observation | null)[]> {
  const { rows } = await db.query<ObservationRow & { readonly ord: number }>({
    name: 'observations-by-key',
    text: `select k.ord::integer, ${COLUMNS}
      from unnest($1::smallint[], $2::timestamptz[], $3::smallint[], $4::smallint[], $5::bigint[])
        with ordinality as k (region_id, from_at, source_id, kind, sequence, ord)
      join observations o using (region_id, source_id, kind, from_at, sequence)`,
    values: [
      keys.map(({ regionId }) => regionId),
      keys.map(({ from }) => from),
      keys.map(({ sourceId }) => sourceId),
      keys.map(({ kind }) => KIND_CODES[kind]),
      keys.map(({ sequence }) => sequence),
    ],
  });
  const found = new Map(rows.map((row) => [row.ord - 1, observationOf(row, sources)]));
  return keys.map((_, i) => found.get(i) ?? null);
}

/** What one run stored, in log order. Its sequences lie together, and a block range index finds them. */
export async function readRunObservations(
  { db, sources, archive }: GridSignalReader,
  run: {
    readonly ingestRunId: number;
    readonly firstSequence: bigint;
    readonly lastSequence: bigint;
    readonly windowFrom: Date;
    readonly windowTo: Date;
  },
  page: { readonly after: ObservationKey | null; readonly limit: number },
): Promise<Observation[]> {
  await archive.refuse('observations', { from: run.windowFrom, to: run.windowTo });
  const { rows } = await db.query<ObservationRow>({
    name: 'observations-of-run',
    text: `select ${COLUMNS} from observations o
      where o.sequence between greatest($1::bigint, coalesce($4::bigint, $1)) and $2 and o.ingest_run_id = $3
        and ($4::bigint is null or (o.sequence, o.region_id, o.from_at, o.source_id, o.kind) > ($4, $5::smallint, $6::timestamptz, $7::smallint, $8::smallint))
      order by o.sequence, o.region_id, o.from_at, o.source_id, o.kind limit $9`,
    values: [
      run.firstSequence,
      run.lastSequence,
      run.ingestRunId,
      page.after?.sequence ?? null,
      page.after?.regionId ?? 0,
      page.after?.from ?? null,
      page.after?.sourceId ?? 0,
      page.after ? KIND_CODES[page.after.kind] : 0,
      page.limit,
    ],
  });
  return rows.map((row) => observationOf(row, sources));
}

const MAX_SEQUENCE = 2n ** 63n - 1n;
