import type { Job } from '../../../../src/domain/planner/job.js';
import { seededRandom } from '../../../../src/domain/planner/random.js';

/** Two weeks. */
export const SLOTS = 48 * 14;

/** Work as it comes: in what rhythm, how long, and how much later it may be. */
export interface Rhythm {
  readonly count: number;
  /** Start of a window as a share of the time there is, from a number in [0, 1). */
  readonly when: (drawn: number, i: number) => number;
  /** Half hours it runs, from a number in [0, 1). */
  readonly duration: (drawn: number) => number;
  /** Half hours it may be later, from a number in [0, 1). */
  readonly slack: (drawn: number) => number;
}

/** An intensity that turns by day and by five days, with noise, gCO2/kWh. */
export function intensity(seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: SLOTS }, (_, slot) =>
    Math.round(
      180 + 60 * Math.sin((slot / 48) * 2 * Math.PI) + 70 * Math.sin(slot / (48 * 5)) + 30 * random(),
    ),
  );
}

export function arrivals(seed: number, { count, when, duration, slack }: Rhythm): readonly Job[] {
  const random = seededRandom(seed + 1_000);
  return Array.from({ length: count }, (_, i): Job => {
    const own = Math.floor(duration(random()));
    const later = Math.floor(slack(random()));
    const from = Math.min(SLOTS - own - later, Math.floor(when(random(), i) * (SLOTS - 60)));
    return { id: `job ${i}`, duration: own, from, to: from + own + later, powerKw: 1 };
  });
}

/** Of day `drawn` of fourteen, the hour told: most work comes then. */
const atHour = (drawn: number, hour: number): number =>
  (Math.floor(drawn * 13) * 48 + hour * 2 + ((drawn * 13) % 1) * 4) / (SLOTS - 60);

export const RHYTHMS = {
  /** All through, four hours to two days long, one to two days of slack. */
  steady: {
    count: 130,
    when: (drawn) => drawn,
    duration: (drawn) => 8 + drawn ** 2 * 80,
    slack: (drawn) => 48 + drawn * 48,
  },
  /** At nine in the morning, for the night. */
  mornings: {
    count: 140,
    when: (drawn) => atHour(drawn, 9),
    duration: (drawn) => 6 + drawn * 18,
    slack: (drawn) => 24 + drawn * 24,
  },
  /** A batch every third day, with hardly anything between. */
  batches: {
    count: 110,
    when: (drawn, i) => (i % 10 === 0 ? drawn : (Math.floor(drawn * 4) * 3 + 0.5) / 13.5),
    duration: (drawn) => 8 + drawn * 24,
    slack: (drawn) => 60 + drawn * 60,
  },
  /** Ever more. */
  rising: {
    count: 130,
    when: (drawn) => Math.sqrt(drawn),
    duration: (drawn) => 8 + drawn ** 2 * 60,
    slack: (drawn) => 40 + drawn * 40,
  },
  /** Few, long and patient, among many that are short and in a hurry. */
  mixed: {
    count: 150,
    when: (drawn) => drawn,
    duration: (drawn) => (drawn < 0.15 ? 80 + drawn * 500 : 4 + drawn * 12),
    slack: (drawn) => (drawn < 0.5 ? 8 + drawn * 24 : 96),
  },
} as const satisfies Readonly<Record<string, Rhythm>>;
