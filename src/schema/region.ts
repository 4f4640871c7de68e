import { forecast, gridNow, regionSignals } from '../resolvers/grid-signals.js';
import { regionIdOf, regionsById } from '../resolvers/regions.js';
import { AS_OF, AS_OF_NOW } from './as-of.js';
import { builder } from './builder.js';
import { CountryEnum, RegionKindEnum } from './enums.js';
import { FORECAST_HOURS, forecastCost } from './forecast-hours.js';
import { pageArgs, pageCost } from './page.js';
import { GridSignalConnection, GridSignalType } from './signal-ref.js';

export const RegionType = builder.prismaObject('Region', {
  description:
    'An area of Great Britain, or all of it, under the ids of the Carbon Intensity API: 1–14 licence areas, 15 England, 16 Scotland, ' +
    '17 Wales, 18 Great Britain.',
  fields: (t) => ({
    regionId: t.exposeInt('regionId', {
      description: 'Its id in the Carbon Intensity API, 1–18: what arguments named `regionId` take.',
    }),
    code: t.exposeString('code', {
      description: 'A name to type that never changes, such as `SOUTH_SCOTLAND` or `GB`.',
    }),
    shortName: t.exposeString('shortName', {
      description: 'Name for people, as the Carbon Intensity API gives it.',
    }),
    dnoRegion: t.exposeString('dnoRegion', {
      description:
        'Name of the distribution network, as the Carbon Intensity API gives it: owners long gone included.',
    }),
    licenceOperator: t.exposeString('licenceOperator', {
      nullable: true,
      description: 'Company that holds the distribution licence now. Null for countries and Great Britain.',
    }),
    gspGroup: t.exposeString('gspGroup', {
      nullable: true,
      description:
        'Letter of its grid supply point group, such as `_C`. Null for countries and Great Britain.',
    }),
    country: t.expose('country', {
      type: CountryEnum,
      description: 'Country it is in; GREAT_BRITAIN for the nation.',
    }),
    kind: t.expose('kind', { type: RegionKindEnum, description: 'Licence area, country or nation.' }),
    latitude: t.exposeFloat('latitude', { description: 'Latitude of its middle, degrees north (WGS 84).' }),
    longitude: t.exposeFloat('longitude', {
      description: 'Longitude of its middle, degrees east (WGS 84); west is negative.',
    }),
    outwardPostcodes: t.exposeStringList('outwardPostcodes', {
      description:
        'Outward codes of the postcodes that it mostly serves, such as `EN2`. Empty for countries and Great Britain: ask their children.',
    }),
    parent: t.relation('parent', {
      nullable: true,
      description: 'Great Britain for a country, the country for a licence area. Null for Great Britain.',
    }),
    children: t.relation('children', {
      query: { orderBy: { regionId: 'asc' } },
      complexity: { field: 1, multiplier: 14 },
      description: 'The countries of Great Britain, the licence areas of a country. Empty for licence areas.',
    }),
    signalNow: t.field({
      type: GridSignalType,
      nullable: true,
      args: {
        asOf: t.arg({
          type: 'DateTime',
          description: AS_OF_NOW,
        }),
      },
      description:
        'The half hour that covers now. Null only together with an error: DATA_MISSING when no carbon intensity is known for it.',
      resolve: ({ regionId }, { asOf }, context) => gridNow({ regionId, asOf }, context),
    }),
    forecast: t.field({
      type: [GridSignalType],
      nullable: true,
      args: {
        hours: t.arg.int(FORECAST_HOURS),
        asOf: t.arg({
          type: 'DateTime',
          description:
            'From this past instant on, as it was known then. From now on, and the newest, when left out.',
        }),
      },
      complexity: forecastCost,
      description:
        'The half hours from the present one on, oldest first, as far as they are known. ' +
        'Null only together with an error: DATA_MISSING when none is.',
      resolve: ({ regionId }, args, context) => forecast({ regionId, ...args }, context),
    }),
    signals: t.field({
      type: GridSignalConnection,
      args: {
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
      description: 'Its signals over a span, oldest first. A half hour that nothing is known of is left out.',
      resolve: ({ regionId }, args, context) => regionSignals({ ...args, regionId }, context),
    }),
  }),
});

builder.nodeRef(RegionType, {
  id: { resolve: ({ regionId }) => regionId },
  loadManyWithoutCache: regionsById,
});

builder.queryFields((t) => ({
  region: t.prismaField({
    type: 'Region',
    nullable: true,
    args: {
      regionId: t.arg.int({ description: 'Its id, 1–18; 18 is Great Britain.' }),
      code: t.arg.string({ description: 'Or its code, such as `LONDON`; case does not matter.' }),
      postcode: t.arg.string({
        description:
          'Or a postcode in it, whole or its outward part, such as `SW1A 1AA` or `EN2`: its licence area.',
      }),
    },
    description:
      'One region, by just one of its id, its code and a postcode. Null only together with an error: REGION_NOT_FOUND when there is none.',
    resolve: (query, _root, args, { database }) =>
      database.prisma.region.findUniqueOrThrow({ ...query, where: { regionId: regionIdOf(args) } }),
  }),
  regions: t.prismaField({
    type: ['Region'],
    args: {
      kind: t.arg({ type: RegionKindEnum, description: 'Only regions of this kind; of all when left out.' }),
    },
    complexity: ({ kind }) => ({ field: 1, multiplier: kind === 'NATION' ? 1 : kind === 'COUNTRY' ? 3 : 18 }),
    description: 'The regions, by id.',
    resolve: (query, _root, { kind }, { database }) =>
      database.prisma.region.findMany({
        ...query,
        ...(kind ? { where: { kind } } : {}),
        orderBy: { regionId: 'asc' },
      }),
  }),
}));
