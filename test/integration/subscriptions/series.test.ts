import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import { startGrid, type Grid } from '../graph/grid.js';
import { openStream, type Stream } from '../../support/streams.js';
import { until } from '../../support/until.js';

const NOW = new Date('2026-03-10T12:34:00Z');
const NOON = new Date('2026-03-10T12:00:00Z');

const power = (at: Date, fuelType: string, mw: number) =>
  ({ at, kind: 'OUTTURN', issuedAt: null, resolutionMinutes: 5, fuelType, mw }) as const;
const price = (at: Date, market: 'MARKET_INDEX' | 'SYSTEM_SELL', gbpPerMwh: number) =>
  ({
    at,
    kind: 'OUTTURN',
    issuedAt: null,
    market,
    provider: 'APXMIDP',
    gbpPerMwh,
    volumeMwh: 1,
    expectedErrorGbpPerMwh: null,
    formula: null,
  }) as const;
const reading = (seconds: number, hz: number) =>
  ({ at: new Date(NOON.getTime() + seconds * 1000), kind: 'OUTTURN', issuedAt: null, hz }) as const;

describe('subscriptions to series', () => {
  let grid: Grid;
  const streams: Stream[] = [];

  beforeAll(async () => {
    grid = await startGrid(NOW);
  });
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.close();
    await until('an empty hub', () => grid.server.hub.subscriberCount === 0);
  });
  afterAll(() => grid.close());

  const open = (query: string): Stream => {
    const stream = openStream('websocket', grid.server, { query });
    streams.push(stream);
    return stream;
  };
  const told = (messages: readonly unknown[]): unknown[] =>
    messages.map((message) => {
      const { cursor: _cursor, ...rest } = message as Record<string, unknown>;
      return rest;
    });

  it('tell each statement as of its event, filtered by its values', async () => {
    const wind = open(
      'subscription { generation(fuelTypes: ["WIND"]) { kind cursor generation { at fuelType mw } } }',
    );
    const sold = open(
      'subscription { prices(markets: [SYSTEM_SELL]) { kind cursor price { from gbpPerMwh gridSignal { price { gbpPerMwh } } } } }',
    );
    const low = open('subscription { frequency(belowHz: 49.9) { kind cursor frequency { hz } } }');
    await Promise.all([wind.take(1), sold.take(1), low.take(1)]);
    await grid.recordSeries('fuel_generation', [power(NOON, 'CCGT', 1), power(NOON, 'WIND', 8_000)]);
    await grid.recordSeries('fuel_generation', [power(NOON, 'WIND', 8_001.5)]);
    await grid.recordSeries('market_prices', [
      price(NOON, 'MARKET_INDEX', 50),
      price(NOON, 'SYSTEM_SELL', -20),
    ]);
    await grid.recordSeries('frequency_readings', [reading(0, 50), reading(15, 49.8)]);
    const at = NOON.toISOString();
    expect(told(await wind.take(3)).slice(1)).toEqual([
      { kind: 'CHANGE', generation: { at, fuelType: 'WIND', mw: 8_000 } },
      { kind: 'CHANGE', generation: { at, fuelType: 'WIND', mw: 8_001.5 } },
    ]);
    expect(told(await sold.take(2)).slice(1)).toEqual([
      // As of its own event: the signal is told of just after.
      { kind: 'CHANGE', price: { from: at, gbpPerMwh: -20, gridSignal: { price: { gbpPerMwh: 50 } } } },
    ]);
    expect(told(await low.take(2)).slice(1)).toEqual([{ kind: 'CHANGE', frequency: { hz: 49.8 } }]);
  });

  it('resume after a cursor, and are all in `events`', async () => {
    const begin = open('subscription { events { kind cursor topic } }');
    const [ready] = await begin.take(1);
    await grid.recordSeries('market_prices', [price(addHalfHours(NOON, -10), 'MARKET_INDEX', 7)]);
    await grid.recordSeries('frequency_readings', [reading(600, 50.01)]);
    await begin.take(6);
    const again = open(
      `subscription { events(after: "${ready?.cursor}") { kind topic cursor price { gbpPerMwh } frequency { hz } generation { mw } signal { region { regionId } price { gbpPerMwh } } ingestRun { source } } }`,
    );
    const none = { price: null, frequency: null, generation: null, signal: null, ingestRun: null };
    const run = {
      ...none,
      kind: 'CHANGE',
      topic: 'INGEST_RUNS',
      ingestRun: { source: 'carbon-intensity-national-forecast' },
    };
    expect(told(await again.take(5))).toEqual([
      { ...none, kind: 'CHANGE', topic: 'PRICES', price: { gbpPerMwh: 7 } },
      {
        ...none,
        kind: 'CHANGE',
        topic: 'GRID_SIGNALS',
        signal: { region: { regionId: 18 }, price: { gbpPerMwh: 7 } },
      },
      run,
      { ...none, kind: 'CHANGE', topic: 'FREQUENCY', frequency: { hz: 50.01 } },
      run,
    ]);
  });

  it.each([
    'subscription { generation(fuelTypes: []) { kind } }',
    'subscription { prices(markets: []) { kind } }',
  ])('refuse a filter that lets nothing through: %s', async (query) => {
    expect(await open(query).failure()).toEqual(['BAD_USER_INPUT']);
  });
});
