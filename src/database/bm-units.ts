import type pg from 'pg';
import type { BmUnit } from '../domain/bm-unit.js';
import type { RunOutcome, RunRecord } from '../domain/ingest-run.js';
import { jsonbText, leaseError, outcomeOf, runJson, type OutcomeRow } from './ingest-runs.js';
import type { Lease } from './leases.js';

/** A unit as it was last stated. */
export interface KnownBmUnit extends BmUnit {
  readonly knownAt: Date;
  readonly ingestRunId: number;
}

/** Columns by name of the field. */
const COLUMNS: Readonly<Record<keyof BmUnit, string>> = {
  elexonBmUnit: 'elexon_bm_unit',
  nationalGridBmUnit: 'national_grid_bm_unit',
  name: 'name',
  fuelType: 'fuel_type',
  unitType: 'unit_type',
  leadPartyId: 'lead_party_id',
  leadPartyName: 'lead_party_name',
  generationCapacityMw: 'generation_capacity_mw',
  demandCapacityMw: 'demand_capacity_mw',
  productionOrConsumption: 'production_or_consumption',
  transmissionLossFactor: 'transmission_loss_factor',
  gspGroupId: 'gsp_group_id',
  gspGroupName: 'gsp_group_name',
  interconnectorId: 'interconnector_id',
  eic: 'eic',
};
const FIELDS = Object.keys(COLUMNS) as readonly (keyof BmUnit)[];
const SELECTED = [
  ...FIELDS.map((field) => `${COLUMNS[field]} as "${field}"`),
  'known_at as "knownAt"',
  'ingest_run_id as "ingestRunId"',
].join(', ');

/** Records the units that differ from the newest, with their run; each unit once. @throws {PylonError} LEASE_LOST */
export async function recordBmUnits(
  db: Pick<pg.Pool, 'query'>,
  lease: Lease,
  run: RunRecord,
  units: readonly BmUnit[],
): Promise<RunOutcome> {
  const stated = units.map((unit) =>
    Object.fromEntries(FIELDS.map((field) => [COLUMNS[field], unit[field]])),
  );
  try {
    const { rows } = await db.query<OutcomeRow>(
      'select * from record_bm_units($1, $2, $3::jsonb, $4::jsonb)',
      [lease.name, lease.fencing, runJson(run), jsonbText(stated)],
    );
    const [row] = rows;
    if (!row) throw new Error('record_bm_units answered no row');
    return outcomeOf(row);
  } catch (error) {
    throw leaseError(error, lease);
  }
}

export interface BmUnitFilter {
  /** Exactly this code of a fuel. */
  readonly fuelType: string | null;
  /** Exactly this party, by id or by name, in any case. */
  readonly leadParty: string | null;
  /** Part of an id or a name, in any case. */
  readonly search: string | null;
  /** Only units after this one, by Elexon's id. */
  readonly after: string | null;
  readonly limit: number;
}

/** The newest of each unit that passes, by Elexon's id in the order of its characters. */
export async function readBmUnits(db: Pick<pg.Pool, 'query'>, filter: BmUnitFilter): Promise<KnownBmUnit[]> {
  const { rows } = await db.query<KnownBmUnit>({
    name: 'bm-units',
    text: `select ${SELECTED} from (
        select distinct on (elexon_bm_unit) * from bm_units order by elexon_bm_unit, sequence desc
      ) newest
      where ($1::text is null or fuel_type = $1)
        and ($2::text is null or lower($2) in (lower(lead_party_id), lower(lead_party_name)))
        and ($3::text is null or strpos(lower(concat_ws(chr(10), elexon_bm_unit, national_grid_bm_unit, name)), lower($3)) > 0)
        and ($4::text is null or elexon_bm_unit collate "C" > $4 collate "C")
      order by elexon_bm_unit collate "C" limit $5`,
    values: [filter.fuelType, filter.leadParty, filter.search, filter.after, filter.limit],
  });
  return rows;
}

/** The newest of some units, by Elexon's id; those that are not known are left out. */
export async function readBmUnitsById(
  db: Pick<pg.Pool, 'query'>,
  ids: readonly string[],
): Promise<KnownBmUnit[]> {
  const { rows } = await db.query<KnownBmUnit>({
    name: 'bm-units-by-id',
    text: `select distinct on (elexon_bm_unit) ${SELECTED} from bm_units where elexon_bm_unit = any ($1)
      order by elexon_bm_unit, sequence desc`,
    values: [ids],
  });
  return rows;
}
