import type { ActionTransaction } from '../../database/actions.js';
import type { DecisionRows, SupersededDecision } from '../../domain/compute/decision-content.js';
import { Refused, type Fault } from '../../domain/refusal.js';

interface Named {
  readonly decisionId: string;
  readonly agentId: string | null;
  readonly jobId: string | null;
  readonly sourceDcId: string | null;
  readonly targetDcId: string | null;
  readonly negotiationId: string | null;
  readonly supersedes: string | null;
}

interface FoundRow {
  readonly is_taken: boolean;
  readonly agent_id: number | null;
  readonly agent_operator_id: number | null;
  readonly workload_id: number | null;
  readonly source_id: number | null;
  readonly target_id: number | null;
  readonly negotiation_id: number | null;
}

/** Advisory locks by the number of a decision, so that of two that supersede it one sees the other. */
const SUPERSEDING_LOCK = 72707374;

/**
 * The rows that a decision's ids name; all are the caller's own but for data centres.
 *
 * @throws {Refused} ALREADY_EXISTS, NOT_FOUND, NOT_ALLOWED, SUPERSEDED
 */
export async function findDecisionRows(
  transaction: Pick<ActionTransaction, 'db' | 'viewer'>,
  named: Named,
): Promise<{
  readonly rows: Omit<DecisionRows, 'operatorId'>;
  readonly supersedes: SupersededDecision | null;
}> {
  const { db, viewer } = transaction;
  const { rows: found } = await db.query<FoundRow>({
    name: 'decision-rows-named',
    text: `select
        exists (select from decisions where operator_id = $1 and code = $2) as is_taken,
        a.agent_id, a.operator_id as agent_operator_id,
        (select workload_id from workloads where operator_id = $1 and job_id = $4) as workload_id,
        (select data_centre_id from data_centres where dc_id = $5) as source_id,
        (select data_centre_id from data_centres where dc_id = $6) as target_id,
        (select negotiation_id from negotiations where code = $7 and $1 in (operator_id, responder_operator_id)) as negotiation_id
      from (select) one left join agents a on a.code = $3`,
    values: [
      viewer.operatorId,
      named.decisionId,
      named.agentId,
      named.jobId,
      named.sourceDcId,
      named.targetDcId,
      named.negotiationId,
    ],
  });
  const [row] = found;
  if (!row) throw new Error('a row that is always answered was not');
  if (row.is_taken)
    throw new Refused('ALREADY_EXISTS', `there is a decision ${JSON.stringify(named.decisionId)} already`);
  refuseMissing([
    ['input.agentId', 'agent', named.agentId, row.agent_id],
    ['input.jobId', 'workload of yours', named.jobId, row.workload_id],
    ['input.sourceDcId', 'data centre', named.sourceDcId, row.source_id],
    ['input.targetDcId', 'data centre', named.targetDcId, row.target_id],
    ['input.negotiationId', 'negotiation of yours', named.negotiationId, row.negotiation_id],
  ]);
  if (row.agent_operator_id !== null && row.agent_operator_id !== viewer.operatorId)
    throw new Refused('NOT_ALLOWED', `the agent ${JSON.stringify(named.agentId)} is another operator's`);
  const superseded = named.supersedes === null ? null : await findSuperseded(transaction, named.supersedes);
  return {
    rows: {
      agentId: row.agent_id,
      workloadId: row.workload_id,
      sourceDataCentreId: row.source_id,
      targetDataCentreId: row.target_id,
      negotiationId: row.negotiation_id,
      supersedesId: superseded?.number ?? null,
    },
    supersedes: superseded && { decisionId: superseded.decisionId, hash: superseded.hash },
  };
}

function refuseMissing(
  looked: readonly (readonly [path: string, what: string, id: string | null, row: number | null])[],
): void {
  const faults = looked.flatMap(([path, what, id, row]): Fault[] =>
    id !== null && row === null ? [{ path, message: `there is no ${what} ${JSON.stringify(id)}` }] : [],
  );
  const [first] = faults;
  if (first) throw new Refused('NOT_FOUND', first.message, { faults });
}

/** A decision can be superseded once, and only by a later one: no cycle can come of it. */
async function findSuperseded(
  { db, viewer }: Pick<ActionTransaction, 'db' | 'viewer'>,
  decisionId: string,
): Promise<SupersededDecision & { readonly number: number }> {
  const { rows } = await db.query<{ decision_id: number; hash: string }>({
    name: 'decision-to-supersede',
    text: `select decision_id, hash, pg_advisory_xact_lock($3, decision_id) from decisions where operator_id = $1 and code = $2`,
    values: [viewer.operatorId, decisionId, SUPERSEDING_LOCK],
  });
  const [row] = rows;
  refuseMissing([['input.supersedes', 'decision of yours', decisionId, row?.decision_id ?? null]]);
  if (!row) throw new Error('a missing decision was not refused');
  const { rows: later } = await db.query<{ code: string }>({
    name: 'decision-that-superseded',
    text: 'select code from decisions where supersedes_id = $1',
    values: [row.decision_id],
  });
  if (later[0])
    throw new Refused(
      'SUPERSEDED',
      `the decision ${JSON.stringify(decisionId)} was superseded by ${JSON.stringify(later[0].code)}`,
    );
  return { decisionId, number: row.decision_id, hash: row.hash };
}
