import type { TestServer } from '../support/server.js';

interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** What the graph says of one half hour, null for what is not known of it. */
export interface ServedDemand {
  readonly outturnMw: number | null;
  readonly transmissionSystemDemandMw: number | null;
  readonly embeddedWindMw: number | null;
  readonly embeddedSolarMw: number | null;
  readonly forecastMw: number | null;
}

export interface ServedPoint {
  readonly from: string;
  readonly cardinalPoint: string;
  readonly demandMw: number;
}

interface Page {
  readonly edges: readonly { readonly node: { readonly from: string; readonly demand: ServedDemand } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

const DEMAND = `query ($from: DateTime!, $to: DateTime!, $after: String) {
  page: demand(from: $from, to: $to, first: 20, after: $after) {
    edges { node { from demand { outturnMw transmissionSystemDemandMw embeddedWindMw embeddedSolarMw forecastMw } } }
    pageInfo { hasNextPage endCursor } } }`;
const POINTS = `query ($from: DateTime!, $to: DateTime!) {
  points: demandCardinalPoints(from: $from, to: $to) { from cardinalPoint demandMw } }`;

/** The half hours of a span, page by page as a client reads them, with the start of each. */
export async function servedDemand(
  server: Pick<TestServer, 'query'>,
  { from, to }: Span,
): Promise<readonly (readonly [string, ServedDemand])[]> {
  const served: (readonly [string, ServedDemand])[] = [];
  for (let after: string | null = null; ;) {
    const { data, errors }: { data?: { page: Page } | null; errors?: unknown } = await server.query<{
      page: Page;
    }>(DEMAND, { from, to, after });
    if (!data) throw new Error(JSON.stringify(errors));
    served.push(...data.page.edges.map(({ node }) => [node.from, node.demand] as const));
    if (!data.page.pageInfo.hasNextPage) return served;
    after = data.page.pageInfo.endCursor;
  }
}

export async function servedPoints(
  server: Pick<TestServer, 'query'>,
  { from, to }: Span,
): Promise<readonly ServedPoint[]> {
  const { data, errors } = await server.query<{ points: ServedPoint[] }>(POINTS, { from, to });
  if (!data) throw new Error(JSON.stringify(errors));
  return data.points;
}
