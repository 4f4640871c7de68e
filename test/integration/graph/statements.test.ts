import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import { statementsOf } from '../../support/statements.js';
import {
  ALL_REGIONS,
  FORECASTS,
  OUTTURNS,
  REGIONAL,
  forecasts,
  momentAfter,
  said,
  startGrid,
  type Grid,
} from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const HALF_HOUR = new Date('2026-03-02T12:30:00Z');

/** What one request costs the database must not grow with its rows. */
describe('the statements of one request', () => {
  let grid: Grid;
  let asOf: string;
  const span = `from: "${addHalfHours(HALF_HOUR, -4).toISOString()}", to: "${addHalfHours(HALF_HOUR, 116).toISOString()}"`;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    const values = (shift: number) =>
      forecasts(addHalfHours(HALF_HOUR, -4), 120, ALL_REGIONS, (region, i) => region * 10 + i + shift);
    await grid.record(REGIONAL, values(0));
    for (let i = 0; i < 20; i += 1) {
      await grid.record(FORECASTS, [said({ from: addHalfHours(HALF_HOUR, i), intensityGco2PerKwh: i })]);
      await grid.fail(OUTTURNS);
    }
    await grid.recordFactors({ Coal: 937, Wind: 0, Solar: 0 });
    asOf = (await momentAfter(grid)).toISOString();
    await grid.record(REGIONAL, values(1));
  });
  afterAll(() => grid.close());

  /** The statements of a request that succeeds, and how many objects with a field named `mark` it answered. */
  const cost = async (query: string, mark: string) => {
    let text = '';
    const statements = await statementsOf(async () => {
      const answer = await grid.server.query(query);
      expect(answer.errors).toBeUndefined();
      text = JSON.stringify(answer.data);
    });
    return { statements, rows: text.split(`"${mark}":`).length - 1 };
  };

  it.each([
    ['a page of 100 signals of one region', 'regionIds: [13]'],
    ['a page of 100 signals of all regions', `regionIds: [${ALL_REGIONS.join()}]`],
  ])('%s with regions, mixes and ages are three', async (_name, regions) => {
    const { statements, rows } = await cost(
      `{ gridSignals(${regions}, ${span}, first: 100) { edges { node { from ageSeconds region { shortName }
         carbonIntensity { forecastGco2PerKwh provenance { source } } generationMix { fuel pct } } } } }`,
      'from',
    );
    expect(rows).toBe(100);
    expect(statements).toHaveLength(3);
  });

  it('a page of 100 signals as of a past instant are two more', async () => {
    const { statements, rows } = await cost(
      `{ gridSignals(regionIds: [${ALL_REGIONS.join()}], ${span}, first: 100, asOf: "${asOf}") { edges { node { from ageSeconds
         region { shortName } generationMix { fuel pct } } } } }`,
      'from',
    );
    expect(rows).toBe(100);
    expect(statements).toHaveLength(5);
  });

  it('100 signals with their observations and the runs that brought those are five', async () => {
    const { statements, rows } = await cost(
      `{ gridSignals(regionIds: [18], ${span}, first: 100) { edges { node { from observations { kind signal { to }
         ingestRun { source status refusals { row } sourceHealth { state } } } } } } }`,
      'kind',
    );
    expect(rows).toBeGreaterThan(200);
    // The page, its observations, their runs, the sources' health, and the signals again, by key.
    expect(statements).toHaveLength(5);
  });

  it('eighteen regions with their signal of now are three', async () => {
    const { statements, rows } = await cost('{ regions { code signalNow { from ageSeconds } } }', 'from');
    expect(rows).toBe(18);
    expect(statements).toHaveLength(3);
  });

  it('eighteen regions with their signal of a past instant are five', async () => {
    const { statements, rows } = await cost(
      `{ regions { code signalNow(asOf: "${asOf}") { from ageSeconds } } }`,
      'from',
    );
    expect(rows).toBe(18);
    expect(statements).toHaveLength(5);
  });

  it('eighteen regions with their forecasts are two, as of a past instant four', async () => {
    const now = await cost('{ regions { code forecast(hours: 48) { from } } }', 'from');
    expect(now.rows).toBe(18 * 96);
    expect(now.statements).toHaveLength(2);
    const past = await cost(`{ regions { code forecast(hours: 12, asOf: "${asOf}") { from } } }`, 'from');
    expect(past.rows).toBe(18 * 24);
    expect(past.statements).toHaveLength(4);
  });

  it('eighteen regions with a page of their signals are two', async () => {
    const { statements, rows } = await cost(
      `{ regions { code signals(${span}, first: 100) { edges { node { from } } } } }`,
      'from',
    );
    expect(rows).toBe(1800);
    expect(statements).toHaveLength(2);
  });

  it('eighteen regions with parents and children, and theirs, are one', async () => {
    const { statements, rows } = await cost(
      '{ regions { parent { code children { code parent { code } } } children { code children { code } } } }',
      'code',
    );
    expect(rows).toBeGreaterThan(100);
    expect(statements).toHaveLength(1);
  });

  it('a hundred signals with the parents of their regions, and their children, are four', async () => {
    const { statements } = await cost(
      `{ gridSignals(regionIds: [${ALL_REGIONS.join()}], ${span}, first: 100) { edges { node { region { code parent { code children { code } } } } } } }`,
      'code',
    );
    expect(statements.length).toBeLessThanOrEqual(4);
  });

  it('runs with the health of their source and the factors they brought are three', async () => {
    const { statements, rows } = await cost(
      '{ ingestRuns(first: 100) { edges { node { status source refusals { row } sourceHealth { state } carbonFactors { fuel } } } } }',
      'status',
    );
    expect(rows).toBe(43);
    expect(statements).toHaveLength(3);
  });

  it('a page of observations with signal, region and run is five', async () => {
    const { statements, rows } = await cost(
      `{ observations(regionId: 18, ${span}, first: 100) { edges { node { kind region { code } signal { from ageSeconds } ingestRun { source } } } } }`,
      'kind',
    );
    expect(rows).toBe(100);
    expect(statements).toHaveLength(5);
  });

  it('a ranking with regions, signals and ages is three', async () => {
    const { statements, rows } = await cost(
      '{ regionRanking { rank region { code } signal { ageSeconds } } }',
      'rank',
    );
    expect(rows).toBe(14);
    expect(statements).toHaveLength(3);
  });

  it('a ranking with open capacity, which it is also held to, is one more', async () => {
    const { statements } = await cost('{ regionRanking(minOpenKw: 1) { openCapacityKw } }', 'openCapacityKw');
    expect(statements).toHaveLength(2);
    const { statements: all } = await cost(
      '{ regionRanking { rank region { code } signal { ageSeconds } openCapacityKw } }',
      'rank',
    );
    expect(all).toHaveLength(4);
  });

  it('carbon factors with their run and its factors are three', async () => {
    const { statements, rows } = await cost(
      '{ carbonFactors { gco2PerKwh ingestRun { source carbonFactors { fuel } } } }',
      'gco2PerKwh',
    );
    expect(rows).toBe(3);
    expect(statements).toHaveLength(3);
  });

  it('a hundred nodes of every type are one a type', async () => {
    const { data } = await grid.server.query<Record<string, Edges>>(
      `{ ingestRuns(first: 40) { edges { node { id } } } observations(regionId: 13, ${span}, first: 21) { edges { node { id } } }
         gridSignals(regionIds: [13], ${span}, first: 21) { edges { node { id } } } }`,
    );
    const { data: regions } = await grid.server.query<{ regions: { id: string }[] }>('{ regions { id } }');
    const ids = [
      ...Object.values(data ?? {}).flatMap(({ edges }) => edges.map(({ node }) => node.id)),
      ...(regions?.regions.map(({ id }) => id) ?? []),
    ];
    expect(ids).toHaveLength(100);
    const { statements, rows } = await cost(
      `{ nodes(ids: ${JSON.stringify(ids)}) { __typename ... on IngestRun { source } } }`,
      '__typename',
    );
    expect(rows).toBe(100);
    expect(statements).toHaveLength(4);
  });

  it('runs with what each stored are one a run, and priced so', async () => {
    const { statements } = await cost(
      '{ ingestRuns(first: 10) { edges { node { observations(first: 2) { edges { node { from } } } } } } }',
      'from',
    );
    // Runs that stored nothing cost nothing.
    expect(statements.length).toBeLessThanOrEqual(11);
    const { errors } = await grid.server.query(
      `{ a: ingestRuns(first: 100) { edges { node { observations(first: 1) { edges { node { from } } } } } }
         b: ingestRuns(first: 100) { edges { node { observations(first: 1) { edges { node { from } } } } } }
         c: ingestRuns(first: 100) { edges { node { observations(first: 1) { edges { node { from } } } } } } }`,
    );
    expect(errors?.[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX');
  });
});

interface Edges {
  readonly edges: readonly { readonly node: { readonly id: string } }[];
}
