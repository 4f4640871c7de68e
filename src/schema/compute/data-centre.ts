import { zoneNode } from '../../resolvers/window-node.js';
import {
  currentCarbonIntensity,
  dataCentrePage,
  DATA_CENTRE_ORDERS,
} from '../../resolvers/compute/data-centres.js';
import { builder } from '../builder.js';
import { CarbonIntensityType } from '../carbon-intensity.js';
import { GridZoneType } from '../compute-market-refs.js';
import { ownStatementCost, pageCost } from '../page.js';
import { RegionType } from '../region.js';
import { DataCentreStatusEnum } from './enums.js';
import { rowNumberOf } from './node-id.js';
import { nodesQuery } from './nodes-query.js';
import { OperatorType } from './operator.js';
import {
  CREATED_AT,
  IN_REGION,
  IS_SYNTHETIC,
  OF_OPERATOR,
  OF_STATUS,
  UPDATED_AT,
  VERSION,
} from './registry-words.js';
import { orderedPageArgs } from './order-args.js';

export const DataCentreType = builder.prismaNode('DataCentre', {
  id: { resolve: ({ dataCentreId }) => dataCentreId },
  findUnique: (id) => ({ dataCentreId: rowNumberOf(id) }),
  nullable: true,
  description: "A place where work runs. Open to read; what runs there is its owners' own.",
  fields: (t) => ({
    dcId: t.exposeString('dcId', { description: 'Its id, which no other data centre has.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
    operator: t.relation('operator', { description: 'Who runs it.' }),
    region: t.relation('region', { description: 'The licence area it is in, whose power it draws.' }),
    gridZone: t.field({
      type: GridZoneType,
      nullable: true,
      description: 'The zone of the compute-energy marketplace it belongs to. Null: none was named.',
      resolve: async ({ gridZoneId }, _args, { loaders }) =>
        gridZoneId === null ? null : zoneNode(await loaders.gridZone.load(gridZoneId), null),
    }),
    postcode: t.exposeString('postcode', {
      nullable: true,
      description: 'Its postcode, whole or the outward part. Null: none was given.',
    }),
    latitude: t.exposeFloat('latitude', {
      nullable: true,
      description: 'Latitude, degrees north (WGS 84). Null: not given.',
    }),
    longitude: t.exposeFloat('longitude', {
      nullable: true,
      description: 'Longitude, degrees east (WGS 84); west is negative. Null: not given.',
    }),
    pue: t.exposeFloat('pue', {
      description:
        'Power usage effectiveness, 1–3: what the facility draws for each unit of energy that reaches computers.',
    }),
    capacityMw: t.exposeFloat('capacityMw', {
      description: 'The most that the facility may draw, cooling and losses included, MW.',
    }),
    capacityTflops: t.exposeFloat('capacityTflops', {
      nullable: true,
      description: 'What it can compute, 10¹² floating-point operations a second. Null: not given.',
    }),
    flexibilityRating: t.exposeFloat('flexibilityRating', {
      description: "How much of its load could be moved, in its operator's judgement: 0 none, 1 all.",
    }),
    minLoadPct: t.exposeFloat('minLoadPct', {
      description: 'Load that it does not go below while it is on, percent of `capacityMw`.',
    }),
    rampRateMwPerMin: t.exposeFloat('rampRateMwPerMin', {
      nullable: true,
      description: 'How fast its load can change, MW a minute. Null: no limit was given.',
    }),
    currentLoadPct: t.exposeFloat('currentLoadPct', {
      nullable: true,
      description:
        'Load it last reported, percent of `capacityMw`; not subtracted from what may be placed there. Null: never reported.',
    }),
    status: t.expose('status', { type: DataCentreStatusEnum, description: 'Whether it takes work.' }),
    currentCarbonIntensity: t.field({
      type: CarbonIntensityType,
      nullable: true,
      description:
        'Carbon intensity of its region for the half hour that covers now. Null: no source stated any.',
      resolve: (centre, _args, context) => currentCarbonIntensity(centre, context),
    }),
    isSynthetic: t.exposeBoolean('isSynthetic', { description: IS_SYNTHETIC }),
    version: t.exposeInt('version', { description: VERSION }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: UPDATED_AT }),
  }),
});

const dataCentrePageArgs = orderedPageArgs('DataCentreOrder', 'data centres', DATA_CENTRE_ORDERS);

export const DataCentreConnection = builder.connectionObject(
  {
    type: DataCentreType,
    name: 'DataCentreConnection',
    description: 'A page of data centres, in the order asked for.',
  },
  { description: 'A data centre and its place in the connection.' },
);

const statusArg = builder.args((t) => ({
  status: t.field({ type: DataCentreStatusEnum, description: OF_STATUS }),
}));

builder.queryFields((t) => ({
  dataCentre: t.prismaField({
    type: DataCentreType,
    nullable: true,
    args: { dcId: t.arg.string({ required: true, description: 'Its id.' }) },
    description: 'One data centre. Null: none has that id.',
    resolve: (query, _root, { dcId }, { prisma }) =>
      prisma.dataCentre.findUnique({ ...query, where: { dcId } }),
  }),
  dataCentres: t.field({
    type: DataCentreConnection,
    args: {
      regionId: t.arg.int({ description: IN_REGION }),
      operator: t.arg.string({ description: OF_OPERATOR }),
      ...statusArg,
      ...dataCentrePageArgs,
    },
    complexity: pageCost,
    description: 'Data centres, newest first.',
    resolve: (_root, args, context, info) => dataCentrePage(args, context, nodesQuery(context, info)),
  }),
}));

builder.prismaObjectField(RegionType, 'dataCentres', (t) =>
  t.field({
    type: DataCentreConnection,
    args: { ...statusArg, ...dataCentrePageArgs },
    complexity: ownStatementCost,
    description: 'Data centres in it, and in all that lies in it, newest first.',
    resolve: ({ regionId }, args, context, info) =>
      dataCentrePage({ ...args, regionId }, context, nodesQuery(context, info)),
  }),
);

builder.prismaObjectField(OperatorType, 'dataCentres', (t) =>
  t.field({
    type: DataCentreConnection,
    args: { ...statusArg, ...dataCentrePageArgs },
    complexity: ownStatementCost,
    description: 'Data centres that it runs, newest first.',
    resolve: ({ operatorId }, args, context, info) =>
      dataCentrePage({ ...args, operatorId }, context, nodesQuery(context, info)),
  }),
);

builder.objectField(GridZoneType, 'dataCentres', (t) =>
  t.field({
    type: DataCentreConnection,
    args: { ...statusArg, ...dataCentrePageArgs },
    complexity: ownStatementCost,
    description: 'Data centres that say they belong to it, newest first.',
    resolve: ({ gridZoneId }, args, context, info) =>
      dataCentrePage({ ...args, gridZoneId }, context, nodesQuery(context, info)),
  }),
);
