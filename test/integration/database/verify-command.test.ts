import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDecisionHead } from '../../../src/database/decision-chain.js';
import { formatHead } from '../../../src/domain/compute/decision-chain.js';
import { pylon, type Ended } from '../ingest/command.js';
import { createDecisionsDatabase, type DecisionsDatabase } from './decisions.js';

/** More than a page of the walk. */
const DECISIONS = 450;

describe('pylon verify decisions', () => {
  let chain: DecisionsDatabase;
  let published: string;

  beforeAll(async () => {
    chain = await createDecisionsDatabase();
    for (let left = DECISIONS; left > 0; left -= 10)
      await Promise.all(Array.from({ length: 10 }, () => chain.recorded(chain.south)));
    published = formatHead(await readDecisionHead(chain.database.pool));
  });
  afterAll(() => chain.drop());

  const verify = (...args: string[]): Promise<Ended> =>
    pylon(['verify', 'decisions', ...args], chain.database, { url: 'http://127.0.0.1:9' }).ended;

  it('says that all is whole, where it ends, and exits with 0', async () => {
    expect(await verify('--head', published)).toMatchObject({
      code: 0,
      stdout: `${DECISIONS} decisions, all whole; head ${published}\n`,
    });
  });

  it('says which decision differs first and why, and exits with 1', async () => {
    await chain.owner.query('alter table decisions disable trigger append_only');
    await chain.owner.query(`update decisions set type = 'SCALE_UP' where decision_id in (333, 444)`);
    const { code, stdout } = await verify('--json');
    expect({ code, report: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 1,
      report: {
        verified: 332,
        head: { count: 332 },
        fault: { number: 333, reason: 'its type is "SCALE_UP"; its content says "DEFER_WORKLOAD"' },
      },
    });
    const text = await verify();
    expect(text).toMatchObject({ code: 1 });
    expect(text.stdout).toMatch(
      /^332 decisions are whole\. Decision 333 \(decision-\S+\) is not: its type is/,
    );
  });

  it('refuses a head that is none', async () => {
    const { code, stderr } = await verify('--head', '12');
    expect(code).toBe(1);
    expect(stderr).toMatch(/BAD_USER_INPUT: --head is COUNT:HASH/);
  });
});
