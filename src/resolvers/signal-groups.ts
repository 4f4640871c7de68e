import type { Context } from '../context.js';
import type { HalfHourKey } from '../database/series/stated.js';
import type { GridStress } from '../database/series/stress.js';
import type { DemandGroup, PriceGroup } from '../domain/grid-signal.js';
import { priceGroupOf } from '../domain/price-group.js';
import { GREAT_BRITAIN } from '../domain/regions.js';
import type { SignalNode } from './signal-node.js';

const keyOf = ({ from, asOf }: SignalNode): HalfHourKey => ({ from, asOf: asOf?.sequence ?? null });

/** Answers `GridSignal.demand`. */
export const signalDemand = async (
  signal: SignalNode,
  _args: unknown,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<DemandGroup | null> =>
  signal.regionId === GREAT_BRITAIN ? loaders.demand.load(keyOf(signal)) : null;

/** Answers `GridSignal.gridStress` and what belongs to it. */
export const signalStress = async (
  signal: SignalNode,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<GridStress | null> =>
  signal.regionId === GREAT_BRITAIN ? loaders.stress.load(keyOf(signal)) : null;

/** Answers `GridSignal.price`: Great Britain's holds everywhere. */
export const signalPrice = async (
  signal: SignalNode,
  _args: unknown,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<PriceGroup | null> => priceGroupOf(await loaders.signalPrices.load(keyOf(signal)));
