import { KIND_CODES, qualityOf } from '../../domain/codes.js';
import type { DemandGroup } from '../../domain/grid-signal.js';
import { refuseArchivedKeys } from '../archive/archived-spans.js';
import type { GridSignalReader } from '../grid-signals.js';
import { rankOf } from '../grid-statements.js';
import type { SourceCatalog } from '../source-catalog.js';
import { spanOf } from '../span.js';
import {
  MAX_SEQUENCE,
  STATED_COLUMNS,
  factsOf,
  type HalfHourKey,
  type SeriesPage,
  type StatedRow,
} from './stated.js';

interface DemandRow extends StatedRow {
  readonly national_demand_mw: number | null;
  readonly transmission_system_demand_mw: number | null;
  readonly embedded_wind_mw: number | null;
  readonly embedded_solar_mw: number | null;
}
type Value = Exclude<keyof DemandRow, keyof StatedRow>;

const COLUMNS = `${STATED_COLUMNS}, o.national_demand_mw, o.transmission_system_demand_mw, o.embedded_wind_mw, o.embedded_solar_mw`;

/** Demand of Great Britain over some half hours, in their order; null where nothing is known. */
export async function readDemand(
  { db, sources, archive }: GridSignalReader,
  keys: readonly HalfHourKey[],
): Promise<(DemandGroup | null)[]> {
  const { rows } = await db.query<DemandRow & { readonly ord: number }>({
    name: 'demand-by-key',
    text: `select distinct on (k.ord, o.source_id, o.kind) k.ord::integer, ${COLUMNS}
      from unnest($1::timestamptz[], $2::bigint[]) with ordinality as k (at, as_of, ord)
      join demand_statements o on o.at = k.at and o.at between $3 and $4 and o.sequence <= k.as_of
      order by k.ord, o.source_id, o.kind, o.sequence desc`,
    values: [
      keys.map(({ from }) => from),
      keys.map(({ asOf }) => asOf ?? MAX_SEQUENCE),
      ...spanOf(keys.map(({ from }) => from)),
    ],
  });
  const said = keys.map((): DemandRow[] => []);
  for (const row of rows) said[row.ord - 1]?.push(row);
  const unspoken = keys.filter((_, i) => said[i]?.length === 0).map(({ from }) => from);
  await refuseArchivedKeys(archive, 'demand_statements', unspoken);
  return said.map((newest) => demandOf(newest, sources));
}

/** The first half hours of a span of which any demand is known, oldest first. */
export async function readDemandHalfHours(
  { db, archive }: GridSignalReader,
  { from, to, after, limit, asOf }: SeriesPage<Date>,
): Promise<Date[]> {
  await archive.refuse('demand_statements', { from, to });
  const { rows } = await db.query<{ at: Date }>({
    name: 'demand-half-hours',
    text: `select distinct at from demand_statements
      where at >= $1 and at < $2 and ($3::timestamptz is null or at > $3) and sequence <= $4 order by at limit $5`,
    values: [from, to, after, asOf ?? MAX_SEQUENCE, limit],
  });
  return rows.map(({ at }) => at);
}

/**
 * Each value from the best ranked source that states it, its newest word. What happened where it is known for embedded
 * generation, else what is expected; provenance is that of the newest statement used.
 */
function demandOf(said: readonly DemandRow[], sources: SourceCatalog): DemandGroup | null {
  const rank = (row: DemandRow): number =>
    rankOf(qualityOf(row.quality), sources.entryOf(row.source_id).priority);
  const best = (kind: keyof typeof KIND_CODES, value: Value): DemandRow | undefined =>
    said
      .filter((row) => row.kind === KIND_CODES[kind] && row[value] !== null)
      .toSorted((a, b) => rank(b) - rank(a) || (a.sequence < b.sequence ? 1 : -1))[0];
  const forecast = best('FORECAST', 'national_demand_mw');
  const transmissionForecast = best('FORECAST', 'transmission_system_demand_mw');
  const outturn = best('OUTTURN', 'national_demand_mw');
  const transmission = best('OUTTURN', 'transmission_system_demand_mw');
  const wind = best('OUTTURN', 'embedded_wind_mw') ?? best('FORECAST', 'embedded_wind_mw');
  const solar = best('OUTTURN', 'embedded_solar_mw') ?? best('FORECAST', 'embedded_solar_mw');
  const newest = [forecast, transmissionForecast, outturn, transmission, wind, solar]
    .filter((row) => row !== undefined)
    .reduce<DemandRow | null>((most, row) => (most && most.sequence >= row.sequence ? most : row), null);
  if (!newest) return null;
  return {
    forecastMw: forecast?.national_demand_mw ?? null,
    transmissionSystemForecastMw: transmissionForecast?.transmission_system_demand_mw ?? null,
    outturnMw: outturn?.national_demand_mw ?? null,
    transmissionSystemDemandMw: transmission?.transmission_system_demand_mw ?? null,
    embeddedWindMw: wind?.embedded_wind_mw ?? null,
    embeddedSolarMw: solar?.embedded_solar_mw ?? null,
    provenance: factsOf(newest, sources).provenance,
  };
}
