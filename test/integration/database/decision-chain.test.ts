import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionAnswer } from '../../../src/database/actions.js';
import { readDecisionHead, verifyDecisions, type ChainReport } from '../../../src/database/decision-chain.js';
import { chainText, type ChainHead } from '../../../src/domain/compute/decision-chain.js';
import { until } from '../../support/until.js';
import { createDecisionsDatabase, type DecisionsDatabase } from './decisions.js';
import { counted } from './writers.js';

const WRITERS = 8;
const DECISIONS = counted(300, 10_000);
const CUTS = counted(12, 200);

describe('decisions of eight writers', () => {
  let chain: DecisionsDatabase;
  beforeAll(async () => {
    chain = await createDecisionsDatabase();
  });
  afterAll(() => chain.drop());

  /** So many decisions, by eight writers of two operators at once. */
  async function write(count: number, recordOne: (writer: number, n: number) => Promise<ActionAnswer>) {
    const answers: ActionAnswer[] = [];
    let next = 0;
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        while (next < count) {
          next += 1;
          answers.push(await recordOne(writer, next));
        }
      }),
    );
    return answers.map((answer) => ('id' in answer ? answer.id : answer.refusal.code));
  }
  const tenantOf = (writer: number) => (writer % 2 === 0 ? chain.north : chain.south);

  it('are one chain, numbered without holes, with an event each', async () => {
    const numbers = await write(DECISIONS, (writer) => chain.record(tenantOf(writer)));
    expect(numbers.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: DECISIONS }, (_, i) => i + 1),
    );
    expect(await verifyDecisions(chain.owner)).toEqual({
      verified: DECISIONS,
      replayed: 0,
      head: await readDecisionHead(chain.database.pool),
      fault: null,
    });
    const { rows } = await chain.owner.query(
      `select count(*)::integer as events, count(distinct state ->> 'hash')::integer as decisions from event_log where topic = 10`,
    );
    expect(rows).toEqual([{ events: DECISIONS, decisions: DECISIONS }]);
  });

  it('are one chain whoever cuts their connections, and each is in it once', async () => {
    const { count: before } = await readDecisionHead(chain.database.pool);
    const count = counted(150, 2_000);
    let cut = 0;
    const untilAnswered = async (writer: number, n: number): Promise<ActionAnswer> => {
      for (;;) {
        const answer = await chain.record(tenantOf(writer), {}, `cut-${n}`).catch(() => null);
        if (answer) return answer;
      }
    };
    let isOver = false;
    const cutting = (async () => {
      while (!isOver && cut < CUTS) {
        const { rows } = await chain.database.pool.query<{ done: boolean }>(
          `select pg_terminate_backend(pid) as done from pg_stat_activity
           where datname = current_database() and application_name = 'pylon' and pid <> pg_backend_pid() and state <> 'idle'
           order by random() limit 1`,
        );
        cut += rows.length;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const numbers = await write(count, untilAnswered);
    isOver = true;
    await cutting;
    expect(cut).toBeGreaterThan(0);
    expect(new Set(numbers).size).toBe(count);
    const { fault, head } = await verifyDecisions(chain.owner);
    expect({ fault, count: head.count }).toEqual({ fault: null, count: before + count });
  });
});

describe('a row that a decision names and another transaction holds', () => {
  let chain: DecisionsDatabase;
  beforeAll(async () => {
    chain = await createDecisionsDatabase();
    await chain.owner.query(
      `insert into negotiations (code, type, initiator_agent_id, responder_agent_id, operator_id, responder_operator_id, awaiting_agent_id)
       values ('talk', 'OTHER', $1, $2, $3, $4, $2)`,
      [chain.north.agentNumber, chain.south.agentNumber, chain.north.operatorId, chain.south.operatorId],
    );
  });
  afterAll(() => chain.drop());

  it.each([
    ['data_centres', `dc_id = 'north-dc'`],
    ['agents', `code = 'north-agent'`],
    ['workloads', `job_id = 'north-job'`],
    ['negotiations', `code = 'talk'`],
  ])('of %s holds up that decision, and not the chain', async (table, where) => {
    const { owner, north, south, database } = chain;
    await owner.query('begin');
    let waiting: Promise<ActionAnswer>;
    try {
      const held = await owner.query(`select from ${table} where ${where} for update`);
      expect(held.rowCount).toBe(1);
      waiting = chain.record(north, { negotiationId: 'talk' });
      await until('it waits', async () => {
        const { rows } = await database.pool.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'select finish_action%'`,
        );
        return rows.length === 1;
      });
      expect(await chain.record(south, { targetDcId: south.centre })).toMatchObject({ table: 'decisions' });
    } finally {
      await owner.query('rollback');
    }
    const { id } = (await waiting) as { readonly id: number };
    expect(id).toBe((await readDecisionHead(database.pool)).count);
  });
});

describe('the chain of decisions', () => {
  let chain: DecisionsDatabase;
  /** As it was before anybody touched it. */
  let head: ChainHead;
  /** The decision that is tampered with: neither the first nor the last. */
  const TAMPERED = 4;

  beforeAll(async () => {
    chain = await createDecisionsDatabase();
    const { north, south, owner } = chain;
    await owner.query(
      `insert into negotiations (code, type, initiator_agent_id, responder_agent_id, operator_id, responder_operator_id, awaiting_agent_id)
       values ('talk', 'OTHER', $1, $2, $3, $4, $2)`,
      [north.agentNumber, south.agentNumber, north.operatorId, south.operatorId],
    );
    for (const n of [1, 2, 3]) await chain.recorded(north, { decisionId: `d${n}` });
    await chain.recorded(north, { decisionId: 'd4', supersedes: 'd1', negotiationId: 'talk' });
    for (const n of [5, 6]) await chain.recorded(north, { decisionId: `d${n}` });
    head = await readDecisionHead(chain.database.pool);
  });
  afterAll(() => chain.drop());

  /** What an owner can do who takes the triggers away: looks at the chain then, and puts everything back. */
  async function tampered(sql: readonly string[], published: ChainHead | null = null): Promise<ChainReport> {
    const { owner } = chain;
    const tables = ['decisions', 'decision_signals', 'decision_head'];
    const backUp = tables.map((name) => `create table if not exists kept_${name} as table ${name}`);
    const triggers = (what: string): string =>
      tables.map((name) => `alter table ${name} ${what} trigger user`).join('; ');
    const asNormal = tables
      .map(
        (name) =>
          `alter table ${name} enable always trigger ${name === 'decision_head' ? 'kept' : 'append_only'}`,
      )
      .join('; ');
    await owner.query(`${backUp.join('; ')}; ${triggers('disable')}`);
    try {
      for (const statement of sql) await owner.query(statement);
      return await verifyDecisions(owner, published);
    } finally {
      await owner.query(
        `delete from decision_signals; delete from decisions; delete from decision_head;
         insert into decisions table kept_decisions order by 1; insert into decision_signals table kept_decision_signals;
         insert into decision_head table kept_decision_head; ${triggers('enable')}; ${asNormal}`,
      );
    }
  }

  it('is whole, and is again after each of the tests below put back what it changed', async () => {
    expect(await verifyDecisions(chain.owner, head)).toEqual({ verified: 6, replayed: 0, head, fault: null });
    expect((await tampered([])).fault).toBeNull();
    expect(await verifyDecisions(chain.owner, head)).toEqual({ verified: 6, replayed: 0, head, fault: null });
  });

  const EDITS: readonly (readonly [column: string, edit: () => string, reason: RegExp])[] = [
    ['code', () => `code = 'forged'`, /its code is "forged"; its content says "d4"/],
    ['operator_id', () => `operator_id = ${chain.south.operatorId}`, /its operator_id is/],
    ['type', () => `type = 'SCALE_UP'`, /its type is "SCALE_UP"; its content says "DEFER_WORKLOAD"/],
    ['agent_id', () => `agent_id = ${chain.south.agentNumber}`, /its agent_id is/],
    ['workload_id', () => `workload_id = null`, /its workload_id is null/],
    ['source_data_centre_id', () => `source_data_centre_id = null`, /its source_data_centre_id is null/],
    ['target_data_centre_id', () => `target_data_centre_id = null`, /its target_data_centre_id is null/],
    ['region_id', () => `region_id = 14`, /its region_id is 14; its content says 13/],
    ['signal_from', () => `signal_from = signal_from + interval '30 minutes'`, /its signal_from is/],
    ['negotiation_id', () => `negotiation_id = null`, /its negotiation_id is null; its content says \d/],
    ['supersedes_id', () => `supersedes_id = 2`, /its supersedes_id is 2; its content says 1/],
    ['decided_at', () => `decided_at = decided_at + interval '1 millisecond'`, /its hash is/],
    ['content', () => `content = replace(content, '90', '80')`, /its hash is/],
    ['content, by a space', () => `content = content || ' '`, /its hash is/],
    ['previous_hash', () => `previous_hash = repeat('0', 64)`, /its previous_hash is 000/],
    ['hash', () => `hash = repeat('1', 64)`, /its hash is 111/],
  ];

  it('is tried in every column that it has', async () => {
    const { rows } = await chain.owner.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'decisions'::regclass and attnum > 0 and not attisdropped`,
    );
    const edited = new Set(EDITS.map(([column]) => column));
    expect(rows.map(({ name }) => name).filter((name) => !edited.has(name))).toEqual(['decision_id']); // below
  });

  it.each(EDITS)('shows an edit of %s at its row', async (_column, edit, reason) => {
    const report = await tampered([`update decisions set ${edit()} where decision_id = ${TAMPERED}`]);
    expect(report).toMatchObject({
      verified: TAMPERED - 1,
      fault: { number: TAMPERED, reason: expect.stringMatching(reason) as string },
    });
  });

  it.each([
    [
      'renumbered',
      [
        `delete from decision_signals where decision_id = 6`,
        `update decisions set decision_id = 60 where decision_id = 6`,
      ],
      { number: 6, decisionId: null, reason: 'it is missing: the next row is number 60' },
    ],
    [
      'removed',
      [`delete from decision_signals where decision_id = 5`, `delete from decisions where decision_id = 5`],
      { number: 5, decisionId: null, reason: 'it is missing: the next row is number 6' },
    ],
    [
      'cut off at the end',
      [`delete from decision_signals where decision_id = 6`, `delete from decisions where decision_id = 6`],
      { number: 6, decisionId: null, reason: 'the head says that there are 6, the rows end at 5' },
    ],
  ])('shows a row that was %s', async (_how, sql, fault) => {
    expect((await tampered(sql)).fault).toEqual(fault);
  });

  it.each([
    [`delete from decision_signals where decision_id = 4 and from_at = '2026-03-02T12:30Z'`],
    [`update decision_signals set region_id = 12 where decision_id = 4`],
    [`update decision_signals set operator_id = operator_id + 1 where decision_id = 4`],
  ])('shows the way back from signals that was bent: %s', async (sql) => {
    const { fault } = await tampered([sql]);
    expect(fault).toMatchObject({ number: 4, reason: expect.stringMatching(/^its signals is/) as string });
  });

  /** What a forger who knows the form does: new hashes from a row on. */
  async function rehashed(from: number, to: number): Promise<string[]> {
    const { rows } = await chain.owner.query<{
      decision_id: number;
      decided_at: Date;
      content: string;
      previous_hash: string;
    }>('select decision_id, decided_at, content, previous_hash from decisions order by 1');
    let previous = rows[from - 1]?.previous_hash ?? '';
    return rows
      .filter(({ decision_id: number }) => number >= from && number <= to)
      .map(({ decision_id: number, decided_at: decidedAt, content }) => {
        const text = chainText({
          previousHash: previous,
          number,
          decidedAt,
          content: number === from ? content.replace('90', '80') : content,
        });
        const hash = createHash('sha256').update(text).digest('hex');
        const edit = number === from ? `content = regexp_replace(content, '90', '80'), ` : '';
        const sql = `update decisions set ${edit}previous_hash = '${previous}', hash = '${hash}' where decision_id = ${number}`;
        previous = hash;
        return sql;
      });
  }
  it('shows one row that was forged with its hash at the row after it', async () => {
    expect((await tampered(await rehashed(TAMPERED, TAMPERED))).fault).toMatchObject({
      number: TAMPERED + 1,
      decisionId: 'd5',
      reason: expect.stringMatching(/its previous_hash is/) as string,
    });
  });

  it('shows a tail that was forged whole, head and all, only beside a head that was published', async () => {
    const sql = await rehashed(TAMPERED, 6);
    const forgedHash = /hash = '(\w{64})' where decision_id = 6/.exec(sql.at(-1) ?? '')?.[1] ?? '';
    const all = [...sql, `update decision_head set hash = '${forgedHash}'`];
    expect((await tampered(all)).fault).toBeNull();
    expect((await tampered(all, head)).fault).toEqual({
      number: 6,
      decisionId: 'd6',
      reason: `its hash is ${forgedHash}; ${head.hash} was published`,
    });
  });

  it('shows a tail that was cut, head and all, only beside a head that was published', async () => {
    const sql = [
      `delete from decision_signals where decision_id > 4`,
      `delete from decisions where decision_id > 4`,
      `update decision_head set decision_count = 4, hash = (select hash from decisions where decision_id = 4)`,
    ];
    expect(await tampered(sql)).toMatchObject({ verified: 4, fault: null });
    expect((await tampered(sql, head)).fault).toEqual({
      number: 5,
      decisionId: null,
      reason: 'it is missing: 6 decisions were published',
    });
  });

  it.each([
    [`update decision_head set decision_count = 5`, 7],
    [`update decision_head set hash = repeat('2', 64)`, 6],
  ])('shows a head that was bent: %s', async (sql, number) => {
    expect((await tampered([sql])).fault).toMatchObject({ number });
  });

  it('grows on after a head was published, which then still holds', async () => {
    const first = await readDecisionHead(chain.database.pool);
    await chain.recorded(chain.south);
    expect((await verifyDecisions(chain.owner, first)).fault).toBeNull();
    expect((await verifyDecisions(chain.owner, { count: 0, hash: first.hash })).fault?.reason).toMatch(
      /begins with/,
    );
    await chain.owner.query('drop table kept_decisions, kept_decision_signals, kept_decision_head');
  });

  it('refuses its owner what its triggers are there to refuse', async () => {
    for (const sql of [
      `update decisions set type = 'SCALE_UP' where decision_id = 1`,
      `update decisions set type = type where false`,
      `delete from decisions where decision_id = 1`,
      `truncate decisions cascade`,
      `truncate operators cascade`,
      `merge into decisions d using (select) one on d.decision_id = 1 when matched then delete`,
      `insert into decisions select * from decisions where decision_id = 1 on conflict (decision_id) do update set code = 'x'`,
      `delete from decision_signals`,
      `update decision_outcomes set note = 'x'`,
      `delete from negotiation_turns`,
      `delete from decision_head`,
      `truncate decision_head`,
    ])
      await expect(chain.owner.query(sql), sql).rejects.toMatchObject({ code: '42501' });
  });

  it('refuses the login that requests use ten ways of tampering, as the operator whose decision it is', async () => {
    const client = await chain.database.pool.connect();
    const asItself = `select set_config('pylon.operator', '${chain.north.operatorId}', true), set_config('pylon.role', 'ADMIN', true)`;
    try {
      for (const sql of [
        `update decisions set content = '{}' where decision_id = 1`,
        `delete from decisions where decision_id = 1`,
        `truncate decisions`,
        `insert into decisions select 99, 'x', operator_id, type, agent_id, workload_id, null, null, null, null, null, null, decided_at, '{}', hash, repeat('3', 64) from decisions where decision_id = 1`,
        `merge into decisions d using (select) one on d.decision_id = 1 when matched then delete`,
        `alter table decisions disable trigger append_only`,
        `drop trigger append_only on decisions`,
        `create trigger mine before insert on decisions for each row execute function refuse_change()`,
        `alter table decisions disable row level security`,
        `drop policy own on decisions`,
        `update decision_head set decision_count = 0`,
        `delete from decision_head`,
        `select append_decision('{}')`,
        `select log_events('[]')`,
        `select decision_id from decisions for update`,
        `create or replace function refuse_change() returns trigger language plpgsql as $$ begin return null; end $$`,
        `set session_replication_role = replica`,
        `delete from decision_signals`,
        `update decision_outcomes set carbon_gco2 = 0`,
        `delete from negotiation_turns`,
        `lock table decisions in exclusive mode`,
      ]) {
        await client.query('begin');
        await client.query(asItself);
        await expect(client.query(sql), sql).rejects.toMatchObject({ code: '42501' });
        await client.query('rollback');
      }
    } finally {
      client.release(true);
    }
    expect((await verifyDecisions(chain.owner)).fault).toBeNull();
  });

  it('gives a decision to the operator that acts, whatever the code above says', async () => {
    const client = await chain.database.pool.connect();
    try {
      await client.query('begin');
      await client.query(`select begin_action($1, 'OPERATOR', 'recordDecision', 'raw', '\\x00')`, [
        chain.south.operatorId,
      ]);
      const decision = {
        operator_id: chain.north.operatorId,
        decision_id: 1,
        code: 'raw',
        type: 'SCALE_UP',
        decided_at: new Date().toISOString(),
        content: '{}',
        hash: '0'.repeat(64),
        signals: [],
      };
      const { rows } = await client.query<{ answer: { state: Record<string, unknown> } }>(
        `select finish_action('raw', $1, '[]') as answer`,
        [JSON.stringify({ table: 'decisions', append: decision })],
      );
      expect(rows[0]?.answer.state).toMatchObject({
        operator_id: chain.south.operatorId,
        decision_id: 8,
        previous_hash: (await readDecisionHead(chain.database.pool)).hash,
      });
    } finally {
      await client.query('rollback');
      client.release();
    }
  });

  it('cannot go round in a circle: only an earlier decision is superseded, and only once', async () => {
    const copy = (number: number, supersedes: number): string =>
      `insert into decisions select ${number}, 'c', operator_id, type, null, null, null, null, null, null, null, ${supersedes}, decided_at, content,
         hash, repeat('4', 64) from decisions where decision_id = 2`;
    for (const supersedes of [50, 51])
      // itself; a later one
      await expect(chain.owner.query(copy(50, supersedes))).rejects.toMatchObject({ code: '23514' });
    await expect(chain.owner.query(copy(50, 1))).rejects.toMatchObject({ code: '23505' });
    expect(await chain.record(chain.north, { decisionId: 'self', supersedes: 'self' })).toMatchObject({
      refusal: { code: 'NOT_FOUND', faults: [{ path: 'input.supersedes' }] },
    });
    expect(await chain.record(chain.north, { supersedes: 'd1' })).toMatchObject({
      refusal: { code: 'SUPERSEDED' },
    });
    expect(await chain.record(chain.south, { supersedes: 'd2' })).toMatchObject({
      refusal: { code: 'NOT_FOUND' },
    });
  });

  it('lets one of many that supersede the same decision at once do so, and tells the others', async () => {
    const answers = await Promise.all(
      Array.from({ length: WRITERS }, () => chain.record(chain.north, { supersedes: 'd3' })),
    );
    const codes = answers.map((answer) => ('refusal' in answer ? answer.refusal.code : 'done')).sort();
    expect(codes).toEqual([...Array.from({ length: WRITERS - 1 }, () => 'SUPERSEDED'), 'done'].sort());
    expect(await verifyDecisions(chain.owner)).toMatchObject({ verified: 8, fault: null });
  });
});
