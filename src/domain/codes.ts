/**
 * The words behind the small numbers of the database, kept small because a day holds 84,000 statements.
 * `prisma/migrations` lists the same numbers; a test holds the two together.
 */
export const KIND_CODES = { FORECAST: 1, OUTTURN: 2, ESTIMATE: 3, DERIVED: 4 } as const;
export const QUALITY_CODES = { REAL: 1, SYNTHETIC: 2 } as const;
export const INDEX_CODES = { VERY_LOW: 1, LOW: 2, MODERATE: 3, HIGH: 4, VERY_HIGH: 5 } as const;
export const TOPIC_CODES = {
  GRID_SIGNALS: 1,
  INGEST_RUNS: 2,
  CARBON_FACTORS: 3,
  GENERATION: 4,
  PRICES: 5,
  FREQUENCY: 6,
  COMPUTE_WINDOWS: 7,
  WORKLOADS: 8,
  PLACEMENTS: 9,
  DECISIONS: 10,
  AGENT_STATES: 11,
  NEGOTIATIONS: 12,
  FLEXIBILITY_WINDOWS: 13,
  DATA_CENTRES: 14,
  STORAGE_ASSETS: 15,
  BECKN_TRANSACTIONS: 16,
} as const;
/** Topics of the compute side: their events carry the row that they are about. */
export const COMPUTE_TOPICS = [
  'WORKLOADS',
  'PLACEMENTS',
  'DECISIONS',
  'AGENT_STATES',
  'NEGOTIATIONS',
  'FLEXIBILITY_WINDOWS',
  'DATA_CENTRES',
  'STORAGE_ASSETS',
  'BECKN_TRANSACTIONS',
] as const satisfies readonly (keyof typeof TOPIC_CODES)[];
export const MARKET_CODES = { MARKET_INDEX: 1, SYSTEM_SELL: 2, SYSTEM_BUY: 3, FORECAST: 4 } as const;

export type ObservationKind = keyof typeof KIND_CODES;
export type Quality = keyof typeof QUALITY_CODES;
export type CarbonIndex = keyof typeof INDEX_CODES;
export type Topic = keyof typeof TOPIC_CODES;
export type ComputeTopic = (typeof COMPUTE_TOPICS)[number];
export type Market = keyof typeof MARKET_CODES;

function wordOf<Word extends string>(codes: Readonly<Record<Word, number>>, what: string) {
  const words = new Map<number, Word>();
  for (const word in codes) words.set(codes[word], word);
  return (code: number): Word => {
    const word = words.get(code);
    if (word === undefined)
      throw new RangeError(`the database holds ${what} ${code}, which this version does not know`);
    return word;
  };
}

export const kindOf = wordOf<ObservationKind>(KIND_CODES, 'observation kind');
export const qualityOf = wordOf<Quality>(QUALITY_CODES, 'quality');
export const indexOf = wordOf<CarbonIndex>(INDEX_CODES, 'carbon index');
export const topicOf = wordOf<Topic>(TOPIC_CODES, 'topic');
export const marketOf = wordOf<Market>(MARKET_CODES, 'market');

const computeTopics: ReadonlySet<Topic> = new Set(COMPUTE_TOPICS);
export const isComputeTopic = (topic: Topic): boolean => computeTopics.has(topic);
