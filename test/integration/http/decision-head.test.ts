import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDecisionHead } from '../../../src/database/decision-chain.js';
import { formatHead, type ChainHead } from '../../../src/domain/compute/decision-chain.js';
import type { Logger } from '../../../src/logger.js';
import { publishDecisionHead } from '../../../src/server/decision-head.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { until } from '../../support/until.js';
import { createDecisionsDatabase, type DecisionsDatabase } from '../database/decisions.js';

describe('the end of the chain of decisions', () => {
  let chain: DecisionsDatabase;
  let server: TestServer;
  beforeAll(async () => {
    chain = await createDecisionsDatabase();
    server = await startTestServer(chain.database);
  });
  afterAll(async () => {
    await server.stop();
    await chain.drop();
  });

  it('is a metric, of which there is one at a time', async () => {
    const scraped = async () => (await (await fetch(`${server.url}/metrics`)).text()).split('\n');
    const lines = ({ count, hash }: ChainHead) => [
      `pylon_decisions_total ${count}`,
      `pylon_decision_head_info{count="${count}",hash="${hash}"} 1`,
    ];
    for (const _n of [0, 1]) {
      const head = await readDecisionHead(chain.database.pool);
      const told = (await scraped()).filter((line) => line.startsWith('pylon_decision'));
      expect(told).toEqual(lines(head));
      await chain.recorded(chain.north);
    }
    expect((await readDecisionHead(chain.database.pool)).count).toBe(2);
  });

  it('is a log line at the start, and one when it has moved', async () => {
    const heads: unknown[] = [];
    const log = { info: (told: unknown, event: string) => heads.push([event, told]), warn: () => undefined };
    const publisher = await publishDecisionHead({
      database: chain.database,
      log: log as unknown as Logger,
      everyMs: 10,
    });
    const first = formatHead(await readDecisionHead(chain.database.pool));
    expect(heads).toEqual([['decisions.head', { head: first }]]);
    await chain.recorded(chain.south);
    await until('it is told', () => Promise.resolve(heads.length > 1 || null));
    await publisher.stop();
    const second = formatHead(await readDecisionHead(chain.database.pool));
    expect(heads.slice(1)).toEqual([['decisions.head', { head: second }]]);
  });
});
