import type { DemandGroup } from '../domain/grid-signal.js';
import { addHalfHours } from '../domain/half-hour.js';
import { demandPage, type DemandPeriod } from '../resolvers/demand.js';
import { builder } from './builder.js';
import { pageArgs, pageCost } from './page.js';
import { ProvenanceType } from './provenance.js';
import { halfHourSpanArgs } from './span.js';

export const DemandType = builder.objectRef<DemandGroup>('Demand').implement({
  description: 'Demand for electricity in Great Britain over a half hour, mean power, MW.',
  fields: (t) => ({
    forecastMw: t.exposeInt('forecastMw', {
      nullable: true,
      description: 'National demand as forecast, MW. Null: not forecast.',
    }),
    transmissionSystemForecastMw: t.exposeInt('transmissionSystemForecastMw', {
      nullable: true,
      description: 'Transmission system demand as forecast, MW. Null: not forecast.',
    }),
    outturnMw: t.exposeInt('outturnMw', {
      nullable: true,
      description: 'National demand as it was, MW. Null: not published yet.',
    }),
    transmissionSystemDemandMw: t.exposeInt('transmissionSystemDemandMw', {
      nullable: true,
      description:
        'National demand with station load, pumping and exports added, as it was, MW. Null: not published yet.',
    }),
    embeddedWindMw: t.exposeInt('embeddedWindMw', {
      nullable: true,
      description:
        'Wind power on the distribution networks, which transmission meters do not see, MW. Null: not published.',
    }),
    embeddedSolarMw: t.exposeInt('embeddedSolarMw', {
      nullable: true,
      description:
        'Solar power on the distribution networks, which transmission meters do not see, MW. Null: not published.',
    }),
    provenance: t.expose('provenance', {
      type: ProvenanceType,
      description: 'Where the newest of these values comes from.',
    }),
  }),
});

const DemandPeriodType = builder.objectRef<DemandPeriod>('DemandPeriod').implement({
  description: 'Demand of Great Britain over one half hour.',
  fields: (t) => ({
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
    demand: t.expose('demand', { type: DemandType, description: 'What is known of it; at least one value.' }),
  }),
});

const DemandPeriodConnection = builder.connectionObject(
  { type: DemandPeriodType, name: 'DemandPeriodConnection', description: 'A page of demand, by half hour.' },
  { description: 'Demand of a half hour and its place in the connection.' },
);

builder.queryField('demand', (t) =>
  t.field({
    type: DemandPeriodConnection,
    args: { ...halfHourSpanArgs, ...pageArgs },
    complexity: pageCost,
    description:
      'Demand of Great Britain over a span, past and forecast, by half hour. A half hour that nothing is known of is left out.',
    resolve: (_root, args, context) => demandPage(args, context),
  }),
);
