import { expect } from 'vitest';
import { addHalfHours } from '../../src/domain/half-hour.js';
import { formatMinute, parseMinute } from '../../src/domain/instant.js';
import type { GraphAnswer, TestServer } from '../support/server.js';

const NEVER = new Date(Number.NaN);

/** What the payload says of one region and half hour; undefined is "does not say". */
export interface Said {
  forecast?: number | null;
  actual?: number | null;
  index?: string;
  mix?: readonly { readonly fuel: string; readonly perc: number }[];
}
export type Sayings = Map<string, Said>;
export const keyOf = (regionId: number, from: string): string => `${regionId} ${from}`;

interface Period {
  readonly from: string;
  readonly intensity?: {
    readonly forecast?: number;
    readonly actual?: number | null;
    readonly index?: string;
  };
  readonly generationmix?: Said['mix'];
}

/** Reads a payload by hand, without the code under test. */
export function sayingsOf(body: { readonly data: unknown }): Sayings {
  const sayings: Sayings = new Map();
  const say = (regionId: number, { from, intensity, generationmix }: Period): void => {
    sayings.set(keyOf(regionId, from), {
      ...(intensity
        ? {
            forecast: intensity.forecast ?? null,
            actual: intensity.actual ?? null,
            index: intensity.index ?? '',
          }
        : {}),
      ...(generationmix && generationmix.length > 0 ? { mix: generationmix } : {}),
    });
  };
  const entries = (Array.isArray(body.data) ? body.data : [body.data]) as readonly (Period & {
    readonly regionid?: number;
    readonly regions?: readonly (Period & { readonly regionid: number })[];
    readonly data?: readonly Period[];
  })[];
  for (const entry of entries) {
    if (entry.regions)
      for (const region of entry.regions) say(region.regionid, { ...region, from: entry.from });
    else if (entry.data) for (const period of entry.data) say(entry.regionid ?? 18, period);
    else say(18, entry);
  }
  return sayings;
}

interface SignalAnswer {
  readonly from: string;
  readonly region: { readonly regionId: number };
  readonly carbonIntensity: {
    readonly forecastGco2PerKwh: number | null;
    readonly outturnGco2PerKwh: number | null;
    readonly index: string | null;
  } | null;
  readonly generationMix: readonly { readonly rawFuel: string; readonly pct: number }[] | null;
}

interface SignalPageAnswer {
  readonly gridSignals: {
    readonly edges: readonly { readonly node: SignalAnswer }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

const SIGNALS = `query ($regionIds: [Int!]!, $from: DateTime!, $to: DateTime!, $after: String) {
  gridSignals(regionIds: $regionIds, from: $from, to: $to, first: 100, after: $after) {
    edges { node { from region { regionId } carbonIntensity { forecastGco2PerKwh outturnGco2PerKwh index } generationMix { rawFuel pct } } }
    pageInfo { hasNextPage endCursor } } }`;

/** Everything the graph serves over the span of the sayings, by key. */
async function served(server: TestServer, sayings: Sayings): Promise<Map<string, SignalAnswer>> {
  const froms = [...sayings.keys()].map((key) => key.split(' ')[1] ?? '').sort();
  const regionIds = [...new Set([...sayings.keys()].map((key) => Number(key.split(' ')[0])))];
  const answers = new Map<string, SignalAnswer>();
  const end = addHalfHours(parseMinute(froms.at(-1) ?? '') ?? NEVER, 1);
  let start = parseMinute(froms[0] ?? '') ?? NEVER;
  while (start < end) {
    const to = new Date(Math.min(start.getTime() + 366 * 86_400_000, end.getTime()));
    let after: string | null = null;
    do {
      const answer: GraphAnswer<SignalPageAnswer> = await server.query<SignalPageAnswer>(SIGNALS, {
        regionIds,
        from: start.toISOString(),
        to: to.toISOString(),
        after,
      });
      const { data, errors } = answer;
      if (errors || !data) throw new Error(JSON.stringify(errors));
      for (const { node } of data.gridSignals.edges) {
        const key = keyOf(node.region.regionId, formatMinute(new Date(node.from)));
        expect(answers.has(key), `${key} is served twice`).toBe(false);
        answers.set(key, node);
      }
      after = data.gridSignals.pageInfo.hasNextPage ? data.gridSignals.pageInfo.endCursor : null;
    } while (after !== null);
    start = to;
  }
  return answers;
}

/** Holds what the graph serves to what the payload says, both ways: no half hour more, none less. */
export async function expectServed(server: TestServer, sayings: Sayings): Promise<void> {
  const answers = await served(server, sayings);
  expect([...answers.keys()].sort()).toEqual([...sayings.keys()].sort());
  for (const [key, said] of sayings) {
    const answer = answers.get(key);
    const graph = {
      forecast: answer?.carbonIntensity?.forecastGco2PerKwh ?? null,
      actual: answer?.carbonIntensity?.outturnGco2PerKwh ?? null,
      index: answer?.carbonIntensity?.index?.toLowerCase().replace('_', ' ') ?? '',
      mix: answer?.generationMix?.map(({ rawFuel, pct }) => `${rawFuel} ${pct}`).sort() ?? [],
    };
    const payload = {
      forecast: said.forecast ?? null,
      actual: said.actual ?? null,
      index: said.index ?? '',
      mix: said.mix?.map(({ fuel, perc }) => `${fuel} ${perc}`).sort() ?? [],
    };
    expect(graph, key).toEqual(payload);
  }
}
