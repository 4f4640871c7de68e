import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../../src/agents/gate.js';
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

describe('a gate', () => {
  it('lets so many in at once, the others in their order, also after a failure', async () => {
    const gate = new Gate(2);
    const log: string[] = [];
    let inside = 0;
    const work = (name: string, fails = false) =>
      gate
        .run(async () => {
          inside += 1;
          log.push(`${name} of ${inside}`);
          await Promise.resolve();
          inside -= 1;
          if (fails) throw new Error(name);
        })
        .catch((error: unknown) => log.push(String(error)));
    await Promise.all([work('a', true), work('b'), work('c'), work('d')]);
    expect(log).toHaveLength(5);
    expect(log.filter((line) => / of [3-9]/.test(line))).toEqual([]);
    expect(log.filter((line) => line.includes(' of ')).map((line) => line[0])).toEqual(['a', 'b', 'c', 'd']);
  });
});
