import { canonicalJson } from '../domain/canonical-json.js';
import type { DecisionContent } from '../domain/compute/decision-content.js';
import { messageOf } from '../domain/errors.js';
import { PROBLEM_FORM } from '../domain/planner/places/problem.js';
import { isOfPlanner, planAgain, type PlannedInputs } from './decided-plan.js';

/** What became of making a decision again from what it keeps. */
export type Replay =
  | { readonly kind: 'SAME' }
  /** The policy is none of this version's: its maker has it. */
  | { readonly kind: 'NOT_OURS' }
  | { readonly kind: 'DIFFERENT'; readonly reason: string };

/** Makes a decision of the planner again, from its own content alone, and compares the places that it found. */
export function replay({ policy, inputs, jobId }: DecisionContent): Replay {
  if (!isOfPlanner(policy)) return { kind: 'NOT_OURS' };
  const kept = inputs.own as Partial<PlannedInputs> | null;
  const form: unknown = kept?.problem?.form;
  if (!kept?.problem || !kept.answer || form !== PROBLEM_FORM || jobId === null)
    return { kind: 'DIFFERENT', reason: 'it says that it is of the planner, and keeps no problem to plan' };
  let again;
  try {
    again = planAgain({ problem: kept.problem, answer: kept.answer }, jobId);
  } catch (error) {
    return { kind: 'DIFFERENT', reason: `its problem cannot be planned: ${messageOf(error)}` };
  }
  const [stored, found] = [canonicalJson(kept.answer), canonicalJson(again)];
  return stored === found
    ? { kind: 'SAME' }
    : { kind: 'DIFFERENT', reason: `made again from its inputs it is ${found}; it says ${stored}` };
}
