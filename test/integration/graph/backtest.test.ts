import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import { BACKTEST_LIMITS } from '../../../src/resolvers/backtest-input.js';
import { FORECASTS, OUTTURNS, REGIONAL, forecasts, said, startGrid, type Grid } from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
/** What is said of half hours from here on is said in time. */
const AHEAD = new Date('2026-03-03T00:00:00Z');
const BEHIND = new Date('2026-02-01T00:00:00Z');
const HOURS = 24;

const FIELDS = `slotCount hindsight quality leftOutJobCount immediateGco2 boundGco2 region { regionId } from to
  underForecast { carbonGco2 savingPct gapPct missedSlotCount peakMachineCount }
  underForesight { carbonGco2 savingPct }
  infeasible { fromSlot toSlot demandedMachineSlotCount availableMachineSlotCount enoughMachineCount enoughSlackSlotCount }
  jobs { job immediateGco2 boundGco2 underForecast { carbonGco2 savingPct missedSlotCount slots } underForesight { carbonGco2 slots } }`;

interface Outcome {
  readonly carbonGco2: number;
  readonly savingPct: number | null;
  readonly missedSlotCount?: number;
  readonly slots?: readonly number[];
}
interface Backtest {
  readonly hindsight: boolean | null;
  readonly quality: string | null;
  readonly leftOutJobCount: number;
  readonly immediateGco2: number;
  readonly underForecast: Outcome | null;
  readonly underForesight: Outcome | null;
  readonly infeasible: Record<string, unknown> | null;
  readonly jobs: readonly {
    readonly job: string;
    readonly underForecast: Outcome | null;
    readonly underForesight: Outcome | null;
  }[];
}

const job = (startSlot: number, durationSlots: number, slackSlots: number, powerKw = 1) => ({
  job: `job ${startSlot}`,
  startSlot,
  durationSlots,
  slackSlots,
  powerKw,
});

describe('a back-test in the graph', () => {
  let grid: Grid;

  /** Expected to be cheapest at slot 8, which in truth slot 4 is. */
  const expected = (i: number): number => 100 + 10 * Math.abs((i % 48) - 8);
  const was = (i: number): number => 100 + 10 * Math.abs((i % 48) - 4);

  beforeAll(async () => {
    grid = await startGrid(NOW);
    for (const start of [AHEAD, BEHIND]) {
      await grid.record(
        FORECASTS,
        forecasts(start, HOURS * 2, [18], (_, i) => expected(i)),
      );
      await grid.record(
        OUTTURNS,
        Array.from({ length: HOURS * 2 }, (_, i) =>
          said({ from: addHalfHours(start, i), kind: 'OUTTURN', intensityGco2PerKwh: was(i) }),
        ),
      );
      await grid.record(
        REGIONAL,
        forecasts(start, 10, [13], (_, i) => 50 + i),
      );
    }
  });
  afterAll(() => grid.close());

  const ask = async (input: Record<string, unknown>) => {
    const { data, errors } = await grid.server.query<{ backtest: Backtest | null }>(
      `query ($input: BacktestInput!) { backtest(input: $input) { ${FIELDS} } }`,
      { input },
    );
    return { backtest: data?.backtest ?? null, error: errors?.[0] };
  };
  const answer = async (input: Record<string, unknown>): Promise<Backtest> => {
    const { backtest, error } = await ask(input);
    if (!backtest) throw new Error(error?.message);
    return backtest;
  };
  const ahead = { from: AHEAD.toISOString(), to: addHalfHours(AHEAD, HOURS * 2).toISOString() };
  const behind = { from: BEHIND.toISOString(), to: addHalfHours(BEHIND, HOURS * 2).toISOString() };

  it('plans on what was expected in time, and judges by what was: in all and for each job', async () => {
    const backtest = await answer({
      ...ahead,
      jobs: [job(0, 1, 20), job(1, 2, 20, 10)],
      interruptible: true,
    });
    expect(backtest).toMatchObject({
      slotCount: 48,
      hindsight: false,
      quality: 'REAL',
      leftOutJobCount: 0,
      region: { regionId: 18 },
      from: '2026-03-03T00:00:00.000Z',
      to: '2026-03-04T00:00:00.000Z',
      // Half an hour at 140 g, and an hour of 10 kW at 130 and 120 g.
      immediateGco2: 70 + 1250,
      boundGco2: 50 + 1050,
      underForesight: { carbonGco2: 1100 },
      infeasible: null,
    });
    const [small, large] = backtest.jobs;
    expect(small).toMatchObject({ immediateGco2: 70, boundGco2: 50, underForesight: { slots: [4] } });
    expect(small?.underForecast).toMatchObject({
      carbonGco2: 70,
      savingPct: 0,
      missedSlotCount: 0,
      slots: [8],
    });
    expect(large?.underForecast?.slots).toContain(8);
    expect(backtest.underForecast!.carbonGco2).toBe(
      small!.underForecast!.carbonGco2 + large!.underForecast!.carbonGco2,
    );
  });

  it('says that history filled in later was known only in hindsight', async () => {
    expect(await answer({ ...behind, jobs: [job(0, 1, 4)] })).toMatchObject({ hindsight: true });
  });

  it('counts a forecast from when it was issued, where that is said, and takes the newest in time', async () => {
    const from = addHalfHours(BEHIND, 480);
    const issued = (slot: number, halfHour: number, intensityGco2PerKwh: number) =>
      said({
        from: addHalfHours(from, slot),
        intensityGco2PerKwh,
        issuedAt: addHalfHours(from, halfHour),
      });
    // Of slot 2 it was said the day before that it is cheap, and, once the job had begun, that it is dear.
    for (const round of [
      [issued(0, -48, 200), issued(1, -48, 200), issued(2, -48, 90)],
      [issued(2, -2, 80)],
      [issued(2, 1, 400)],
    ])
      await grid.record(FORECASTS, round);
    await grid.record(
      OUTTURNS,
      [0, 1, 2].map((slot) =>
        said({ from: addHalfHours(from, slot), kind: 'OUTTURN', intensityGco2PerKwh: 100 + slot }),
      ),
    );
    const span = { from: from.toISOString(), to: addHalfHours(from, 3).toISOString() };
    const backtest = await answer({ ...span, jobs: [job(0, 1, 2)] });
    expect(backtest.hindsight).toBe(false);
    expect(backtest.jobs[0]!.underForecast!.slots).toEqual([2]);
    const late = await answer({ ...span, jobs: [job(2, 1, 0)] });
    expect(late.hindsight).toBe(false);
  });

  it('corrects the forecast of Great Britain, and of no region', async () => {
    expect(await answer({ ...ahead, jobs: [job(0, 1, 20)], corrected: true })).toMatchObject({
      leftOutJobCount: 0,
      underForecast: { missedSlotCount: 0 },
    });
    const { error } = await ask({ ...ahead, jobs: [job(0, 1, 4)], corrected: true, regionId: 13 });
    expect(error).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect(error?.message).toContain('no outturn of region 13');
  });

  it("takes a region's last forecast for the truth, and leaves out jobs of which something is not known", async () => {
    const jobs = [job(0, 2, 6), job(5, 2, 6)];
    const backtest = await answer({ ...behind, regionId: 13, jobs });
    expect(backtest).toMatchObject({
      leftOutJobCount: 1,
      immediateGco2: 50.5,
      underForecast: { savingPct: 0 },
    });
    expect(backtest.jobs.map(({ underForecast }) => underForecast?.slots)).toEqual([[0, 1], undefined]);
    // What has not ended has no last forecast yet.
    const { error } = await ask({ ...ahead, regionId: 13, jobs });
    expect(error?.extensions.code).toBe('DATA_MISSING');
  });

  it('says of jobs that do not fit together why, and what would help', async () => {
    const jobs = [job(0, 3, 1), job(1, 3, 0)];
    expect(await answer({ ...ahead, jobs, capacity: 1 })).toMatchObject({
      underForecast: null,
      underForesight: null,
      boundGco2: null,
      infeasible: {
        fromSlot: 1,
        toSlot: 4,
        demandedMachineSlotCount: 5,
        availableMachineSlotCount: 3,
        enoughMachineCount: 2,
        enoughSlackSlotCount: 2,
      },
      jobs: [{ underForecast: null }, { underForecast: null }],
    });
  });

  it('plans a series and jobs given as text', async () => {
    const rows = [300, 100, 200].map((value, slot) => `${slot},${value},${400 - value}`);
    const series = { seriesCsv: `slot,actual,forecast\n${rows.join('\n')}\n`, forecastColumn: 'forecast' };
    const jobsCsv = 'job,start_slot,duration_slots,slack_slots,power_kw\na,0,1,2,2\n';
    expect(await answer({ ...series, jobsCsv, interruptible: true })).toMatchObject({
      region: null,
      from: null,
      hindsight: null,
      quality: null,
      immediateGco2: 300,
      underForecast: { carbonGco2: 300, savingPct: 0 },
      underForesight: { carbonGco2: 100 },
    });
    expect(await answer({ ...series, jobsCsv, online: true })).toMatchObject({
      underForecast: { missedSlotCount: 0 },
    });
  });

  const many = Array.from({ length: BACKTEST_LIMITS.jobs + 1 }, () => job(0, 1, 0));
  it.each([
    ['no jobs', { ...ahead, jobs: [] }, 'BAD_USER_INPUT', /there is none/],
    ['jobs twice', { ...ahead, jobs: [job(0, 1, 0)], jobsCsv: 'x' }, 'BAD_USER_INPUT', /not both/],
    ['too many jobs', { ...ahead, jobs: many }, 'BAD_USER_INPUT', /1001 are too many; at most 1000/],
    [
      'windows too long together',
      {
        from: '2025-01-01T00:00Z',
        to: '2026-01-01T00:00Z',
        jobs: Array.from({ length: 20 }, () => job(0, 1, 12_000)),
      },
      'BAD_USER_INPUT',
      /240020 half hours together; at most 200000/,
    ],
    ['a job that fits nowhere', { ...ahead, jobs: [job(40, 5, 4)] }, 'BAD_USER_INPUT', /fits nowhere/],
    ['a job of no length', { ...ahead, jobs: [job(0, 0, 4)] }, 'BAD_USER_INPUT', /durationSlots 1 or more/],
    ['no power', { ...ahead, jobs: [job(0, 1, 4, 0)] }, 'BAD_USER_INPUT', /powerKw 0/],
    ['no span', { jobs: [job(0, 1, 4)] }, 'BAD_USER_INPUT', /name a span/],
    [
      'more than a year',
      { from: '2025-01-01T00:00Z', to: '2026-02-01T00:00Z', jobs: [job(0, 1, 4)] },
      'BAD_USER_INPUT',
      /longer than 366 days/,
    ],
    [
      'a span beside a text',
      { ...ahead, seriesCsv: 'x', jobs: [job(0, 1, 4)] },
      'BAD_USER_INPUT',
      /leave out/,
    ],
    ['a region there is not', { ...ahead, regionId: 99, jobs: [job(0, 1, 4)] }, 'REGION_NOT_FOUND', /99/],
    ['nothing known', { ...ahead, regionId: 2, jobs: [job(0, 1, 4)] }, 'DATA_MISSING', /for region 2/],
    [
      'less than no machine',
      { ...ahead, capacity: -1, jobs: [job(0, 1, 4)] },
      'BAD_USER_INPUT',
      /capacity: -1/,
    ],
    ['a broken text', { jobsCsv: 'a\n1\n', ...ahead }, 'BAD_USER_INPUT', /jobsCsv, line 1: has no column/],
    [
      'nothing to correct',
      { seriesCsv: 'slot,actual\n0,1\n', corrected: true, jobs: [job(0, 1, 0)] },
      'BAD_USER_INPUT',
      /name its forecastColumn/,
    ],
  ])('refuses %s', async (_what, input, code, message) => {
    const { backtest, error } = await ask(input);
    expect([backtest, error?.extensions.code]).toEqual([null, code]);
    expect(error?.message).toMatch(message);
  });
});
