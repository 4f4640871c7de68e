import type { DecisionAppend } from '../../database/actions.js';
import { canonicalJson } from '../../domain/canonical-json.js';
import type { DecisionContent } from '../../domain/compute/decision-content.js';

/** The row that a decision becomes. @param placementIds placements of its workload that it is the reason for. */
export const appendOf = (
  content: DecisionContent,
  now: Date,
  placementIds: readonly number[] = [],
): DecisionAppend => ({
  table: 'decisions',
  append: {
    code: content.decisionId,
    type: content.type,
    agent_id: content.rows.agentId,
    workload_id: content.rows.workloadId,
    source_data_centre_id: content.rows.sourceDataCentreId,
    target_data_centre_id: content.rows.targetDataCentreId,
    region_id: content.regionId,
    signal_from: content.signalFrom,
    negotiation_id: content.rows.negotiationId,
    supersedes_id: content.rows.supersedesId,
    decided_at: now.toISOString(),
    content: canonicalJson(content),
    signals: content.inputs.signals.map(({ regionId, from }) => ({ region_id: regionId, from_at: from })),
    placements: placementIds,
  },
});
