import type { ComputeWindow, GridZone } from '../database/compute-market.js';
import type { AsOf } from './as-of.js';

/** A window as the graph hands it on: newest, or as of a past instant or event, which its links keep to. */
export interface ComputeWindowNode extends ComputeWindow {
  readonly asOf: AsOf | null;
}

/** A zone likewise. Its place is the one last stated. */
export interface GridZoneNode extends GridZone {
  readonly asOf: AsOf | null;
}

export const windowNode = (window: ComputeWindow, asOf: AsOf | null): ComputeWindowNode => ({
  ...window,
  asOf,
});
export const zoneNode = (zone: GridZone, asOf: AsOf | null): GridZoneNode => ({ ...zone, asOf });
