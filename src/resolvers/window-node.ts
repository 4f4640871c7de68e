import type { ComputeWindow } from '../database/compute-market.js';

/** A window as the graph hands it on: newest, or as of the sequence of an event. */
export interface ComputeWindowNode extends ComputeWindow {
  readonly asOf: bigint | null;
}

export const windowNode = (window: ComputeWindow, asOf: bigint | null = null): ComputeWindowNode => ({
  ...window,
  asOf,
});
