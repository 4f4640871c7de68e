import type { CarbonIndex } from '../codes.js';
import type { MixPermille } from '../fuels.js';
import { halfHours, isHalfHour } from '../half-hour.js';
import { carbonIndexOf } from './carbon-index.js';
import { gridAt, together, type Consumption } from './grid.js';
import { intensityOf, permilleOf } from './mix.js';
import { outturnOf } from './outturn.js';
import { areasOf } from './region-areas.js';

/** One half hour of one region of the synthetic grid. Never to be shown without saying that it is SYNTHETIC. */
export interface SyntheticPeriod {
  /** A region id of the Carbon Intensity API, 1 to 18. */
  readonly regionId: number;
  /** Start of the half hour, inside. */
  readonly from: Date;
  /** Whole, and exactly the mix below times the API's factors. */
  readonly forecastGco2PerKwh: number;
  /** What "really happened", whole. Publishers state an outturn for Great Britain only. */
  readonly outturnGco2PerKwh: number;
  /** Of the forecast. */
  readonly index: CarbonIndex;
  /** Whole, none negative, exactly 1000 together. */
  readonly mixPermille: MixPermille;
  /** Underlying demand of the region, whole MW: what embedded wind and solar meet is included. */
  readonly demandMw: number;
}

/**
 * The synthetic grid for one region and half hour.
 *
 * A pure function: the same three arguments give the same values on any machine, whatever was asked before. It holds
 * to that by using only integer hashing and the four operations that IEEE 754 fixes to the bit; no Math.sin, no Intl.
 *
 * @param from start of the half hour.
 * @param seed a whole number; two that differ by a multiple of 2^32 are the same world.
 * @throws {RangeError} when there is no such region, `from` is no start of a half hour, or the seed is not whole.
 */
export function syntheticPeriod(regionId: number, from: Date, seed: number): SyntheticPeriod {
  areasOf(regionId);
  requireStart(from);
  requireWhole(seed);
  return periodOf(regionId, from, seed, gridAt(middleOf(from), seed));
}

/**
 * The synthetic grid for several regions over a span: half hour by half hour, each with the regions in the order given.
 *
 * @param from inside; start of a half hour.
 * @param to outside; at or before `from`, the list is empty.
 * @throws {RangeError} as `syntheticPeriod`, and when `to` is invalid.
 */
export function syntheticPeriods(
  regionIds: readonly number[],
  from: Date,
  to: Date,
  seed: number,
): SyntheticPeriod[] {
  for (const regionId of regionIds) areasOf(regionId);
  requireStart(from);
  requireWhole(seed);
  return halfHours(from, to).flatMap((start) => {
    const grid = gridAt(middleOf(start), seed);
    return regionIds.map((regionId) => periodOf(regionId, start, seed, grid));
  });
}

function periodOf(
  regionId: number,
  from: Date,
  seed: number,
  grid: ReadonlyMap<number, Consumption>,
): SyntheticPeriod {
  const { demandMw, byFuelMw } = together(areasOf(regionId).flatMap((areaId) => grid.get(areaId) ?? []));
  const mixPermille = permilleOf(byFuelMw);
  const forecastGco2PerKwh = intensityOf(mixPermille);
  return {
    regionId,
    from: new Date(from),
    forecastGco2PerKwh,
    outturnGco2PerKwh: outturnOf(forecastGco2PerKwh, regionId, middleOf(from), seed),
    index: carbonIndexOf(forecastGco2PerKwh),
    mixPermille,
    demandMw,
  };
}

/** Hours since 1970-01-01T00:00Z, a quarter of an hour after the start. */
const middleOf = (from: Date): number => from.getTime() / 3_600_000 + 0.25;

function requireStart(from: Date): void {
  if (isHalfHour(from)) return;
  const shown = Number.isNaN(from.getTime()) ? 'an invalid Date' : from.toISOString();
  throw new RangeError(`${shown} is no start of a half hour`);
}

function requireWhole(seed: number): void {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`the seed ${seed} is no whole number`);
}
