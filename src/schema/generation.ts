import type { FuelGeneration } from '../database/series/generation.js';
import { elexonFuelOf } from '../domain/elexon-fuels.js';
import { INTERCONNECTORS } from '../domain/interconnectors.js';
import {
  fuelGeneration,
  generationNow,
  isImport,
  sumMw,
  type GenerationNow,
} from '../resolvers/generation.js';
import { flows, interconnectorsNow, type InterconnectorNode } from '../resolvers/interconnectors.js';
import { AS_OF, AS_OF_NOW } from './as-of.js';
import { builder } from './builder.js';
import { FuelKindEnum, GenerationClassificationEnum, ObservationKindEnum, ResolutionEnum } from './enums.js';
import { ownStatementCost, pageArgs, pageCost } from './page.js';
import { ProvenanceType } from './provenance.js';
import { readingSpanArgs } from './span.js';

const MINUTE_MS = 60_000;
const endOf = ({ at, resolutionMinutes }: { readonly at: Date; readonly resolutionMinutes: number }): Date =>
  new Date(at.getTime() + resolutionMinutes * MINUTE_MS);

export const FuelGenerationType = builder.objectRef<FuelGeneration>('FuelGeneration').implement({
  description:
    'Mean power supplied to the grid by one fuel type over one period, as Elexon publishes it. ' +
    'Embedded wind and solar, on the distribution networks, are not seen here: see `demand`.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'Start of the period, inclusive.' }),
    to: t.field({ type: 'DateTime', description: 'End of the period, exclusive.', resolve: endOf }),
    resolutionMinutes: t.exposeInt('resolutionMinutes', {
      description: 'Length of the period, minutes: 5 or 30.',
    }),
    fuelType: t.exposeString('fuelType', {
      description: "Elexon's own word, such as CCGT, WIND, INTFR or `Wind Onshore`.",
    }),
    name: t.string({
      description: 'The same for people.',
      resolve: ({ fuelType }) => elexonFuelOf(fuelType).name,
    }),
    fuelKind: t.field({
      type: FuelKindEnum,
      description: 'What sort of supply it is.',
      resolve: ({ fuelType }) => elexonFuelOf(fuelType).kind,
    }),
    mw: t.exposeFloat('mw', {
      description: 'Mean power, MW; negative is storage charging, or power going abroad.',
    }),
    kind: t.expose('kind', {
      type: ObservationKindEnum,
      description: 'Whether it was expected or happened.',
    }),
    provenance: t.expose('provenance', { type: ProvenanceType, description: 'Where it comes from.' }),
  }),
});

const FuelGenerationConnection = builder.connectionObject(
  {
    type: FuelGenerationType,
    name: 'FuelGenerationConnection',
    description: 'A page of generation, by period and fuel type.',
  },
  { description: 'Generation of a period and its place in the connection.' },
);

const GenerationNowType = builder.objectRef<GenerationNow>('GenerationNow').implement({
  description: 'Generation by fuel type over the newest period that is published. Sums are over its rows.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'Start of the period, inclusive.' }),
    to: t.field({ type: 'DateTime', description: 'End of the period, exclusive.', resolve: endOf }),
    resolutionMinutes: t.exposeInt('resolutionMinutes', {
      description: 'Length of the period, minutes: 5 or 30.',
    }),
    ageSeconds: t.int({
      description: 'Seconds from the start of the period to now, or to `asOf`.',
      resolve: ({ at, instant }) => Math.floor((instant.getTime() - at.getTime()) / 1000),
    }),
    fuels: t.field({
      type: [FuelGenerationType],
      complexity: { field: 1, multiplier: 20 },
      description: 'Its rows, interconnectors included, by fuel type.',
      resolve: ({ rows }) => [...rows],
    }),
    generationMw: t.float({
      description: 'Sum over fuels and storage in Great Britain, MW; embedded wind and solar are not in it.',
      resolve: ({ rows }) => sumMw(rows.filter((row) => !isImport(row))),
    }),
    netImportMw: t.float({
      description: 'Sum over interconnectors, MW; negative when more goes out than comes in.',
      resolve: ({ rows }) => sumMw(rows.filter(isImport)),
    }),
    totalMw: t.float({
      description: 'Sum over all rows, MW: what meets demand on the transmission network.',
      resolve: ({ rows }) => sumMw(rows),
    }),
  }),
});

const InterconnectorType = builder.objectRef<InterconnectorNode>('Interconnector').implement({
  description: 'A cable between Great Britain and another grid.',
  fields: (t) => ({
    code: t.exposeString('code', { description: "Elexon's fuel type of its flow, such as INTFR." }),
    name: t.exposeString('name', { description: 'Its name.' }),
    country: t.exposeString('country', { description: 'Where it leads.' }),
    capacityMw: t.exposeInt('capacityMw', { description: 'What it can carry either way, MW.' }),
    flowNow: t.expose('flowNow', {
      type: FuelGenerationType,
      nullable: true,
      description: 'Its flow in the newest period, import positive. Null: none is known for the last hour.',
    }),
    flows: t.field({
      type: FuelGenerationConnection,
      args: {
        ...readingSpanArgs(366),
        resolution: t.arg({
          type: ResolutionEnum,
          description: 'Length of the periods; the finest that is known of the span when left out.',
        }),
        ...pageArgs,
      },
      complexity: ownStatementCost,
      description: 'Its flows over a span, oldest first, import positive.',
      resolve: flows,
    }),
  }),
});

builder.queryFields((t) => ({
  fuelGeneration: t.field({
    type: FuelGenerationConnection,
    args: {
      ...readingSpanArgs(366),
      fuelTypes: t.arg.stringList({
        description: "Only these fuel types, in Elexon's words; all when left out.",
      }),
      resolution: t.arg({
        type: ResolutionEnum,
        description: 'Length of the periods; the finest that is known of the span when left out.',
      }),
      classification: t.arg({
        type: GenerationClassificationEnum,
        description: 'How generation is told apart; by FUEL_TYPE when left out.',
      }),
      joinWind: t.arg.boolean({
        description: 'Of RESOURCE_TYPE: onshore and offshore wind as one row, `Wind`.',
      }),
      ...pageArgs,
    },
    complexity: pageCost,
    description:
      'Power by fuel type over a span, by period and then by fuel type; interconnectors are fuel types too.',
    resolve: (_root, args, context) => fuelGeneration(args, context),
  }),
  generationNow: t.field({
    type: GenerationNowType,
    nullable: true,
    args: { asOf: t.arg({ type: 'DateTime', description: AS_OF_NOW }) },
    complexity: { field: 20 },
    description:
      'Power by fuel type over the newest period published. Null only together with an error: DATA_MISSING when that is older than an hour.',
    resolve: (_root, args, context) => generationNow(args, context),
  }),
  interconnectors: t.field({
    type: [InterconnectorType],
    args: { asOf: t.arg({ type: 'DateTime', description: AS_OF }) },
    complexity: { field: 20, multiplier: INTERCONNECTORS.length },
    description: 'The cables to other grids, and what flows on them.',
    resolve: (_root, args, context) => interconnectorsNow(INTERCONNECTORS, args, context),
  }),
}));
