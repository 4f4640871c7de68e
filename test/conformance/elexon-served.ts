import type { AnySource } from '../../src/ingest/registry.js';
import type { TestServer } from '../support/server.js';
import type { ElexonSayings } from './elexon-sayings.js';

type Node = Readonly<Record<string, string | number | null>>;

/** How one source is asked for in the graph, and what each node then says. */
interface Serving {
  readonly field: string;
  readonly args: string;
  readonly selection: string;
  readonly read: (node: Node) => readonly (readonly [string, string | number | null | undefined])[];
}

const generation = (args: string): Serving => ({
  field: 'fuelGeneration',
  args,
  selection: 'at fuelType mw',
  read: ({ at, fuelType, mw }) => [[`${at} ${fuelType}`, mw]],
});
const demand = (national: string, transmission: string): Serving => ({
  field: 'demand',
  args: '',
  selection: `from demand { ${national} ${transmission} }`,
  read: ({ from, demand: values }) => {
    const stated = values as unknown as Node;
    return [
      [`${from} national`, stated[national]],
      [`${from} transmission`, stated[transmission]],
    ];
  },
});

const SERVINGS: Readonly<Record<string, Serving>> = {
  'elexon-fuelinst': generation('resolution: FIVE_MINUTES'),
  'elexon-fuelhh': generation('resolution: HALF_HOUR'),
  'elexon-generation-per-type': generation('classification: RESOURCE_TYPE'),
  'elexon-demand-outturn': demand('outturnMw', 'transmissionSystemDemandMw'),
  'elexon-demand-forecast': demand('forecastMw', 'transmissionSystemForecastMw'),
  'elexon-demand-summary': {
    field: 'demandReadings',
    args: '',
    selection: 'at recordType demandMw',
    read: ({ at, recordType, demandMw }) => [[`${at} ${recordType ?? ''}`.trim(), demandMw]],
  },
  'elexon-market-index': {
    field: 'marketPrices',
    args: 'market: MARKET_INDEX',
    selection: 'from provider gbpPerMwh volumeMwh',
    read: ({ from, provider, gbpPerMwh, volumeMwh }) => [
      [`${from} ${provider}`, `${gbpPerMwh} for ${volumeMwh}`],
    ],
  },
  'elexon-system-prices': {
    field: 'marketPrices',
    args: '',
    selection: 'from market gbpPerMwh',
    read: ({ from, market, gbpPerMwh }) =>
      market === 'SYSTEM_SELL'
        ? [[`${from} 2`, gbpPerMwh]]
        : market === 'SYSTEM_BUY'
          ? [[`${from} 3`, gbpPerMwh]]
          : [],
  },
  'elexon-bm-units': {
    field: 'bmUnits',
    args: '',
    selection: `elexonBmUnit nationalGridBmUnit name fuelType unitType leadPartyId leadPartyName generationCapacityMw demandCapacityMw
      gspGroupId interconnectorId eic`,
    read: ({ elexonBmUnit, ...rest }) => [[String(elexonBmUnit), Object.values(rest).join('|')]],
  },
};

interface Page {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

/** What the graph serves of a source over a span, read page by page as a client would. */
export async function elexonServed(
  server: Pick<TestServer, 'query'>,
  { id }: AnySource,
  span: { readonly from: Date; readonly to: Date },
): Promise<ElexonSayings> {
  const serving = SERVINGS[id];
  if (!serving) throw new Error(`the graph serves no ${id}`);
  const { field, args, selection, read } = serving;
  const spanned = field === 'bmUnits' ? '' : 'from: $from, to: $to,';
  const declared = field === 'bmUnits' ? '' : '$from: DateTime!, $to: DateTime!,';
  const query = `query (${declared} $after: String) { page: ${field}(${spanned} ${args} first: 100, after: $after) {
    edges { node { ${selection} } } pageInfo { hasNextPage endCursor } } }`;
  const served: ElexonSayings = new Map();
  for (let after: string | null = null; ;) {
    const { data, errors }: { data?: { page: Page } | null; errors?: unknown } = await server.query<{
      page: Page;
    }>(query, field === 'bmUnits' ? { after } : { from: span.from, to: span.to, after });
    if (!data) throw new Error(JSON.stringify(errors));
    for (const { node } of data.page.edges)
      for (const [key, value] of read(node)) if (value != null) served.set(key, String(value));
    if (!data.page.pageInfo.hasNextPage) return served;
    after = data.page.pageInfo.endCursor;
  }
}
