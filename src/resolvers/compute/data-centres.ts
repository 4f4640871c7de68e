import type { Context } from '../../context.js';
import { floorToHalfHour } from '../../domain/half-hour.js';
import type { CarbonGroup } from '../../domain/grid-signal.js';
import type { DataCentre, DataCentreStatus } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { areasIn } from '../regions.js';
import { orderedPage, type OrderArgs, type OrderedConnection, type Ordering } from './ordered.js';

/** What data centres are ordered by; by the first where nothing is asked for. */
export const DATA_CENTRE_ORDERS = {
  CREATED_AT: {
    column: 'dataCentreId',
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
    column: 'capacityMw',
    holds: 'number',
    usually: 'DESC',
    description: 'Power of the facility; the most first unless said otherwise.',
  },
  PUE: {
    column: 'pue',
    holds: 'number',
    usually: 'ASC',
    description: 'Power usage effectiveness; the best, which is the least, first unless said otherwise.',
  },
  FLEXIBILITY: {
    column: 'flexibilityRating',
    holds: 'number',
    usually: 'DESC',
    description: 'Its flexibility rating; the highest first unless said otherwise.',
  },
} as const satisfies Record<string, Ordering<DataCentre>>;

export type DataCentreOrder = keyof typeof DATA_CENTRE_ORDERS;

const CONNECTION: OrderedConnection<DataCentre, DataCentreOrder> = {
  word: 'dc',
  number: 'dataCentreId',
  orderings: DATA_CENTRE_ORDERS,
};

export interface DataCentresArgs extends PageArgs, OrderArgs<DataCentreOrder> {
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
  return orderedPage(CONNECTION, page, ({ where, span }) =>
    prisma.dataCentre.findMany({
      ...query,
      where: {
        ...(regionIds ? { regionId: { in: [...regionIds] } } : {}),
        ...(gridZoneId == null ? {} : { gridZoneId }),
        ...(operatorId == null ? {} : { operatorId }),
        ...(operator == null ? {} : { operator: { name: operator } }),
        ...(status ? { status } : {}),
        ...where,
      },
      ...span,
    }),
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
