import { INDEX_CODES, KIND_CODES, MARKET_CODES, QUALITY_CODES, TOPIC_CODES } from '../domain/codes.js';
import { FUELS } from '../domain/fuels.js';
import { builder } from './builder.js';

/** An enum whose values are the keys of `described`. */
export const enumOf = <Word extends string>(
  name: string,
  description: string,
  described: Readonly<Record<Word, string>>,
) =>
  builder.enumType(name, {
    description,
    values: Object.fromEntries(
      Object.entries<string>(described).map(([word, text]) => [word, { description: text }]),
    ) as Record<Word, { description: string }>,
  });

/** The words of a code table with their descriptions; the compiler holds the two to the same keys. */
const enumOfCodes = <Word extends string>(
  name: string,
  description: string,
  codes: Readonly<Record<Word, number>>,
  described: Readonly<Record<Word, string>>,
) => enumOf<keyof typeof codes & string>(name, description, described);

export const CarbonIndexEnum = enumOfCodes(
  'CarbonIndex',
  "The publisher's own word for an intensity. Its bands move from year to year: never recompute it.",
  INDEX_CODES,
  {
    VERY_LOW: 'The lowest band of that year.',
    LOW: 'The second band.',
    MODERATE: 'The middle band.',
    HIGH: 'The fourth band.',
    VERY_HIGH: 'The highest band.',
  },
);

export const ObservationKindEnum = enumOfCodes(
  'ObservationKind',
  'Whether a source says what is expected or what happened.',
  KIND_CODES,
  {
    FORECAST: 'What was expected.',
    OUTTURN: 'What happened, measured or estimated after the fact by the publisher.',
    ESTIMATE: 'What happened, estimated by Pylon from something else.',
    DERIVED: 'Computed by Pylon under a versioned formula.',
  },
);

export const QualityEnum = enumOfCodes('Quality', 'Whether a value is real.', QUALITY_CODES, {
  REAL: 'A publisher stated it.',
  SYNTHETIC:
    'A model made it up, because the publisher could not be reached. It never replaces a real value.',
});

export const TopicEnum = enumOfCodes('Topic', 'What an event of the log is about.', TOPIC_CODES, {
  GRID_SIGNALS: 'A value of a grid signal changed.',
  INGEST_RUNS: 'An ingest run brought something new, failed, refused rows, or worked again after a failure.',
  CARBON_FACTORS: 'Carbon factors changed.',
  GENERATION: 'Power by a fuel type was stated or revised.',
  PRICES: 'A price was stated or revised.',
  FREQUENCY: 'A reading of the frequency was stated.',
  COMPUTE_WINDOWS: 'A compute window came onto the market or left it, or what is said of one changed.',
  WORKLOADS: 'A workload was submitted, amended or moved to another status.',
  PLACEMENTS: 'Power of a data centre was held for a workload, confirmed, used or released.',
  DECISIONS: 'A decision was recorded.',
  AGENT_STATES: 'An agent reported its state.',
  NEGOTIATIONS: 'A negotiation was opened, or took a turn.',
  FLEXIBILITY_WINDOWS: 'A flexibility window was published or withdrawn.',
  DATA_CENTRES: 'A data centre was registered, or what is said of one changed.',
  STORAGE_ASSETS: 'A storage asset was registered, or what is said of one changed.',
  BECKN_TRANSACTIONS: 'The purchase of a compute window began, moved on, or needs replanning.',
});

export const MarketEnum = enumOfCodes('Market', 'Where a price was made.', MARKET_CODES, {
  MARKET_INDEX: 'What power was traded for close to delivery, by the exchanges that report it.',
  SYSTEM_SELL: 'What Elexon pays for power in surplus when it settles imbalances.',
  SYSTEM_BUY: 'What Elexon charges for power that was short when it settles imbalances.',
  FORECAST:
    'What Pylon expects the market index to be: the median of the same half hour over the last seven like days. No publisher gives one.',
});

export const ResolutionEnum = enumOf<'FIVE_MINUTES' | 'HALF_HOUR'>(
  'Resolution',
  'How long the period of a reading is.',
  { FIVE_MINUTES: 'Five minutes.', HALF_HOUR: 'A settlement period.' },
);

export const GenerationClassificationEnum = enumOf<'FUEL_TYPE' | 'RESOURCE_TYPE'>(
  'GenerationClassification',
  'How generation is told apart.',
  {
    FUEL_TYPE:
      "Elexon's fuel codes, such as CCGT, WIND, PS, INTFR. Wind and solar are what transmission meters see.",
    RESOURCE_TYPE:
      'The types of its report of actual generation per type, such as `Wind Onshore`, `Solar`; half-hourly only.',
  },
);

export const FuelKindEnum = enumOf<'FUEL' | 'STORAGE' | 'INTERCONNECTOR'>(
  'FuelKind',
  'What sort of supply a fuel type is.',
  {
    FUEL: 'Burnt or caught in Great Britain.',
    STORAGE: 'Stored; negative while it charges.',
    INTERCONNECTOR: 'A link abroad; negative while power goes out.',
  },
);

export const FuelEnum = enumOf<(typeof FUELS)[number]>(
  'Fuel',
  'Fuels of the generation mix, as the Carbon Intensity API groups them.',
  {
    BIOMASS: "Burnt plant matter. Low carbon in NESO's count, not renewable.",
    COAL: 'Burnt coal.',
    IMPORTS: 'Power from abroad, over interconnectors.',
    GAS: 'Burnt natural gas.',
    NUCLEAR: 'Nuclear fission.',
    OTHER: "Anything else; `rawFuel` keeps the publisher's own word.",
    HYDRO: 'Falling water.',
    SOLAR: 'Solar photovoltaics.',
    WIND: 'Wind, onshore and offshore.',
  },
);

export const CardinalPointTypeEnum = enumOf<'F' | 'T' | 'P'>(
  'CardinalPointType',
  "What a cardinal point of a day's demand is, in NESO's letters.",
  {
    F: 'A fixed point: the same clock time every day.',
    T: 'A trough: a stretch of low demand.',
    P: 'A peak: a stretch of high demand.',
  },
);

export const RegionKindEnum = enumOf<'LICENCE_AREA' | 'COUNTRY' | 'NATION'>(
  'RegionKind',
  'What sort of area a region is.',
  {
    LICENCE_AREA:
      'One of the fourteen areas run by a distribution network operator. Work is routed among these.',
    COUNTRY: 'England, Scotland or Wales.',
    NATION: 'Great Britain, region 18.',
  },
);

export const CountryEnum = enumOf<'ENGLAND' | 'SCOTLAND' | 'WALES' | 'GREAT_BRITAIN'>(
  'Country',
  'Country that a region is in.',
  {
    ENGLAND: 'England, region 15.',
    SCOTLAND: 'Scotland, region 16.',
    WALES: 'Wales, region 17; also North Wales, Merseyside and Cheshire, which spans the border.',
    GREAT_BRITAIN: 'All three, region 18.',
  },
);

export const RankingMetricEnum = enumOf<'CARBON' | 'RENEWABLES' | 'LOW_CARBON' | 'WIND' | 'COMPUTE_WINDOWS'>(
  'RankingMetric',
  'By what regions are ranked, best first.',
  {
    CARBON: 'Carbon intensity, gCO2/kWh, lowest first.',
    RENEWABLES: 'Share of wind, solar and hydro, percent, highest first.',
    LOW_CARBON: 'Share of renewables, nuclear and biomass, percent, highest first.',
    WIND: 'Share of wind, percent, highest first.',
    COMPUTE_WINDOWS:
      'Compute windows on offer at that instant in zones known to be in the area, a count, highest first.',
  },
);

export const IngestRunStatusEnum = enumOf<'SUCCEEDED' | 'FAILED'>(
  'IngestRunStatus',
  'How an ingest run ended.',
  {
    SUCCEEDED: 'Its good rows are stored; refused ones are counted.',
    FAILED: 'Nothing of it was stored but its record.',
  },
);

export const IngestRunModeEnum = enumOf<'SCHEDULED' | 'COMMAND' | 'BACKFILL'>(
  'IngestRunMode',
  'What began an ingest run.',
  {
    SCHEDULED: 'The scheduler, because an update was due.',
    COMMAND: 'The command `pylon ingest`.',
    BACKFILL: 'The command `pylon backfill`, for one window of history.',
  },
);

export const DatasetStatusEnum = enumOf<'WORKING' | 'UNAVAILABLE'>(
  'DatasetStatus',
  'What came of the last time a data set was tried.',
  {
    WORKING: 'It answered with rows.',
    UNAVAILABLE:
      'It answered with an error, with no row, or with rows that cannot be read; `reason` says which.',
  },
);

export const SourceStateEnum = enumOf<'NEVER_RUN' | 'HEALTHY' | 'FAILING' | 'STALE'>(
  'SourceState',
  'How well a source comes in.',
  {
    NEVER_RUN: 'It was never asked.',
    HEALTHY: 'Its last run succeeded, not longer ago than two updates of its publisher.',
    FAILING:
      'Its last run failed; `lastError` says why. The last good values are still served, with their age.',
    STALE: 'Its last run succeeded, but longer ago than two updates of its publisher: nobody asks it.',
  },
);

export const CircuitStateEnum = enumOf<'CLOSED' | 'OPEN' | 'HALF_OPEN'>(
  'CircuitState',
  'Whether a source that fails is still asked.',
  {
    CLOSED: 'It is asked when an update is due.',
    OPEN: 'It is left alone until `nextAttemptAt`, after three failures in a row or because the publisher asked for it.',
    HALF_OPEN: 'The pause is over: the next run decides between the other two.',
  },
);

export const StreamKindEnum = enumOf<'READY' | 'CHANGE' | 'GAP' | 'PROGRESS'>(
  'StreamKind',
  'What a message of a subscription is.',
  {
    READY: 'The stream is live; `cursor` is where it began. First message of a stream without `after`.',
    CHANGE: 'The object changed; it is shown as of `cursor`.',
    GAP: 'The reader was too slow. The changes from `gap.from` to `gap.to` follow now, none is missing.',
    PROGRESS:
      'Nothing matched for a while; `cursor` is how far the log was read, so that resuming never starts too far back.',
  },
);
