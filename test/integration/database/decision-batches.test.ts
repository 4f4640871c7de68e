import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionAnswer } from '../../../src/database/actions.js';
import { readDecisionHead, verifyDecisions } from '../../../src/database/decision-chain.js';
import { createDecisionsDatabase, type DecisionsDatabase } from './decisions.js';

const codeOf = (answer: ActionAnswer): string | number =>
  'refusal' in answer ? answer.refusal.code : answer.id;

describe('decisions that are ready at once', () => {
  let chain: DecisionsDatabase;
  beforeAll(async () => {
    chain = await createDecisionsDatabase();
  });
  afterAll(() => chain.drop());

  const commits = async (): Promise<number> => {
    const { rows } = await chain.owner.query<{ n: number }>(
      `select count(distinct c.last_sequence)::integer as n from event_log l
       join event_commits c on l.sequence between c.first_sequence and c.last_sequence where l.topic = 10`,
    );
    return rows[0]?.n ?? 0;
  };

  it('share transactions, and each is its own operator’s, with an event that only he may see', async () => {
    const before = await commits();
    const tenants = [chain.north, chain.south];
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const tenant = tenants[n % 2] ?? chain.north;
        return { tenant, n, answer: await chain.record(tenant, { decisionId: `together-${n}` }) };
      }),
    );
    expect((await commits()) - before).toBeLessThan(40);
    for (const { tenant, n, answer } of answers)
      expect(answer).toMatchObject({
        state: { code: `together-${n}`, operator_id: tenant.operatorId, agent_id: tenant.agentNumber },
      });
    const { rows } = await chain.owner.query<{ wrong: number }>(
      `select count(*)::integer as wrong from event_log l join decisions d on d.decision_id = l.object_id
       where l.topic = 10 and (l.operator_ids <> array[d.operator_id] or l.state ->> 'hash' <> d.hash)`,
    );
    expect(rows).toEqual([{ wrong: 0 }]);
    expect((await verifyDecisions(chain.owner)).fault).toBeNull();
  });

  it('are done but for the one that cannot be, which is told why', async () => {
    const { count } = await readDecisionHead(chain.database.pool);
    const answers = await Promise.all(
      ['same', 'other-1', 'same', 'other-2', 'same'].map((decisionId) =>
        chain.record(chain.north, { decisionId }),
      ),
    );
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === 'ALREADY_EXISTS')).toHaveLength(2);
    expect(codes.filter((code) => typeof code === 'number')).toHaveLength(3);
    expect([codes[1], codes[3]]).toEqual([expect.any(Number), expect.any(Number)]);
    expect((await readDecisionHead(chain.database.pool)).count).toBe(count + 3);
  });

  it('are superseded once, whoever is first', async () => {
    await chain.recorded(chain.north, { decisionId: 'old' });
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => chain.record(chain.north, { supersedes: 'old' })),
    );
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => typeof code === 'number')).toHaveLength(1);
    expect(codes.filter((code) => code === 'SUPERSEDED')).toHaveLength(5);
  });

  it('are one where their key is one, and another body under it is refused', async () => {
    const { count } = await readDecisionHead(chain.database.pool);
    const again = await Promise.all(
      Array.from({ length: 6 }, () => chain.record(chain.south, { decisionId: 'once' }, 'one-key')),
    );
    expect(new Set(again.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(codeOf(await chain.record(chain.south, { decisionId: 'twice' }, 'one-key'))).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
    const mixed = await Promise.all(
      ['a', 'b'].map((decisionId) => chain.record(chain.south, { decisionId }, 'other-key')),
    );
    expect(mixed.map(codeOf)).toContain('IDEMPOTENCY_KEY_REUSED');
    // Keys are their operator's own.
    expect(codeOf(await chain.record(chain.north, { decisionId: 'once' }, 'one-key'))).toEqual(
      expect.any(Number),
    );
    expect((await readDecisionHead(chain.database.pool)).count).toBe(count + 3);
  });

  it('that are refused are refused the same again, also when it would be possible by then', async () => {
    const { north } = chain;
    const refused = await chain.record(north, { supersedes: 'later' }, 'too-early');
    expect(codeOf(refused)).toBe('NOT_FOUND');
    await chain.recorded(north, { decisionId: 'later' });
    expect(await chain.record(north, { supersedes: 'later' }, 'too-early')).toEqual(refused);
  });

  it('wait for no other transaction that has a key: the others go on, and that one waits alone', async () => {
    const { owner, north, south } = chain;
    await owner.query('begin');
    let waiting: Promise<ActionAnswer>;
    try {
      await owner.query(
        `insert into action_keys (operator_id, key, action, body_hash) values ($1, 'claimed', 'x', '\\x00')`,
        [north.operatorId],
      );
      waiting = chain.record(north, {}, 'claimed');
      expect(codeOf(await chain.record(south))).toEqual(expect.any(Number));
    } finally {
      await owner.query('rollback');
    }
    expect(codeOf(await waiting)).toEqual(expect.any(Number));
  });
});
