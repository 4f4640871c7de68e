import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import type { GridStatement } from '../../../src/domain/grid-statement.js';
import {
  ALL_REGIONS,
  FORECASTS,
  OUTTURNS,
  REGIONAL,
  momentAfter,
  said,
  startGrid,
  type Grid,
} from './grid.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const START = new Date('2026-02-20T00:00:00Z');
const HALF_HOURS = 400;
const RUNS = process.env['PYLON_SOAK'] ? 500 : 8;

/** One region and half hour, by its number from START. */
interface Key {
  readonly regionId: number;
  readonly i: number;
}

/** A grid with holes: single ones everywhere, and one region that is silent for days. */
const KNOWN: readonly Key[] = Array.from({ length: HALF_HOURS }, (_, i) =>
  ALL_REGIONS.filter(
    (regionId) => (regionId * 7 + i * 13) % 5 !== 0 && !(regionId === 4 && i >= 20 && i < 380),
  ).map((regionId) => ({ regionId, i })),
).flat();
const LATER = 1_000;

const statement = ({ regionId, i }: Key, value: number): GridStatement =>
  said({ regionId, from: addHalfHours(START, i), intensityGco2PerKwh: value });
const nameOf = ({ regionId, i }: Key): string => `${addHalfHours(START, i).toISOString()} ${regionId}`;

interface Signal {
  readonly from: string;
  readonly region: { readonly regionId: number };
  readonly carbonIntensity: { readonly forecastGco2PerKwh: number };
}
interface Page<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}
const PAGE = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const SIGNAL = 'cursor node { from region { regionId } carbonIntensity { forecastGco2PerKwh } }';

/** Follows a connection to its end; `between` runs before each page but the first. */
async function follow<Node>(
  page: (after: string | null) => Promise<Page<Node>>,
  between: (pageNumber: number) => Promise<unknown> = () => Promise.resolve(),
): Promise<readonly Node[]> {
  const nodes: Node[] = [];
  let after: string | null = null;
  for (let number = 0; ; number += 1) {
    if (number > 0) await between(number);
    const { edges, pageInfo }: Page<Node> = await page(after);
    nodes.push(...edges.map(({ node }) => node));
    expect(pageInfo).toMatchObject({
      hasPreviousPage: number > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    });
    if (!pageInfo.hasNextPage) return nodes;
    expect(edges.length).toBeGreaterThan(0);
    after = pageInfo.endCursor;
  }
}

describe('the pages of gridSignals', () => {
  let grid: Grid;
  let asOf: Date;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    await grid.record(
      REGIONAL,
      KNOWN.map((key) => statement(key, key.i)),
    );
    asOf = await momentAfter(grid);
  });
  afterAll(() => grid.close());

  const ask = async (query: string, variables: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const { data, errors } = await grid.server.query(query, variables);
    expect(errors).toBeUndefined();
    return data ?? {};
  };

  /** Regions, a span in half hours from START, and a page size that needs a dozen pages at most. */
  const question = fc
    .record({
      regionIds: fc.uniqueArray(fc.constantFrom(...ALL_REGIONS), { minLength: 1 }),
      from: fc.integer({ min: -5, max: HALF_HOURS }),
      size: fc.integer({ min: 1, max: 100 }),
      pages: fc.integer({ min: 1, max: 12 }),
    })
    .map(({ regionIds, from, size, pages }) => ({
      regionIds,
      from,
      size,
      to: from + Math.max(1, Math.floor((size * pages) / regionIds.length)),
    }));

  const gridSignals =
    (
      { regionIds, from, to, size }: { regionIds: readonly number[]; from: number; to: number; size: number },
      instant?: Date,
    ) =>
    async (after: string | null): Promise<Page<Signal>> =>
      (
        await ask(
          `query ($regionIds: [Int!]!, $from: DateTime!, $to: DateTime!, $first: Int, $after: String, $asOf: DateTime) {
            gridSignals(regionIds: $regionIds, from: $from, to: $to, first: $first, after: $after, asOf: $asOf) { edges { ${SIGNAL} } ${PAGE} } }`,
          {
            regionIds,
            from: addHalfHours(START, from),
            to: addHalfHours(START, to),
            first: size,
            after,
            asOf: instant,
          },
        )
      )['gridSignals'] as Page<Signal>;

  const expected = ({ regionIds, from, to }: { regionIds: readonly number[]; from: number; to: number }) =>
    KNOWN.filter(({ regionId, i }) => regionIds.includes(regionId) && i >= from && i < to);
  const namesOf = (signals: readonly Signal[]): string[] =>
    signals.map(({ from, region }) => `${from} ${region.regionId}`);

  it('put together are every known half hour once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        const signals = await follow(gridSignals(asked));
        expect(namesOf(signals)).toEqual(expected(asked).map(nameOf));
      }),
      { numRuns: RUNS },
    );
  });

  it('neither lose nor repeat a half hour while values and half hours are added between them', async () => {
    let value = LATER;
    const added = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        question,
        fc.array(
          fc.record({
            regionId: fc.constantFrom(...ALL_REGIONS),
            i: fc.integer({ min: -5, max: HALF_HOURS + 5 }),
          }),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        async (asked, changes) => {
          const signals = await follow(gridSignals(asked), async () => {
            value += 1;
            const keys = [...new Map(changes.map((key) => [nameOf(key), key])).values()];
            await grid.record(
              REGIONAL,
              keys.map((key) => statement(key, value)),
            );
            for (const key of keys) added.add(nameOf(key));
          });
          const names = namesOf(signals);
          expect([...names].sort()).toEqual([...new Set(names)].sort());
          const known = new Set(expected(asked).map(nameOf));
          expect(names.filter((name) => known.has(name))).toEqual(expected(asked).map(nameOf));
          for (const name of names) expect(known.has(name) || added.has(name)).toBe(true);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('are those of the past under asOf, values too, whatever changed since', async () => {
    await grid.record(
      REGIONAL,
      KNOWN.filter(({ i }) => i % 3 === 0).map((key) => statement(key, 2_000 + key.i)),
    );
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        const signals = await follow(gridSignals(asked, asOf));
        expect(
          signals.map(
            ({ from, region, carbonIntensity }) =>
              `${from} ${region.regionId} ${carbonIntensity.forecastGco2PerKwh}`,
          ),
        ).toEqual(expected(asked).map((key) => `${nameOf(key)} ${key.i}`));
      }),
      { numRuns: RUNS },
    );
  });

  it('are the same, region by region, through the regions', async () => {
    await fc.assert(
      fc.asyncProperty(
        question.map((asked) => ({ ...asked, to: Math.min(asked.from + asked.size * 3, HALF_HOURS + 50) })),
        async (asked) => {
          fc.pre(asked.from < asked.to);
          const variables = {
            from: addHalfHours(START, asked.from),
            to: addHalfHours(START, asked.to),
            first: asked.size,
            asOf,
          };
          const together = await ask(
            `query ($from: DateTime!, $to: DateTime!, $first: Int, $asOf: DateTime) {
              regions { regionId signals(from: $from, to: $to, first: $first, asOf: $asOf) { edges { ${SIGNAL} } ${PAGE} } } }`,
            variables,
          );
          for (const { regionId, signals } of together['regions'] as {
            regionId: number;
            signals: Page<Signal>;
          }[]) {
            const known = expected({ ...asked, regionIds: [regionId] });
            expect(namesOf(signals.edges.map(({ node }) => node))).toEqual(
              known.slice(0, asked.size).map(nameOf),
            );
            expect(signals.pageInfo.hasNextPage).toBe(known.length > asked.size);
          }
          const regionId = asked.regionIds[0] ?? 1;
          const signals = await follow(
            async (after) =>
              (
                (
                  await ask(
                    `query ($regionId: Int, $from: DateTime!, $to: DateTime!, $first: Int, $after: String, $asOf: DateTime) {
                      region(regionId: $regionId) { signals(from: $from, to: $to, first: $first, after: $after, asOf: $asOf) { edges { ${SIGNAL} } ${PAGE} } } }`,
                    { ...variables, regionId, after },
                  )
                )['region'] as { signals: Page<Signal> }
              ).signals,
          );
          expect(namesOf(signals)).toEqual(expected({ ...asked, regionIds: [regionId] }).map(nameOf));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('are one page, empty, where nothing is known', async () => {
    expect(await gridSignals({ regionIds: [4], from: 30, to: 300, size: 5 }, asOf)(null)).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });
});

describe('the pages of observations and of runs', () => {
  let grid: Grid;
  const REVISIONS = 7;

  beforeAll(async () => {
    grid = await startGrid(NOW);
    for (let revision = 0; revision < REVISIONS; revision += 1) {
      const values = Array.from({ length: 12 }, (_, i) =>
        said({ from: addHalfHours(START, i), intensityGco2PerKwh: revision * 100 + i }),
      );
      await grid.record(FORECASTS, values);
      await grid.record(
        OUTTURNS,
        values.map((value) => ({ ...value, kind: 'OUTTURN' as const })),
      );
    }
    await grid.fail(FORECASTS);
  });
  afterAll(() => grid.close());

  interface Said {
    readonly id: string;
    readonly from: string;
    readonly kind: string;
    readonly knownAt: string;
    readonly carbonIntensityGco2PerKwh: number;
  }

  const observations =
    (filter: string, first: number) =>
    async (after: string | null): Promise<Page<Said>> => {
      const { data, errors } = await grid.server.query<{ observations: Page<Said> }>(
        `query ($first: Int, $after: String) { observations(regionId: 18, from: "${START.toISOString()}", to: "${addHalfHours(START, 12).toISOString()}"${filter}, first: $first, after: $after) {
        edges { cursor node { id from kind knownAt carbonIntensityGco2PerKwh } } ${PAGE} } }`,
        { first, after },
      );
      expect(errors).toBeUndefined();
      return data?.observations as Page<Said>;
    };

  it.each([1, 5, 13, 100])(
    'of %i hold every statement once, by half hour and then by when it was known',
    async (size) => {
      const all = await follow(observations('', size));
      expect(new Set(all.map(({ id }) => id)).size).toBe(12 * REVISIONS * 2);
      expect(all).toHaveLength(12 * REVISIONS * 2);
      const order = all.map(({ from, knownAt }) => `${from} ${knownAt}`);
      expect(order).toEqual([...order].sort());
    },
  );

  it('hold only what was asked for, however often it was named', async () => {
    const outturns = await follow(observations(', kinds: [OUTTURN, OUTTURN]', 10));
    expect(outturns).toHaveLength(12 * REVISIONS);
    expect(new Set(outturns.map(({ kind }) => kind))).toEqual(new Set(['OUTTURN']));
    const forecasts = await follow(observations(`, sources: ["${FORECASTS}", "${FORECASTS}"]`, 10));
    expect(forecasts).toHaveLength(12 * REVISIONS);
    expect(new Set(forecasts.map(({ kind }) => kind))).toEqual(new Set(['FORECAST']));
    expect(await follow(observations(', quality: SYNTHETIC', 10))).toEqual([]);
    expect(await follow(observations(`, sources: ["${FORECASTS}"], kinds: [OUTTURN]`, 10))).toEqual([]);
  });

  it('hold what was known by a past instant', async () => {
    const all = await follow(observations('', 100));
    const instants = [...new Set(all.map(({ knownAt }) => knownAt))].sort();
    expect(instants).toHaveLength(REVISIONS * 2);
    const third = await follow(observations(`, asOf: "${instants[2]}"`, 100));
    expect(third).toHaveLength(12 * 3);
    expect(third.every(({ knownAt }) => knownAt <= (instants[2] ?? ''))).toBe(true);
  });

  it.each([1, 4, 100])(
    'of %i of the runs hold every run once, newest first, with what each stored',
    async (size) => {
      interface Run {
        readonly id: string;
        readonly source: string;
        readonly status: string;
        readonly startedAt: string;
        readonly rowsChanged: number;
      }
      const runs =
        (filter: string) =>
        async (after: string | null): Promise<Page<Run>> => {
          const { data, errors } = await grid.server.query<{ ingestRuns: Page<Run> }>(
            `query ($first: Int, $after: String) { ingestRuns(first: $first, after: $after${filter}) {
          edges { cursor node { id source status startedAt rowsChanged } } ${PAGE} } }`,
            { first: size, after },
          );
          expect(errors).toBeUndefined();
          return data?.ingestRuns as Page<Run>;
        };
      const all = await follow(runs(''));
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      expect(all).toHaveLength(REVISIONS * 2 + 1);
      expect(all[0]).toMatchObject({ source: FORECASTS, status: 'FAILED' });
      const times = all.map(({ startedAt }) => startedAt);
      expect(times).toEqual([...times].sort().reverse());
      expect(await follow(runs(', status: FAILED'))).toEqual([all[0]]);
      expect(await follow(runs(`, source: "${OUTTURNS}"`))).toHaveLength(REVISIONS);
      const [second] = all.slice(1);
      const stored = await follow(async (after) => {
        const { data } = await grid.server.query<{ node: { observations: Page<Said> } }>(
          `query ($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on IngestRun {
          observations(first: $first, after: $after) { edges { cursor node { id from kind knownAt carbonIntensityGco2PerKwh } } ${PAGE} } } } }`,
          { id: second?.id, first: size, after },
        );
        return data?.node.observations as Page<Said>;
      });
      expect(stored).toHaveLength(second?.rowsChanged ?? -1);
      expect(new Set(stored.map(({ id }) => id)).size).toBe(12);
      expect(new Set(stored.map(({ kind }) => kind))).toEqual(new Set(['OUTTURN']));
    },
  );

  it('of a source are those of its health', async () => {
    const { data } = await grid.server.query<{
      sources: { id: string; runs: Page<{ source: string; status: string }> }[];
    }>(`{ sources { id runs(first: 3) { edges { cursor node { source status } } ${PAGE} } } }`);
    const runs = new Map(data?.sources.map((source) => [source.id, source.runs]));
    expect(runs.get(FORECASTS)?.edges.map(({ node }) => node.status)).toEqual([
      'FAILED',
      'SUCCEEDED',
      'SUCCEEDED',
    ]);
    expect(runs.get(FORECASTS)?.pageInfo.hasNextPage).toBe(true);
    expect(runs.get(REGIONAL)?.edges).toEqual([]);
  });
});
