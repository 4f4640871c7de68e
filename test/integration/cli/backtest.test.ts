import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runBacktest, type BacktestOptions } from '../../../src/cli/backtest.js';

const INTENSITY = `slot,actual,forecast
0,300,100
1,200,200
2,100,300
3,50,400
4,400,50
5,10,500
`;
const JOBS = `job,start_slot,duration_slots,slack_slots,power_kw
a,0,2,3,1
b,1,1,2,10
`;

describe('pylon backtest', () => {
  let folder: string;
  let printed: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pylon-backtest-'));
    await writeFile(join(folder, 'intensity.csv'), INTENSITY);
    await writeFile(join(folder, 'jobs.csv'), JOBS);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const run = async (options: Partial<BacktestOptions> = {}): Promise<string> => {
    printed = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
    try {
      const files = { intensity: join(folder, 'intensity.csv'), jobs: join(folder, 'jobs.csv') };
      await runBacktest({ ...files, ...options });
    } finally {
      write.mockRestore();
    }
    return printed;
  };
  const json = async (options: Partial<BacktestOptions>): Promise<Record<string, unknown>> =>
    JSON.parse(await run({ ...options, json: true })) as Record<string, unknown>;
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };

  it('plans on one machine, with and without interruptions, and says what is proven', async () => {
    const shared = {
      jobs: 2,
      slots: 6,
      capacity: 1,
      online: false,
      immediate: 500 + 2000,
      missedSlots: 0,
      peakConcurrency: 1,
    };
    // b takes slot 3 (50 × 10); a then has 0, 1, 2 and 4.
    expect(await json({ capacity: 1, interruptible: true })).toMatchObject({
      ...shared,
      interruptible: true,
      plan: 500 + 200 + 100,
      bound: 800,
      savingPct: 68,
      gapPct: 0,
      infeasible: null,
    });
    expect(await json({ capacity: 1 })).toMatchObject({
      ...shared,
      interruptible: false,
      plan: 800,
      infeasible: null,
    });
  });

  it('plans on the forecast and is judged by the truth', async () => {
    expect(await json({ interruptible: true, forecastColumn: 'forecast' })).toMatchObject({
      plan: 300 + 400 + 2000,
      bound: 150 + 500,
      capacity: null,
    });
  });

  it('corrects the forecast it plans on by what was known before each job, and says what foresight would save', async () => {
    // For two weeks the forecast of the half hours from noon on is 55 too high: so the day's best looks like its worst.
    const rows = Array.from({ length: 15 * 48 }, (_, slot) => {
      const isNoon = slot % 48 >= 24 && slot % 48 < 30;
      const from = new Date(Date.UTC(2026, 0, 5) + slot * 1_800_000).toISOString();
      return `${from},${isNoon ? 100 : 150},${isNoon ? 155 : 150}`;
    });
    const intensity = await file('biased.csv', `from,actual,forecast\n${rows.join('\n')}\n`);
    const jobs = await file(
      'late.csv',
      'job,start_slot,duration_slots,slack_slots\na,672,2,40\nb,673,2,40\n',
    );
    const given = { intensity, jobs, interruptible: true, forecastColumn: 'forecast' } as const;
    expect(await json(given)).toMatchObject({ plan: 600, corrected: false });
    expect(await json({ ...given, corrected: true })).toMatchObject({
      plan: 400,
      corrected: true,
      foresight: { plan: 400 },
    });
    await expect(run({ intensity, jobs, corrected: true })).rejects.toThrow(/name its --forecast-column/);
    await expect(run({ forecastColumn: 'forecast', corrected: true })).rejects.toThrow(
      /needs the start of each half hour/,
    );
  });

  it('says of jobs that do not fit which slots are over, and what would help', async () => {
    const jobs = await file(
      'many.csv',
      'job,start_slot,duration_slots,slack_slots\na,1,2,0\nb,1,2,0\nc,1,2,1\n',
    );
    const result = await json({ jobs, capacity: 1 });
    expect(result).toMatchObject({
      plan: null,
      bound: null,
      savingPct: null,
      infeasible: {
        from: 1,
        to: 3,
        demanded: 5,
        available: 2,
        relaxation: { capacity: 3, slackSlots: null },
      },
    });
    expect(await run({ jobs, capacity: 1 })).toMatch(
      /no plan exists +slots 1 to 3 need 5 machine-slots and have 2/,
    );
  });

  it('reads instants as well as numbers', async () => {
    const rows = [300, 200, 100, 50, 400, 10].map(
      (value, i) => `2026-01-01T0${Math.floor(i / 2)}:${i % 2 ? '30' : '00'}Z,${value}`,
    );
    const intensity = await file('instants.csv', `from,gco2_kwh\n${rows.join('\n')}\n`);
    expect(await json({ intensity, capacity: 1, interruptible: true })).toMatchObject({ plan: 800 });
    expect(await run({ intensity })).toMatch(/saving +[\d.]+ %/);
  });

  it.each([
    ['no column of a truth', 'a.csv', 'slot,price\n0,1\n', /line 1: has no column named gco2_kwh/],
    ['a gap', 'b.csv', 'slot,actual\n0,1\n2,1\n', /line 3: slot "2" does not follow/],
    ['no number', 'c.csv', 'slot,actual\n0,lots\n', /line 2: actual "lots" is no number/],
    ['nothing', 'd.csv', 'slot,actual\n', /holds no row/],
    ['a missing cell', 'e.csv', 'slot,actual\n0\n', /e\.csv: /],
    ['no half hour', 'f.csv', 'from,actual\n2026-01-01T00:10Z,1\n', /is no start of a half hour/],
  ])('refuses a series with %s, naming file and line', async (_what, name, text, message) => {
    await expect(run({ intensity: await file(name, text) })).rejects.toThrow(message);
  });

  it.each([
    ['a missing column', 'g.csv', 'job,start_slot\na,1\n', /has no column duration_slots, slack_slots/],
    [
      'a job beyond the series',
      'h.csv',
      'job,start_slot,duration_slots,slack_slots\na,1,5,1\n',
      /ends at slot 7, and the series at 6/,
    ],
    [
      'half a slot',
      'i.csv',
      'job,start_slot,duration_slots,slack_slots\na,1,1.5,1\n',
      /duration_slots 1.5 is no whole number/,
    ],
    [
      'no power',
      'j.csv',
      'job,start_slot,duration_slots,slack_slots,power_kw\na,1,1,1,0\n',
      /power_kw 0 is not above 0/,
    ],
  ])('refuses jobs with %s, naming file and line', async (_what, name, text, message) => {
    await expect(run({ jobs: await file(name, text) })).rejects.toThrow(message);
  });

  it('refuses a million jobs with the limit, and windows that are too wide together', async () => {
    const header = 'job,start_slot,duration_slots,slack_slots\n';
    const jobs = await file('million.csv', header + 'a,0,1,0\n'.repeat(1_000_000));
    await expect(run({ jobs })).rejects.toThrow(/million\.csv: holds more rows .* at most 100000$/);
    const intensity = await file(
      'long.csv',
      `slot,actual\n${Array.from({ length: 2_000 }, (_, slot) => `${slot},1\n`).join('')}`,
    );
    const wide = await file('wide.csv', header + 'a,0,1,1999\n'.repeat(5_001));
    await expect(run({ intensity, jobs: wide })).rejects.toThrow(
      /hold 10002000 half hours together; at most 10000000/,
    );
  });

  it('names a file that is not there', async () => {
    await expect(run({ jobs: join(folder, 'nowhere.csv') })).rejects.toThrow(/nowhere\.csv: ENOENT/);
  });
});
