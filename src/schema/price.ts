import { addHalfHours } from '../domain/half-hour.js';
import type { PriceGroup } from '../domain/grid-signal.js';
import { settlementPeriodOf } from '../domain/settlement-period.js';
import { GREAT_BRITAIN } from '../domain/regions.js';
import { marketPrices, priceSignal, type PriceNode } from '../resolvers/market-prices.js';
import { builder } from './builder.js';
import { MarketEnum, ObservationKindEnum } from './enums.js';
import { pageArgs, pageCost } from './page.js';
import { ProvenanceType } from './provenance.js';
import { RegionType } from './region.js';
import { GridSignalType } from './signal-ref.js';
import { halfHourSpanArgs } from './span.js';

const EXPECTED_ERROR =
  'Of a FORECAST: how far the formula was off on the like days it is made from, mean absolute, GBP/MWh. Null: not a forecast.';

export const SignalPriceType = builder.objectRef<PriceGroup>('SignalPrice').implement({
  description: 'The wholesale price of a half hour. There is one for all of Great Britain.',
  fields: (t) => ({
    gbpPerMwh: t.exposeFloat('gbpPerMwh', {
      description: 'Price, GBP/MWh; negative prices are real.',
    }),
    market: t.expose('market', {
      type: MarketEnum,
      description: 'Where it was made: MARKET_INDEX where power was traded, else FORECAST.',
    }),
    kind: t.expose('kind', { type: ObservationKindEnum, description: 'OUTTURN, or DERIVED for a forecast.' }),
    expectedErrorGbpPerMwh: t.exposeFloat('expectedErrorGbpPerMwh', {
      nullable: true,
      description: EXPECTED_ERROR,
    }),
    provenance: t.expose('provenance', { type: ProvenanceType, description: 'Where it comes from.' }),
  }),
});

export const MarketPriceType = builder.objectRef<PriceNode>('MarketPrice').implement({
  description: 'What power of one half hour cost on one market, by one provider.',
  fields: (t) => ({
    from: t.expose('at', { type: 'DateTime', description: 'Start of the half hour, inclusive.' }),
    to: t.field({
      type: 'DateTime',
      description: 'End of the half hour, exclusive.',
      resolve: ({ at }) => addHalfHours(at, 1),
    }),
    settlementDate: t.string({
      description: 'Settlement date: the London calendar day of the half hour, `YYYY-MM-DD`.',
      resolve: ({ at }) => settlementPeriodOf(at).settlementDate,
    }),
    settlementPeriod: t.int({
      description:
        'Settlement period: its number in that day, 1–48; up to 46 or 50 on the days the clocks change.',
      resolve: ({ at }) => settlementPeriodOf(at).settlementPeriod,
    }),
    market: t.expose('market', { type: MarketEnum, description: 'Where it was made.' }),
    provider: t.exposeString('provider', { description: 'Who made it, in the words of the source.' }),
    gbpPerMwh: t.exposeFloat('gbpPerMwh', { description: 'Price, GBP/MWh; negative prices are real.' }),
    volumeMwh: t.exposeFloat('volumeMwh', {
      nullable: true,
      description: 'What was traded at it, MWh. Null: not a price of trades.',
    }),
    kind: t.expose('kind', { type: ObservationKindEnum, description: 'OUTTURN, or DERIVED for a forecast.' }),
    expectedErrorGbpPerMwh: t.exposeFloat('expectedErrorGbpPerMwh', {
      nullable: true,
      description: EXPECTED_ERROR,
    }),
    formula: t.exposeString('formula', {
      nullable: true,
      description:
        'Formula and version of a derived price; docs/formulas.md explains it. Null: a publisher stated it.',
    }),
    provenance: t.expose('provenance', { type: ProvenanceType, description: 'Where it comes from.' }),
    gridSignal: t.field({
      type: GridSignalType,
      nullable: true,
      description: 'The signal of Great Britain for that half hour. Null: none is known.',
      resolve: (price, _args, context) => priceSignal(price, context),
    }),
    region: t.field({
      type: RegionType,
      description: 'Where it holds: Great Britain.',
      resolve: (_price, _args, { loaders }) => loaders.region.load(GREAT_BRITAIN),
    }),
  }),
});

const MarketPriceConnection = builder.connectionObject(
  {
    type: MarketPriceType,
    name: 'MarketPriceConnection',
    description: 'A page of prices, by half hour, market and provider.',
  },
  { description: 'A price and its place in the connection.' },
);

const marketArg = builder.args((t) => ({
  market: t.field({ type: MarketEnum, description: 'Only of this market; of all when left out.' }),
}));

builder.queryField('marketPrices', (t) =>
  t.field({
    type: MarketPriceConnection,
    args: { ...marketArg, ...halfHourSpanArgs, ...pageArgs },
    complexity: pageCost,
    description:
      'Prices of a span, by half hour, market and provider. A half hour nobody traded in has none. ' +
      'DATA_MISSING when FORECAST is asked for and none could be derived.',
    resolve: (_root, args, context) => marketPrices(args, context),
  }),
);

builder.prismaObjectField(RegionType, 'prices', (t) =>
  t.field({
    type: MarketPriceConnection,
    args: { ...marketArg, ...halfHourSpanArgs, ...pageArgs },
    complexity: pageCost,
    description: 'Prices that hold in the region: those of Great Britain, the same everywhere.',
    resolve: (_region, args, context) => marketPrices(args, context),
  }),
);
