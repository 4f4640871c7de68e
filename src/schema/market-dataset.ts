import type { MarketDataset, StoredNotification, StoredRecord } from '../resolvers/market-datasets.js';
import {
  datasetRecords,
  marketDatasets,
  physicalNotifications,
  recordDataset,
  recordsOf,
} from '../resolvers/market-datasets.js';
import { AS_OF } from './as-of.js';
import { builder } from './builder.js';
import { DatasetStatusEnum } from './enums.js';
import { IngestRunType } from './ingest-run.js';
import { ownStatementCost, pageArgs, pageCost } from './page.js';

const KNOWN_AT = 'When Pylon received it; `asOf` shows it from then on.';
const RUN = 'The run that brought it.';

/** Arguments of what is asked by its own time. */
const spanArgs = builder.args((t) => ({
  from: t.field({ type: 'DateTime', required: true, description: 'Start of the span, inclusive.' }),
  to: t.field({
    type: 'DateTime',
    required: true,
    description: 'End of the span, exclusive; at most 366 days after `from`.',
  }),
  asOf: t.field({ type: 'DateTime', description: AS_OF }),
}));

const MarketDatasetType = builder.objectRef<MarketDataset>('MarketDataset');
const DatasetRecordType = builder.objectRef<StoredRecord>('DatasetRecord');
const PhysicalNotificationType = builder.objectRef<StoredNotification>('PhysicalNotification');

const DatasetRecordConnection = builder.connectionObject(
  {
    type: DatasetRecordType,
    name: 'DatasetRecordConnection',
    description: 'A page of records of a data set.',
  },
  { description: 'A record of a data set and its place in the connection.' },
);
const PhysicalNotificationConnection = builder.connectionObject(
  {
    type: PhysicalNotificationType,
    name: 'PhysicalNotificationConnection',
    description: 'A page of physical notifications.',
  },
  { description: 'A physical notification and its place in the connection.' },
);

MarketDatasetType.implement({
  description: "One data set of Elexon's, and what came of the last time it was tried.",
  fields: (t) => ({
    code: t.exposeString('code', { description: "Elexon's code, such as `PN`." }),
    name: t.exposeString('name', {
      description: "What it holds, in Elexon's words; its code where this version does not know the set.",
    }),
    status: t.expose('status', { type: DatasetStatusEnum, description: 'Whether it answered with rows.' }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why it is unavailable, in words. Null: it works.',
    }),
    lastTriedAt: t.expose('lastTriedAt', { type: 'DateTime', description: 'When it was last tried.' }),
    lastUpdatedAt: t.expose('lastUpdatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When Elexon says it last changed, as of `lastTriedAt`. Null: Elexon does not say.',
    }),
    rowsSeen: t.exposeInt('rowsSeen', {
      description: 'Good rows that the last try saw; it looks at some hundred at most.',
    }),
    records: t.field({
      type: DatasetRecordConnection,
      args: {
        bmUnit: t.arg.string({ description: 'Only of this BM unit, by its id; of all when left out.' }),
        ...spanArgs,
        ...pageArgs,
      },
      complexity: ownStatementCost,
      nullable: true,
      description:
        'Its stored records, by their own time. Null: its rows have a type of their own, as PN has, or this version cannot fetch them.',
      resolve: recordsOf,
    }),
  }),
});

DatasetRecordType.implement({
  description:
    'A row of an Elexon data set that has no type of its own, as it was published. Never changed: a revision is a new one.',
  fields: (t) => ({
    dataset: t.exposeString('dataset', { description: 'Code of its data set.' }),
    marketDataset: t.field({
      type: MarketDatasetType,
      nullable: true,
      description: 'Its data set in the catalogue. Null: `pylon datasets discover` never tried it.',
      resolve: recordDataset,
    }),
    at: t.expose('at', {
      type: 'DateTime',
      description:
        'Its own time: of what it is about where it says so, else of its publication. Of a day, midnight in London.',
    }),
    key: t.exposeString('key', { description: 'What tells it from others of its set and time. Opaque.' }),
    bmUnit: t.exposeString('bmUnit', {
      nullable: true,
      description:
        "Id of the BM unit: Elexon's, or National Grid's where Elexon has none. Null: it is about no unit.",
    }),
    payload: t.expose('payload', {
      type: 'JSON',
      description: "The whole row, with Elexon's own names of fields and in Elexon's units.",
    }),
    knownAt: t.expose('knownAt', { type: 'DateTime', description: KNOWN_AT }),
    ingestRun: t.field({
      type: IngestRunType,
      description: RUN,
      resolve: ({ ingestRunId }, _args, { loaders }) => loaders.ingestRun.load(ingestRunId),
    }),
  }),
});

PhysicalNotificationType.implement({
  description:
    'What a BM unit expects to export or import over a stretch of a settlement period, its level going evenly from one end to the ' +
    'other. Never changed: a revision is a new one.',
  fields: (t) => ({
    bmUnit: t.exposeString('bmUnit', {
      description:
        "Id of the BM unit: Elexon's, such as `T_DRAXX-1`, or National Grid's where Elexon has none.",
    }),
    nationalGridBmUnit: t.exposeString('nationalGridBmUnit', {
      nullable: true,
      description: "National Grid's id of the unit, such as `DRAXX-1`. Null: it was not given.",
    }),
    settlementDate: t.exposeString('settlementDate', {
      description: 'Settlement date: the London calendar day, `YYYY-MM-DD`.',
    }),
    settlementPeriod: t.exposeInt('settlementPeriod', {
      description: 'Settlement period: the half hour of that day, 1–48; up to 46 or 50 where clocks change.',
    }),
    timeFrom: t.expose('timeFrom', { type: 'DateTime', description: 'Start of the stretch, inclusive.' }),
    timeTo: t.expose('timeTo', { type: 'DateTime', description: 'End of the stretch, exclusive.' }),
    levelFromMw: t.exposeInt('levelFromMw', {
      description: 'Level at the start, MW; negative for import, zero is a value.',
    }),
    levelToMw: t.exposeInt('levelToMw', {
      description: 'Level at the end, MW; negative for import, zero is a value.',
    }),
    knownAt: t.expose('knownAt', { type: 'DateTime', description: KNOWN_AT }),
    ingestRun: t.field({
      type: IngestRunType,
      description: RUN,
      resolve: ({ ingestRunId }, _args, { loaders }) => loaders.ingestRun.load(ingestRunId),
    }),
  }),
});

builder.queryFields((t) => ({
  marketDatasets: t.field({
    type: [MarketDatasetType],
    args: {
      status: t.arg({ type: DatasetStatusEnum, description: 'Only of this status; of both when left out.' }),
    },
    complexity: { field: 1, multiplier: 100 },
    description:
      "Elexon's data sets, by code, as `pylon datasets discover` last found them. Empty until it was run.",
    resolve: (_root, args, context) => marketDatasets(args, context),
  }),
  datasetRecords: t.field({
    type: DatasetRecordConnection,
    args: {
      dataset: t.arg.string({ required: true, description: 'Code of the data set, such as `MELS`.' }),
      bmUnit: t.arg.string({ description: 'Only of this BM unit, by its id; of all when left out.' }),
      ...spanArgs,
      ...pageArgs,
    },
    complexity: pageCost,
    description:
      'Stored rows of an Elexon data set without a type of its own, by their own time; of each the newest.',
    resolve: (_root, args, context) => datasetRecords(args, context),
  }),
  physicalNotifications: t.field({
    type: PhysicalNotificationConnection,
    args: {
      bmUnit: t.arg.string({ required: true, description: 'Id of the BM unit, such as `T_DRAXX-1`.' }),
      ...spanArgs,
      ...pageArgs,
    },
    complexity: pageCost,
    description:
      'Physical notifications of one BM unit that begin in a span, in the order of time; of each start the newest.',
    resolve: (_root, args, context) => physicalNotifications(args, context),
  }),
}));
