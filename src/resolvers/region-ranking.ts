import type { Context } from '../context.js';
import { readOpenCapacity } from '../database/open-capacity.js';
import { readOpenWindows } from '../database/open-windows.js';
import { PylonError } from '../domain/errors.js';
import { addHalfHours, floorToHalfHour } from '../domain/half-hour.js';
import { intensityOf, lowCarbonPct, renewablePct, windPct, type GridSignal } from '../domain/grid-signal.js';
import { asOfOf, type AsOf } from './as-of.js';
import { missing } from './grid-signals.js';
import { LICENCE_AREA_IDS } from './regions.js';
import { nodeOf, type SignalNode } from './signal-node.js';

export type RankingMetric = 'CARBON' | 'RENEWABLES' | 'LOW_CARBON' | 'WIND' | 'COMPUTE_WINDOWS';

interface Metric {
  readonly of: (signal: GridSignal | null, regionId: number) => number | null;
  readonly best: 'lowest' | 'highest';
}

const ofSignal = (of: (signal: GridSignal) => number | null, best: Metric['best']): Metric => ({
  of: (signal) => signal && of(signal),
  best,
});

const SIGNAL_METRICS: Readonly<Record<Exclude<RankingMetric, 'COMPUTE_WINDOWS'>, Metric>> = {
  CARBON: ofSignal(intensityOf, 'lowest'),
  RENEWABLES: ofSignal(renewablePct, 'highest'),
  LOW_CARBON: ofSignal(lowCarbonPct, 'highest'),
  WIND: ofSignal(windPct, 'highest'),
};

/** Compute windows on offer; no value anywhere while the marketplace has not been heard of. */
async function openWindows(
  instant: Date,
  asOf: AsOf | null,
  { database }: Pick<Context, 'database'>,
): Promise<Metric> {
  const counts = await readOpenWindows(database.pool, { instant, asOf: asOf?.sequence ?? null });
  return { of: (_signal, regionId) => counts && (counts.get(regionId) ?? 0), best: 'highest' };
}

export interface RankedRegion {
  readonly regionId: number;
  /** 1 is best; regions with the same value share a rank. Null without a value. */
  readonly rank: number | null;
  readonly value: number | null;
  readonly signal: SignalNode | null;
  /** The most facility power left in that half hour at one ACTIVE data centre there, kW. Null: there is none. */
  readonly openCapacityKw: () => Promise<number | null>;
}

const MOST_KW = 2_000_000;

/**
 * Answers `regionRanking`: the fourteen licence areas at one half hour, best first, those without a value last; or those of
 * them with so much power left at one data centre.
 *
 * @throws {PylonError} DATA_MISSING when none has a value; BAD_USER_INPUT
 */
export async function regionRanking(
  {
    metric,
    at,
    asOf: asked,
    minOpenKw,
  }: {
    readonly metric: RankingMetric;
    readonly at?: Date | null | undefined;
    readonly asOf?: Date | null | undefined;
    readonly minOpenKw?: number | null | undefined;
  },
  context: Context,
): Promise<RankedRegion[]> {
  if (minOpenKw != null && !(minOpenKw > 0 && minOpenKw <= MOST_KW))
    throw new PylonError(
      'BAD_USER_INPUT',
      `minOpenKw: ${minOpenKw} is not more than 0 and at most ${MOST_KW}`,
    );
  const asOf = await asOfOf(asked, context);
  const instant = at ?? asOf?.instant ?? context.now;
  const from = floorToHalfHour(instant);
  const { of, best } =
    metric === 'COMPUTE_WINDOWS' ? await openWindows(instant, asOf, context) : SIGNAL_METRICS[metric];
  const open = once(() =>
    readOpenCapacity(
      context.database.pool,
      LICENCE_AREA_IDS,
      { from, to: addHalfHours(from, 1) },
      context.now,
    ),
  );
  const openAt = async (regionId: number): Promise<number | null> => (await open()).get(regionId) ?? null;
  const valued = await Promise.all(
    LICENCE_AREA_IDS.map(async (regionId) => {
      const signal = await context.loaders.signal.load({ regionId, from, asOf });
      return {
        ...{ regionId, signal: signal && nodeOf(signal, asOf), value: of(signal, regionId) },
        openCapacityKw: () => openAt(regionId),
      };
    }),
  );
  if (valued.every(({ value }) => value === null)) throw missing(`any licence area at ${from.toISOString()}`);
  if (minOpenKw == null) return ranked(valued, best);
  const room = await open();
  return ranked(
    valued.filter(({ regionId }) => (room.get(regionId) ?? 0) >= minOpenKw),
    best,
  );
}

/** Asked only where it is wanted, and then once for all regions. */
function once<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let answer: Promise<Answer> | null = null;
  return () => (answer ??= ask());
}

function ranked(entries: readonly Omit<RankedRegion, 'rank'>[], best: 'lowest' | 'highest'): RankedRegion[] {
  const sign = best === 'lowest' ? 1 : -1;
  const goodness = ({ value }: { readonly value: number | null }): number =>
    value === null ? Infinity : value * sign;
  const sorted = [...entries].sort((a, b) =>
    goodness(a) === goodness(b) ? a.regionId - b.regionId : goodness(a) - goodness(b),
  );
  return sorted.map((entry) => ({
    ...entry,
    rank: entry.value === null ? null : sorted.findIndex((other) => other.value === entry.value) + 1,
  }));
}
