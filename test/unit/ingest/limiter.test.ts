import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLimiter, type RateLimit } from '../../../src/ingest/limiter.js';

const ALL: RateLimit = { name: 'all', everyMs: 1_000, appliesTo: () => true };
const SEARCH: RateLimit = {
  name: 'search',
  everyMs: 30_000,
  appliesTo: (url) => url.startsWith('/search'),
};
const LIMITS = [ALL, SEARCH];

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** Time that passes only while everyone waits. */
function virtualTime() {
  let now = 0;
  const timers: Timer[] = [];
  const wait = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((ring, reject) => {
      const timer = { at: now + ms, ring };
      timers.push(timer);
      signal?.addEventListener('abort', () => {
        timers.splice(timers.indexOf(timer), 1);
        reject(signal.reason as Error);
      });
    });
  return {
    wait,
    now: () => now,
    timers,
    async pass(): Promise<void> {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        const [next] = timers.toSorted((a, b) => a.at - b.at);
        if (!next) return;
        timers.splice(timers.indexOf(next), 1);
        now = next.at;
        next.ring();
      }
    },
  };
}

const patience = (): AbortSignal => new AbortController().signal;

describe('a limiter', () => {
  it('keeps every limit however requests come in, loses none, and lets them go in the order of their limit', async () => {
    const requests = fc.record({
      url: fc.constantFrom('/search', '/show'),
      comesMs: fc.nat({ max: 90_000 }),
      takesMs: fc.nat({ max: 5_000 }),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: 1, maxLength: 12 }), async (asked) => {
        const time = virtualTime();
        const limiter = createLimiter(time);
        const arrivals: { readonly url: string; readonly start: number; readonly end: number }[] = [];
        const answers = asked.map(async ({ url, comesMs, takesMs, fails }) => {
          await time.wait(comesMs);
          return limiter.inTurn(LIMITS, url, patience(), async () => {
            const start = time.now();
            await time.wait(takesMs);
            arrivals.push({ url, start, end: time.now() });
            if (fails) throw new Error('a fault');
            return url;
          });
        });
        const settled = Promise.allSettled(answers);
        await time.pass();
        expect((await settled).map(({ status }) => status)).toEqual(
          asked.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
        );
        for (const { everyMs, appliesTo } of LIMITS) {
          const limited = arrivals.filter(({ url }) => appliesTo(url));
          for (const [i, { start }] of limited.entries()) {
            const before = limited[i - 1];
            if (before) expect(start - before.end).toBeGreaterThanOrEqual(everyMs);
          }
        }
        expect(arrivals).toHaveLength(asked.length);
      }),
      { numRuns: 100 },
    );
  });

  it('asks at once where nobody asked lately, and where no limit applies', async () => {
    const time = virtualTime();
    const limiter = createLimiter(time);
    expect(await limiter.inTurn(LIMITS, '/search', patience(), async () => time.now())).toBe(0);
    expect(await limiter.inTurn([SEARCH], '/show', patience(), async () => time.now())).toBe(0);
    expect(await limiter.inTurn([], '/search', patience(), async () => time.now())).toBe(0);
  });

  it('lets a short queue go on while somebody waits in a long one', async () => {
    const time = virtualTime();
    const limiter = createLimiter(time);
    const order: string[] = [];
    const ask = (url: string) => limiter.inTurn(LIMITS, url, patience(), async () => void order.push(url));
    const all = Promise.all(['/search1', '/search2', '/show1', '/show2'].map(ask));
    await time.pass();
    await all;
    expect(order).toHaveLength(4);
    expect(order.at(-1)).toBe('/search2');
    expect(time.now()).toBeLessThan(2 * SEARCH.everyMs);
  });

  it('is left by who gives up, without a request and without letting another one through too early', async () => {
    const time = virtualTime();
    const limiter = createLimiter(time);
    const leaving = new AbortController();
    const starts: number[] = [];
    const ask = (signal: AbortSignal) =>
      limiter.inTurn(LIMITS, '/search', signal, async () => void starts.push(time.now()));
    const first = ask(patience());
    const second = ask(leaving.signal); // it waits for its time
    const third = ask(leaving.signal); // it waits for the second
    const fourth = ask(patience());
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort(new Error('stopping'));
    await expect(second).rejects.toThrow('stopping');
    await expect(third).rejects.toThrow('stopping');
    await time.pass();
    await Promise.all([first, fourth]);
    expect(starts).toHaveLength(2);
    expect(starts[1]).toBeGreaterThanOrEqual(SEARCH.everyMs);
    await expect(ask(leaving.signal)).rejects.toThrow('stopping');
    expect(starts).toHaveLength(2);
  });
});
