import type { Topic } from '../domain/codes.js';
import type { FrequencyReading } from '../database/series/frequency.js';
import type { FuelGeneration } from '../database/series/generation.js';
import type { IngestRun } from '../generated/prisma/client.js';
import type { PriceNode } from '../resolvers/market-prices.js';
import type { SignalNode } from '../resolvers/signal-node.js';
import type { ComputeWindowNode } from '../resolvers/window-node.js';
import { computeWindowStream } from '../subscriptions/compute-windows.js';
import { eventStream } from '../subscriptions/events.js';
import { gridSignalStream } from '../subscriptions/grid-signals.js';
import { ingestRunStream } from '../subscriptions/ingest-runs.js';
import { frequencyStream, generationStream, priceStream } from '../subscriptions/series.js';
import type { ComputeMessage } from '../subscriptions/compute/stream.js';
import { OpenedStream, type StreamMessage } from '../subscriptions/stream.js';
import { builder } from './builder.js';
import { ComputeWindowType } from './compute-market-refs.js';
import { MarketEnum, TopicEnum } from './enums.js';
import { FrequencyReadingType } from './frequency.js';
import { FuelGenerationType } from './generation.js';
import { IngestRunType } from './ingest-run.js';
import { MarketPriceType } from './price.js';
import { GridSignalType } from './signal-ref.js';
import { AFTER, StreamMessageType } from './stream-message.js';

const GridSignalMessageType = builder
  .objectRef<StreamMessage & { readonly signal?: SignalNode }>('GridSignalMessage')
  .implement({
    description: 'A message of the subscription `gridSignals`.',
    interfaces: [StreamMessageType],
    fields: (t) => ({
      signal: t.field({
        type: GridSignalType,
        nullable: true,
        description: 'Of CHANGE: the signal as of `cursor`. Null for other kinds.',
        resolve: ({ signal }) => signal,
      }),
    }),
  });

const IngestRunMessageType = builder
  .objectRef<StreamMessage & { readonly ingestRun?: IngestRun }>('IngestRunMessage')
  .implement({
    description: 'A message of the subscription `ingestRuns`.',
    interfaces: [StreamMessageType],
    fields: (t) => ({
      ingestRun: t.field({
        type: IngestRunType,
        nullable: true,
        description: 'Of CHANGE: the run. Null for other kinds.',
        resolve: ({ ingestRun }) => ingestRun,
      }),
    }),
  });

const GenerationMessageType = builder
  .objectRef<StreamMessage & { readonly generation?: FuelGeneration }>('GenerationMessage')
  .implement({
    description: 'A message of the subscription `generation`.',
    interfaces: [StreamMessageType],
    fields: (t) => ({
      generation: t.field({
        type: FuelGenerationType,
        nullable: true,
        description:
          'Of CHANGE: power by one fuel type over one period, as of `cursor`. Null for other kinds.',
        resolve: ({ generation }) => generation,
      }),
    }),
  });

const PriceMessageType = builder
  .objectRef<StreamMessage & { readonly price?: PriceNode }>('PriceMessage')
  .implement({
    description: 'A message of the subscription `prices`.',
    interfaces: [StreamMessageType],
    fields: (t) => ({
      price: t.field({
        type: MarketPriceType,
        nullable: true,
        description: 'Of CHANGE: the price as of `cursor`. Null for other kinds.',
        resolve: ({ price }) => price,
      }),
    }),
  });

const FrequencyMessageType = builder
  .objectRef<StreamMessage & { readonly frequency?: FrequencyReading }>('FrequencyMessage')
  .implement({
    description: 'A message of the subscription `frequency`.',
    interfaces: [StreamMessageType],
    fields: (t) => ({
      frequency: t.field({
        type: FrequencyReadingType,
        nullable: true,
        description: 'Of CHANGE: the reading. Null for other kinds.',
        resolve: ({ frequency }) => frequency,
      }),
    }),
  });

const ComputeWindowMessageType = builder
  .objectRef<StreamMessage & { readonly computeWindow?: ComputeWindowNode }>('ComputeWindowMessage')
  .implement({
    description: 'A message of the subscription `computeWindows`.',
    interfaces: [StreamMessageType],
    fields: (t) => ({
      computeWindow: t.field({
        type: ComputeWindowType,
        nullable: true,
        description: 'Of CHANGE: the window as of `cursor`. Null for other kinds.',
        resolve: ({ computeWindow }) => computeWindow,
      }),
    }),
  });

interface EventMessage extends ComputeMessage {
  readonly topic?: Topic;
  readonly knownAt?: Date;
  readonly signal?: SignalNode | null;
  readonly ingestRun?: IngestRun | null;
  readonly generation?: FuelGeneration | null;
  readonly price?: PriceNode | null;
  readonly frequency?: FrequencyReading | null;
  readonly computeWindow?: ComputeWindowNode | null;
}

/** Its fields of the compute side are in compute/streams.ts. */
export const EventMessageType = builder.objectRef<EventMessage>('EventMessage').implement({
  description: 'A message of the subscription `events`.',
  interfaces: [StreamMessageType],
  fields: (t) => ({
    topic: t.field({
      type: TopicEnum,
      nullable: true,
      description: 'Of CHANGE: what it is about. Null for other kinds.',
      resolve: ({ topic }) => topic,
    }),
    knownAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Of CHANGE: when it became known. Null for other kinds.',
      resolve: ({ knownAt }) => knownAt,
    }),
    signal: t.field({
      type: GridSignalType,
      nullable: true,
      description: 'Of GRID_SIGNALS: the signal as of `cursor`. Null otherwise.',
      resolve: ({ signal }) => signal,
    }),
    ingestRun: t.field({
      type: IngestRunType,
      nullable: true,
      description: 'Of INGEST_RUNS: the run; of CARBON_FACTORS: the run that brought them. Null otherwise.',
      resolve: ({ ingestRun }) => ingestRun,
    }),
    generation: t.field({
      type: FuelGenerationType,
      nullable: true,
      description: 'Of GENERATION: power by one fuel type over one period, as of `cursor`. Null otherwise.',
      resolve: ({ generation }) => generation,
    }),
    price: t.field({
      type: MarketPriceType,
      nullable: true,
      description: 'Of PRICES: the price as of `cursor`. Null otherwise.',
      resolve: ({ price }) => price,
    }),
    frequency: t.field({
      type: FrequencyReadingType,
      nullable: true,
      description: 'Of FREQUENCY: the reading. Null otherwise.',
      resolve: ({ frequency }) => frequency,
    }),
    computeWindow: t.field({
      type: ComputeWindowType,
      nullable: true,
      description: 'Of COMPUTE_WINDOWS: the window as of `cursor`. Null otherwise.',
      resolve: ({ computeWindow }) => computeWindow,
    }),
  }),
});

builder.subscriptionFields((t) => ({
  gridSignals: t.field({
    type: GridSignalMessageType,
    args: {
      regionIds: t.arg.intList({ description: 'Only these regions, by id, 1–18; all when left out.' }),
      belowGco2PerKwh: t.arg.int({
        description: 'Only while the carbon intensity (outturn, else forecast) is below this, gCO2/kWh.',
      }),
      aboveGco2PerKwh: t.arg.int({
        description: 'Only while the carbon intensity (outturn, else forecast) is above this, gCO2/kWh.',
      }),
      after: t.arg.string({ description: AFTER }),
    },
    description:
      'Grid signals whenever a value of theirs changes: new half hours, revised forecasts, outturns.',
    subscribe: (_root, args) => new OpenedStream(gridSignalStream(args)),
    resolve: (message) => message,
  }),
  ingestRuns: t.field({
    type: IngestRunMessageType,
    args: {
      sources: t.arg.stringList({ description: 'Only runs of these sources, by id; of all when left out.' }),
      after: t.arg.string({ description: AFTER }),
    },
    description:
      'Runs that brought something new, failed, refused rows, or worked again. A run that found nothing new is only in the query `ingestRuns`.',
    subscribe: (_root, args, { database }) =>
      new OpenedStream(ingestRunStream(args, (code) => database.sources.idOf(code))),
    resolve: (message) => message,
  }),
  generation: t.field({
    type: GenerationMessageType,
    args: {
      fuelTypes: t.arg.stringList({
        description: "Only these fuel types, in Elexon's words; all when left out.",
      }),
      after: t.arg.string({ description: AFTER }),
    },
    description: 'Power by fuel type whenever a period of it is published or revised.',
    subscribe: (_root, args) => new OpenedStream(generationStream(args)),
    resolve: (message) => message,
  }),
  prices: t.field({
    type: PriceMessageType,
    args: {
      markets: t.arg({ type: [MarketEnum], description: 'Only of these markets; of all when left out.' }),
      after: t.arg.string({ description: AFTER }),
    },
    description: 'Prices whenever one is published, derived or revised.',
    subscribe: (_root, args) => new OpenedStream(priceStream(args)),
    resolve: (message) => message,
  }),
  frequency: t.field({
    type: FrequencyMessageType,
    args: {
      belowHz: t.arg.float({ description: 'Only readings below this, Hz.' }),
      aboveHz: t.arg.float({ description: 'Only readings above this, Hz.' }),
      after: t.arg.string({ description: AFTER }),
    },
    description: 'Readings of the frequency of the grid, as they are published.',
    subscribe: (_root, args) => new OpenedStream(frequencyStream(args)),
    resolve: (message) => message,
  }),
  computeWindows: t.field({
    type: ComputeWindowMessageType,
    args: {
      regionIds: t.arg.intList({
        description:
          'Only windows of zones known to be in these licence areas, by id, 1–14; all windows when left out.',
      }),
      after: t.arg.string({ description: AFTER }),
    },
    description:
      'Compute windows whenever one comes onto the market or leaves it, or what is said of it changes. One that is over leaves in silence.',
    subscribe: (_root, args) => new OpenedStream(computeWindowStream(args)),
    resolve: (message) => message,
  }),
  events: t.field({
    type: EventMessageType,
    args: {
      topics: t.arg({ type: [TopicEnum], description: 'Only these topics; all when left out.' }),
      after: t.arg.string({ description: AFTER }),
    },
    description: 'Every event of the log that the reader may see, in commit order, in one stream.',
    subscribe: (_root, args) => new OpenedStream(eventStream(args)),
    resolve: (message) => message,
  }),
}));
