import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../../src/domain/canonical-json.js';
import { makePlan } from '../../../../../src/domain/planner/places/plan.js';
import type { PlanningProblem, Storage } from '../../../../../src/domain/planner/places/problem.js';
import { ANYTHING, MACHINES, smallProblems } from './small-problems.js';

const CHILD = fileURLToPath(new URL('./print-plans.ts', import.meta.url));
/** What must not matter: where and when it runs, and what for. */
const PLACES = [
  { TZ: 'UTC', LANG: 'C' },
  { TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8', NODE_OPTIONS: '--max-semi-space-size=1' },
];
const PATIENCE_MS = 60_000;

const battery: Storage = {
  ...{ assetId: 'battery', regionId: 1, from: 1, capacityWh: 4_000, chargeWh: 700 },
  ...{ maxChargeW: 1_500, maxDischargeW: 2_000, efficiency: 0.87 },
};
const problems: readonly PlanningProblem[] = [MACHINES, ANYTHING].flatMap((kind) =>
  fc
    .sample(smallProblems(kind), { numRuns: 40, seed: 20_261_121 })
    .map((problem) => ({ ...problem, storage: [battery] })),
);

async function printed(env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(problems));
  return text(child.stdout);
}

describe('the same problem in two processes', () => {
  it(
    'has the same plan to the last byte, by every method',
    async () => {
      const own = canonicalJson(problems.map((problem) => makePlan(problem)));
      for (const method of ['INDEPENDENT', 'MIN_COST_FLOW', 'SEARCH']) expect(own).toContain(method);
      const [one, other] = await Promise.all(PLACES.map(printed));
      expect(one === own).toBe(true);
      expect(other === own).toBe(true);
    },
    PATIENCE_MS,
  );
});
