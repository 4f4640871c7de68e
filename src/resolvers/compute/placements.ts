import type { Context } from '../../context.js';
import type { PlacementState } from '../../domain/compute/placement-states.js';
import type { Placement, PlacementSlot, Prisma } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { newestFirst } from './newest-first.js';
import { oldestFirst } from './oldest-first.js';

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
  { first, after, ...filters }: PlacementFilters & PageArgs,
  { prisma }: Pick<Context, 'prisma'>,
  of: Prisma.PlacementWhereInput = {},
): Promise<Page<Placement>> =>
  newestFirst(
    'pl',
    { first, after },
    ({ take, below }) =>
      prisma.placement.findMany({
        where: {
          AND: [of, ...conditionsOf(filters), ...(below === null ? [] : [{ placementId: { lt: below } }])],
        },
        orderBy: { placementId: 'desc' },
        take,
      }),
    ({ placementId }) => placementId,
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
