import { createHash } from 'node:crypto';
import type pg from 'pg';
import { canonicalJson } from '../domain/canonical-json.js';
import { GENESIS_TEXT, chainText, type ChainHead } from '../domain/compute/decision-chain.js';
import { readDecisionContent, type DecisionContent } from '../domain/compute/decision-content.js';
import { PylonError, messageOf } from '../domain/errors.js';

const PAGE = 200;

/** The first place where the chain is not what it was when it was written. */
export interface ChainFault {
  /** Number of the decision at fault: that of the row, or the one that is missing. */
  readonly number: number;
  /** Its id as its row has it. Null: it has no row. */
  readonly decisionId: string | null;
  readonly reason: string;
}

export interface ChainReport {
  /** Decisions that were found whole, from the first on. */
  readonly verified: number;
  /** Of those, how many were made again from their inputs with the same result; the policies of the others are not ours. */
  readonly replayed: number;
  /** Where the chain ends by its rows, as far as they were whole. */
  readonly head: ChainHead;
  /** Null: all of it is whole. */
  readonly fault: ChainFault | null;
}

interface DecisionRow {
  readonly decision_id: number;
  readonly code: string;
  readonly operator_id: number;
  readonly type: string;
  readonly agent_id: number | null;
  readonly workload_id: number | null;
  readonly source_data_centre_id: number | null;
  readonly target_data_centre_id: number | null;
  readonly region_id: number | null;
  readonly signal_from: Date | null;
  readonly negotiation_id: number | null;
  readonly supersedes_id: number | null;
  readonly decided_at: Date;
  readonly content: string;
  readonly previous_hash: string;
  readonly hash: string;
  /** `region@instant` of each row of decision_signals, in their order. */
  readonly signals: readonly string[];
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Where the chain ends, as the database says; open to read. */
export async function readDecisionHead(db: Pick<pg.Pool, 'query'>): Promise<ChainHead> {
  const { rows } = await db.query<ChainHead>({
    name: 'decision-head',
    text: 'select decision_count as count, hash from decision_head',
  });
  const [head] = rows;
  if (!head)
    throw new PylonError(
      'DATABASE_UNAVAILABLE',
      'the table `decision_head` lost its row; restore the database from a backup',
    );
  return head;
}

/** Makes a decision again: whether it comes out the same, is another's to make, or how it differs. */
export type Replays = (
  content: DecisionContent,
) => { readonly kind: 'SAME' | 'NOT_OURS' } | { readonly kind: 'DIFFERENT'; readonly reason: string };

const replaysNothing: Replays = () => ({ kind: 'NOT_OURS' });

/**
 * Walks the chain in order, at flat memory, in one snapshot, and recomputes all of it.
 *
 * @param owner a session that sees the rows of all operators; nothing else may use it meanwhile.
 * @param published a head that was published before: the chain must still have its decision.
 * @param replays makes a decision again from its content.
 */
export async function verifyDecisions(
  owner: Pick<pg.Client, 'query'>,
  published: ChainHead | null = null,
  replays: Replays = replaysNothing,
): Promise<ChainReport> {
  await owner.query('begin isolation level repeatable read read only');
  try {
    return await walk(owner, published, replays);
  } finally {
    await owner.query('rollback');
  }
}

async function walk(
  owner: Pick<pg.Client, 'query'>,
  published: ChainHead | null,
  replays: Replays,
): Promise<ChainReport> {
  let head: ChainHead = { count: 0, hash: sha256(GENESIS_TEXT) };
  let replayed = 0;
  const report = (fault: ChainFault | null): ChainReport => ({ verified: head.count, replayed, head, fault });
  for await (const row of decisionRows(owner)) {
    const reason = faultOf(row, head);
    if (reason !== null) return report(reason);
    const again = replays(readDecisionContent(row.content));
    if (again.kind === 'DIFFERENT')
      return report({ number: row.decision_id, decisionId: row.code, reason: again.reason });
    if (again.kind === 'SAME') replayed += 1;
    head = { count: row.decision_id, hash: row.hash };
    if (published?.count === head.count && published.hash !== head.hash)
      return report({
        number: head.count,
        decisionId: row.code,
        reason: `its hash is ${head.hash}; ${published.hash} was published`,
      });
  }
  const missing = (reason: string): ChainReport =>
    report({ number: head.count + 1, decisionId: null, reason });
  if (published && published.count > head.count)
    return missing(`it is missing: ${published.count} decisions were published`);
  if (published?.count === 0 && published.hash !== sha256(GENESIS_TEXT))
    return missing('the published head names no decision, and not the hash that a chain begins with');
  const stored = await readDecisionHead(owner);
  if (stored.count !== head.count)
    return missing(`the head says that there are ${stored.count}, the rows end at ${head.count}`);
  if (stored.hash !== head.hash)
    return report({
      number: head.count,
      decisionId: null,
      reason: `the head says that its hash is ${stored.hash}; it is ${head.hash}`,
    });
  return report(null);
}

/** Every row in the order of its number, some at a time. */
async function* decisionRows(owner: Pick<pg.Client, 'query'>): AsyncGenerator<DecisionRow> {
  for (let after = -(2 ** 31); ;) {
    const { rows } = await owner.query<DecisionRow>({
      name: 'decision-rows',
      text: `select d.*, array(select (s.region_id || '@' || to_char(s.from_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
          || case when s.operator_id <> d.operator_id then ' of another operator' else '' end) collate "C"
          from decision_signals s where s.decision_id = d.decision_id order by 1) as signals
        from decisions d where d.decision_id > $1 order by d.decision_id limit $2`,
      values: [after, PAGE],
    });
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.decision_id;
  }
}

/** Why a row is not what follows a head; null when it is. */
function faultOf(row: DecisionRow, head: ChainHead): ChainFault | null {
  const number = head.count + 1;
  if (row.decision_id !== number)
    return row.decision_id > number
      ? { number, decisionId: null, reason: `it is missing: the next row is number ${row.decision_id}` }
      : { number: row.decision_id, decisionId: row.code, reason: 'no decision has such a number' };
  const reason = linkFaultOf(row, head) ?? contentFaultOf(row);
  return reason === null ? null : { number, decisionId: row.code, reason };
}

function linkFaultOf(row: DecisionRow, head: ChainHead): string | null {
  if (row.previous_hash !== head.hash)
    return `its previous_hash is ${row.previous_hash}; that of the one before is ${head.hash}`;
  const { previous_hash: previousHash, decided_at: decidedAt, content } = row;
  const hash = sha256(chainText({ previousHash, number: row.decision_id, decidedAt, content }));
  return row.hash === hash ? null : `its hash is ${row.hash}; that of what it holds is ${hash}`;
}

/** The columns beside the content are taken from it. */
function contentFaultOf(row: DecisionRow): string | null {
  let content: DecisionContent;
  try {
    content = readDecisionContent(row.content);
  } catch (error) {
    return `its content cannot be read: ${messageOf(error)}`;
  }
  if (canonicalJson(content) !== row.content) return 'its content is not in canonical form';
  const stated: Readonly<Record<string, unknown>> = columnsOf(content);
  const differing = Object.entries(stated).find(([column, value]) => {
    const stored: unknown = row[column as keyof DecisionRow];
    return canonicalJson(stored) !== canonicalJson(value);
  });
  if (!differing) return null;
  const [column, value] = differing;
  return `its ${column} is ${canonicalJson(row[column as keyof DecisionRow])}; its content says ${canonicalJson(value)}`;
}

const columnsOf = ({ rows, inputs, ...content }: DecisionContent) =>
  ({
    code: content.decisionId,
    operator_id: rows.operatorId,
    type: content.type,
    agent_id: rows.agentId,
    workload_id: rows.workloadId,
    source_data_centre_id: rows.sourceDataCentreId,
    target_data_centre_id: rows.targetDataCentreId,
    region_id: content.regionId,
    signal_from: content.signalFrom,
    negotiation_id: rows.negotiationId,
    supersedes_id: rows.supersedesId,
    signals: inputs.signals.map(({ regionId, from }) => `${regionId}@${from}`).sort(),
  }) satisfies Partial<Record<keyof DecisionRow, unknown>>;
