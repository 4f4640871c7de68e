/**
 * What the routes of the Carbon Intensity API share: envelopes, times, words.
 *
 * Documented at https://carbon-intensity.github.io/api-definitions/. Seen and not documented: region 18 is GB; `data` is
 * an array or an object by route; a period belongs to a window if its `to` lies in [from, to], so a window begins
 * half an hour early; HTTP 200 with `{}` happens; the words of `index` are relative to the year and are kept as given.
 */
import type { CarbonIndex } from '../domain/codes.js';
import { FUELS, fuelOf, type Fuel, type UnlistedFuel } from '../domain/fuels.js';
import type { StatedMix } from '../domain/grid-statement.js';
import { HALF_HOUR_MS, isHalfHour } from '../domain/half-hour.js';
import { parseMinute } from '../domain/instant.js';
import { RowRefused, broken, isFuelName, isObject, listOf, quoted, rowOf, type Json } from './rows.js';

export const CARBON_INTENSITY_DOCS = 'https://carbon-intensity.github.io/api-definitions/';
export const CARBON_INTENSITY_LICENCE = {
  name: 'CC BY 4.0 (National Energy System Operator, University of Oxford)',
  url: 'https://creativecommons.org/licenses/by/4.0/',
} as const;

/** Above anything ever published for GB (coal alone is about 940 g) with room; what is higher is a fault. */
const HIGHEST_INTENSITY = 2000;

/**
 * The `data` of a body as a list, whichever of the API's envelopes it has.
 *
 * @throws {PylonError} SOURCE_CONTRACT_BROKEN for an error body, `{}`, or anything that has no `data`.
 */
export function dataOf(body: unknown): readonly unknown[] {
  if (isObject(body)) {
    const { data, error } = body;
    if (Array.isArray(data)) return data;
    if (isObject(data)) return [data];
    if (isObject(error))
      throw broken(`is an error in place of data: ${quoted(error['message'] ?? error['code'])}`);
    throw broken(
      'data' in body
        ? `has no list and no object as "data" but ${quoted(data)}`
        : `has no "data"; its keys are ${quoted(Object.keys(body).slice(0, 8))}`,
    );
  }
  throw broken(`is ${quoted(body)} where an object with "data" is expected`);
}

/** Start of the half hour of a period row. @throws {RowRefused} */
export function periodStart(row: Json): Date {
  const from = typeof row['from'] === 'string' ? parseMinute(row['from']) : null;
  const to = typeof row['to'] === 'string' ? parseMinute(row['to']) : null;
  if (!from || !to)
    throw new RowRefused(`from ${quoted(row['from'])} and to ${quoted(row['to'])} are not both instants`);
  if (!isHalfHour(from) || to.getTime() - from.getTime() !== HALF_HOUR_MS) {
    throw new RowRefused(`${String(row['from'])} to ${String(row['to'])} is no half hour`);
  }
  return from;
}

/** A region id of the API, 1 to 18. @throws {RowRefused} */
export function regionIdOf(row: Json): number {
  const id = row['regionid'];
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > 18)
    throw new RowRefused(`regionid ${quoted(id)} is not 1 to 18`);
  return id;
}

/** Whole g/kWh, zero included; null where the row says null or nothing. @throws {RowRefused} */
export function gramsOf(value: unknown, name: string): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > HIGHEST_INTENSITY) {
    throw new RowRefused(
      `${name} ${quoted(value)} is no whole number of g/kWh from 0 to ${HIGHEST_INTENSITY}`,
    );
  }
  return value;
}

const INDEX_WORDS: Readonly<Record<string, CarbonIndex>> = {
  'very low': 'VERY_LOW',
  low: 'LOW',
  moderate: 'MODERATE',
  high: 'HIGH',
  'very high': 'VERY_HIGH',
};

/** The publisher's own word; null where it gives none. @throws {RowRefused} for a word it does not document. */
export function carbonIndexOf(value: unknown): CarbonIndex | null {
  if (value === null || value === undefined) return null;
  const index = typeof value === 'string' ? INDEX_WORDS[value] : undefined;
  if (!index)
    throw new RowRefused(`index ${quoted(value)} is none of ${Object.keys(INDEX_WORDS).join(', ')}`);
  return index;
}

/**
 * Shares as thousandths. An empty or missing list is no statement (null). A fuel outside the nine is kept under its
 * own word; one of the nine that is not listed is zero.
 *
 * @throws {RowRefused} for a share that is no percentage, or a fuel named twice.
 */
export function statedMixOf(value: unknown): StatedMix | null {
  if (value === null || value === undefined) return null;
  const rows = listOf(value, 'generationmix');
  if (rows.length === 0) return null;
  const permille = Object.fromEntries(FUELS.map((fuel) => [fuel, 0])) as Record<Fuel, number>;
  const unlisted: UnlistedFuel[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const { fuel: rawFuel, perc } = rowOf(row);
    if (!isFuelName(rawFuel)) throw new RowRefused(`fuel ${quoted(rawFuel)} is no name`);
    if (typeof perc !== 'number' || !(perc >= 0 && perc <= 100))
      throw new RowRefused(`perc ${quoted(perc)} of ${rawFuel} is no percentage`);
    const fuel = fuelOf(rawFuel);
    if (seen.has(fuel ?? rawFuel)) throw new RowRefused(`generationmix names ${rawFuel} twice`);
    seen.add(fuel ?? rawFuel);
    const share = Math.round(perc * 10);
    if (fuel) permille[fuel] = share;
    else unlisted.push({ rawFuel, permille: share });
  }
  return { permille, unlisted };
}
