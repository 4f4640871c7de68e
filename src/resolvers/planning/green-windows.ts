import type { Context } from '../../context.js';
import { readOutlook, type Outlook } from '../../database/planning/outlook.js';
import { firstHalfHour, halfHoursOf } from '../../domain/compute/begin-time.js';
import { workOf } from '../../domain/compute/work.js';
import { PylonError } from '../../domain/errors.js';
import { HALF_HOUR_MS, addHalfHours } from '../../domain/half-hour.js';
import {
  greenWindows,
  type GreenWindow,
  type GreenWindows,
} from '../../domain/planner/places/green-windows.js';
import { makePlan } from '../../domain/planner/places/plan.js';
import type { Infeasible } from '../../domain/planner/places/infeasible.js';
import { MOST_SLOTS, PROBLEM_FORM, type PlanningProblem } from '../../domain/planner/places/problem.js';
import { believedForecast } from '../../planning/forecast.js';
import { problemWork } from '../../planning/work-to-plan.js';
import { asOfOf } from '../as-of.js';
import {
  limitFaults,
  limitsOf,
  objectiveAsked,
  type LimitsAsked,
  type ObjectiveAsked,
} from './work-asked.js';

type Maybe<Value> = Value | null | undefined;

export interface GreenWindowsArgs extends LimitsAsked {
  readonly durationMinutes?: Maybe<number>;
  readonly energyKwh?: Maybe<number>;
  readonly powerKw?: Maybe<number>;
  readonly from?: Maybe<Date>;
  readonly to?: Maybe<Date>;
  readonly regionIds?: Maybe<readonly number[]>;
  readonly interruptible?: Maybe<boolean>;
  readonly objective?: Maybe<ObjectiveAsked>;
  readonly corrected?: Maybe<boolean>;
  readonly first?: Maybe<number>;
  readonly asOf?: Maybe<Date>;
}

export interface GreenWindowAnswer extends GreenWindow {
  readonly regionId: number;
  readonly halfHours: readonly Date[];
  readonly isSynthetic: boolean;
}

export interface GreenWindowsAnswer {
  readonly windows: readonly GreenWindowAnswer[];
  /** Half hours that keep all limits, by region. */
  readonly usable: readonly { readonly regionId: number; readonly halfHours: number }[];
  readonly halfHoursNeeded: number;
  /** Why there is none. Null: there is one. */
  readonly infeasible: Infeasible | null;
  readonly problem: PlanningProblem;
  readonly asOf: Date;
}

export const MOST_WINDOWS = 100;
/** What is forecast, and then some. */
export const LONGEST_WINDOW_DAYS = 7;
const USUAL_HOURS = 48;
const DAY_MS = 24 * 3_600_000;
/** Room for anything: a region is no data centre. */
const BOUNDLESS_W = 1e15;

const placeOf = (regionId: number): string => String(regionId).padStart(2, '0');

/**
 * Answers `greenWindows`.
 *
 * @throws {PylonError} BAD_USER_INPUT, DATA_ARCHIVED
 */
export async function greenWindowsAnswer(
  args: GreenWindowsArgs,
  context: Context,
): Promise<GreenWindowsAnswer> {
  const asOf = await asOfOf(args.asOf, context);
  const present = asOf?.instant ?? context.now;
  const { work, origin, slots, regionIds, first } = checked(args, present);
  const { database } = context;
  const outlook = await readOutlook(
    database.reader,
    [...new Set([...regionIds, 18])],
    { from: origin, to: addHalfHours(origin, slots) },
    asOf?.sequence ?? null,
  );
  const believed = await believedForecast(database.reader, outlook.regions, {
    ...{ from: origin, now: present, asOf: asOf?.sequence ?? null },
    isCorrected: args.corrected ?? true,
  });
  const problem: PlanningProblem = {
    form: PROBLEM_FORM,
    from: origin.toISOString(),
    slots,
    regions: believed.regions,
    errorCorrelation: believed.errorCorrelation,
    gbpPerMwh: outlook.gbpPerMwh,
    gridStress: outlook.gridStress,
    centres: regionIds.map((regionId) => ({
      ...{ dcId: placeOf(regionId), regionId, pue: 1, rampW: null },
      roomW: Array.from({ length: slots }, () => BOUNDLESS_W),
      standingW: Array.from({ length: slots }, () => 0),
    })),
    works: [problemWork(work, { origin, now: present }, slots, regionIds.map(placeOf))],
    storage: [],
    objective: objectiveAsked(args.objective),
  };
  const found = greenWindows(problem, first);
  return {
    windows: found.windows.map((window) => answerOf(window, origin, outlook)),
    usable: usableOf(found),
    halfHoursNeeded: halfHoursOf(work),
    infeasible: found.windows.length > 0 ? null : makePlan(problem).infeasible,
    problem,
    asOf: present,
  };
}

/** Refuses what is wrong, all at once. */
function checked(args: GreenWindowsArgs, present: Date) {
  const faults = limitFaults(args, 'greenWindows');
  const { durationMinutes = null, energyKwh = null, powerKw = null } = args;
  // A duration alone: of one kilowatt, so that what it comes to can be multiplied.
  const isDurationAlone = durationMinutes !== null && energyKwh === null && powerKw === null;
  const size = workOf({
    durationMinutes,
    estimatedEnergyKwh: energyKwh,
    powerKw: isDurationAlone ? 1 : powerKw,
  });
  const from = args.from ?? present;
  const to = args.to ?? new Date(from.getTime() + USUAL_HOURS * 3_600_000);
  const origin = originOf(from, present, typeof size === 'string' ? null : size);
  const first = args.first ?? 10;
  const regionIds = [...new Set(args.regionIds ?? Array.from({ length: 14 }, (_, i) => i + 1))].sort(
    (a, b) => a - b,
  );
  if (typeof size === 'string')
    faults.push(`${size.replace('estimatedEnergyKwh', 'energyKwh')}; durationMinutes alone is of 1 kW`);
  else {
    const { estimatedEnergyKwh: kwh, powerKw: kw, durationMinutes: minutes } = size;
    if (!(minutes >= 1 && minutes <= LONGEST_WINDOW_DAYS * 1440))
      faults.push(`durationMinutes: ${minutes} is not 1 to ${LONGEST_WINDOW_DAYS * 1440}`);
    if (!(kwh > 0 && kwh <= 1e9 && kw > 0 && kw <= 2_000_000))
      faults.push(`energyKwh ${kwh} and powerKw ${kw} must be above 0, at most 1e9 and 2000000`);
  }
  if (to <= origin)
    faults.push(
      `to: ${to.toISOString()} leaves no half hour: the first one begins at ${origin.toISOString()}`,
    );
  if (to.getTime() - origin.getTime() > LONGEST_WINDOW_DAYS * DAY_MS)
    faults.push(
      `to: ${to.toISOString()} is more than ${LONGEST_WINDOW_DAYS} days after ${origin.toISOString()}`,
    );
  if (first < 1 || first > MOST_WINDOWS) faults.push(`first: ${first} is not 1 to ${MOST_WINDOWS}`);
  for (const id of regionIds)
    if (id < 1 || id > 18) faults.push(`regionIds: there is no region ${id}; they are 1–18`);
  if (regionIds.length === 0) faults.push('regionIds: names no region; leave it out for all');
  if (faults.length > 0 || typeof size === 'string')
    throw new PylonError('BAD_USER_INPUT', faults.join('; '));
  const slots = Math.min(
    MOST_SLOTS,
    Math.max(1, Math.floor((to.getTime() - origin.getTime()) / HALF_HOUR_MS)),
  );
  const work = {
    ...size,
    ...limitsOf(args),
    ...{ jobId: 'work', isInterruptible: args.interruptible ?? false, mayMove: false, isDeferrable: true },
    ...{ earliestStart: origin, deadline: to, deferralWindowMinutes: null, priority: 50 },
    ...{ allowedRegionIds: [], allowedDcIds: [] },
  };
  return { work, origin, slots, regionIds, first };
}

/** The first half hour that may be used: after `from` where that is ahead, else the first that such work may begin in. */
function originOf(from: Date, present: Date, work: { readonly durationMinutes: number } | null): Date {
  if (work && from <= present) return firstHalfHour(work, present);
  return new Date(Math.ceil(Math.max(from.getTime(), present.getTime()) / HALF_HOUR_MS) * HALF_HOUR_MS);
}

function answerOf(window: GreenWindow, origin: Date, outlook: Outlook): GreenWindowAnswer {
  const regionId = Number(window.dcId);
  const region = outlook.regions.find((one) => one.regionId === regionId);
  return {
    ...window,
    regionId,
    halfHours: window.slots.map((slot) => addHalfHours(origin, slot)),
    isSynthetic: window.slots.some((slot) => region?.isSynthetic[slot] ?? false),
  };
}

const usableOf = ({ usable }: GreenWindows): GreenWindowsAnswer['usable'] =>
  usable.map(({ dcId, slots }) => ({ regionId: Number(dcId), halfHours: slots }));
