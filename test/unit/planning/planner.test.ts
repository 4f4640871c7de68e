import { afterEach, describe, expect, it } from 'vitest';
import { backtestReport, type BacktestProblem } from '../../../src/domain/planner/backtest-report.js';
import { createPlanner, type Planner, type PlannerSettings } from '../../../src/planning/planner.js';

const SLOTS = 48 * 30;

/** So many contiguous jobs that want the same few machines: the more, the longer it takes. */
function problemOf(count: number): BacktestProblem {
  const outturn = Float64Array.from({ length: SLOTS }, (_, slot) => 200 + 90 * Math.sin(slot / 7.6));
  return {
    from: new Date('2026-01-05T00:00:00Z'),
    forecast: outturn.map((value, slot) => value + (slot % 5)),
    outturn,
    learnedSlots: 0,
    jobs: Array.from({ length: count }, (_, i) => {
      const from = (i * 37) % (SLOTS - 120);
      return { id: `job ${i}`, from, to: from + 120, duration: 12, powerKw: 1 };
    }),
    capacity: Math.ceil(count / 100),
    isInterruptible: false,
    isOnline: false,
    isCorrected: true,
  };
}
const SMALL = problemOf(3);
const LARGE = problemOf(3_000);

describe('the planner of a gateway', () => {
  let planner: Planner;
  const open = (settings: Partial<PlannerSettings> = {}): Planner => (planner = createPlanner(settings));
  afterEach(() => planner.close());

  it('answers what the function it stands for answers, to the last bit, and again by the same thread', async () => {
    open();
    expect(await planner.run('backtest', SMALL)).toEqual(backtestReport(SMALL));
    const other = { ...SMALL, isInterruptible: true };
    expect(await planner.run('backtest', other)).toEqual(backtestReport(other));
  });

  it('leaves the loop free while it plans', async () => {
    open();
    const tired = new AbortController();
    let turns = 0;
    const turning = setInterval(() => {
      turns += 1;
      if (turns === 5) tired.abort(new Error('five turns were enough'));
    }, 1);
    await expect(planner.run('backtest', LARGE, tired.signal)).rejects.toThrow('five turns were enough');
    clearInterval(turning);
  });

  it('refuses more than may wait', async () => {
    open({ places: 1 });
    const first = planner.run('backtest', SMALL);
    const second = planner.run('backtest', SMALL);
    await expect(planner.run('backtest', SMALL)).rejects.toMatchObject({ code: 'PLANNER_BUSY' });
    expect(await first).toEqual(await second);
  });

  it('gives up a question that waits, or that is being answered, and goes on with the others', async () => {
    open();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const large = planner.run('backtest', LARGE, running.signal);
    const small = planner.run('backtest', SMALL, waiting.signal);
    const last = planner.run('backtest', SMALL);
    waiting.abort(new Error('not wanted any more'));
    await expect(small).rejects.toThrow('not wanted any more');
    running.abort(new Error('took too long for me'));
    await expect(large).rejects.toThrow('took too long for me');
    expect(await last).toEqual(backtestReport(SMALL));
    await expect(planner.run('backtest', SMALL, running.signal)).rejects.toThrow('took too long for me');
  });

  it('ends a plan that takes longer than one may, and plans the next', async () => {
    open({ timeoutMs: 1 });
    await expect(planner.run('backtest', LARGE)).rejects.toMatchObject({ code: 'PLANNER_TIMEOUT' });
    await planner.close();
    open();
    expect(await planner.run('backtest', SMALL)).toEqual(backtestReport(SMALL));
  });

  it('says of what cannot be copied to a thread that it cannot, and goes on', async () => {
    open();
    const wrong = { ...SMALL, capacity: (() => 1) as never };
    await expect(planner.run('backtest', wrong)).rejects.toMatchObject({ name: 'DataCloneError' });
    expect(await planner.run('backtest', SMALL)).toEqual(backtestReport(SMALL));
  });

  it('passes on what the planner throws', async () => {
    open();
    const wrong = { ...SMALL, jobs: [{ ...SMALL.jobs[0]!, powerKw: -1 }] };
    await expect(planner.run('backtest', wrong)).rejects.toThrow(/"job 0" has a power of -1 kW/);
    expect(await planner.run('backtest', SMALL)).toEqual(backtestReport(SMALL));
  });

  it('refuses what waits when it is closed, and everything after', async () => {
    open();
    const [first, second] = [planner.run('backtest', LARGE), planner.run('backtest', SMALL)];
    await Promise.all([
      expect(first).rejects.toMatchObject({ code: 'PLANNER_BUSY' }),
      expect(second).rejects.toMatchObject({ code: 'PLANNER_BUSY' }),
      planner.close(),
    ]);
    await expect(planner.run('backtest', SMALL)).rejects.toMatchObject({ code: 'PLANNER_BUSY' });
  });
});
