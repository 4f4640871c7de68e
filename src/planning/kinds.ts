import { backtestReport } from '../domain/planner/backtest-report.js';
import { makePlan } from '../domain/planner/places/plan.js';

/**
 * What a planning thread can be asked for, one line a kind: pure functions of plain data, which is copied to the thread and
 * back (numbers, text, dates, lists, typed arrays, objects without a class).
 */
export const PLANNING_KINDS = {
  backtest: backtestReport,
  plan: makePlan,
} as const;

export type PlanningKind = keyof typeof PLANNING_KINDS;
export type Problem<Kind extends PlanningKind> = Parameters<(typeof PLANNING_KINDS)[Kind]>[0];
export type Plan<Kind extends PlanningKind> = ReturnType<(typeof PLANNING_KINDS)[Kind]>;
