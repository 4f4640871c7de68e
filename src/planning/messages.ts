import type { ErrorCode } from '../domain/errors.js';
import type { PlanningKind } from './kinds.js';

/** To a planning thread. */
export interface PlanningQuestion {
  readonly kind: PlanningKind;
  readonly problem: unknown;
}

/** From it: one a question, in their order. */
export type PlanningAnswer =
  | { readonly plan: unknown }
  | { readonly refusal: { readonly code: ErrorCode; readonly message: string } }
  | { readonly fault: string };
