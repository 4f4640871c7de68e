import { addHalfHours } from '../domain/half-hour.js';
import type { Observation } from '../database/observations.js';
import {
  observationId,
  observationPage,
  observationSignal,
  observationsById,
} from '../resolvers/observations.js';
import { AS_OF } from './as-of.js';
import { builder } from './builder.js';
import { CarbonIndexEnum, ObservationKindEnum, QualityEnum } from './enums.js';
import { GenerationShareType, sharesOf } from './generation-share.js';
import { IngestRunType } from './ingest-run.js';
import { pageArgs, pageCost } from './page.js';
import { RegionType } from './region.js';
import { GridSignalType } from './signal-ref.js';

export const ObservationType = builder.objectRef<Observation>('Observation');

export const ObservationConnection = builder.connectionObject(
  { type: ObservationType, name: 'ObservationConnection', description: 'A page of observations.' },
  { description: 'An observation and its place in the connection.' },
);

builder.node(ObservationType, {
  description:
    'What one source said about one region and half hour at one time. Never changed and never deleted: a revision is a new one.',
  id: { resolve: observationId },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'intensityGco2PerKwh' in value,
  loadManyWithoutCache: observationsById,
  fields: (t) => ({
    region: t.field({
      type: RegionType,
      description: 'The region it is about.',
      resolve: ({ regionId }, _args, { loaders }) => loaders.region.load(regionId),
    }),
    from: t.expose('from', { type: 'DateTime', description: 'Start of the half hour, inclusive.' }),
    to: t.field({
      type: 'DateTime',
      description: 'End of the half hour, exclusive.',
      resolve: ({ from }) => addHalfHours(from, 1),
    }),
    signal: t.field({
      type: GridSignalType,
      description:
        'The signal of that region and half hour with its newest values, which may come from others.',
      resolve: observationSignal,
    }),
    source: t.exposeString('source', { description: 'Id of the source that said it, as in `sources`.' }),
    kind: t.expose('kind', {
      type: ObservationKindEnum,
      description: 'Whether it says what was expected or what happened.',
    }),
    quality: t.expose('quality', {
      type: QualityEnum,
      description: 'REAL when a publisher stated it, SYNTHETIC when a model made it up.',
    }),
    issuedAt: t.expose('issuedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the publisher says it issued it. Null: this publisher does not say.',
    }),
    knownAt: t.expose('knownAt', {
      type: 'DateTime',
      description: 'When Pylon received it; `asOf` shows it from then on.',
    }),
    carbonIntensityGco2PerKwh: t.exposeInt('intensityGco2PerKwh', {
      nullable: true,
      description: 'Stated carbon intensity, gCO2/kWh; zero is a value. Null: it stated none.',
    }),
    index: t.expose('index', {
      type: CarbonIndexEnum,
      nullable: true,
      description: "The publisher's word for that intensity. Null: it gave none.",
    }),
    generationMix: t.field({
      type: [GenerationShareType],
      nullable: true,
      complexity: { field: 1, multiplier: 9 },
      description: 'Stated shares of generation by fuel, zeros included. Null: it stated none.',
      resolve: ({ mix }) => mix && sharesOf(mix),
    }),
    ingestRun: t.field({
      type: IngestRunType,
      description: 'The run that brought it.',
      resolve: ({ ingestRunId }, _args, { loaders }) => loaders.ingestRun.load(ingestRunId),
    }),
  }),
});

builder.queryField('observations', (t) =>
  t.field({
    type: ObservationConnection,
    description: 'What sources said about one region, by half hour and then by when it became known.',
    args: {
      regionId: t.arg.int({ required: true, description: 'Id of the region, 1–18.' }),
      from: t.arg({
        type: 'DateTime',
        required: true,
        description: 'Start of the first half hour, inclusive; at :00 or :30 UTC.',
      }),
      to: t.arg({
        type: 'DateTime',
        required: true,
        description: 'End of the last half hour, exclusive; at :00 or :30 UTC, at most 31 days after `from`.',
      }),
      sources: t.arg.stringList({ description: 'Only of these sources, by id; of all when left out.' }),
      kinds: t.arg({
        type: [ObservationKindEnum],
        description: 'Only of these kinds; of all when left out.',
      }),
      quality: t.arg({ type: QualityEnum, description: 'Only of this quality; of both when left out.' }),
      asOf: t.arg({ type: 'DateTime', description: AS_OF }),
      ...pageArgs,
    },
    complexity: pageCost,
    resolve: (_root, args, context) => observationPage(args, context),
  }),
);
