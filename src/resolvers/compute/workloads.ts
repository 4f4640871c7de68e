import type { Context } from '../../context.js';
import { consumptionOfRow } from '../../database/consumption.js';
import { intensityOf } from '../../domain/grid-signal.js';
import type { Consumption } from '../../domain/compute/actuals.js';
import { DEFERRED, type WorkloadStatus } from '../../domain/compute/workload-states.js';
import { addHalfHours, floorToHalfHour } from '../../domain/half-hour.js';
import { GREAT_BRITAIN, LICENCE_AREA_IDS } from '../../domain/regions.js';
import type { Prisma, Workload } from '../../generated/prisma/client.js';
import type { Page, PageArgs } from '../page.js';
import { orderedPage, type OrderArgs, type OrderedConnection, type Ordering } from './ordered.js';
import { oldestFirst } from './oldest-first.js';

/** What workloads are ordered by; by the first where nothing is asked for. */
export const WORKLOAD_ORDERS = {
  CREATED_AT: {
    column: 'workloadId',
    holds: 'whole',
    usually: 'DESC',
    description: 'When it was submitted; newest first unless said otherwise.',
  },
  UPDATED_AT: {
    column: 'updatedAt',
    holds: 'instant',
    usually: 'DESC',
    description: 'When it last changed; newest first unless said otherwise.',
  },
  DEADLINE: {
    column: 'deadline',
    holds: 'instant',
    usually: 'ASC',
    description: 'By when it must be done; the soonest first unless said otherwise.',
  },
  EARLIEST_START: {
    column: 'earliestStart',
    holds: 'instant',
    usually: 'ASC',
    description: 'When it may begin; the soonest first unless said otherwise.',
  },
  PRIORITY: {
    column: 'priority',
    holds: 'whole',
    most: 100,
    usually: 'DESC',
    description: 'Its priority; the highest first unless said otherwise.',
  },
  ENERGY: {
    column: 'estimatedEnergyKwh',
    holds: 'number',
    usually: 'DESC',
    description: 'Its estimated energy; the most first unless said otherwise.',
  },
  POWER: {
    column: 'powerKw',
    holds: 'number',
    usually: 'DESC',
    description: 'Its power; the most first unless said otherwise.',
  },
  DURATION: {
    column: 'durationMinutes',
    holds: 'whole',
    usually: 'DESC',
    description: 'How long it runs; the longest first unless said otherwise.',
  },
  NAME: {
    column: 'name',
    holds: 'text',
    usually: 'ASC',
    description: 'Its name; from A on unless said otherwise.',
  },
} as const satisfies Record<string, Ordering<Workload>>;

export type WorkloadOrder = keyof typeof WORKLOAD_ORDERS;

const CONNECTION: OrderedConnection<Workload, WorkloadOrder> = {
  word: 'wl',
  number: 'workloadId',
  orderings: WORKLOAD_ORDERS,
};

/** Null and left out: any. */
export interface WorkloadFilters {
  readonly status?: readonly WorkloadStatus[] | null | undefined;
  readonly type?: Workload['type'] | null | undefined;
  readonly urgency?: Workload['urgency'] | null | undefined;
  readonly userEmail?: string | null | undefined;
  readonly dcId?: string | null | undefined;
  readonly regionId?: number | null | undefined;
  readonly deadlineBefore?: Date | null | undefined;
  readonly overCapNow?: boolean | null | undefined;
}

type Reading = Pick<Context, 'prisma' | 'loaders' | 'now'>;

/**
 * Answers `workloads` and the links to them.
 *
 * @param of what they belong to; none: all that the viewer may see.
 * @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR
 */
export async function workloads(
  {
    first,
    after,
    orderBy: order,
    orderDirection,
    ...filters
  }: WorkloadFilters & PageArgs & OrderArgs<WorkloadOrder>,
  context: Reading,
  of: Prisma.WorkloadWhereInput = {},
): Promise<Page<Workload>> {
  const and = [of, ...(await conditionsOf(filters, context))];
  return orderedPage(CONNECTION, { first, after, orderBy: order, orderDirection }, ({ where, span }) =>
    context.prisma.workload.findMany({
      where: { AND: [...and, where] },
      ...span,
    }),
  );
}

async function conditionsOf(
  filters: WorkloadFilters,
  context: Reading,
): Promise<Prisma.WorkloadWhereInput[]> {
  const { status, type, urgency, userEmail, dcId, regionId, deadlineBefore, overCapNow } = filters;
  const overCap = overCapNow == null ? null : await overCapCondition(context);
  return [
    ...(status ? [{ status: { in: [...status] } }] : []),
    ...(type ? [{ type }] : []),
    ...(urgency ? [{ urgency }] : []),
    ...(userEmail != null ? [{ user: { email: userEmail } }] : []),
    ...(dcId != null ? [{ host: { dcId } }] : []),
    ...(regionId != null ? [{ host: { regionId } }] : []),
    ...(deadlineBefore ? [{ deadline: { lt: deadlineBefore } }] : []),
    ...(overCap
      ? [overCapNow ? overCap : { OR: [{ maxCarbonIntensityGco2PerKwh: null }, { NOT: overCap }] }]
      : []),
  ];
}

const MAY_STILL_WAIT: WorkloadStatus[] = ['PENDING', 'QUEUED', ...Object.values(DEFERRED)];

/**
 * Deferrable work that waits, and whose cap is below the intensity now: of the region of its host, or of the one region that it
 * may run in, or of Great Britain. A region of which nothing is known now has nothing over its cap.
 */
async function overCapCondition({ loaders, now }: Reading): Promise<Prisma.WorkloadWhereInput> {
  const from = floorToHalfHour(now);
  const signals = await loaders.signal.loadMany(
    [...LICENCE_AREA_IDS, GREAT_BRITAIN].map((regionId) => ({ regionId, from, asOf: null })),
  );
  const places = signals.flatMap((signal): Prisma.WorkloadWhereInput[] => {
    if (signal instanceof Error) throw signal;
    const intensity = signal && intensityOf(signal);
    if (!signal || intensity === null) return [];
    const isOver = { maxCarbonIntensityGco2PerKwh: { lt: intensity } };
    return [{ AND: [isOver, placedIn(signal.regionId)] }];
  });
  return { status: { in: MAY_STILL_WAIT }, isDeferrable: true, OR: places };
}

/** The region by which a workload's cap is judged. */
function placedIn(regionId: number): Prisma.WorkloadWhereInput {
  if (regionId !== GREAT_BRITAIN)
    return {
      OR: [{ host: { regionId } }, { hostDataCentreId: null, allowedRegionIds: { equals: [regionId] } }],
    };
  return {
    hostDataCentreId: null,
    NOT: { OR: LICENCE_AREA_IDS.map((id) => ({ allowedRegionIds: { equals: [id] } })) },
  };
}

/** Answers `workload`: the caller's own of that id. Null: there is none. */
export const workload = (
  jobId: string,
  { prisma, viewer }: Pick<Context, 'prisma' | 'viewer'>,
): Promise<Workload | null> =>
  viewer
    ? prisma.workload.findUnique({ where: { operatorId_jobId: { operatorId: viewer.operatorId, jobId } } })
    : Promise.resolve(null);

/** Answers `Workload.signalsConsumed`. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export const signalsConsumed = (
  { workloadId }: Pick<Workload, 'workloadId'>,
  args: PageArgs,
  { prisma, database }: Pick<Context, 'prisma' | 'database'>,
): Promise<Page<Consumption>> =>
  oldestFirst(
    'consumed',
    args,
    async ({ take, after }) => {
      const rows = await prisma.workloadConsumption.findMany({
        where: {
          workloadId,
          ...(after && {
            OR: [{ fromAt: { gt: after.from } }, { fromAt: after.from, dataCentreId: { gt: after.number } }],
          }),
        },
        orderBy: [{ fromAt: 'asc' }, { dataCentreId: 'asc' }],
        take,
      });
      return rows.map((row) => consumptionOfRow(row, database.sources));
    },
    ({ from, dataCentreId }) => ({ from, number: dataCentreId }),
  );

/** Answers `GridSignal.workloadsConsuming`: the viewer's own that ran in the region, or a part of it, in that half hour. */
export const workloadsConsuming = (
  { regionId, from }: { readonly regionId: number; readonly from: Date },
  args: PageArgs & OrderArgs<WorkloadOrder>,
  context: Reading,
): Promise<Page<Workload>> =>
  workloads(args, context, {
    runs: {
      some: {
        ...(regionId === GREAT_BRITAIN
          ? {}
          : { dataCentre: { OR: [{ regionId }, { region: { parentRegionId: regionId } }] } }),
        startedAt: { lt: addHalfHours(from, 1) },
        OR: [{ stoppedAt: null }, { stoppedAt: { gt: from } }],
      },
    },
  });
