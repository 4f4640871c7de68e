/** Prints the plans of the problems it is given, as a process of its own. */
import { text } from 'node:stream/consumers';
import { canonicalJson } from '../../../../../src/domain/canonical-json.js';
import { makePlan } from '../../../../../src/domain/planner/places/plan.js';
import type { PlanningProblem } from '../../../../../src/domain/planner/places/problem.js';

const problems = JSON.parse(await text(process.stdin)) as readonly PlanningProblem[];
process.stdout.write(canonicalJson(problems.map((problem) => makePlan(problem))));
