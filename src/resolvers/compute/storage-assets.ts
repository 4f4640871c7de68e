import type { Context } from '../../context.js';
import type { StorageAsset, StorageStatus } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { areasIn } from '../regions.js';
import { orderedPage, type OrderArgs, type OrderedConnection, type Ordering } from './ordered.js';

/** What storage assets are ordered by; by the first where nothing is asked for. */
export const STORAGE_ASSET_ORDERS = {
  CREATED_AT: {
    column: 'storageAssetId',
    holds: 'whole',
    usually: 'DESC',
    description: 'When it was registered; newest first unless said otherwise.',
  },
  NAME: {
    column: 'name',
    holds: 'text',
    usually: 'ASC',
    description: 'Its name; from A on unless said otherwise.',
  },
  CAPACITY: {
    column: 'capacityMwh',
    holds: 'number',
    usually: 'DESC',
    description: 'Energy that it holds when full; the most first unless said otherwise.',
  },
  CHARGE: {
    column: 'chargeMwh',
    holds: 'number',
    usually: 'DESC',
    description: 'Energy that it holds now; the most first unless said otherwise.',
  },
} as const satisfies Record<string, Ordering<StorageAsset>>;

export type StorageAssetOrder = keyof typeof STORAGE_ASSET_ORDERS;

const CONNECTION: OrderedConnection<StorageAsset, StorageAssetOrder> = {
  word: 'sa',
  number: 'storageAssetId',
  orderings: STORAGE_ASSET_ORDERS,
};

export interface StorageAssetsArgs extends PageArgs, OrderArgs<StorageAssetOrder> {
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
  return orderedPage(CONNECTION, page, ({ where, span }) =>
    prisma.storageAsset.findMany({
      ...query,
      where: {
        ...(regionIds ? { regionId: { in: [...regionIds] } } : {}),
        ...(operatorId == null ? {} : { operatorId }),
        ...(operator == null ? {} : { operator: { name: operator } }),
        ...(status ? { status } : {}),
        ...where,
      },
      ...span,
    }),
  );
}
