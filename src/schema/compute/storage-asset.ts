import { builder } from '../builder.js';
import { rowNumberOf } from './node-id.js';

export const StorageAssetType = builder.prismaNode('StorageAsset', {
  id: { resolve: ({ storageAssetId }) => storageAssetId },
  findUnique: (id) => ({ storageAssetId: rowNumberOf(id) }),
  nullable: true,
  description: 'A battery or other storage. Open to read.',
  fields: (t) => ({
    assetId: t.exposeString('assetId', { description: 'Its id, which no other storage asset has.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
  }),
});
