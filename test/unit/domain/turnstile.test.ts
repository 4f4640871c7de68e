import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Turnstile } from '../../../src/domain/turnstile.js';

describe('a turnstile', () => {
  it('lets at most so many pass at once, in the order they came, whether they fail or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean())),
        async (width, works) => {
          const turnstile = new Turnstile(width);
          const begun: number[] = [];
          let inside = 0;
          let most = 0;
          const results = await Promise.allSettled(
            works.map(([turns, fails], i) =>
              turnstile.pass(async () => {
                begun.push(i);
                inside += 1;
                most = Math.max(most, inside);
                for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
                inside -= 1;
                if (fails) throw new Error(String(i));
                return i;
              }),
            ),
          );
          expect(begun).toEqual(works.map((_, i) => i));
          expect(most).toBeLessThanOrEqual(width);
          expect(most).toBe(Math.min(width, works.length));
          expect(results.map(({ status }) => status)).toEqual(
            works.map(([, fails]) => (fails ? 'rejected' : 'fulfilled')),
          );
          expect(await turnstile.pass(() => Promise.resolve('free again'))).toBe('free again');
        },
      ),
    );
  });

  it('lets so many in at once, the others in their order, also after a failure', async () => {
    const turnstile = new Turnstile(2);
    const log: string[] = [];
    let inside = 0;
    const work = (name: string, fails = false) =>
      turnstile
        .pass(async () => {
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
