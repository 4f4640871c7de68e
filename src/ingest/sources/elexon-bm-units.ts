import type { BmUnit } from '../../domain/bm-unit.js';
import { RowRefused, isObject, quoted, rowOf } from '../rows.js';
import { ELEXON_LICENCE, elexonDocs, elexonRows } from '../elexon/routes.js';
import { labelOf } from '../elexon/values.js';
import { parseRows } from '../parse-rows.js';
import { defineSource } from '../source.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Elexon, the list of BM units: ids, lead parties, fuels, capacities (MW). Reference data, as it is today.
 *
 * Quirks: a bare list; numbers are text with three decimals; no fuel for most; some sixty units have an id of the system
 * operator and nothing else, and are refused; a unit may be listed twice.
 */
export const elexonBmUnits = defineSource({
  id: 'elexon-bm-units',
  title: 'Balancing Mechanism units',
  produces: 'bm-units',
  docs: elexonDocs('reference/bmunits/all'),
  licence: ELEXON_LICENCE,
  baseUrl: 'ELEXON_URL',
  cadence: { everyMinutes: 24 * 60, afterMinutes: 6 * 60 },
  lookbackHours: 0,
  horizonHours: 0,
  priority: 100,
  carbonKinds: [],
  mixKinds: [],
  regionIds: [18],
  history: null,
  async *fetch(_window, { json }) {
    yield await json('/reference/bmunits/all');
  },
  parse: (body) => parseRows(elexonRows(body), nameOf, (row) => [unitOf(rowOf(row))]),
});

const nameOf = (row: unknown, position: number): string =>
  isObject(row) && (row['elexonBmUnit'] ?? row['nationalGridBmUnit']) !== undefined
    ? `unit ${quoted(row['elexonBmUnit'] ?? row['nationalGridBmUnit'])}`
    : `row ${position}`;

function unitOf(row: Json): BmUnit {
  if (row['elexonBmUnit'] == null)
    throw new RowRefused('has no Elexon id, and no party that is settled for it');
  return {
    elexonBmUnit: labelOf(row['elexonBmUnit'], 'elexonBmUnit'),
    nationalGridBmUnit: textOf(row, 'nationalGridBmUnit'),
    name: textOf(row, 'bmUnitName'),
    fuelType: textOf(row, 'fuelType'),
    unitType: textOf(row, 'bmUnitType'),
    leadPartyId: textOf(row, 'leadPartyId'),
    leadPartyName: textOf(row, 'leadPartyName'),
    generationCapacityMw: decimalOf(row, 'generationCapacity'),
    demandCapacityMw: decimalOf(row, 'demandCapacity'),
    productionOrConsumption: sideOf(row['productionOrConsumptionFlag']),
    transmissionLossFactor: decimalOf(row, 'transmissionLossFactor'),
    gspGroupId: textOf(row, 'gspGroupId'),
    gspGroupName: textOf(row, 'gspGroupName'),
    interconnectorId: textOf(row, 'interconnectorId'),
    eic: textOf(row, 'eic'),
  };
}

/** Null where there is none, or an empty one. @throws {RowRefused} */
const textOf = (row: Json, name: string): string | null =>
  row[name] == null || row[name] === '' ? null : labelOf(row[name], name);

/** A number that the publisher writes as text. @throws {RowRefused} */
function decimalOf(row: Json, name: string): number | null {
  const value = row[name];
  if (value == null) return null;
  if (typeof value !== 'string' || !/^-?\d{1,9}(\.\d{1,12})?$/.test(value))
    throw new RowRefused(`${name} ${quoted(value)} is no decimal number in text`);
  return Number(value);
}

function sideOf(value: unknown): 'P' | 'C' | null {
  if (value == null) return null;
  if (value !== 'P' && value !== 'C')
    throw new RowRefused(`productionOrConsumptionFlag ${quoted(value)} is neither P nor C`);
  return value;
}
