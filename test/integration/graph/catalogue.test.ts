import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGIONS } from '../../../src/domain/regions.js';
import { LISTED_SOURCES, SOURCES, sourceById } from '../../../src/ingest/registry.js';
import { runSource } from '../../../src/ingest/run.js';
import { windowNow } from '../../../src/ingest/window.js';
import { addHalfHours, floorToHalfHour } from '../../../src/domain/half-hour.js';
import { wholePublisher } from '../../support/payloads.js';
import { startPublisher, type Publisher } from '../../support/publisher.js';
import { createTestRunner, type TestRunner } from '../../support/runner.js';
import { FACTORS, FORECASTS, OUTTURNS, REGIONAL, momentAfter, startGrid, type Grid } from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');

describe('regions', () => {
  let grid: Grid;

  beforeAll(async () => {
    grid = await startGrid(NOW);
  });
  afterAll(() => grid.close());

  interface Region {
    readonly regionId: number;
    readonly parent: {
      readonly regionId: number;
      readonly children: readonly { readonly regionId: number }[];
    } | null;
    readonly children: readonly {
      readonly regionId: number;
      readonly parent: { readonly regionId: number };
    }[];
  }

  it('are the eighteen, with all that is known of them', async () => {
    const { data, errors } = await grid.server.query<{ regions: unknown[] }>(
      `{ regions { regionId code shortName dnoRegion licenceOperator gspGroup country kind latitude longitude outwardPostcodes } }`,
    );
    expect(errors).toBeUndefined();
    expect(data?.regions).toEqual(REGIONS.map(({ parentRegionId: _parent, ...region }) => region));
  });

  it('are linked up and down alike', async () => {
    const { data } = await grid.server.query<{ regions: Region[] }>(
      '{ regions { regionId parent { regionId children { regionId } } children { regionId parent { regionId } } } }',
    );
    const regions = data?.regions ?? [];
    expect(regions).toHaveLength(18);
    for (const { regionId, parent, children } of regions) {
      expect(parent?.regionId ?? null).toBe(
        REGIONS.find((region) => region.regionId === regionId)?.parentRegionId,
      );
      if (parent) expect(parent.children.map((child) => child.regionId)).toContain(regionId);
      expect(children.map((child) => child.regionId)).toEqual(
        REGIONS.filter(({ parentRegionId }) => parentRegionId === regionId).map((child) => child.regionId),
      );
      for (const child of children) expect(child.parent.regionId).toBe(regionId);
    }
  });

  it.each([
    ['LICENCE_AREA', 14],
    ['COUNTRY', 3],
    ['NATION', 1],
  ])('of the kind %s are %i', async (kind, count) => {
    const { data } = await grid.server.query<{ regions: { kind: string }[] }>(
      'query ($kind: RegionKind) { regions(kind: $kind) { kind } }',
      { kind },
    );
    expect(data?.regions.map((region) => region.kind)).toEqual(Array.from({ length: count }, () => kind));
  });

  const region = async (args: string) => {
    const { data, errors } = await grid.server.query<{ region: { code: string } | null }>(
      `{ region${args} { code } }`,
    );
    return errors?.[0]?.extensions.code ?? data?.region?.code;
  };

  it('are found by id, code and postcode', async () => {
    for (const { regionId, code, outwardPostcodes } of REGIONS) {
      expect(await region(`(regionId: ${regionId})`)).toBe(code);
      expect(await region(`(code: "${code.toLowerCase()}")`)).toBe(code);
      const [district] = outwardPostcodes;
      if (district) expect(await region(`(postcode: "${district} 1AA")`)).toBe(code);
    }
  });

  it.each([
    ['(regionId: 19)', 'REGION_NOT_FOUND'],
    ['(code: "MARS")', 'REGION_NOT_FOUND'],
    ['(postcode: "12345")', 'REGION_NOT_FOUND'],
    ['', 'BAD_USER_INPUT'],
    ['(regionId: 1, postcode: "EN2")', 'BAD_USER_INPUT'],
    ['(regionId: null)', 'BAD_USER_INPUT'],
  ])('that do not exist say so: region%s is %s', async (args, code) => {
    expect(await region(args)).toBe(code);
  });
});

describe('sources', () => {
  let grid: Grid;
  let publisher: Publisher;
  let runner: TestRunner;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    publisher = await startPublisher(wholePublisher(NOW));
    runner = createTestRunner(grid.database, publisher.url);
  });
  afterAll(async () => {
    await runner.close();
    await publisher.close();
    await grid.close();
  });

  const poll = (id: string) => {
    const source = sourceById(id);
    return runSource(runner, {
      source,
      mode: 'SCHEDULED',
      window: windowNow(source, undefined, grid.database.clock.now()),
    });
  };
  const healths = async () => {
    const { data, errors } = await grid.server.query<{ sources: Readonly<Record<string, unknown>>[] }>(
      `{ sources { id title docs licence { name url } updatesEveryMinutes state circuit nextAttemptAt failures lastSuccessAt
         ageSeconds lastError lastErrorCode lastErrorAt } }`,
    );
    expect(errors).toBeUndefined();
    return new Map(data?.sources.map((source) => [source['id'], source]));
  };

  it('that were never asked say so, each with its licence', async () => {
    const all = await healths();
    expect([...all.keys()]).toEqual(LISTED_SOURCES.map(({ id }) => id));
    for (const { id, title, docs, licence, cadence } of LISTED_SOURCES) {
      expect(all.get(id)).toEqual({
        id,
        title,
        docs,
        licence,
        updatesEveryMinutes: cadence?.everyMinutes ?? null,
        state: 'NEVER_RUN',
        circuit: 'CLOSED',
        nextAttemptAt: null,
        failures: 0,
        lastSuccessAt: null,
        ageSeconds: null,
        lastError: null,
        lastErrorCode: null,
        lastErrorAt: null,
      });
    }
  });

  it('name their failure, and go on serving what they had', async () => {
    for (const { id } of SOURCES) expect(await poll(id)).toMatchObject({ status: 'SUCCEEDED' });
    publisher.fail('500', { path: '/regional' });
    for (let i = 0; i < 3; i += 1) await poll(REGIONAL);
    publisher.heal();
    const all = await healths();
    expect(all.get(FORECASTS)).toMatchObject({ state: 'HEALTHY', failures: 0, lastError: null });
    expect(all.get(REGIONAL)).toMatchObject({
      state: 'FAILING',
      circuit: 'OPEN',
      failures: 3,
      lastErrorCode: 'SOURCE_UNAVAILABLE',
      lastError: expect.stringContaining('500') as unknown,
      lastSuccessAt: expect.any(String) as unknown,
    });
    const { data } = await grid.server.query(
      '{ gridNow(regionId: 13) { quality ageSeconds carbonIntensity { forecastGco2PerKwh } } }',
    );
    expect(data).toMatchObject({
      gridNow: { quality: 'REAL', carbonIntensity: { forecastGco2PerKwh: 131 } },
    });
    await poll(REGIONAL);
    expect((await healths()).get(REGIONAL)).toMatchObject({
      state: 'HEALTHY',
      circuit: 'CLOSED',
      failures: 0,
      lastErrorCode: 'SOURCE_UNAVAILABLE',
    });
  });

  it('show their runs with counts, refusals and errors', async () => {
    const from = floorToHalfHour(NOW);
    const answer = publisher.answer;
    publisher.answer = (path) =>
      path.startsWith('/intensity/') && path !== '/intensity/factors'
        ? {
            data: [
              {
                from: '2026-03-02T12:00Z',
                to: '2026-03-02T12:30Z',
                intensity: { forecast: 1, actual: 2, index: 'low' },
              },
              {
                from: 'gibberish',
                to: '2026-03-02T13:00Z',
                intensity: { forecast: 3, actual: 4, index: 'low' },
              },
            ],
          }
        : answer(path);
    await poll(OUTTURNS);
    publisher.answer = answer;
    const { data } = await grid.server.query<{
      ingestRuns: { edges: { node: Readonly<Record<string, unknown>> }[] };
    }>(
      `{ ingestRuns(first: 1) { edges { node { source mode status endpoint from to startedAt finishedAt httpStatus retries rowsRead rowsNew
         rowsChanged rowsRefused rowsDuplicate refusals { row reason } errorCode error sourceHealth { id } } } } }`,
    );
    const run = data?.ingestRuns.edges[0]?.node;
    expect(run).toMatchObject({
      source: OUTTURNS,
      mode: 'SCHEDULED',
      status: 'SUCCEEDED',
      endpoint: expect.stringMatching(/^\/intensity\//) as unknown,
      httpStatus: 200,
      rowsRead: 2,
      rowsRefused: 1,
      refusals: [
        { row: expect.stringContaining('gibberish') as unknown, reason: expect.any(String) as unknown },
      ],
      errorCode: null,
      error: null,
      sourceHealth: { id: OUTTURNS },
    });
    expect(new Date(String(run?.['from'])).getTime()).toBeLessThan(from.getTime());
    expect(run?.['finishedAt']).toEqual(expect.any(String));
  });

  it('of carbon factors give them by fuel, as they were known at each instant', async () => {
    const factors = async (args = '') => {
      const { data, errors } = await grid.server.query<{
        carbonFactors: { fuel: string; gco2PerKwh: number }[];
      }>(`{ carbonFactors${args} { fuel gco2PerKwh knownAt ingestRun { source } } }`);
      return (
        errors?.[0]?.extensions.code ?? data?.carbonFactors.map(({ fuel, gco2PerKwh }) => [fuel, gco2PerKwh])
      );
    };
    expect(await factors('(asOf: "2026-03-02T12:34:00Z")')).toEqual([]);
    const before = await factors();
    expect(before).toEqual([
      ['Gas (Combined Cycle)', 394],
      ['Wind', 0],
    ]);
    const early = (await momentAfter(grid)).toISOString();
    const answer = publisher.answer;
    publisher.answer = (path) =>
      path === '/intensity/factors' ? { data: [{ Coal: 937, Wind: 1 }] } : answer(path);
    await poll(FACTORS);
    publisher.answer = answer;
    expect(await factors()).toEqual([
      ['Coal', 937],
      ['Gas (Combined Cycle)', 394],
      ['Wind', 1],
    ]);
    expect(await factors(`(asOf: "${early}")`)).toEqual(before);
    expect(await factors('(asOf: "2100-01-01T00:00Z")')).toBe('BAD_USER_INPUT');
  });
});

describe('the shapes that clients rely on', () => {
  let grid: Grid;
  let publisher: Publisher;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    publisher = await startPublisher(wholePublisher(NOW));
    const runner = createTestRunner(grid.database, publisher.url);
    for (const source of SOURCES)
      await runSource(runner, { source, mode: 'COMMAND', window: windowNow(source, undefined, NOW) });
    await runner.close();
  });
  afterAll(async () => {
    await publisher.close();
    await grid.close();
  });

  it.each([
    `query ($from: DateTime!, $to: DateTime!, $asOf: DateTime, $after: String) {
       gridSignals(regionIds: [13, 18], from: $from, to: $to, asOf: $asOf, first: 100, after: $after) {
         edges { cursor node {
           id from to settlementDate settlementPeriod isForecast quality source knownAt region { regionId shortName }
           carbonIntensity { forecastGco2PerKwh outturnGco2PerKwh index provenance { source quality issuedAt knownAt } }
           generationMix { fuel rawFuel pct } renewablePct
           demand { forecastMw outturnMw transmissionSystemDemandMw embeddedWindMw embeddedSolarMw } gridStress price { gbpPerMwh market } } }
         pageInfo { hasNextPage endCursor } } }`,
    `query { gridNow(regionId: 18) { from region { regionId } carbonIntensity { forecastGco2PerKwh } ageSeconds } }`,
    `query { sources { id state lastSuccessAt ageSeconds lastError }
       ingestRuns(first: 20) { edges { node { source startedAt status rowsRead rowsChanged rowsRefused error } } } }`,
  ])('are answered: %s', async (query) => {
    const { data, errors } = await grid.server.query(query, {
      from: addHalfHours(floorToHalfHour(NOW), -48),
      to: addHalfHours(floorToHalfHour(NOW), 48),
      after: null,
    });
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).not.toContain('"edges":[]');
  });

  it('are pushed: every subscription has kind, cursor, its object and gap', async () => {
    const stream = grid.server.client().iterate({
      query: `subscription { gridSignals(regionIds: [13]) { kind cursor
        signal { from region { regionId } carbonIntensity { forecastGco2PerKwh } } gap { from to } } }`,
    });
    const { value } = (await stream.next()) as { value: { data: { gridSignals: Record<string, unknown> } } };
    expect(value.data.gridSignals).toEqual({
      kind: 'READY',
      cursor: expect.any(String) as unknown,
      signal: null,
      gap: null,
    });
    await stream.return?.();
  });
});
