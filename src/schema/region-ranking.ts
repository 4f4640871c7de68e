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
    },
    complexity: { field: 1, multiplier: 14 },
    description:
      'The fourteen licence areas, best first, for one half hour. Null only together with an error: DATA_MISSING when none has a value.',
    resolve: (_root, args, context) => regionRanking(args, context),
  }),
);
