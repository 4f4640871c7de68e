import { addHalfHours } from '../domain/half-hour.js';
import { lowCarbonPct, renewablePct } from '../domain/grid-signal.js';
import { ageSeconds, isForecast } from '../resolvers/age.js';
import { forecast, gridNow, gridSignals } from '../resolvers/grid-signals.js';
import { signalDemand, signalPrice, signalStress } from '../resolvers/signal-groups.js';
import { signalId, signalsById } from '../resolvers/signal-node.js';
import { AS_OF, AS_OF_NOW } from './as-of.js';
import { builder } from './builder.js';
import { CarbonIntensityType } from './carbon-intensity.js';
import { DemandType } from './demand.js';
import { ObservationKindEnum, QualityEnum } from './enums.js';
import { FORECAST_HOURS, forecastCost } from './forecast-hours.js';
import { GenerationShareType, sharesOf } from './generation-share.js';
import { ObservationType } from './observation.js';
import { pageArgs, pageCost } from './page.js';
import { SignalPriceType } from './price.js';
import { ProvenanceType } from './provenance.js';
import { RegionType } from './region.js';
import { GridSignalConnection, GridSignalType } from './signal-ref.js';

builder.node(GridSignalType, {
  description:
    'One region over one half hour. Values come in groups (carbon intensity, mix, demand, stress, price), each the best that is known ' +
    'and with its own provenance; `source`, `quality`, `knownAt` and `ageSeconds` here are those of the carbon intensity.',
  id: {
    resolve: signalId,
    description:
      'Global id of the region and half hour, the same whatever `asOf`: `node` answers with the newest values.',
  },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'settlementPeriod' in value,
  loadManyWithoutCache: signalsById,
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
    settlementDate: t.exposeString('settlementDate', {
      description: 'Settlement date: the London calendar day of the half hour, `YYYY-MM-DD`.',
    }),
    settlementPeriod: t.exposeInt('settlementPeriod', {
      description:
        'Settlement period: its number in that day, 1–48; up to 46 or 50 on the days the clocks change.',
    }),
    isForecast: t.boolean({
      description:
        'True where no outturn of the carbon intensity is known, so that what is served was expected. Always true outside Great Britain.',
      resolve: isForecast,
    }),
    source: t.string({
      nullable: true,
      description:
        'Id of the source of the carbon intensity, as in `sources`. Null: no carbon intensity is known.',
      resolve: ({ carbon }) => carbon?.provenance.source,
    }),
    quality: t.field({
      type: QualityEnum,
      nullable: true,
      description: 'Quality of the carbon intensity. Null: no carbon intensity is known.',
      resolve: ({ carbon }) => carbon?.provenance.quality,
    }),
    knownAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When Pylon received the carbon intensity. Null: no carbon intensity is known.',
      resolve: ({ carbon }) => carbon?.provenance.knownAt,
    }),
    ageSeconds: t.int({
      nullable: true,
      description:
        'Seconds since the carbon intensity was last confirmed by its source, changed or not; with `asOf`, counted to then. ' +
        'Null: no carbon intensity is known.',
      resolve: (signal, _args, context) => ageSeconds(signal, context),
    }),
    carbonIntensity: t.field({
      type: CarbonIntensityType,
      nullable: true,
      description: 'Its carbon intensity. Null: no source stated any for this half hour.',
      resolve: ({ carbon }) => carbon,
    }),
    generationMix: t.field({
      type: [GenerationShareType],
      nullable: true,
      complexity: { field: 1, multiplier: 9 },
      description:
        'Shares of generation by fuel, zeros included. Null: no source stated a mix for this half hour.',
      resolve: ({ mix }) => mix && sharesOf(mix),
    }),
    generationMixKind: t.field({
      type: ObservationKindEnum,
      nullable: true,
      description: 'Whether the mix was expected or happened. Null: no mix is known.',
      resolve: ({ mix }) => mix?.kind,
    }),
    generationMixProvenance: t.field({
      type: ProvenanceType,
      nullable: true,
      description: 'Where the mix comes from. Null: no mix is known.',
      resolve: ({ mix }) => mix?.provenance,
    }),
    renewablePct: t.float({
      nullable: true,
      description: 'Wind, solar and hydro together, percent of generation. Null: no mix is known.',
      resolve: renewablePct,
    }),
    lowCarbonPct: t.float({
      nullable: true,
      description:
        'Wind, solar, hydro, nuclear and biomass together, percent of generation. Null: no mix is known.',
      resolve: lowCarbonPct,
    }),
    demand: t.field({
      type: DemandType,
      nullable: true,
      description:
        'Demand, of Great Britain as a whole. Null: no source states it for this half hour, or the region is a part of Great Britain, for which none is published.',
      resolve: signalDemand,
    }),
    gridStress: t.float({
      nullable: true,
      description:
        'How strained the grid of Great Britain is, 0 (at ease) to 1, under the formula in `gridStressFormula`. ' +
        'Null: not derived for this half hour, for want of recent demand; or the region is a part of Great Britain.',
      resolve: async (signal, _args, context) => (await signalStress(signal, context))?.stress,
    }),
    gridStressFormula: t.string({
      nullable: true,
      description:
        'Formula and version that `gridStress` follows; docs/formulas.md explains it. Null: no stress is known.',
      resolve: async (signal, _args, context) => (await signalStress(signal, context))?.formula,
    }),
    gridStressProvenance: t.field({
      type: ProvenanceType,
      nullable: true,
      description: 'Where the stress comes from. Null: no stress is known.',
      resolve: async (signal, _args, context) => (await signalStress(signal, context))?.provenance,
    }),
    price: t.field({
      type: SignalPriceType,
      nullable: true,
      description:
        'Wholesale price of the half hour, one for all of Great Britain: the market index where it traded, else what Pylon expects. Null: neither is known.',
      resolve: signalPrice,
    }),
    observations: t.field({
      type: [ObservationType],
      complexity: { field: 1, multiplier: 10 },
      description:
        'What the sources said of it, newest first, at most 100; under an `asOf`, what they had said by then. `Query.observations` pages through all.',
      resolve: ({ regionId, from, asOf }, _args, { loaders }) =>
        loaders.signalObservations.load({ regionId, from, asOf }).then((rows) => [...rows]),
    }),
  }),
});

const regionArgs = builder.args((t) => ({
  regionId: t.int({ description: 'Id of the region, 1–18; 18, Great Britain, when no region is named.' }),
  code: t.string({ description: 'Or its code, such as `LONDON`; case does not matter.' }),
  postcode: t.string({ description: 'Or a postcode in it, whole or its outward part: its licence area.' }),
}));

builder.queryFields((t) => ({
  gridSignals: t.field({
    type: GridSignalConnection,
    args: {
      regionIds: t.arg.intList({ required: true, description: 'Ids of the regions, 1–18, at least one.' }),
      from: t.arg({
        type: 'DateTime',
        required: true,
        description: 'Start of the first half hour, inclusive; at :00 or :30 UTC.',
      }),
      to: t.arg({
        type: 'DateTime',
        required: true,
        description:
          'End of the last half hour, exclusive; at :00 or :30 UTC, at most 366 days after `from`.',
      }),
      asOf: t.arg({ type: 'DateTime', description: AS_OF }),
      ...pageArgs,
    },
    complexity: pageCost,
    description:
      'Signals of some regions over a span, by half hour and then by region. A half hour that nothing is known of is left out.',
    resolve: (_root, args, context) => gridSignals(args, context),
  }),
  gridNow: t.field({
    type: GridSignalType,
    nullable: true,
    args: {
      ...regionArgs,
      asOf: t.arg({ type: 'DateTime', description: AS_OF_NOW }),
    },
    description:
      'The half hour that covers now, of one region. Null only together with an error: DATA_MISSING when no carbon intensity is known for it.',
    resolve: (_root, args, context) => gridNow(args, context),
  }),
  forecast: t.field({
    type: [GridSignalType],
    nullable: true,
    args: {
      ...regionArgs,
      from: t.arg({
        type: 'DateTime',
        description: 'Begins with the half hour that covers this instant; `asOf`, else now, when left out.',
      }),
      hours: t.arg.int(FORECAST_HOURS),
      asOf: t.arg({ type: 'DateTime', description: AS_OF }),
    },
    complexity: forecastCost,
    description:
      'The half hours of a region from one instant on, oldest first, as far as they are known. ' +
      'Null only together with an error: DATA_MISSING when none is.',
    resolve: (_root, args, context) => forecast(args, context),
  }),
}));
