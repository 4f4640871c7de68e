import { regionRanking, type RankedRegion } from '../resolvers/region-ranking.js';
import { AS_OF } from './as-of.js';
import { builder } from './builder.js';
import { RankingMetricEnum } from './enums.js';
import { RegionType } from './region.js';
import { GridSignalType } from './signal-ref.js';

const RankedRegionType = builder.objectRef<RankedRegion>('RankedRegion').implement({
  description: 'A licence area in a ranking.',
  fields: (t) => ({
    rank: t.exposeInt('rank', {
      nullable: true,
      description:
        'Its rank: 1 is best, equal values share one, and the next is then left out. Null: it has no value, and is listed last.',
    }),
    value: t.exposeFloat('value', {
      nullable: true,
      description: 'What it was ranked by, in the unit of the metric. Null: no such value is known.',
    }),
    region: t.field({
      type: RegionType,
      description: 'The licence area.',
      resolve: ({ regionId }, _args, { loaders }) => loaders.region.load(regionId),
    }),
    signal: t.expose('signal', {
      type: GridSignalType,
      nullable: true,
      description: 'Its signal for that half hour. Null: nothing is known of it.',
    }),
    openCapacityKw: t.float({
      nullable: true,
      description:
        'The most facility power that is left in that half hour at one ACTIVE data centre there, kW: what placements of all operators leave, as they are now, whatever `asOf`. 0: all are full. Null: there is none.',
      complexity: 10,
      resolve: ({ openCapacityKw }) => openCapacityKw(),
    }),
  }),
});

builder.queryField('regionRanking', (t) =>
  t.field({
    type: [RankedRegionType],
    nullable: true,
    args: {
      metric: t.arg({
        type: RankingMetricEnum,
        required: true,
        defaultValue: 'CARBON',
        description: 'What to rank by.',
      }),
      at: t.arg({
        type: 'DateTime',
        description: 'Ranked for the half hour that covers this instant; `asOf`, else now, when left out.',
      }),
      asOf: t.arg({
        type: 'DateTime',
        description: AS_OF,
      }),
      minOpenKw: t.arg.float({
        description:
          'Only regions with so much facility power left at one data centre (`openCapacityKw`), kW, above 0; all when left out. The ranks are among them.',
      }),
    },
    complexity: { field: 1, multiplier: 14 },
    description:
      'The fourteen licence areas, best first, for one half hour; empty where `minOpenKw` leaves none. Null only together with an error: DATA_MISSING when none has a value.',
    resolve: (_root, args, context) => regionRanking(args, context),
  }),
);
