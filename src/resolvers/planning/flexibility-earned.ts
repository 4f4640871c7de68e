import type { Context } from '../../context.js';
import { HALF_HOUR_MS } from '../../domain/half-hour.js';
import { earningsOf, type Draw, type Earning } from '../../domain/planner/flexibility-earnings.js';
import type { FlexibilityWindow } from '../../generated/prisma/client.js';
import type { Evidence } from '../../planning/evidence.js';
import { areasIn } from '../regions.js';

type Places = readonly { readonly dcId: string; readonly slot: number }[];

/** Work of a problem that leaves where it stands. */
export interface Moved {
  readonly jobId: string;
  readonly before: Places;
  /** Null: it has no other place, and stays. */
  readonly after: Places | null;
}

/** What one window pays. */
export interface EarnedOf extends Omit<Earning, 'windowId'> {
  readonly window: FlexibilityWindow;
}

/** What open windows that ask for less demand pay for it, of each of them; the first has their volume first. */
export async function earnedBy(
  moved: readonly Moved[],
  { problem, centres }: Evidence,
  { prisma }: Pick<Context, 'prisma'>,
): Promise<EarnedOf[][]> {
  const origin = Date.parse(problem.from);
  const end = new Date(origin + problem.slots * HALF_HOUR_MS);
  const windows = await prisma.flexibilityWindow.findMany({
    where: {
      direction: 'DECREASE_DEMAND',
      status: 'OPEN',
      gbpPerMwh: { gt: 0 },
      toAt: { gt: new Date(origin) },
      fromAt: { lt: end },
    },
    orderBy: [{ gbpPerMwh: 'desc' }, { flexibilityWindowId: 'asc' }],
    take: MOST_WINDOWS,
  });
  const slotAt = (at: Date): number => (at.getTime() - origin) / HALF_HOUR_MS;
  const centreOf = new Map(centres.map((centre) => [centre.dcId, centre]));
  const works = new Map(problem.works.map((work) => [work.jobId, work]));
  const drawsOf = (jobId: string, places: Places): Draw[] => {
    const work = works.get(jobId)!;
    return places.map(({ dcId, slot }) => {
      const { regionId, pue } = centreOf.get(dcId)!;
      return { regionId, slot, mwh: (work.energyKwh * pue) / places.length / 1000 };
    });
  };
  const byId = new Map(windows.map((window) => [window.flexibilityWindowId, window]));
  const earnings = earningsOf(
    windows.map(({ flexibilityWindowId, regionId, fromAt, toAt, volumeMw, gbpPerMwh }) => ({
      windowId: flexibilityWindowId,
      regionIds: new Set(areasIn(regionId)),
      ...{ from: slotAt(fromAt), to: slotAt(toAt), volumeMw, gbpPerMwh },
    })),
    moved.map(({ jobId, before, after }) => ({
      before: after === null ? [] : drawsOf(jobId, before),
      after: drawsOf(jobId, after ?? []),
    })),
  );
  return earnings.map((own) =>
    own.map(({ windowId, mwh, gbp }) => ({ window: byId.get(windowId)!, mwh, gbp })),
  );
}

/** The dearest of those that stand: more are not published for one week. */
const MOST_WINDOWS = 1_000;
