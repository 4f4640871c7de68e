import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idOfStimulus, planOf, storedPlan, type Plan } from '../../../src/agents/plan.js';
import { canonicalJson } from '../../../src/domain/canonical-json.js';

describe('a plan that is kept', () => {
  const name = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('$instant', '$$instant', '$'));
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.date({ noInvalidDate: true, min: new Date('2000-01-01Z'), max: new Date('2099-12-31Z') }),
      fc.constantFrom('2026-03-02T12:00:00.000Z', '$instant'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value'), { maxKeys: 3 }),
    ),
  })).value;

  it('is the same when it is read again, instants and texts that look like them told apart', () => {
    fc.assert(
      fc.property(fc.dictionary(name, anything, { maxKeys: 4 }), (input) => {
        const plan: Plan = {
          stimulus: { kind: 'HALF_HOUR', from: new Date('2026-03-02T12:00Z') },
          sight: '',
          steps: [
            {
              proposal: { action: 'queueWorkload', input, reason: 'x' },
              isFollowedUp: false,
              origin: { index: 0, insteadOf: null },
            },
          ],
        };
        const again = planOf(JSON.parse(JSON.stringify(storedPlan(plan))));
        expect(again).toEqual(plan);
        // Its actions are so asked for with the very same body.
        expect(canonicalJson(again.steps)).toBe(canonicalJson(plan.steps));
      }),
    );
  });

  it('has a name for its stimulus that idempotency keys can hold', () => {
    const from = new Date('2026-03-02T12:00Z');
    expect(idOfStimulus({ kind: 'HALF_HOUR', from })).toBe('2026-03-02T12:00:00.000Z');
    expect(idOfStimulus({ kind: 'EVENT', sequence: '12', topic: 'WORKLOADS', state: {} })).toBe('12');
  });
});
