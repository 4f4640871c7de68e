import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { item, offer, onDiscover } from '../../support/beckn.js';
import { answering } from '../../support/marketplace.js';
import { startMarket, type Market } from './market.js';

describe('discover', () => {
  let market: Market;
  beforeAll(async () => {
    market = await startMarket();
  });
  afterAll(() => market.close());

  it('sends one message with a filter, and takes an answer that comes at once', async () => {
    market.marketplace.respond = answering(({ context }) =>
      onDiscover(
        { transactionId: context.transaction_id },
        [item({ id: 'a' }), item({ id: 'b', start: '22:00:00Z', end: '06:00:00Z' })],
        [offer('o', ['a'])],
      ),
    );
    const report = await market.ask();
    expect(report).toMatchObject({
      status: 'SUCCEEDED',
      rowsRead: 2,
      rowsNew: 2,
      rowsChanged: 2,
      error: null,
    });
    const question = JSON.parse(market.marketplace.sent[0] ?? '') as Record<string, unknown>;
    expect(question).toMatchObject({
      context: {
        version: '2.0.0',
        action: 'discover',
        domain: 'beckn.one:DEG:compute-energy:1.0',
        bap_id: 'pylon.example',
        bap_uri: `${market.server.url}/beckn`,
        ttl: 'PT30S',
      },
      message: { filters: { type: 'jsonpath', expression: '$[?(@.wanted)]' } },
    });
    expect(await market.value('select count(*)::integer from window_snapshots')).toBe(2);
  });
});
