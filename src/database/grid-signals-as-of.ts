import { indexOf, kindOf, qualityOf, KIND_CODES } from '../domain/codes.js';
import {
  UNSOURCED_GROUPS,
  type CarbonGroup,
  type GridSignal,
  type MixGroup,
  type Provenance,
} from '../domain/grid-signal.js';
import type { GridSignalReader, SignalRow } from './grid-signals.js';
import { rankOf } from './grid-statements.js';
import { MIX_COLUMNS, mixOf, type MixColumns } from './mix-columns.js';
import type { SourceCatalog } from './source-catalog.js';
import { spanOf } from './span.js';

/** The newest statement of one source and kind that states one group, at or before a sequence. */
interface StatementRow extends MixColumns {
  readonly ord: number;
  readonly family: 'carbon' | 'mix';
  readonly source_id: number;
  readonly kind: number;
  readonly quality: number;
  readonly sequence: bigint;
  readonly issued_at: Date | null;
  readonly known_at: Date;
  readonly intensity_gco2_per_kwh: number | null;
  readonly carbon_index: number | null;
}

/**
 * Rebuilds signals from what the sources had said by a sequence, under the rule that the read model is kept by:
 * in each group the best ranked source that spoke gives all values, and of equals the newest word counts.
 *
 * One index probe a source, kind and group: revisions of a half hour are stepped over, never read. The span of all
 * that is asked leaves the partitions of other months out before the first probe.
 */
export async function signalsAsOf(
  { db, sources }: GridSignalReader,
  asked: readonly { readonly row: SignalRow; readonly asOf: bigint }[],
): Promise<(GridSignal | null)[]> {
  const { rows: statements } = await db.query<StatementRow>({
    name: 'grid-signals-as-of',
    text: `select k.ord::integer, f.family, o.source_id, o.kind, o.quality, o.sequence, o.issued_at, o.known_at,
        o.intensity_gco2_per_kwh, o.carbon_index, ${MIX_COLUMNS}
      from unnest($1::smallint[], $2::timestamptz[], $3::bigint[]) with ordinality as k (region_id, from_at, as_of, ord)
      join sources s on s.region_ids = '{}' or k.region_id = any (s.region_ids)
      cross join lateral (
        select 'carbon' as family, unnest(s.carbon_kinds) as kind union all select 'mix', unnest(s.mix_kinds)
      ) f
      cross join lateral (
        select * from observations b
        where b.region_id = k.region_id and b.source_id = s.source_id and b.kind = f.kind and b.from_at = k.from_at
          and b.sequence <= k.as_of and b.from_at between $4 and $5
          and case when f.family = 'carbon' then b.intensity_gco2_per_kwh is not null else b.wind_permille is not null end
        order by b.sequence desc limit 1
      ) o`,
    values: [
      asked.map(({ row }) => row.region_id),
      asked.map(({ row }) => row.from_at),
      asked.map(({ asOf }) => asOf),
      ...spanOf(asked.map(({ row }) => row.from_at)),
    ],
  });
  const byKey = new Map<number, StatementRow[]>();
  for (const statement of statements) {
    const said = byKey.get(statement.ord);
    if (said) said.push(statement);
    else byKey.set(statement.ord, [statement]);
  }
  return asked.map(({ row }, i) => {
    const said = byKey.get(i + 1) ?? [];
    const carbon = carbonAsOf(best(said, 'carbon', sources), sources);
    const mix = mixAsOf(best(said, 'mix', sources), sources);
    if (!carbon && !mix) return null;
    return {
      regionId: row.region_id,
      from: row.from_at,
      settlementDate: row.settlement_date,
      settlementPeriod: row.settlement_period,
      carbon,
      mix,
      ...UNSOURCED_GROUPS,
    };
  });
}

/** The statements of the best ranked sources of a family, newest first. */
function best(
  said: readonly StatementRow[],
  family: StatementRow['family'],
  sources: SourceCatalog,
): StatementRow[] {
  const rank = (row: StatementRow): number =>
    rankOf(qualityOf(row.quality), sources.entryOf(row.source_id).priority);
  const candidates = said.filter((row) => row.family === family);
  const top = candidates.reduce((most, row) => Math.max(most, rank(row)), -1);
  return candidates.filter((row) => rank(row) === top).sort(newestFirst);
}

/** Of two kinds in one run the outturn is the newer word. */
const newestFirst = (a: StatementRow, b: StatementRow): number =>
  a.sequence === b.sequence ? b.kind - a.kind : a.sequence < b.sequence ? 1 : -1;

const provenanceOf = (row: StatementRow, sources: SourceCatalog): Provenance => ({
  source: sources.codeOf(row.source_id),
  quality: qualityOf(row.quality),
  issuedAt: row.issued_at,
  knownAt: row.known_at,
});

function carbonAsOf(said: readonly StatementRow[], sources: SourceCatalog): CarbonGroup | null {
  const forecast = said.find((row) => row.kind === KIND_CODES.FORECAST);
  const outturn = said.find((row) => row.kind === KIND_CODES.OUTTURN);
  const newest = said.find((row) => row === forecast || row === outturn);
  if (!newest) return null;
  const together = [forecast, outturn].filter((row) => row?.sequence === newest.sequence);
  const issued = together.flatMap((row) => row?.issued_at?.getTime() ?? []);
  const index = (outturn ?? forecast)?.carbon_index ?? null;
  return {
    forecastGco2PerKwh: forecast?.intensity_gco2_per_kwh ?? null,
    outturnGco2PerKwh: outturn?.intensity_gco2_per_kwh ?? null,
    index: index === null ? null : indexOf(index),
    provenance: {
      ...provenanceOf(newest, sources),
      issuedAt: issued.length > 0 ? new Date(Math.max(...issued)) : null,
    },
  };
}

function mixAsOf([newest]: readonly StatementRow[], sources: SourceCatalog): MixGroup | null {
  const mix = newest && mixOf(newest);
  if (!newest || !mix) return null;
  return { ...mix, kind: kindOf(newest.kind), provenance: provenanceOf(newest, sources) };
}
