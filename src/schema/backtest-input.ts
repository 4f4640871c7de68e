import { BACKTEST_LIMITS } from '../resolvers/backtest-input.js';
import { builder } from './builder.js';

const BacktestJobInput = builder.inputType('BacktestJobInput', {
  description:
    'A job of a back-test: one machine for so many half hours. It may run in any of them from `startSlot` to ' +
    '`startSlot + durationSlots + slackSlots`, exclusive.',
  fields: (t) => ({
    job: t.string({ required: true, description: 'Its name, for people.' }),
    startSlot: t.int({
      required: true,
      description: 'First half hour it may run in, counted from 0 at the beginning of the series.',
    }),
    durationSlots: t.int({ required: true, description: 'Half hours it runs, 1 or more.' }),
    slackSlots: t.int({ required: true, description: 'Half hours that it may be later, 0 or more.' }),
    powerKw: t.float({ description: 'Power it draws, kW, above 0; 1 when left out.' }),
  }),
});

export const BacktestInput = builder.inputType('BacktestInput', {
  description: `A back-test: jobs (at most ${BACKTEST_LIMITS.jobs}, their windows at most ${BACKTEST_LIMITS.jobSlots} half hours together) on a span of what is stored, or on a series of your own.`,
  fields: (t) => ({
    jobs: t.field({ type: [BacktestJobInput], description: 'The jobs; or `jobsCsv`.' }),
    jobsCsv: t.string({
      description: 'The jobs as CSV with the header `job,start_slot,duration_slots,slack_slots[,power_kw]`.',
    }),
    from: t.field({
      type: 'DateTime',
      description: 'Start of the first half hour, inclusive; at :00 or :30 UTC. Its slot is 0.',
    }),
    to: t.field({
      type: 'DateTime',
      description: `End of the last half hour, exclusive; at most ${BACKTEST_LIMITS.days} days after \`from\`.`,
    }),
    regionId: t.int({ description: 'Region, 1–18; 18, Great Britain, when left out.' }),
    seriesCsv: t.string({
      description:
        'Instead of `from` and `to`: CSV, a row a half hour: its start (ISO) or `slot`, its number, and a column `gco2_kwh`, `actual` or ' +
        '`intensity` of what was.',
    }),
    forecastColumn: t.string({
      description: 'Column of `seriesCsv` to plan on; left out, the plan knows what was.',
    }),
    capacity: t.int({ description: 'Machines in every half hour, 0 or more; no limit when left out.' }),
    interruptible: t.boolean({
      description: 'Whether jobs may be interrupted: then the plan is exact. False when left out.',
    }),
    online: t.boolean({
      description: 'Whether a job is known only once its window begins. False when left out.',
    }),
    corrected: t.boolean({
      description:
        'Whether the forecast is first corrected by what was known before each job. False when left out. Of stored series only that of ' +
        'Great Britain, whose outturn is published.',
    }),
  }),
});
