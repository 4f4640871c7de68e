import type { Context } from '../../context.js';
import type { PlacementState } from '../../domain/compute/placement-states.js';
import type { Placement, PlacementSlot, Prisma } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { orderedPage, type OrderArgs, type OrderedConnection, type Ordering } from './ordered.js';
import { oldestFirst } from './oldest-first.js';

/** What placements are ordered by; by the first where nothing is asked for. */
export const PLACEMENT_ORDERS = {
  CREATED_AT: {
    column: 'placementId',
    holds: 'whole',
    usually: 'DESC',
    description: 'When it was first held; newest first unless said otherwise.',
  },
  UPDATED_AT: {
    column: 'updatedAt',
    holds: 'instant',
    usually: 'DESC',
    description: 'When it last changed; newest first unless said otherwise.',
  },
} as const satisfies Record<string, Ordering<Placement>>;

export type PlacementOrder = keyof typeof PLACEMENT_ORDERS;

const CONNECTION: OrderedConnection<Placement, PlacementOrder> = {
  word: 'pl',
  number: 'placementId',
  orderings: PLACEMENT_ORDERS,
};

/** Null and left out: any. */
export interface PlacementFilters {
  readonly state?: readonly PlacementState[] | null | undefined;
  readonly dcId?: string | null | undefined;
  readonly jobId?: string | null | undefined;
  readonly regionId?: number | null | undefined;
  /** Only with a half hour that ends after this. */
  readonly from?: Date | null | undefined;
  /** Only with a half hour that starts before this. */
  readonly to?: Date | null | undefined;
}

/** Answers `placements` and the links to them. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export const placements = (
  {
    first,
    after,
    orderBy: order,
    orderDirection,
    ...filters
  }: PlacementFilters & PageArgs & OrderArgs<PlacementOrder>,
  { prisma }: Pick<Context, 'prisma'>,
  of: Prisma.PlacementWhereInput = {},
): Promise<Page<Placement>> =>
  orderedPage(CONNECTION, { first, after, orderBy: order, orderDirection }, ({ where, span }) =>
    prisma.placement.findMany({
      where: {
        AND: [of, ...conditionsOf(filters), where],
      },
      ...span,
    }),
  );

const HALF_HOUR_MS = 30 * 60_000;

const conditionsOf = ({
  state,
  dcId,
  jobId,
  regionId,
  from,
  to,
}: PlacementFilters): Prisma.PlacementWhereInput[] => [
  ...(state ? [{ state: { in: [...state] } }] : []),
  ...(dcId != null ? [{ dataCentre: { dcId } }] : []),
  ...(jobId != null ? [{ workload: { jobId } }] : []),
  ...(regionId != null ? [{ dataCentre: { regionId } }] : []),
  ...(from || to
    ? [
        {
          slots: {
            some: {
              slotFrom: {
                ...(from ? { gt: new Date(from.getTime() - HALF_HOUR_MS) } : {}),
                ...(to ? { lt: to } : {}),
              },
            },
          },
        },
      ]
    : []),
];

/** Answers `placement`. Null: there is none, or it is somebody else's. */
export const placement = (
  placementId: string,
  { prisma }: Pick<Context, 'prisma'>,
): Promise<Placement | null> => prisma.placement.findUnique({ where: { code: placementId } });

/** Answers `Placement.slots`. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export const placementSlots = (
  { placementId }: Pick<Placement, 'placementId'>,
  args: PageArgs,
  { prisma }: Pick<Context, 'prisma'>,
): Promise<Page<PlacementSlot>> =>
  oldestFirst(
    'slot',
    args,
    ({ take, after }) =>
      prisma.placementSlot.findMany({
        where: { placementId, ...(after && { slotFrom: { gt: after.from } }) },
        orderBy: { slotFrom: 'asc' },
        take,
      }),
    ({ slotFrom }) => ({ from: slotFrom, number: 0 }),
  );
