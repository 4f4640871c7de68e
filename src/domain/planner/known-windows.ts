import type { Job } from './job.js';

export interface KnownWindows {
  /** Indexes of the jobs whose windows are known throughout. */
  readonly able: readonly number[];
  /** Indexes of the others. */
  readonly unable: readonly number[];
  /** The series with 0 where they are absent: no window of an able job reaches there. */
  readonly series: readonly Float64Array[];
}

/** Tells jobs whose windows hold a half hour that a series is absent in (NaN) from those that can be planned and judged. */
export function knownWindows(jobs: readonly Job[], series: readonly Float64Array[]): KnownWindows {
  const slots = series[0]?.length ?? 0;
  const absentBefore = new Int32Array(slots + 1);
  for (let slot = 0; slot < slots; slot += 1)
    absentBefore[slot + 1] = absentBefore[slot]! + (series.some((own) => Number.isNaN(own[slot]!)) ? 1 : 0);
  const isKnown = (j: number): boolean => absentBefore[jobs[j]!.from] === absentBefore[jobs[j]!.to];
  const all = [...jobs.keys()];
  return {
    able: all.filter(isKnown),
    unable: all.filter((j) => !isKnown(j)),
    series: series.map((own) => own.map((value) => (Number.isNaN(value) ? 0 : value))),
  };
}
