/**
 * A year of one region with every revision of it: 17,520 half hours, each stated 96 times while the 48-hour forecast passed
 * over it and once more when history was filled in afterwards; 1.7 million statements. Written in bulk, by the rules of
 * `record_grid_statements`: the same numbers, commits and read model that the ticks one by one would have left.
 */
import type pg from 'pg';
import { INDEX_CODES, type CarbonIndex } from '../../src/domain/codes.js';
import type { GridStatement } from '../../src/domain/grid-statement.js';
import { addHalfHours } from '../../src/domain/half-hour.js';

export const REGION = 13;
export const YEAR = { from: new Date('2025-01-01T00:00:00Z'), to: new Date('2026-01-01T00:00:00Z') };
export const HALF_HOURS_A_YEAR = 17_520;
const LIVE = 96;
/** Half hours of one window of a backfill: 14 days. */
const WINDOW = 672;

/** Revisions of one half hour, numbered from 0; the last one is the backfill's. */
export const REVISIONS = LIVE + 1;

/** When the tick came that began with half hour `h` of the year; the backfill came ten days after the year. */
export const tickKnownAt = (h: number): Date => new Date(addHalfHours(YEAR.from, h).getTime() + 120_000);
export const backfilledFrom = new Date('2026-01-10T00:00:00Z');

/** The newest revision of half hour `h` that was known at an instant of the year; null where there was none yet. */
export function revisionKnownAt(h: number, instant: Date): number | null {
  const tick = Math.floor((instant.getTime() - tickKnownAt(0).getTime()) / 1_800_000);
  const revision = Math.min(tick - (h - LIVE + 1), LIVE - 1);
  return revision < 0 ? null : revision;
}

// The same arithmetic in both languages.
export const intensityOf = (h: number, revision: number): number =>
  120 + ((h * 7 + revision * 13) % 41) + (h % 48);
const windOf = (h: number, revision: number): number => 100 + ((h * 31 + revision * 17) % 300);
const INTENSITY = '120 + (h * 7 + r * 13) % 41 + h % 48';
const WIND = '100 + (h * 31 + r * 17) % 300';
const OTHER_SHARES = {
  biomass: 60,
  coal: 0,
  imports: 100,
  nuclear: 150,
  other: 0,
  hydro: 0,
  solar: 0,
} as const;
const GAS_AND_WIND = 690;
const INDEX: CarbonIndex = 'MODERATE';

/** What was said of half hour `h` in a revision. */
export function statementOf(h: number, revision: number): GridStatement {
  const { biomass, coal, imports, nuclear, other, hydro, solar } = OTHER_SHARES;
  const wind = windOf(h, revision);
  return {
    regionId: REGION,
    from: addHalfHours(YEAR.from, h),
    kind: 'FORECAST',
    issuedAt: null,
    intensityGco2PerKwh: intensityOf(h, revision),
    index: INDEX,
    mix: {
      permille: {
        BIOMASS: biomass,
        COAL: coal,
        IMPORTS: imports,
        GAS: GAS_AND_WIND - wind,
        NUCLEAR: nuclear,
        OTHER: other,
        HYDRO: hydro,
        SOLAR: solar,
        WIND: wind,
      },
      unlisted: [],
    },
  };
}

/** Columns of the values, in the order of `values`. */
const VALUE_COLUMNS = `biomass_permille, coal_permille, imports_permille, gas_permille, nuclear_permille, other_permille,
  hydro_permille, solar_permille, wind_permille`;
const VALUES = `${OTHER_SHARES.biomass}, ${OTHER_SHARES.coal}, ${OTHER_SHARES.imports}, ${GAS_AND_WIND} - (${WIND}),
  ${OTHER_SHARES.nuclear}, ${OTHER_SHARES.other}, ${OTHER_SHARES.hydro}, ${OTHER_SHARES.solar}, ${WIND}`;

/**
 * Writes it, as the owner, into an empty database.
 *
 * @param rank of the source's statements, as `rankOf` gives it.
 */
export async function writeRegionYear(owner: pg.Pool, sourceId: number, rank: number): Promise<void> {
  const start = `timestamptz '${YEAR.from.toISOString()}'`;
  const at = (h: string): string => `(${start} + (${h}) * interval '30 minutes')`;
  const steps = [
    `select ensure_observation_partitions('${YEAR.from.toISOString()}', '${YEAR.to.toISOString()}')`,
    // One row a commit: the ticks, which log an event a half hour and one of the run; then the backfill, one event a window.
    `create unlogged table commits as
       select number::integer, lo, hi, announced, known_at, sum(announced + 1) over (order by number) - announced - 1 as base
       from (
         select row_number() over (order by c) as number, greatest(c, 0) as lo, least(c + ${LIVE - 1}, ${HALF_HOURS_A_YEAR - 1}) as hi,
           least(c + ${LIVE - 1}, ${HALF_HOURS_A_YEAR - 1}) - greatest(c, 0) + 1 as announced,
           ${at('c')} + interval '2 minutes' as known_at
         from generate_series(${1 - LIVE}, ${HALF_HOURS_A_YEAR - 1}) as c
         union all
         select ${HALF_HOURS_A_YEAR + LIVE} + w, w * ${WINDOW}, least((w + 1) * ${WINDOW}, ${HALF_HOURS_A_YEAR}) - 1, 0,
           timestamptz '${backfilledFrom.toISOString()}' + w * interval '1 second'
         from generate_series(0, ${Math.ceil(HALF_HOURS_A_YEAR / WINDOW) - 1}) as w
       ) numbered`,
    `insert into ingest_runs (ingest_run_id, source_id, mode, status, endpoint, window_from, window_to, started_at, finished_at,
       rows_read, rows_changed, first_sequence, last_sequence)
       overriding system value
       select number, ${sourceId}, case when announced > 0 then 'SCHEDULED' else 'BACKFILL' end::ingest_run_mode, 'SUCCEEDED', '/regional',
         ${at('lo')}, ${at('hi + 1')}, known_at, known_at, hi - lo + 1, hi - lo + 1, base + 1, base + announced + 1
       from commits order by number`,
    `select setval(pg_get_serial_sequence('ingest_runs', 'ingest_run_id'), max(number)) from commits`,
    `insert into observations (sequence, from_at, known_at, ingest_run_id, region_id, source_id, kind, quality,
       intensity_gco2_per_kwh, carbon_index, ${VALUE_COLUMNS})
       select base + 1 + case when announced > 0 then h - lo else 0 end, ${at('h')}, known_at, number, ${REGION}, ${sourceId}, 1, 1,
         ${INTENSITY}, ${INDEX_CODES[INDEX]}, ${VALUES}
       from (
         select c.*, h, case when announced > 0 then ${LIVE - 1} - (h - (number - ${LIVE})) else ${LIVE} end as r
         from commits c, generate_series(lo, hi) as h
         offset 0
       ) stated`,
    `insert into grid_signals (region_id, from_at, settlement_date, settlement_period, first_sequence, sequence,
       carbon_rank, carbon_source_id, carbon_quality, carbon_known_at, forecast_gco2_per_kwh, forecast_index,
       mix_rank, mix_source_id, mix_quality, mix_kind, mix_known_at, ${VALUE_COLUMNS})
       select ${REGION}, ${at('h')}, (${at('h')} at time zone 'Europe/London')::date,
         1 + (extract(epoch from ${at('h')} - date_trunc('day', ${at('h')}, 'Europe/London')) / 1800)::integer,
         first.base + 1 + h - first.lo, last.base + 1, ${rank}, ${sourceId}, 1, last.known_at, ${INTENSITY}, ${INDEX_CODES[INDEX]},
         ${rank}, ${sourceId}, 1, 1, last.known_at, ${VALUES}
       from (select h, ${LIVE} as r from generate_series(0, ${HALF_HOURS_A_YEAR - 1}) as h offset 0) keys
       join commits first on first.number = h + 1
       join commits last on last.announced = 0 and h between last.lo and last.hi`,
    `insert into event_commits (last_sequence, first_sequence, known_at)
       select base + announced + 1, base + 1, known_at from commits order by number`,
    // The log itself is long expired: nobody follows it from there.
    `update event_head set (last_sequence, last_known_at, floor_sequence) =
       (select max(base + announced + 1), max(known_at), max(base + announced + 1) from commits)`,
    `select ensure_log_partitions(200000)`,
    `drop table commits`,
    `vacuum (analyze) observations`,
    `vacuum (analyze) grid_signals`,
    `vacuum (analyze) event_commits`,
  ];
  for (const step of steps) await owner.query(step);
}
