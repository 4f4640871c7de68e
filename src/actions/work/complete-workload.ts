import { z } from 'zod';
import type { ActionTransaction } from '../../database/actions.js';
import { keepConsumption } from '../../database/consumption.js';
import { insertDecisionOutcome } from '../../database/decision-outcomes.js';
import { actualsOf } from '../../domain/compute/actuals.js';
import { readDecisionContent } from '../../domain/compute/decision-content.js';
import { realisedOutcome, type Actuals } from '../../domain/compute/realised-outcome.js';
import { requireMove } from '../../domain/compute/state-machine.js';
import { WORKLOAD_MOVES } from '../../domain/compute/workload-states.js';
import { defineAction } from '../action.js';
import { consumptionOf } from './consumption.js';
import { endPlacementsOf } from '../placing/placement-rows.js';
import { instant, optional, within } from '../rules.js';
import { endRun, runsOf, type RunRow } from './run-rows.js';
import { MOST_KWH, jobRef, refuseFaults } from './workload-input.js';
import { lockWorkload, moveWorkload } from './workload-rows.js';

/**
 * The end of work that did what it should. `actualEnergyKwh` is what was measured of the work itself, at the IT side; it is
 * shared out over the half hours in which it ran, by time. The facility's energy is that × PUE of the data centre it ran at;
 * carbon is facility energy × the region's carbon intensity of the half hour (its outturn where there is one, else its last
 * forecast, labelled ESTIMATE); cost is facility energy × Great Britain's price of it. A total of which any half hour is
 * missing is null, and `actualsNote` says which.
 */
export const completeWorkload = defineAction({
  name: 'completeWorkload',
  scope: 'WORKLOADS',
  answers: 'workloads',
  input: z.object({
    ...jobRef,
    actualEnergyKwh: within(0, MOST_KWH),
    completedAt: optional(instant),
    flexibilityRevenueGbp: optional(within(-1e12, 1e12)),
  }),
  names: { jobId: 'workload' },
  furtherFaults: ({ now }, { completedAt }) => completionFaults([], completedAt ?? now, now),
  async perform(transaction, input) {
    const { db, now, grid } = transaction;
    const work = await lockWorkload(transaction, input);
    requireMove(WORKLOAD_MOVES, work.status, 'COMPLETED', `workload ${input.jobId}`);
    const completedAt = input.completedAt ?? now;
    refuseFaults('completeWorkload', completionFaults(await runsOf(transaction, work), completedAt, now));
    await endRun(transaction, work, completedAt);
    const runs = (await runsOf(transaction, work)).map((run) => ({
      dataCentreId: run.data_centre_id,
      startedAt: run.started_at,
      stoppedAt: run.stopped_at ?? completedAt,
    }));
    const consumption = await consumptionOf(grid, runs, input.actualEnergyKwh);
    await keepConsumption(
      db,
      grid.sources,
      { workloadId: work.workload_id, operatorId: work.operator_id },
      consumption,
    );
    const { carbonGco2, costGbp, note } = actualsOf(consumption);
    const answer = await moveWorkload(transaction, work, 'COMPLETED', {
      completed_at: completedAt,
      actual_energy_kwh: input.actualEnergyKwh,
      actual_carbon_gco2: carbonGco2,
      actual_cost_gbp: costGbp,
      actuals_note: note,
      flexibility_revenue_gbp: input.flexibilityRevenueGbp,
    });
    await endPlacementsOf(transaction, work, 'COMPLETED');
    await keepOutcomes(transaction, work.workload_id, { carbonGco2, costGbp });
    return answer;
  },
});

/** What came of the decisions about it that stand: each was about this work, and its prediction is set beside what was. */
async function keepOutcomes(
  { db, now }: Pick<ActionTransaction, 'db' | 'now'>,
  workloadId: number,
  actuals: Actuals,
): Promise<void> {
  const { rows } = await db.query<{ decision_id: number; operator_id: number; content: string }>({
    name: 'standing-decisions-of-workload',
    text: `select decision_id, operator_id, content from decisions d where workload_id = $1
      and not exists (select from decisions s where s.supersedes_id = d.decision_id) order by decision_id`,
    values: [workloadId],
  });
  for (const row of rows)
    await insertDecisionOutcome(db, {
      ...realisedOutcome(readDecisionContent(row.content).prediction, actuals),
      flexibilityContributionMw: null,
      note: 'the workload completed',
      decisionId: row.decision_id,
      operatorId: row.operator_id,
      recordedAt: now,
    });
}

function completionFaults(runs: readonly RunRow[], completedAt: Date, now: Date) {
  const path = 'input.completedAt';
  const began = runs.at(-1)?.started_at;
  if (completedAt > now) return [{ path, message: `must not be in the future: it is ${now.toISOString()}` }];
  return began && completedAt < began
    ? [{ path, message: `must not be before it last began to run, ${began.toISOString()}` }]
    : [];
}
