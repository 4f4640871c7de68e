import { demandCardinalPoints, type CardinalPoint } from '../resolvers/cardinal-points.js';
import { AS_OF } from './as-of.js';
import { builder } from './builder.js';
import { CardinalPointTypeEnum } from './enums.js';
import { ProvenanceType } from './provenance.js';

const DemandCardinalPointType = builder.objectRef<CardinalPoint>('DemandCardinalPoint').implement({
  description:
    'National demand forecast at one turning or fixed point of a London day: a day has about a dozen, which leave gaps between them and are no half-hourly forecast.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'Start of its span, inside.' }),
    to: t.expose('to', {
      type: 'DateTime',
      description: 'End of its span, outside: one or several half hours later.',
    }),
    cardinalPoint: t.exposeString('cardinalPoint', {
      description: "NESO's code of the point within its day, such as `1F` or `2A`.",
    }),
    pointType: t.expose('pointType', {
      type: CardinalPointTypeEnum,
      description: 'Whether it is a fixed point, a trough or a peak.',
    }),
    feature: t.exposeString('feature', {
      nullable: true,
      description:
        "What it is of the day, in NESO's letters: Om overnight minimum, DM daytime maximum, Dm daytime minimum, EM evening maximum. Null: none of these.",
    }),
    demandMw: t.exposeInt('demandMw', {
      description: 'National demand forecast for it, MW: the least of a trough, the most of a peak.',
    }),
    provenance: t.expose('provenance', { type: ProvenanceType, description: 'Where the value comes from.' }),
  }),
});

builder.queryField('demandCardinalPoints', (t) =>
  t.field({
    type: [DemandCardinalPointType],
    args: {
      from: t.arg({ type: 'DateTime', required: true, description: 'First half hour, inside.' }),
      to: t.arg({
        type: 'DateTime',
        required: true,
        description: 'Last half hour, outside; at most 7 days later.',
      }),
      asOf: t.arg({ type: 'DateTime', description: AS_OF }),
    },
    complexity: { field: 1, multiplier: 100 },
    description:
      "NESO's forecast of national demand by cardinal point, made the day before; the points that begin in a span, oldest first. Empty where none was published.",
    resolve: (_root, args, context) => demandCardinalPoints(args, context),
  }),
);
