import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packProblem, unpackProblem } from '../../../../../src/domain/planner/places/packed.js';
import type { PackedProblem } from '../../../../../src/domain/planner/places/packed.js';
import type { Storage } from '../../../../../src/domain/planner/places/problem.js';
import { ANYTHING, smallProblems } from './small-problems.js';

const battery: Storage = {
  ...{ assetId: 'battery', regionId: 1, from: 1, capacityWh: 4_000, chargeWh: 700 },
  ...{ maxChargeW: 1_500, maxDischargeW: 2_000, efficiency: 0.87 },
};

describe('a problem as a decision keeps it', () => {
  it('is the same again', () => {
    fc.assert(
      fc.property(smallProblems(ANYTHING), (small) => {
        const problem = { ...small, storage: [battery] };
        const kept = JSON.parse(JSON.stringify(packProblem(problem))) as PackedProblem;
        expect(unpackProblem(kept)).toEqual(problem);
      }),
      { numRuns: 50 },
    );
  });

  it('whose stores name no first slot, as they did before they had one, may use them from the first on', () => {
    const [small] = fc.sample(smallProblems(ANYTHING), { numRuns: 1, seed: 1 });
    const packed = packProblem({ ...small!, storage: [battery] });
    const { from: _, ...before } = battery;
    const kept = { ...packed, storage: [before as Storage] };
    expect(unpackProblem(kept).storage).toEqual([{ ...battery, from: 0 }]);
  });
});
