import { indexOf, kindOf, qualityOf, KIND_CODES } from '../domain/codes.js';
import { type CarbonGroup, type GridSignal, type MixGroup, type Provenance } from '../domain/grid-signal.js';
import { refuseArchivedKeys } from './archive/archived-spans.js';
import type { AskedRow, GridSignalReader } from './grid-signals.js';
import { rankOf } from './grid-statements.js';
import { MIX_COLUMNS, mixOf, type MixColumns } from './mix-columns.js';
import type { SourceCatalog } from './source-catalog.js';
import { spanOf } from './span.js';

/** What one source said of one kind at or before a sequence: its newest word, or an older one for what that lacks. */
interface StatementRow extends MixColumns {
  readonly ord: number;
  /** The source states that group too, but not in this newest word. */
  readonly lacks_carbon: boolean;
  readonly lacks_mix: boolean;
  readonly source_id: number;
  readonly kind: number;
  readonly quality: number;
  readonly sequence: bigint;
  readonly issued_at: Date | null;
  readonly known_at: Date;
  readonly intensity_gco2_per_kwh: number | null;
  readonly carbon_index: number | null;
}

/** A row of the read model that changed since the sequence it is asked as of. */
interface PastRow extends AskedRow {
  readonly asOf: bigint;
}

/**
 * Rebuilds signals from what the sources had said by a sequence, under the rule that the read model is kept by:
 * in each group the best ranked source that spoke gives all values, and of equals the newest word counts.
 *
 * One index probe a source and kind: revisions of a half hour are stepped over, never read. The span of all that is
 * asked leaves the partitions of other months out before the first probe.
 */
export async function signalsAsOf(
  { db, sources, archive }: GridSignalReader,
  asked: readonly PastRow[],
): Promise<GridSignal[]> {
  const statements = await readNewestWords(db, asked);
  const lacking = statements.filter((said) => said.lacks_carbon || said.lacks_mix);
  if (lacking.length > 0) statements.push(...(await readOlderWords(db, asked, lacking)));
  const byKey = new Map<number, StatementRow[]>();
  for (const statement of statements) {
    const said = byKey.get(statement.ord);
    if (said) said.push(statement);
    else byKey.set(statement.ord, [statement]);
  }
  const unspoken = asked.filter((_, i) => !byKey.has(i + 1)).map(({ row }) => row.from_at);
  await refuseArchivedKeys(archive, 'observations', unspoken);
  return asked.map(({ row }, i) => {
    const said = byKey.get(i + 1) ?? [];
    const carbon = carbonAsOf(best(said, statesCarbon, sources), sources);
    const mix = mixAsOf(best(said, statesMix, sources), sources);
    return {
      regionId: row.region_id,
      from: row.from_at,
      settlementDate: row.settlement_date,
      settlementPeriod: row.settlement_period,
      carbon,
      mix,
    };
  });
}

const VALUES = `o.source_id, o.kind, o.quality, o.sequence, o.issued_at, o.known_at, o.intensity_gco2_per_kwh, o.carbon_index,
  ${MIX_COLUMNS.replaceAll(/(\w+)/g, 'o.$1')}`;

/** The newest word of each source and kind about each half hour; of sources that never spoke of the span, none is looked for. */
async function readNewestWords(
  db: GridSignalReader['db'],
  asked: readonly PastRow[],
): Promise<StatementRow[]> {
  const { rows } = await db.query<StatementRow>({
    name: 'grid-signals-as-of',
    text: `with k as materialized (
        select * from unnest($1::smallint[], $2::timestamptz[], $3::bigint[]) with ordinality as k (region_id, from_at, as_of, ord)
      ), spoken as materialized (
        select r.region_id, s.source_id, f.kind, f.kind = any (s.carbon_kinds) as of_carbon, f.kind = any (s.mix_kinds) as of_mix
        from (select distinct region_id from k) r
        join sources s on s.region_ids = '{}' or r.region_id = any (s.region_ids)
        cross join lateral (select distinct unnest(s.carbon_kinds || s.mix_kinds) as kind) f
        where exists (select from (
          select from observations b
          where b.region_id = r.region_id and b.source_id = s.source_id and b.kind = f.kind and b.from_at between $4 and $5
          limit 1) any_word)
      )
      select k.ord::integer, s.of_carbon and o.intensity_gco2_per_kwh is null as lacks_carbon,
        s.of_mix and o.wind_permille is null as lacks_mix, ${VALUES}
      from k join spoken s on s.region_id = k.region_id
      cross join lateral (
        select * from observations b
        where b.region_id = k.region_id and b.source_id = s.source_id and b.kind = s.kind and b.from_at = k.from_at
          and b.sequence <= k.as_of and b.from_at between $4 and $5
        order by b.sequence desc limit 1
      ) o`,
    values: [
      asked.map(({ row }) => row.region_id),
      asked.map(({ row }) => row.from_at),
      asked.map(({ asOf }) => asOf),
      ...spanOf(asked.map(({ row }) => row.from_at)),
    ],
  });
  return rows;
}

/** What a newest word left out, in the newest older word that has it. */
async function readOlderWords(
  db: GridSignalReader['db'],
  asked: readonly PastRow[],
  lacking: readonly StatementRow[],
): Promise<StatementRow[]> {
  const keys = lacking.flatMap((said) => {
    const row = asked[said.ord - 1]?.row;
    return row ? [{ row, said }] : [];
  });
  const { rows } = await db.query<StatementRow>({
    name: 'grid-signals-as-of-older',
    text: `select k.ord, false as lacks_carbon, false as lacks_mix, ${VALUES}
      from unnest($1::integer[], $2::smallint[], $3::timestamptz[], $4::smallint[], $5::smallint[], $6::bigint[], $7::boolean[], $8::boolean[])
        as k (ord, region_id, from_at, source_id, kind, before, lacks_carbon, lacks_mix)
      cross join lateral (
        (select * from observations b
          where k.lacks_carbon and b.region_id = k.region_id and b.source_id = k.source_id and b.kind = k.kind
            and b.from_at = k.from_at and b.sequence < k.before and b.from_at between $9 and $10
            and b.intensity_gco2_per_kwh is not null
          order by b.sequence desc limit 1)
        union all
        (select * from observations b
          where k.lacks_mix and b.region_id = k.region_id and b.source_id = k.source_id and b.kind = k.kind
            and b.from_at = k.from_at and b.sequence < k.before and b.from_at between $9 and $10
            and b.wind_permille is not null
          order by b.sequence desc limit 1)
      ) o`,
    values: [
      keys.map(({ said }) => said.ord),
      keys.map(({ row }) => row.region_id),
      keys.map(({ row }) => row.from_at),
      keys.map(({ said }) => said.source_id),
      keys.map(({ said }) => said.kind),
      keys.map(({ said }) => said.sequence),
      keys.map(({ said }) => said.lacks_carbon),
      keys.map(({ said }) => said.lacks_mix),
      ...spanOf(keys.map(({ row }) => row.from_at)),
    ],
  });
  return rows;
}

const statesCarbon = (row: StatementRow): boolean => row.intensity_gco2_per_kwh !== null;
const statesMix = (row: StatementRow): boolean => row.wind_permille !== null;

/** The statements of the best ranked sources that state a group, newest first. */
function best(
  said: readonly StatementRow[],
  states: (row: StatementRow) => boolean,
  sources: SourceCatalog,
): StatementRow[] {
  const rank = (row: StatementRow): number =>
    rankOf(qualityOf(row.quality), sources.entryOf(row.source_id).priority);
  const candidates = said.filter(states);
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
