import { LICENCE_AREA_IDS } from '../../domain/regions.js';
import DataLoader from 'dataloader';
import type { Context } from '../../context.js';
import {
  headroomOf,
  readCommittedPower,
  readRoom,
  type HalfHourSpan,
  type Headroom,
  type Room,
} from '../../database/headroom.js';
import type { Database } from '../../database/open.js';
import { PylonError } from '../../domain/errors.js';
import { groupedBy } from '../grouped-by.js';
import { halfHourRange } from '../half-hour-range.js';
import { LARGEST_PAGE } from '../page.js';

/** How much may be asked for at once. */
export const LONGEST_HEADROOM_DAYS = 7;

export interface CentreSpan extends HalfHourSpan {
  readonly dataCentreId: number;
  /** The instant by which holds have expired. */
  readonly now: Date;
}

/** Committed facility power by start of the half hour, W. */
export type CommittedLoader = DataLoader<CentreSpan, ReadonlyMap<number, number>, string>;

const spanKey = ({ from, to, now }: CentreSpan): string =>
  [from, to, now].map((at) => at.getTime()).join('|');

/** One statement for the centres that ask for the same span. */
export const createCommittedLoader = ({ pool }: Pick<Database, 'pool'>): CommittedLoader =>
  new DataLoader(
    async (asked) => {
      const answers = new Map<CentreSpan, ReadonlyMap<number, number>>();
      await Promise.all(
        [...groupedBy(asked, spanKey).values()].map(async (group) => {
          const [span] = group;
          if (!span) return;
          const ids = group.map(({ dataCentreId }) => dataCentreId);
          const committed = await readCommittedPower(pool, ids, span, span.now);
          for (const each of group) answers.set(each, committed.get(each.dataCentreId) ?? new Map());
        }),
      );
      return asked.map((each) => answers.get(each) ?? new Map<number, number>());
    },
    { cacheKeyFn: (asked) => `${asked.dataCentreId}|${spanKey(asked)}` },
  );

/** Answers `DataCentre.headroom`. @throws {PylonError} BAD_USER_INPUT */
export async function headroom(
  { dataCentreId, capacityMw }: { readonly dataCentreId: number; readonly capacityMw: number },
  args: HalfHourSpan,
  { loaders, now }: Pick<Context, 'loaders' | 'now'>,
): Promise<Headroom[]> {
  const span = halfHourRange(args.from, args.to, LONGEST_HEADROOM_DAYS);
  return headroomOf(capacityMw, await loaders.committedPower.load({ ...span, dataCentreId, now }), span);
}

/** Answers `dataCentreHeadroom`. @throws {PylonError} BAD_USER_INPUT */
export async function dataCentreHeadroom(
  args: HalfHourSpan & {
    readonly regionIds?: readonly number[] | null | undefined;
    readonly powerKw: number;
  },
  { database, now }: Pick<Context, 'database' | 'now'>,
): Promise<Room[]> {
  const span = halfHourRange(args.from, args.to, LONGEST_HEADROOM_DAYS);
  const { powerKw } = args;
  if (!(powerKw > 0 && powerKw <= MOST_KW))
    throw new PylonError('BAD_USER_INPUT', `powerKw: ${powerKw} is not more than 0 and at most ${MOST_KW}`);
  const regionIds = [...new Set(args.regionIds ?? LICENCE_AREA_IDS)];
  const wrong = regionIds.find((id) => !LICENCE_AREA_IDS.includes(id));
  if (wrong !== undefined)
    throw new PylonError('BAD_USER_INPUT', `regionIds: ${wrong} is no licence area, 1–14`);
  return readRoom(database.pool, { ...span, regionIds, powerKw, now, limit: LARGEST_PAGE });
}

const MOST_KW = 2_000_000;
