import type { CarbonIndex } from '../../src/domain/codes.js';
import { FUELS, type Fuel } from '../../src/domain/fuels.js';
import type { GridStatement } from '../../src/domain/grid-statement.js';
import { addHalfHours } from '../../src/domain/half-hour.js';
import { formatMinute } from '../../src/domain/instant.js';
import type { RunRecord } from '../../src/domain/ingest-run.js';
import { REGIONS } from '../../src/domain/regions.js';

/** Half hours of one answer of the publisher: 48 hours and the one that runs. */
export const HALF_HOURS = 97;
export const STATEMENTS_A_TICK = HALF_HOURS * REGIONS.length;

/** What is currently said of one region and half hour. */
interface Said {
  intensity: number;
  readonly permille: Record<Fuel, number>;
}

/**
 * The regional forecast of a publisher who revises everything every half hour: intensities walk a few grams, shares a few
 * thousandths, and every statement differs from the one before. Deterministic.
 */
export class SimulatedGrid {
  readonly #start: Date;
  readonly #random: () => number;
  readonly #said = new Map<string, Said>();
  #tick = 0;

  constructor(start: Date, seed = 1) {
    this.#start = start;
    this.#random = mulberry32(seed);
  }

  /** The next tick: the window has moved on by half an hour. */
  next(): GridStatement[] {
    const statements: GridStatement[] = [];
    for (let i = this.#tick; i < this.#tick + HALF_HOURS; i += 1) {
      const from = addHalfHours(this.#start, i);
      for (const { regionId } of REGIONS) statements.push(this.#state(regionId, i, from));
      if (i === this.#tick) for (const { regionId } of REGIONS) this.#said.delete(`${regionId}@${i}`); // never spoken of again
    }
    this.#tick += 1;
    return statements;
  }

  #state(regionId: number, i: number, from: Date): GridStatement {
    const key = `${regionId}@${i}`;
    const said = this.#said.get(key) ?? this.#first(regionId, i);
    this.#said.set(key, said);
    said.intensity = Math.max(0, said.intensity + Math.round((this.#random() - 0.5) * 8));
    this.#shift(said.permille);
    return {
      regionId,
      from,
      kind: 'FORECAST',
      issuedAt: null,
      intensityGco2PerKwh: said.intensity,
      index: indexWord(said.intensity),
      mix: { permille: { ...said.permille }, unlisted: [] },
    };
  }

  #first(regionId: number, i: number): Said {
    const evening = Math.sin(((i % 48) / 48) * 2 * Math.PI - 2);
    const wind = Math.round(250 + 150 * Math.sin(i / 37 + regionId));
    const permille = Object.fromEntries(FUELS.map((fuel) => [fuel, 0])) as Record<Fuel, number>;
    Object.assign(permille, { WIND: wind, NUCLEAR: 150, IMPORTS: 100, BIOMASS: 60, HYDRO: 20 });
    permille.GAS = 1000 - Object.values(permille).reduce((sum, share) => sum + share, 0);
    return { intensity: Math.round(150 + regionId * 5 + 60 * evening), permille };
  }

  /** Moves some thousandths from one fuel to another, always at least one. */
  #shift(permille: Record<Fuel, number>): void {
    const [giver, taker] = permille.GAS > 40 ? (['GAS', 'WIND'] as const) : (['WIND', 'GAS'] as const);
    const moved = 1 + Math.floor(this.#random() * 12);
    permille[giver] -= moved;
    permille[taker] += moved;
  }
}

/** The body in which the Carbon Intensity API would state one tick. */
export function bodyOf(statements: readonly GridStatement[]): unknown {
  const byPeriod = new Map<number, GridStatement[]>();
  for (const statement of statements) {
    const period = byPeriod.get(statement.from.getTime());
    if (period) period.push(statement);
    else byPeriod.set(statement.from.getTime(), [statement]);
  }
  return {
    data: [...byPeriod].map(([start, rows]) => ({
      from: formatMinute(new Date(start)),
      to: formatMinute(addHalfHours(new Date(start), 1)),
      regions: rows.map(regionRow),
    })),
  };
}

function regionRow({ regionId, intensityGco2PerKwh, index, mix }: GridStatement): unknown {
  const region = REGIONS.find((candidate) => candidate.regionId === regionId);
  return {
    regionid: regionId,
    dnoregion: region?.dnoRegion,
    shortname: region?.shortName,
    intensity: { forecast: intensityGco2PerKwh, index: index?.toLowerCase().replace('_', ' ') },
    generationmix: FUELS.map((fuel) => ({
      fuel: fuel.toLowerCase(),
      perc: (mix?.permille[fuel] ?? 0) / 10,
    })),
  };
}

/** The run that brings one tick. */
export function runOf(sourceId: number, statements: readonly GridStatement[], now: Date): RunRecord {
  const [first, last] = [statements[0], statements.at(-1)];
  if (!first || !last) throw new RangeError('a tick without statements');
  return {
    sourceId,
    mode: 'SCHEDULED',
    endpoint: '/regional/intensity/fw48h',
    window: { from: first.from, to: addHalfHours(last.from, 1) },
    startedAt: now,
    httpStatus: 200,
    retries: 0,
    rowsRead: statements.length,
    rowsRefused: 0,
    rowsDuplicate: 0,
    refusals: [],
    backfillId: null,
    failure: null,
  };
}

function indexWord(intensity: number): CarbonIndex {
  if (intensity < 60) return 'VERY_LOW';
  if (intensity < 130) return 'LOW';
  if (intensity < 200) return 'MODERATE';
  return intensity < 280 ? 'HIGH' : 'VERY_HIGH';
}

/** @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32 */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
