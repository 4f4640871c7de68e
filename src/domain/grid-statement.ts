import type { CarbonIndex, ObservationKind } from './codes.js';
import type { MixPermille, UnlistedFuel } from './fuels.js';

/** Generation shares as stated; `unlisted` holds fuels outside the nine. */
export interface StatedMix {
  readonly permille: MixPermille;
  readonly unlisted: readonly UnlistedFuel[];
}

/**
 * What a source said about one region and half hour in one breath. Null is "not stated", zero is a value.
 * At least one of `intensityGco2PerKwh` and `mix` is stated.
 */
export interface GridStatement {
  readonly regionId: number;
  /** Start of the half hour, inside; on the half-hour grid. */
  readonly from: Date;
  readonly kind: ObservationKind;
  /** When the source says it said so; null where it does not say. */
  readonly issuedAt: Date | null;
  readonly intensityGco2PerKwh: number | null;
  /** The publisher's word for the intensity it stands beside. */
  readonly index: CarbonIndex | null;
  readonly mix: StatedMix | null;
}

/** A row that could not be taken, and why. `row` names it in the publisher's own terms. */
export interface Refusal {
  readonly row: string;
  readonly reason: string;
}
