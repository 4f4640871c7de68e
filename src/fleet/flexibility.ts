/** Flexibility windows that the fleet's grid operator publishes: from one seed always the same for a day. */
import { HALF_HOUR_MS } from '../domain/half-hour.js';
import { randomOf } from './random.js';

/** Input of the action `publishFlexibilityWindow`. */
export interface FleetFlexibilityWindow {
  readonly flexibilityWindowId: string;
  readonly regionId: number;
  readonly service: 'TURN_DOWN' | 'TURN_UP' | 'CONSTRAINT_MANAGEMENT';
  readonly direction: 'DECREASE_DEMAND' | 'INCREASE_DEMAND';
  readonly volumeMw: number;
  readonly gbpPerMwh: number;
  readonly from: Date;
  readonly to: Date;
}

/** How long before its start a window is published. */
export const NOTICE_HOURS = 12;

const DAY_MS = 24 * 3_600_000;

type Range = readonly [least: number, most: number];

interface WindowKind extends Pick<FleetFlexibilityWindow, 'service' | 'direction'> {
  /** That a day has one. */
  readonly probability: number;
  /** When it may begin, in half hours of the UTC day. */
  readonly firstHalfHour: Range;
  readonly gbpPerMwh: Range;
  readonly regions: readonly number[];
}

const KINDS: readonly WindowKind[] = [
  // The evening peak.
  {
    service: 'TURN_DOWN',
    direction: 'DECREASE_DEMAND',
    probability: 0.7,
    firstHalfHour: [33, 36],
    gbpPerMwh: [120, 400],
    regions: [18, 15, 13, 14, 10],
  },
  // Wind at night, where it blows.
  {
    service: 'TURN_UP',
    direction: 'INCREASE_DEMAND',
    probability: 0.5,
    firstHalfHour: [2, 8],
    gbpPerMwh: [-20, 60],
    regions: [16, 1, 2],
  },
  // More power in Scotland than its lines south can carry.
  {
    service: 'CONSTRAINT_MANAGEMENT',
    direction: 'INCREASE_DEMAND',
    probability: 0.4,
    firstHalfHour: [20, 30],
    gbpPerMwh: [5, 80],
    regions: [1, 2],
  },
];

/** The windows that begin from `from`, inside, to `to`, outside, by their start. */
export function flexibilityWindowsIn(seed: number, from: Date, to: Date): FleetFlexibilityWindow[] {
  const windows: FleetFlexibilityWindow[] = [];
  for (let day = Math.floor(from.getTime() / DAY_MS); day * DAY_MS < to.getTime(); day += 1)
    windows.push(...windowsOfDay(seed, day).filter((window) => window.from >= from && window.from < to));
  return windows.sort((a, b) => a.from.getTime() - b.from.getTime());
}

/** @param day number of days since 1970-01-01. */
function windowsOfDay(seed: number, day: number): FleetFlexibilityWindow[] {
  const random = randomOf(seed, `flexibility/${day}`);
  const label = new Date(day * DAY_MS).toISOString().slice(0, 10);
  return KINDS.flatMap((kind) => {
    const isOffered = random.happens(kind.probability);
    const from = new Date(day * DAY_MS + random.whole(...kind.firstHalfHour) * HALF_HOUR_MS);
    const window = {
      flexibilityWindowId: `sim-${seed}-${label}-${kind.service.toLowerCase().replaceAll('_', '-')}`,
      regionId: random.pick(kind.regions),
      service: kind.service,
      direction: kind.direction,
      volumeMw: random.whole(5, 200),
      gbpPerMwh: random.whole(...kind.gbpPerMwh),
      from,
      to: new Date(from.getTime() + random.whole(2, 8) * HALF_HOUR_MS),
    };
    return isOffered ? [window] : [];
  });
}
