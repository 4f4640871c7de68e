import type { Context } from '../context.js';
import type { GridSignal } from '../domain/grid-signal.js';
import { formatMinute, parseMinute } from '../domain/instant.js';
import type { AsOf } from './as-of.js';

/** A signal as the graph hands it on: with the instant it was asked for, which its links and its age keep to. */
export interface SignalNode extends GridSignal {
  readonly asOf: AsOf | null;
}

export const nodeOf = (signal: GridSignal, asOf: AsOf | null): SignalNode => ({ ...signal, asOf });

/** Text of a signal's key in its global id: `13@2025-01-31T12:00Z`. */
export const signalId = ({ regionId, from }: Pick<GridSignal, 'regionId' | 'from'>): string =>
  `${regionId}@${formatMinute(from)}`;

/** Answers `node` for signals, newest values: null in the place of an id that nothing has. */
export const signalsById = (
  ids: readonly string[],
  { loaders }: Pick<Context, 'loaders'>,
): Promise<(SignalNode | null)[]> =>
  Promise.all(
    ids.map(async (id) => {
      const [, region = '', minute = ''] = /^([1-9]\d?)@(.{17})$/.exec(id) ?? [];
      const from = parseMinute(minute);
      if (!from) return null;
      const signal = await loaders.signal.load({ regionId: Number(region), from, asOf: null });
      return signal && nodeOf(signal, null);
    }),
  );
