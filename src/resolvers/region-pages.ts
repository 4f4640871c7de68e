import { readSignalPage, type GridSignalReader, type SignalKey } from '../database/grid-signals.js';
import { addHalfHours } from '../domain/half-hour.js';
import type { GridSignal } from '../domain/grid-signal.js';
import { groupedBy } from './grouped-by.js';

/** The first signals of one region in a span. */
export interface RegionPage {
  readonly regionId: number;
  /** First half hour, inside. */
  readonly from: Date;
  /** Outside. */
  readonly to: Date;
  /** Only what comes after this place; null for the first page. */
  readonly after: SignalKey | null;
  readonly limit: number;
  /** The sequence to answer as of; null for the newest. */
  readonly asOf: bigint | null;
}

/** One text a page. */
export const regionPageKey = (page: RegionPage): string => `${page.regionId}|${spanKey(page)}`;

/** Pages of several regions, in their order: one statement for those that ask for the same span. */
export async function readRegionPages(
  reader: GridSignalReader,
  pages: readonly RegionPage[],
): Promise<GridSignal[][]> {
  const answers = new Map<RegionPage, GridSignal[]>();
  const spans = groupedBy(pages, spanKey);
  await Promise.all([...spans.values()].map((group) => readSpan(reader, group, answers)));
  return pages.map((page) => answers.get(page) ?? []);
}

const spanKey = ({ from, to, after, limit, asOf }: RegionPage): string =>
  [from.getTime(), to.getTime(), after?.from.getTime(), after?.regionId, limit, asOf].join('|');

/**
 * A region has at most one signal a half hour. So the pages of regions without a hole are all within `limit` half hours,
 * and one statement over those reads them; only a region with a hole there is asked for the rest by itself.
 */
async function readSpan(
  reader: GridSignalReader,
  group: readonly RegionPage[],
  answers: Map<RegionPage, GridSignal[]>,
): Promise<void> {
  const [span] = group;
  if (!span) return;
  const { from, to, after, limit, asOf } = span;
  const begin = after && after.from > from ? after.from : from;
  const dense = addHalfHours(begin, limit + 1); // the half hour of `after` itself may be read before
  const near = dense < to ? dense : to;
  const regionIds = group.map(({ regionId }) => regionId);
  const rows = await readSignalPage(reader, {
    regionIds,
    from,
    to: near,
    after,
    limit: (limit + 1) * group.length,
    asOf,
  });
  const byRegion = groupedBy(rows, ({ regionId }) => regionId);
  await Promise.all(
    group.map(async (page) => {
      const first = (byRegion.get(page.regionId) ?? []).slice(0, limit);
      const missing = limit - first.length;
      const rest =
        missing > 0 && near < to
          ? await readSignalPage(reader, {
              regionIds: [page.regionId],
              from: near,
              to,
              after: null,
              limit: missing,
              asOf,
            })
          : [];
      answers.set(page, [...first, ...rest]);
    }),
  );
}
