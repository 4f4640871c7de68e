import { addHalfHours, floorToHalfHour } from '../half-hour.js';

/** A time during which a workload ran without a pause. */
export interface Run {
  readonly dataCentreId: number;
  /** Inside. */
  readonly startedAt: Date;
  /** Outside. */
  readonly stoppedAt: Date;
}

/** What of the runs lies in one half hour at one data centre. */
export interface RunPiece {
  readonly dataCentreId: number;
  /** Start of the half hour. */
  readonly from: Date;
  readonly ranMs: number;
}

/**
 * The runs cut at the half hours, one piece for each half hour and data centre, oldest first; the milliseconds add up to those
 * of the runs. A run that took no time leaves a piece of 0 ms, so that it is known where it ran.
 */
export function piecesOf(runs: readonly Run[]): RunPiece[] {
  const pieces = new Map<string, RunPiece>();
  for (const { dataCentreId, startedAt, stoppedAt } of runs) {
    let from = floorToHalfHour(startedAt);
    do {
      const next = addHalfHours(from, 1);
      const begin = Math.max(from.getTime(), startedAt.getTime());
      const end = Math.min(next.getTime(), stoppedAt.getTime());
      const key = `${dataCentreId}@${from.getTime()}`;
      const ranMs = (pieces.get(key)?.ranMs ?? 0) + end - begin;
      pieces.set(key, { dataCentreId, from, ranMs });
      from = next;
    } while (from < stoppedAt);
  }
  return [...pieces.values()].sort(
    (a, b) => a.from.getTime() - b.from.getTime() || a.dataCentreId - b.dataCentreId,
  );
}

/**
 * Energy shared out over pieces by their time; evenly where none took any. The shares add up to the energy, but for the
 * rounding of doubles.
 */
export function shareEnergy(energyKwh: number, pieces: readonly RunPiece[]): number[] {
  const total = pieces.reduce((sum, { ranMs }) => sum + ranMs, 0);
  return pieces.map(({ ranMs }) => (total > 0 ? (energyKwh * ranMs) / total : energyKwh / pieces.length));
}
