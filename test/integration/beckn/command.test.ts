import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { item, onDiscover } from '../../support/beckn.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ACK, answering, startMarketplace, type TestMarketplace } from '../../support/marketplace.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { pylon } from '../ingest/command.js';

describe('pylon ingest --source beckn-discover', () => {
  let database: TestDatabase;
  let server: TestServer;
  let marketplace: TestMarketplace;
  beforeAll(async () => {
    database = await createTestDatabase();
    server = await startTestServer(database);
    marketplace = await startMarketplace();
  });
  afterAll(async () => {
    await marketplace.close();
    await server.stop();
    await database.drop();
  });

  const run = async (env: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await pylon(
      ['ingest', '--source', 'beckn-discover', '--json'],
      database,
      marketplace,
      env,
    ).ended;
    if (!stdout.startsWith('{')) throw new Error(stderr);
    return { code, report: JSON.parse(stdout) as unknown };
  };

  it('prints the report of an answer that comes at once', async () => {
    marketplace.respond = answering(({ context }) =>
      onDiscover({ transactionId: context.transaction_id }, [item({ id: 'a' }), 'no item']),
    );
    expect(await run()).toMatchObject({
      code: 0,
      report: { source: 'beckn-discover', status: 'SUCCEEDED', rowsRead: 2, rowsNew: 1, rowsRefused: 1 },
    });
  });

  it('waits for a callback, which another process hears', async () => {
    marketplace.respond = (question, response, request) => {
      answering(() => ACK)(question, response, request);
      const { bap_uri: callbackUri, transaction_id: transactionId } = question.context;
      response.once('finish', () => {
        void fetch(`${callbackUri}/on_discover`, {
          method: 'POST',
          body: JSON.stringify(onDiscover({ transactionId }, [item({ id: 'b' })])),
        });
      });
    };
    expect(await run({ PUBLIC_URL: server.url })).toMatchObject({
      code: 0,
      report: { source: 'beckn-discover', status: 'SUCCEEDED', rowsRead: 1, rowsNew: 1, error: null },
    });
  });

  it('has no history to fetch', async () => {
    const args = ['--from', '2026-03-01', '--to', '2026-03-02'];
    const { ended } = pylon(['backfill', '--source', 'beckn-discover', ...args], database, marketplace);
    expect(await ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('BAD_USER_INPUT: source beckn-discover has no history') as unknown,
    });
  });

  it('fails with its reason, and exit code 1', async () => {
    marketplace.respond = answering(() => ACK);
    expect(await run()).toMatchObject({
      code: 1,
      report: { status: 'FAILED', error: { code: 'CONFIG_INVALID' } },
    });
  });
});
