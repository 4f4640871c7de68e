import type { Context } from '../../context.js';
import type { StorageAsset, StorageStatus } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { areasIn } from '../regions.js';
import { newestFirst } from './newest-first.js';

export interface StorageAssetsArgs extends PageArgs {
  readonly regionId?: number | null | undefined;
  readonly operatorId?: number | null | undefined;
  /** Its operator's name. */
  readonly operator?: string | null | undefined;
  readonly status?: StorageStatus | null | undefined;
}

/** Answers connections of storage assets. @throws {PylonError} REGION_NOT_FOUND, BAD_USER_INPUT, BAD_CURSOR */
export function storageAssetPage(
  { regionId, operatorId, operator, status, ...page }: StorageAssetsArgs,
  { prisma }: Pick<Context, 'prisma'>,
  query: object,
): Promise<Page<StorageAsset>> {
  const regionIds = areasIn(regionId);
  return newestFirst(
    'sa',
    page,
    ({ take, below }) =>
      prisma.storageAsset.findMany({
        ...query,
        where: {
          ...(regionIds ? { regionId: { in: [...regionIds] } } : {}),
          ...(operatorId == null ? {} : { operatorId }),
          ...(operator == null ? {} : { operator: { name: operator } }),
          ...(status ? { status } : {}),
          ...(below === null ? {} : { storageAssetId: { lt: below } }),
        },
        orderBy: { storageAssetId: 'desc' },
        take,
      }),
    ({ storageAssetId }) => storageAssetId,
  );
}
