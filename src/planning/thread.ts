/** A planning thread: answers one question after the other, away from the loop that serves requests. */
import { parentPort } from 'node:worker_threads';
import { PylonError } from '../domain/errors.js';
import { PLANNING_KINDS } from './kinds.js';
import type { PlanningAnswer, PlanningQuestion } from './messages.js';

parentPort?.on('message', (question: PlanningQuestion) => parentPort?.postMessage(answer(question), []));

function answer({ kind, problem }: PlanningQuestion): PlanningAnswer {
  try {
    // Which problem belongs to which kind is known where the question is asked.
    return { plan: PLANNING_KINDS[kind](problem as never) };
  } catch (error) {
    if (error instanceof PylonError) return { refusal: { code: error.code, message: error.message } };
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
