import type pg from 'pg';
import { scopesOf, type KnownViewer } from '../domain/viewer.js';
import { jsonbText } from './ingest-runs.js';
import type { Lease } from './leases.js';
import { readAs } from './viewers.js';

/** How far an agent has followed the log. */
export interface AgentCursor {
  /** The last event it is done with. */
  readonly sequence: bigint;
  /** The beat of the clock that it was last woken for; null: none yet. */
  readonly beat: Date | null;
  /** What it decided and has not wholly carried out, as it was kept; null: nothing. */
  readonly pending: unknown;
}

/** An agent that acts in this host, of whatever operator. */
export interface HostedAgent {
  readonly number: number;
  readonly agentId: string;
  readonly type: string;
  readonly status: string;
  readonly operatorId: number;
  readonly operatorName: string;
  readonly operatorType: string;
  readonly isSynthetic: boolean;
  readonly config: Readonly<Record<string, unknown>>;
  /** Null: it has not begun. */
  readonly cursor: AgentCursor | null;
}

/** Who reads what agents of all operators there are. It only reads. */
const HOST: KnownViewer = {
  operatorId: 0,
  operatorName: 'the host of the agents',
  role: 'ADMIN',
  scopes: scopesOf('ADMIN', ['READ']),
  apiKeyId: 0,
};

interface Row {
  readonly agent_id: number;
  readonly code: string;
  readonly type: string;
  readonly status: string;
  readonly operator_id: number;
  readonly operator_name: string;
  readonly operator_type: string;
  readonly is_synthetic: boolean;
  readonly config: Record<string, unknown>;
  readonly sequence: bigint | null;
  readonly beat_at: Date | null;
  readonly pending: unknown;
}

/**
 * The agents that are to act here, by number: of active operators, those whose own `config` says `hosted: true`, and with the
 * demo those of synthetic operators. Any other agent is a program of its operator's, and acts by itself.
 */
export async function readHostedAgents(
  pool: pg.Pool,
  { withSynthetic }: { readonly withSynthetic: boolean },
): Promise<HostedAgent[]> {
  const rows = await readAs(pool, HOST, async (client) => {
    const result = await client.query<Row>({
      name: 'hosted-agents',
      text: `select a.agent_id, a.code, a.type::text, a.status::text, a.operator_id, o.name as operator_name, o.type::text as operator_type,
          o.is_synthetic, s.config, c.sequence, c.beat_at, c.pending
        from agents a join operators o on o.operator_id = a.operator_id join agent_settings s on s.agent_id = a.agent_id
          left join agent_cursors c on c.agent_id = a.agent_id
        where o.is_active and a.status <> 'OFFLINE' and ((o.is_synthetic and $1) or s.config @> '{"hosted": true}')
        order by a.agent_id`,
      values: [withSynthetic],
    });
    return result.rows;
  });
  return rows.map((row) => ({
    number: row.agent_id,
    agentId: row.code,
    type: row.type,
    status: row.status,
    operatorId: row.operator_id,
    operatorName: row.operator_name,
    operatorType: row.operator_type,
    isSynthetic: row.is_synthetic,
    config: row.config,
    cursor:
      row.sequence === null ? null : { sequence: row.sequence, beat: row.beat_at, pending: row.pending },
  }));
}

/**
 * Keeps where agents are, by their numbers.
 *
 * @throws with SQLSTATE PY001 when the lease was lost: then nothing was kept.
 */
export async function keepAgentCursors(
  db: Pick<pg.Pool, 'query'>,
  lease: Pick<Lease, 'name' | 'fencing'>,
  cursors: ReadonlyMap<number, AgentCursor>,
): Promise<void> {
  if (cursors.size === 0) return;
  const kept = [...cursors].map(([agentNumber, { sequence, beat, pending }]) => ({
    agent_id: agentNumber,
    sequence: String(sequence),
    beat_at: beat,
    pending,
  }));
  await db.query({
    name: 'keep-agent-cursors',
    text: 'select keep_agent_cursors($1, $2, $3::jsonb)',
    values: [lease.name, lease.fencing, jsonbText(kept)],
  });
}
