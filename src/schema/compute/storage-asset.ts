import { storageAssetPage, STORAGE_ASSET_ORDERS } from '../../resolvers/compute/storage-assets.js';
import { builder } from '../builder.js';
import { ownStatementCost, pageCost } from '../page.js';
import { RegionType } from '../region.js';
import { StorageStatusEnum } from './enums.js';
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

export const StorageAssetType = builder.prismaNode('StorageAsset', {
  id: { resolve: ({ storageAssetId }) => storageAssetId },
  findUnique: (id) => ({ storageAssetId: rowNumberOf(id) }),
  nullable: true,
  description: 'A battery or other storage. Open to read.',
  fields: (t) => ({
    assetId: t.exposeString('assetId', { description: 'Its id, which no other storage asset has.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
    operator: t.relation('operator', { description: 'Who runs it.' }),
    region: t.relation('region', { description: 'The licence area it is in.' }),
    capacityMwh: t.exposeFloat('capacityMwh', { description: 'The most energy that it holds, MWh.' }),
    maxChargeMw: t.exposeFloat('maxChargeMw', { description: 'The most power that it takes, MW.' }),
    maxDischargeMw: t.exposeFloat('maxDischargeMw', { description: 'The most power that it gives, MW.' }),
    efficiencyPct: t.exposeFloat('efficiencyPct', {
      description: 'Energy that comes out again of all that was put in, there and back, percent.',
    }),
    chargeMwh: t.exposeFloat('chargeMwh', { description: 'Energy that it last reported to hold, MWh.' }),
    chargePct: t.float({
      description: 'The same as percent of its capacity.',
      resolve: ({ chargeMwh, capacityMwh }) => (100 * chargeMwh) / capacityMwh,
    }),
    status: t.expose('status', { type: StorageStatusEnum, description: 'What it does.' }),
    isSynthetic: t.exposeBoolean('isSynthetic', { description: IS_SYNTHETIC }),
    version: t.exposeInt('version', { description: VERSION }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: UPDATED_AT }),
  }),
});

const storageAssetPageArgs = orderedPageArgs('StorageAssetOrder', 'storage assets', STORAGE_ASSET_ORDERS);

export const StorageAssetConnection = builder.connectionObject(
  {
    type: StorageAssetType,
    name: 'StorageAssetConnection',
    description: 'A page of storage assets, in the order asked for.',
  },
  { description: 'A storage asset and its place in the connection.' },
);

const statusArg = builder.args((t) => ({
  status: t.field({ type: StorageStatusEnum, description: OF_STATUS }),
}));

builder.queryFields((t) => ({
  storageAsset: t.prismaField({
    type: StorageAssetType,
    nullable: true,
    args: { assetId: t.arg.string({ required: true, description: 'Its id.' }) },
    description: 'One storage asset. Null: none has that id.',
    resolve: (query, _root, { assetId }, { prisma }) =>
      prisma.storageAsset.findUnique({ ...query, where: { assetId } }),
  }),
  storageAssets: t.field({
    type: StorageAssetConnection,
    args: {
      regionId: t.arg.int({ description: IN_REGION }),
      operator: t.arg.string({ description: OF_OPERATOR }),
      ...statusArg,
      ...storageAssetPageArgs,
    },
    complexity: pageCost,
    description: 'Storage assets, newest first.',
    resolve: (_root, args, context, info) => storageAssetPage(args, context, nodesQuery(context, info)),
  }),
}));

builder.prismaObjectField(RegionType, 'storageAssets', (t) =>
  t.field({
    type: StorageAssetConnection,
    args: { ...statusArg, ...storageAssetPageArgs },
    complexity: ownStatementCost,
    description: 'Storage assets in it, and in all that lies in it, newest first.',
    resolve: ({ regionId }, args, context, info) =>
      storageAssetPage({ ...args, regionId }, context, nodesQuery(context, info)),
  }),
);

builder.prismaObjectField(OperatorType, 'storageAssets', (t) =>
  t.field({
    type: StorageAssetConnection,
    args: { ...statusArg, ...storageAssetPageArgs },
    complexity: ownStatementCost,
    description: 'Storage assets that it runs, newest first.',
    resolve: ({ operatorId }, args, context, info) =>
      storageAssetPage({ ...args, operatorId }, context, nodesQuery(context, info)),
  }),
);
