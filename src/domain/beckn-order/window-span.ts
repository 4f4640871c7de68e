import { addHalfHours } from '../half-hour.js';

/** From inside to outside. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

export const overlaps = (a: Span, b: Span): boolean => a.from < b.to && a.to > b.from;

/** Where work has its place, and when. */
export interface Place {
  readonly regionId: number;
  /** Starts of its half hours. */
  readonly slots: readonly Date[];
}

/** Whether a window covers the half hours of a place that are not over. */
export const covers = (
  window: Span & { readonly regionId: number | null },
  { regionId, slots }: Place,
  now: Date,
): boolean =>
  window.regionId === regionId &&
  slots.every(
    (slot) => addHalfHours(slot, 1) <= now || (slot >= window.from && addHalfHours(slot, 1) <= window.to),
  );
