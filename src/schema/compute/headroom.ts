import { HALF_HOUR_MS } from '../../domain/half-hour.js';
import type { Headroom, Room } from '../../database/headroom.js';
import { LONGEST_HEADROOM_DAYS, dataCentreHeadroom, headroom } from '../../resolvers/compute/headroom.js';
import { LARGEST_PAGE } from '../../resolvers/page.js';
import { builder } from '../builder.js';
import { DataCentreType } from './data-centre.js';

const MOST_HALF_HOURS = LONGEST_HEADROOM_DAYS * 48;
const LONGEST = `at most ${LONGEST_HEADROOM_DAYS} days after \`from\``;

/** How many the answer holds; a span that is refused anyway counts as the longest. */
const halfHoursOf = (from: Date, to: Date): number => {
  const count = (to.getTime() - from.getTime()) / HALF_HOUR_MS;
  return count >= 1 && count <= MOST_HALF_HOURS ? count : MOST_HALF_HOURS;
};

const spanArgs = builder.args((t) => ({
  from: t.field({
    type: 'DateTime',
    required: true,
    description: 'Start of the first half hour, inclusive; at :00 or :30 UTC.',
  }),
  to: t.field({
    type: 'DateTime',
    required: true,
    description: `End of the last half hour, exclusive; at :00 or :30 UTC, ${LONGEST}.`,
  }),
}));

export const HeadroomType = builder.objectRef<Headroom>('Headroom').implement({
  description:
    "What is left of the facility power of a data centre in one half hour. The placements of all operators count; nobody's are shown.",
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'Start of the half hour, inclusive.' }),
    to: t.expose('to', { type: 'DateTime', description: 'End of the half hour, exclusive.' }),
    capacityKw: t.exposeFloat('capacityKw', { description: 'Its capacity, kW of facility power.' }),
    committedKw: t.exposeFloat('committedKw', {
      description: 'What placements hold, have confirmed and run with, kW of facility power (powerKw × PUE).',
    }),
    availableKw: t.exposeFloat('availableKw', {
      description: 'What is left, kW of facility power; 0 also where more is committed than there is.',
    }),
  }),
});

builder.prismaObjectField(DataCentreType, 'headroom', (t) =>
  t.field({
    type: [HeadroomType],
    args: spanArgs,
    select: { dataCentreId: true, capacityMw: true },
    complexity: ({ from, to }) => ({ field: 20, multiplier: halfHoursOf(from, to) }),
    description:
      'What is left of its facility power, by half hour, oldest first. Its reported load is not taken off, nor is it asked whether it is ACTIVE.',
    resolve: (centre, args, context) => headroom(centre, args, context),
  }),
);

export const DataCentreRoomType = builder.objectRef<Room>('DataCentreRoom').implement({
  description: 'A data centre that has room throughout a span.',
  fields: (t) => ({
    availableKw: t.exposeFloat('availableKw', {
      description: 'The least that is left in any of its half hours, kW of facility power.',
    }),
    dataCentre: t.field({
      type: DataCentreType,
      description: 'The data centre.',
      resolve: ({ dataCentreId }, _args, { loaders }) => loaders.dataCentre.load(dataCentreId),
    }),
  }),
});

builder.queryField('dataCentreHeadroom', (t) =>
  t.field({
    type: [DataCentreRoomType],
    args: {
      regionIds: t.arg.intList({
        description: 'Only in these licence areas, 1–14; in all when left out.',
      }),
      ...spanArgs,
      powerKw: t.arg.float({
        required: true,
        description: "Facility power that is needed throughout, kW: the work's own × PUE.",
      }),
    },
    complexity: { field: 200, multiplier: LARGEST_PAGE },
    description: `The ACTIVE data centres that have so much facility power left in every half hour of a span: those with the most left first, at most ${LARGEST_PAGE}.`,
    resolve: (_root, args, context) => dataCentreHeadroom(args, context),
  }),
);
