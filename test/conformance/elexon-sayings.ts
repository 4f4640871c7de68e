import { expect } from 'vitest';
import type { AnySource } from '../../src/ingest/registry.js';
import type { TestDatabase } from '../support/database.js';

/** What a payload says, or a table holds: values by what they are about, both as text. */
export type ElexonSayings = Map<string, string>;

type Row = Readonly<Record<string, string | number | boolean | null | undefined>>;

const text = (value: Row[string]): string => String(value);

const HALF_HOUR_MS = 1_800_000;
const LONDON = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/London',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const midnights = new Map<string, number>();

/** Midnight in London, found by asking for the clock there: not by the code under test. */
function londonMidnight(date: string): number {
  const known = midnights.get(date);
  if (known !== undefined) return known;
  const utc = Date.parse(`${date}T00:00:00Z`);
  const found = [utc, utc - 3_600_000].find((ms) => LONDON.format(ms) === `${date} 00:00:00`);
  if (found === undefined) throw new Error(`London has no midnight on ${date}`);
  midnights.set(date, found);
  return found;
}

/** The instant that a row is about; both ways of saying it must agree. */
function instantOf(row: Row): string {
  const { startTime, measurementTime, settlementDate, settlementPeriod } = row;
  const stated = startTime ?? measurementTime;
  const ms = stated == null ? null : Date.parse(text(stated));
  if (typeof settlementDate === 'string' && typeof settlementPeriod === 'number') {
    const settled = londonMidnight(settlementDate) + (settlementPeriod - 1) * HALF_HOUR_MS;
    if (ms !== null) expect(Math.floor(ms / HALF_HOUR_MS) * HALF_HOUR_MS).toBe(settled);
    return new Date(ms ?? settled).toISOString();
  }
  return new Date(ms ?? Number.NaN).toISOString();
}

/** The list of a body, whichever of the three envelopes it has. */
export const elexonRowsOf = (body: unknown): readonly Row[] =>
  (Array.isArray(body) ? body : (body as { readonly data: unknown }).data) as readonly Row[];

const entry = (key: string, value: Row[string]): [string, string][] =>
  value == null ? [] : [[key, text(value)]];

/** Of one row, read by hand as its route means it. */
const READERS: Readonly<Record<string, (row: Row) => [string, string][]>> = {
  'elexon-fuelinst': (row) => entry(`${instantOf(row)} ${text(row['fuelType'])}`, row['generation']),
  'elexon-fuelhh': (row) => entry(`${instantOf(row)} ${text(row['fuelType'])}`, row['generation']),
  'elexon-freq': (row) => entry(instantOf(row), row['frequency']),
  'elexon-demand-outturn': (row) => [
    ...entry(
      `${instantOf(row)} national`,
      row['dataset'] === 'INDO' ? row['demand'] : row['initialDemandOutturn'],
    ),
    ...entry(
      `${instantOf(row)} transmission`,
      row['dataset'] === 'ITSDO' ? row['demand'] : row['initialTransmissionSystemDemandOutturn'],
    ),
  ],
  'elexon-demand-forecast': (row) => [
    ...entry(`${instantOf(row)} national`, row['dataset'] === 'NDF' ? row['demand'] : row['nationalDemand']),
    ...entry(
      `${instantOf(row)} transmission`,
      row['dataset'] === 'TSDF' ? row['demand'] : row['transmissionSystemDemand'],
    ),
  ],
  'elexon-demand-summary': (row) =>
    entry(`${instantOf(row)} ${text(row['recordType'] ?? '')}`.trim(), row['demand']),
  'elexon-market-index': (row) =>
    row['volume'] === 0
      ? []
      : entry(
          `${instantOf(row)} ${text(row['dataProvider'])}`,
          `${text(row['price'])} for ${text(row['volume'])}`,
        ),
  'elexon-system-prices': (row) => [
    ...entry(`${instantOf(row)} 2`, row['systemSellPrice']),
    ...entry(`${instantOf(row)} 3`, row['systemBuyPrice']),
  ],
  'elexon-generation-per-type': (row) =>
    (row as unknown as { readonly data: readonly Row[] }).data.flatMap(({ psrType, quantity }) =>
      entry(`${instantOf(row)} ${text(psrType)}`, quantity),
    ),
  'elexon-bm-units': (row) =>
    row['elexonBmUnit'] == null
      ? []
      : [
          [
            text(row['elexonBmUnit']),
            [
              row['nationalGridBmUnit'],
              row['bmUnitName'],
              row['fuelType'],
              row['bmUnitType'],
              row['leadPartyId'],
              row['leadPartyName'],
              row['generationCapacity'] == null ? null : Number(row['generationCapacity']),
              row['demandCapacity'] == null ? null : Number(row['demandCapacity']),
              row['gspGroupId'],
              row['interconnectorId'],
              row['eic'],
            ].join('|'),
          ],
        ],
};

/** Reads a payload without the code under test. Of several publications about one thing the newest counts. */
export function elexonSayingsOf({ id }: AnySource, body: unknown): ElexonSayings {
  const read = READERS[id];
  if (!read) throw new Error(`nobody reads ${id} by hand`);
  const published = (row: Row): number =>
    row['publishTime'] == null ? 0 : Date.parse(text(row['publishTime']));
  return new Map(
    elexonRowsOf(body)
      .toSorted((a, b) => published(a) - published(b))
      .flatMap(read),
  );
}

const LAST_WORD = {
  fuel_generation: `select distinct on (at, fuel_type) at, fuel_type as name, mw as value from fuel_generation
    where source_id = $1 order by at, fuel_type, sequence desc`,
  frequency_readings: `select distinct on (at) at, null as name, hz as value from frequency_readings
    where source_id = $1 order by at, sequence desc`,
  demand_readings: `select distinct on (at, record_type) at, nullif(record_type, '') as name, demand_mw as value from demand_readings
    where source_id = $1 order by at, record_type, sequence desc`,
  demand_statements: `select at, name, value from (
      select distinct on (at) * from demand_statements where source_id = $1 order by at, sequence desc) said
    cross join lateral (values ('national', national_demand_mw), ('transmission', transmission_system_demand_mw)) v (name, value)
    where value is not null`,
  market_prices: `select distinct on (at, market, provider) at, case when market = 1 then provider else market::text end as name,
      case when volume_mwh is null then gbp_per_mwh end as value, gbp_per_mwh as price, volume_mwh as volume
    from market_prices where source_id = $1 order by at, market, provider, sequence desc`,
  'bm-units': `select distinct on (elexon_bm_unit) null as at, elexon_bm_unit as name, national_grid_bm_unit, u.name as unit_name, fuel_type,
      unit_type, lead_party_id, lead_party_name, generation_capacity_mw, demand_capacity_mw, gsp_group_id, interconnector_id, eic
    from bm_units u where $1::integer is not null order by elexon_bm_unit, sequence desc`,
} as const;

interface Stored {
  readonly at: Date | null;
  readonly name: string | null;
  readonly value?: number | null;
  readonly price?: number;
  readonly volume?: number;
}

/** What the tables hold of a source: its last word on everything. */
export async function elexonStored(
  database: Pick<TestDatabase, 'pool' | 'sources'>,
  { id, produces }: AnySource,
): Promise<ElexonSayings> {
  if (!(produces in LAST_WORD)) throw new Error(`${id} produces ${produces}`);
  const { rows } = await database.pool.query<Stored>(LAST_WORD[produces as keyof typeof LAST_WORD], [
    database.sources.idOf(id),
  ]);
  return new Map(
    rows.map(({ at, name, value, ...rest }) => [
      [at?.toISOString(), name].filter((part) => part != null).join(' '),
      produces === 'bm-units'
        ? Object.values(rest).join('|')
        : value == null
          ? `${text(rest.price)} for ${text(rest.volume)}`
          : String(value),
    ]),
  );
}

/** Holds the one to the other, both ways: nothing more, nothing less, nothing else. */
export function expectSameSayings(stored: ElexonSayings, said: ElexonSayings): void {
  const differing = [...new Set([...stored.keys(), ...said.keys()])]
    .filter((key) => stored.get(key) !== said.get(key))
    .map((key) => `${key}: stored ${stored.get(key)}, said ${said.get(key)}`);
  expect(differing.slice(0, 10)).toEqual([]);
  expect(stored.size).toBe(said.size);
}
