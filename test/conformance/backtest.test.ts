import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HALF_HOUR_MS } from '../../src/domain/half-hour.js';
import { backtest } from '../../src/domain/planner/backtest.js';
import { carbonInterval, savingInterval } from '../../src/domain/planner/carbon-interval.js';
import { correctForecast } from '../../src/domain/planner/forecast-correction.js';
import type { Job } from '../../src/domain/planner/job.js';
import { knownWindows } from '../../src/domain/planner/known-windows.js';
import { seededRandom } from '../../src/domain/planner/random.js';
import { correctedForJobs } from '../../src/domain/planner/walk-forward.js';
import { RECORDED_DIR, SKIPPED_BECAUSE, csvRows, recordedFiles } from './recorded-files.js';

const DAY = 48;

interface Year {
  readonly from: Date;
  readonly forecast: Float64Array;
  readonly outturn: Float64Array;
}

/** 2023, by half hour; NaN where nothing was recorded, or an outturn that cannot be: 0 g for the whole country. */
function recordedYear(): Year {
  const file = recordedFiles('carbon-intensity').find(({ name }) => name.includes('history_2023'));
  if (!file) throw new Error('no year of national intensity is recorded');
  const rows = csvRows(file.text).map(({ from, forecast, actual }) => ({
    ms: Date.parse(from?.replace(' ', 'T') ?? ''),
    forecast: forecast === '' ? Number.NaN : Number(forecast),
    outturn: Number(actual) === 0 ? Number.NaN : Number(actual),
  }));
  const first = rows[0]!.ms;
  const slots = Math.round((rows.at(-1)!.ms - first) / HALF_HOUR_MS) + 1;
  const year = {
    forecast: new Float64Array(slots).fill(Number.NaN),
    outturn: new Float64Array(slots).fill(Number.NaN),
  };
  for (const row of rows) {
    const slot = Math.round((row.ms - first) / HALF_HOUR_MS);
    year.forecast[slot] = row.forecast;
    year.outturn[slot] = row.outturn;
  }
  return { from: new Date(first), ...year };
}

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

    it('ends within its 90 % intervals about nine times in ten', () => {
      const { from, forecast, outturn } = year;
      const history = Array.from(forecast, (value, slot) => ({
        from: new Date(from.getTime() + slot * HALF_HOUR_MS),
        forecastGco2PerKwh: value,
        outturnGco2PerKwh: outturn[slot]!,
      }));
      const isKnown = ({ forecastGco2PerKwh, outturnGco2PerKwh }: (typeof history)[number]): boolean =>
        !Number.isNaN(forecastGco2PerKwh - outturnGco2PerKwh);
      let [tried, savings, carbons] = [0, 0, 0];
      for (let first = 30 * DAY; first + 2 * DAY < history.length; first += 71) {
        const window = history.slice(first, first + 2 * DAY);
        if (!window.every(isKnown)) continue;
        const corrected = correctForecast({
          forecast: window.map(({ forecastGco2PerKwh }) => forecastGco2PerKwh),
          from: window[0]!.from,
          history: history.slice(first - 29 * DAY, first).filter(isKnown),
          at: window[0]!.from,
        });
        const drawn = (slots: readonly number[]) => [{ forecast: corrected, slots, kwhPerSlot: 1 }];
        const was = (slots: readonly number[]): number =>
          slots.reduce((sum, slot) => sum + window[slot]!.outturnGco2PerKwh, 0);
        const chosen = [...window.keys()]
          .sort((a, b) => corrected.corrected[a]! - corrected.corrected[b]! || a - b)
          .slice(0, 8);
        const atOnce = [0, 1, 2, 3, 4, 5, 6, 7];
        const carbon = carbonInterval(drawn(chosen));
        const saving = savingInterval({ chosen: drawn(chosen), atOnce: drawn(atOnce) });
        tried += 1;
        if (carbon.low <= was(chosen) && was(chosen) <= carbon.high) carbons += 1;
        const saved = was(atOnce) - was(chosen);
        if (saving.low <= saved && saved <= saving.high) savings += 1;
      }
      expect(tried).toBeGreaterThan(200);
      for (const held of [savings, carbons]) {
        expect(held / tried).toBeGreaterThan(0.84);
        expect(held / tried).toBeLessThan(0.97);
      }
    });
  },
);
