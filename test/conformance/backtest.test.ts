import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backtest } from '../../src/domain/planner/backtest.js';
import type { Job } from '../../src/domain/planner/job.js';
import { knownWindows } from '../../src/domain/planner/known-windows.js';
import { seededRandom } from '../../src/domain/planner/random.js';
import { correctedForJobs } from '../../src/domain/planner/walk-forward.js';
import { RECORDED_DIR, SKIPPED_BECAUSE } from './recorded-files.js';
import { recordedYear, type Year } from './recorded-year.js';

const DAY = 48;

interface Kind {
  readonly name: string;
  readonly isInterruptible: boolean;
  readonly capacity: number | null;
  readonly jobs: (slots: number) => readonly Job[];
}

/** A job every so many half hours, so that each half hour of the day is begun in as often. */
const every =
  (step: number, duration: number, window: number) =>
  (slots: number): readonly Job[] =>
    Array.from({ length: Math.floor((slots - window) / step) }, (_, i) => ({
      id: `job ${i}`,
      from: i * step,
      to: i * step + window,
      duration,
      powerKw: 1,
    }));

/** Jobs of 8 to 180 half hours, most of them short, with a day or two of slack. */
const mix =
  (count: number) =>
  (slots: number): readonly Job[] => {
    const random = seededRandom(2023);
    return Array.from({ length: count }, (_, i) => {
      const duration = 8 + Math.floor(random() ** 3 * 173);
      const slack = DAY + Math.floor(random() * DAY);
      const from = Math.floor(random() * (slots - duration - slack));
      return { id: `job ${i}`, from, to: from + duration + slack, duration, powerKw: 1 };
    });
  };

const KINDS: readonly Kind[] = [
  { name: '4 h in a day, interruptible', isInterruptible: true, capacity: null, jobs: every(7, 8, DAY) },
  { name: '4 h in a day, contiguous', isInterruptible: false, capacity: null, jobs: every(7, 8, DAY) },
  {
    name: '4 h in two days, interruptible',
    isInterruptible: true,
    capacity: null,
    jobs: every(13, 8, 2 * DAY),
  },
  {
    name: '4 h in two days, contiguous',
    isInterruptible: false,
    capacity: null,
    jobs: every(13, 8, 2 * DAY),
  },
  { name: '4 to 90 h, 8 machines, interruptible', isInterruptible: true, capacity: 8, jobs: mix(800) },
  { name: '4 to 90 h, 10 machines, contiguous', isInterruptible: false, capacity: 10, jobs: mix(800) },
];

interface Row {
  readonly kind: string;
  readonly raw: number;
  readonly corrected: number;
  readonly foresight: number;
}

describe.skipIf(!RECORDED_DIR)(
  `jobs planned on a recorded year${RECORDED_DIR ? '' : ` (skipped: ${SKIPPED_BECAUSE})`}`,
  () => {
    let year: Year;
    const table: Row[] = [];

    beforeAll(() => {
      year = recordedYear();
    });
    afterAll(() => {
      if (table.length === 0) return;
      const lines = table.map(
        ({ kind, ...figures }) =>
          kind.padEnd(40) +
          Object.values(figures)
            .map((figure: number) => figure.toFixed(2).padStart(11))
            .join(''),
      );
      process.stdout.write(
        `\n${'saved against starting at once, 2023, %'.padEnd(40)}${['forecast', 'corrected', 'foresight'].map((name) => name.padStart(11)).join('')}\n${lines.join('\n')}\n`,
      );
    });

    it.each(KINDS)(
      '$name: a corrected forecast saves no less',
      ({ name, jobs, isInterruptible, capacity }) => {
        const { forecast, outturn } = year;
        const windows = knownWindows(jobs(forecast.length), [forecast, outturn]);
        const able = windows.able.map((j) => jobs(forecast.length)[j]!);
        const [believed, actual] = windows.series as [Float64Array, Float64Array];
        const corrected = correctedForJobs({ ...year, jobs: able }).map((value) =>
          Number.isNaN(value) ? 0 : value,
        );
        const saved = (by: Float64Array) =>
          backtest({ jobs: able, actual, believed: by, capacity, isInterruptible, isOnline: false }).result;
        const raw = saved(believed);
        const better = saved(corrected);
        expect([raw.missedSlots, better.missedSlots]).toEqual([0, 0]);
        table.push({
          kind: name,
          raw: raw.savingPct!,
          corrected: better.savingPct!,
          foresight: raw.foresight!.savingPct!,
        });
        expect(better.savingPct).toBeGreaterThanOrEqual(raw.savingPct!);
        expect(better.savingPct).toBeLessThanOrEqual(better.foresight!.savingPct! + 0.5);
      },
    );
  },
);
