import type { Context } from '../../context.js';
import { floorToHalfHour } from '../../domain/half-hour.js';
import type { CarbonGroup } from '../../domain/grid-signal.js';
import type { DataCentre, DataCentreStatus } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { areasIn } from '../regions.js';
import { newestFirst } from './newest-first.js';

export interface DataCentresArgs extends PageArgs {
  readonly regionId?: number | null | undefined;
  readonly gridZoneId?: number | null | undefined;
  readonly operatorId?: number | null | undefined;
  /** Its operator's name. */
  readonly operator?: string | null | undefined;
  readonly status?: DataCentreStatus | null | undefined;
}

/**
 * Answers connections of data centres.
 *
 * @param query what of their relations is asked for.
 * @throws {PylonError} REGION_NOT_FOUND, BAD_USER_INPUT, BAD_CURSOR
 */
export function dataCentrePage(
  { regionId, gridZoneId, operatorId, operator, status, ...page }: DataCentresArgs,
  { prisma }: Pick<Context, 'prisma'>,
  query: object,
): Promise<Page<DataCentre>> {
  const regionIds = areasIn(regionId);
  return newestFirst(
    'dc',
    page,
    ({ take, below }) =>
      prisma.dataCentre.findMany({
        ...query,
        where: {
          ...(regionIds ? { regionId: { in: [...regionIds] } } : {}),
          ...(gridZoneId == null ? {} : { gridZoneId }),
          ...(operatorId == null ? {} : { operatorId }),
          ...(operator == null ? {} : { operator: { name: operator } }),
          ...(status ? { status } : {}),
          ...(below === null ? {} : { dataCentreId: { lt: below } }),
        },
        orderBy: { dataCentreId: 'desc' },
        take,
      }),
    ({ dataCentreId }) => dataCentreId,
  );
}

/** Answers `DataCentre.currentCarbonIntensity`: of its region, for the half hour that covers now; null where none is known. */
export async function currentCarbonIntensity(
  { regionId }: Pick<DataCentre, 'regionId'>,
  { loaders, now }: Pick<Context, 'loaders' | 'now'>,
): Promise<CarbonGroup | null> {
  const signal = await loaders.signal.load({ regionId, from: floorToHalfHour(now), asOf: null });
  return signal?.carbon ?? null;
}
