import type { Moves } from './state-machine.js';

/** Reasons a workload waits for something else than a place. */
export const DEFERRED = {
  GRID_STRESS: 'DEFERRED_GRID_STRESS',
  CARBON: 'DEFERRED_CARBON',
  PRICE: 'DEFERRED_PRICE',
  CAPACITY: 'DEFERRED_CAPACITY',
} as const;

export type DeferralReason = keyof typeof DEFERRED;
export const DEFERRAL_REASONS = Object.keys(DEFERRED) as [DeferralReason, ...DeferralReason[]];

type DeferredStatus = (typeof DEFERRED)[DeferralReason];

/** States that are never left. */
export const FINAL_STATUSES = ['COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED'] as const;
/** It has neither run nor a place of its own. */
export const WAITING_STATUSES = ['PENDING', 'QUEUED', ...Object.values(DEFERRED)] as const;

export type WorkloadStatus =
  (typeof FINAL_STATUSES)[number] | (typeof WAITING_STATUSES)[number] | 'SCHEDULED' | 'RUNNING' | 'PAUSED';

const ANY_DEFERRED = Object.values(DEFERRED);
/** Everything that can come of work that has not begun. */
const BEFORE_IT_RUNS = ['SCHEDULED', 'RUNNING', 'CANCELLED', 'REJECTED'] as const;
const otherDeferrals = (own: DeferredStatus): readonly DeferredStatus[] =>
  ANY_DEFERRED.filter((status) => status !== own);

/**
 * The life of a workload. It waits (PENDING, QUEUED, DEFERRED_*), has a place (SCHEDULED), runs (RUNNING, PAUSED), and ends.
 * What began ends as COMPLETED, FAILED or CANCELLED; what never did, as REJECTED or CANCELLED.
 */
export const WORKLOAD_MOVES: Moves<WorkloadStatus> = {
  PENDING: ['QUEUED', ...ANY_DEFERRED, ...BEFORE_IT_RUNS],
  QUEUED: [...ANY_DEFERRED, ...BEFORE_IT_RUNS],
  DEFERRED_GRID_STRESS: ['QUEUED', ...otherDeferrals('DEFERRED_GRID_STRESS'), ...BEFORE_IT_RUNS],
  DEFERRED_CARBON: ['QUEUED', ...otherDeferrals('DEFERRED_CARBON'), ...BEFORE_IT_RUNS],
  DEFERRED_PRICE: ['QUEUED', ...otherDeferrals('DEFERRED_PRICE'), ...BEFORE_IT_RUNS],
  DEFERRED_CAPACITY: ['QUEUED', ...otherDeferrals('DEFERRED_CAPACITY'), ...BEFORE_IT_RUNS],
  SCHEDULED: ['QUEUED', ...ANY_DEFERRED, 'RUNNING', 'CANCELLED', 'REJECTED'],
  RUNNING: ['PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'],
  PAUSED: ['RUNNING', 'FAILED', 'CANCELLED'],
  COMPLETED: [],
  FAILED: [],
  CANCELLED: [],
  REJECTED: [],
};

export const isFinal = (status: WorkloadStatus): boolean => WORKLOAD_MOVES[status].length === 0;

/** It has not run yet, so that what it asks for can still be changed. */
export const isBeforeItRuns = (status: WorkloadStatus): boolean =>
  status === 'SCHEDULED' || (WAITING_STATUSES as readonly WorkloadStatus[]).includes(status);
