/**
 * How long planning takes, on seeded made-up series: jobs of 8 to 180 half hours over a year of half hours, interruptible and
 * exact at three capacities, then by the size of the problem, then contiguous with its gap. Each plan is made in a process of
 * its own, so that its memory is its own; that every limit is kept and the optimum proven is checked on the way.
 */
import { benchmark, within } from './support/benchmark.js';
import type { PlanAsked, PlanMeasured, plannerWorker } from './support/planner.js';
import { PLANNED_YEAR } from './support/planned-year.js';
import { againstLimit, claim, note, shown } from './support/report.js';
import { startWorker } from './support/worker.js';

const JOBS = 3_400;
const MEMORY_MB = 500;
/** Above this share of the bound a plan that is called exact is none. */
const EXACT_PCT = 1e-6;

const measure = (kind: keyof typeof plannerWorker, asked: PlanAsked): Promise<PlanMeasured> =>
  within(async (scope) => (await startWorker<typeof plannerWorker>(scope, './planner.ts')).ask(kind, asked));

const sized = ({ arcs, rssMb, seconds, cpuSeconds }: PlanMeasured): string =>
  `${shown(arcs / 1_000)} thousand arcs, ${shown(seconds)} s (${shown(cpuSeconds)} s of processor), ${shown(rssMb)} MB`;

await benchmark('planner', async () => {
  for (const [machines, seconds] of [
    [45, 4],
    [40, 4],
    [35, 4],
    [26, 8],
  ] as const) {
    const plan = await measure('interruptible', { jobs: JOBS, slots: PLANNED_YEAR, machines });
    const name = `${JOBS} interruptible jobs over a year, ${machines} machines`;
    againstLimit({ name, value: plan.seconds, unit: 's', limit: { atMost: seconds } });
    note(sized(plan));
    againstLimit({ name: `${name}, memory`, value: plan.rssMb, unit: 'MB', limit: { atMost: MEMORY_MB } });
    claim(
      `${name}, exact and within every limit`,
      plan.missed === 0 && plan.over === 0 && Math.abs(plan.gapPct) < EXACT_PCT,
      `${plan.missed} missed, ${plan.over} over, ${plan.gapPct.toExponential(1)} % above its dual`,
    );
  }
  note('by the size of the problem, a machine for every 85 jobs a year:');
  for (const share of [8, 4, 2]) {
    const asked = { jobs: JOBS / share, slots: PLANNED_YEAR / share, machines: 40 };
    note(`  ${asked.jobs} jobs, ${asked.slots} half hours: ${sized(await measure('interruptible', asked))}`);
  }
  const contiguous = await measure('contiguous', { jobs: 10_000, slots: PLANNED_YEAR, machines: 80 });
  const name = '10000 contiguous jobs over a year, 80 machines';
  againstLimit({ name, value: contiguous.seconds, unit: 's', limit: { atMost: 30 } });
  againstLimit({ name: `${name}, gap`, value: contiguous.gapPct, unit: '%', limit: { atMost: 0.5 } });
  note(sized(contiguous));
  claim(
    `${name}, within every limit`,
    contiguous.missed === 0 && contiguous.over === 0,
    `${contiguous.missed} missed, ${contiguous.over} over`,
  );
});
