import type pg from 'pg';
import { indexOf, kindOf, qualityOf } from '../domain/codes.js';
import { type CarbonGroup, type GridSignal, type MixGroup } from '../domain/grid-signal.js';
import type { ArchivedSpans } from './archive/archived-spans.js';
import { signalsAsOf } from './grid-signals-as-of.js';
import { MIX_COLUMNS, mixOf, type MixColumns } from './mix-columns.js';
import type { SourceCatalog } from './source-catalog.js';

/** Names one signal. */
export interface SignalKey {
  readonly regionId: number;
  readonly from: Date;
}

export interface GridSignalReader {
  readonly db: Pick<pg.Pool, 'query'>;
  readonly sources: SourceCatalog;
  /** False: groups of synthetic values are answered as null. */
  readonly servesSynthetic: boolean;
  readonly archive: ArchivedSpans;
}

/** A row of the read model. Its values are null where they changed since the sequence it is asked as of: they are then rebuilt. */
export interface SignalRow extends MixColumns {
  readonly region_id: number;
  readonly from_at: Date;
  readonly settlement_date: string;
  readonly settlement_period: number;
  readonly sequence: bigint;
  readonly carbon_source_id: number | null;
  readonly carbon_quality: number | null;
  readonly carbon_issued_at: Date | null;
  readonly carbon_known_at: Date | null;
  readonly forecast_gco2_per_kwh: number | null;
  readonly forecast_index: number | null;
  readonly outturn_gco2_per_kwh: number | null;
  readonly outturn_index: number | null;
  readonly mix_source_id: number | null;
  readonly mix_quality: number | null;
  readonly mix_kind: number | null;
  readonly mix_issued_at: Date | null;
  readonly mix_known_at: Date | null;
}

const VALUE_COLUMNS = `carbon_source_id, carbon_quality, carbon_issued_at, carbon_known_at, forecast_gco2_per_kwh, forecast_index,
  outturn_gco2_per_kwh, outturn_index, mix_source_id, mix_quality, mix_kind, mix_issued_at, mix_known_at, ${MIX_COLUMNS}`;

/** Columns of a SignalRow of `g`; values that are not of that time are not sent, since reading them takes half the time of a page. */
const columnsAsOf = (asOf: string): string =>
  `g.region_id, g.from_at, g.settlement_date::text, g.settlement_period, g.sequence,
  ${VALUE_COLUMNS.replaceAll(/(\w+)/g, `case when g.sequence <= ${asOf} then g.$1 end as $1`)}`;

export interface SignalPage {
  readonly regionIds: readonly number[];
  /** First half hour, inside. */
  readonly from: Date;
  /** Outside. */
  readonly to: Date;
  /** Only what comes after this place in (from, regionId) order; null for the first page. */
  readonly after: SignalKey | null;
  readonly limit: number;
  /** The sequence to answer as of; null for the newest. */
  readonly asOf: bigint | null;
}

/** One page of signals in (from, regionId) order. */
export async function readSignalPage(reader: GridSignalReader, page: SignalPage): Promise<GridSignal[]> {
  const { rows } = await reader.db.query<SignalRow>({
    name: 'grid-signal-page',
    text: `select ${columnsAsOf('$4')}
      from unnest($1::smallint[]) as r (region_id)
      cross join lateral (
        select * from grid_signals s
        where s.region_id = r.region_id and s.from_at >= $2 and s.from_at < $3 and s.first_sequence <= $4
          and ($5::timestamptz is null or (s.from_at, s.region_id) > ($5, $6::smallint)) and s.from_at >= coalesce($5, $2)
        order by s.from_at limit $7
      ) g
      order by g.from_at, g.region_id limit $7`,
    values: [
      page.regionIds,
      page.from,
      page.to,
      page.asOf ?? MAX_SEQUENCE,
      page.after?.from ?? null,
      page.after?.regionId ?? 0,
      page.limit,
    ],
  });
  const answers = await answer(
    reader,
    rows.map((row) => ({ row, asOf: page.asOf })),
  );
  return answers.filter((signal) => signal !== null);
}

/** The signals of these keys, in their order; null where nothing is known. */
export async function readSignals(
  reader: GridSignalReader,
  keys: readonly SignalKey[],
  asOf: bigint | null,
): Promise<(GridSignal | null)[]> {
  return readSignalsAt(
    reader,
    keys.map(({ regionId, from }) => ({ regionId, from, asOf })),
  );
}

/** The signals of these keys, in their order, each as of its own sequence (null: newest). */
export async function readSignalsAt(
  reader: GridSignalReader,
  keys: readonly (SignalKey & { readonly asOf: bigint | null })[],
): Promise<(GridSignal | null)[]> {
  const { rows } = await reader.db.query<SignalRow & { readonly ord: number }>({
    name: 'grid-signals-by-key',
    text: `select k.ord::integer, ${columnsAsOf('k.as_of')}
      from unnest($1::smallint[], $2::timestamptz[], $3::bigint[]) with ordinality as k (region_id, from_at, as_of, ord)
      join grid_signals g on g.region_id = k.region_id and g.from_at = k.from_at and g.first_sequence <= k.as_of`,
    values: [
      keys.map(({ regionId }) => regionId),
      keys.map(({ from }) => from),
      keys.map(({ asOf }) => asOf ?? MAX_SEQUENCE),
    ],
  });
  const found = rows.map((row) => ({ row, ord: row.ord - 1, asOf: keys[row.ord - 1]?.asOf ?? null }));
  const answers = await answer(reader, found);
  const signals: (GridSignal | null)[] = keys.map(() => null);
  for (const [i, { ord }] of found.entries()) signals[ord] = answers[i] ?? null;
  return signals;
}

/** One text a key, for maps. */
export const textOf = ({ regionId, from }: SignalKey): string => `${regionId}@${from.getTime()}`;

const MAX_SEQUENCE = 2n ** 63n - 1n;

/** A row of the read model, and the sequence it is asked as of; null for as it is. */
export interface AskedRow {
  readonly row: SignalRow;
  readonly asOf: bigint | null;
}

/** Rows that did not change since answer themselves; the others are rebuilt from the observations of that time. */
async function answer(reader: GridSignalReader, asked: readonly AskedRow[]): Promise<(GridSignal | null)[]> {
  const changedSince = asked.flatMap(({ row, asOf }) =>
    asOf !== null && row.sequence > asOf ? [{ row, asOf }] : [],
  );
  const rebuilt = changedSince.length > 0 ? await signalsAsOf(reader, changedSince) : [];
  let next = 0;
  return asked.map(({ row, asOf }) => {
    const signal =
      asOf !== null && row.sequence > asOf ? (rebuilt[next++] ?? null) : signalOf(row, reader.sources);
    return signal && !reader.servesSynthetic ? withoutSynthetic(signal) : signal;
  });
}

/** A group is of one quality, and any real value of it outranks every synthetic one: hiding it hides nothing real. */
function withoutSynthetic(signal: GridSignal): GridSignal {
  const { carbon, mix } = signal;
  return {
    ...signal,
    carbon: carbon?.provenance.quality === 'SYNTHETIC' ? null : carbon,
    mix: mix?.provenance.quality === 'SYNTHETIC' ? null : mix,
  };
}

function signalOf(row: SignalRow, sources: SourceCatalog): GridSignal {
  return {
    regionId: row.region_id,
    from: row.from_at,
    settlementDate: row.settlement_date,
    settlementPeriod: row.settlement_period,
    carbon: carbonOf(row, sources),
    mix: mixGroupOf(row, sources),
  };
}

function carbonOf(row: SignalRow, sources: SourceCatalog): CarbonGroup | null {
  if (row.carbon_source_id === null || row.carbon_quality === null || row.carbon_known_at === null)
    return null;
  const index = row.outturn_gco2_per_kwh === null ? row.forecast_index : row.outturn_index;
  return {
    forecastGco2PerKwh: row.forecast_gco2_per_kwh,
    outturnGco2PerKwh: row.outturn_gco2_per_kwh,
    index: index === null ? null : indexOf(index),
    provenance: {
      source: sources.codeOf(row.carbon_source_id),
      quality: qualityOf(row.carbon_quality),
      issuedAt: row.carbon_issued_at,
      knownAt: row.carbon_known_at,
    },
  };
}

function mixGroupOf(row: SignalRow, sources: SourceCatalog): MixGroup | null {
  const mix = mixOf(row);
  if (
    !mix ||
    row.mix_source_id === null ||
    row.mix_quality === null ||
    row.mix_kind === null ||
    row.mix_known_at === null
  )
    return null;
  return {
    ...mix,
    kind: kindOf(row.mix_kind),
    provenance: {
      source: sources.codeOf(row.mix_source_id),
      quality: qualityOf(row.mix_quality),
      issuedAt: row.mix_issued_at,
      knownAt: row.mix_known_at,
    },
  };
}
