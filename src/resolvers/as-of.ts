import type { Context } from '../context.js';

/** A past instant and the sequence that was the last one known then. */
export interface AsOf {
  readonly instant: Date;
  readonly sequence: bigint;
}

/** Null for "newest". @throws {PylonError} BAD_USER_INPUT when it lies in the future. */
export const asOfOf = async (
  asOf: Date | null | undefined,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<AsOf | null> => (asOf ? loaders.asOf.load(asOf) : null);
