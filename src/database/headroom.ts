import type pg from 'pg';
import { halfHours } from '../domain/half-hour.js';

/** A span of half hours: `from` inside, `to` outside. */
export interface HalfHourSpan {
  readonly from: Date;
  readonly to: Date;
}

/** Facility power that is held, confirmed or running at data centres, W, by data centre and start of the half hour. */
export async function readCommittedPower(
  db: Pick<pg.Pool, 'query'>,
  dataCentreIds: readonly number[],
  { from, to }: HalfHourSpan,
  now: Date,
): Promise<ReadonlyMap<number, ReadonlyMap<number, number>>> {
  const { rows } = await db.query<{ data_centre_id: number; slot_from: Date; committed_w: bigint }>({
    name: 'committed-power',
    text: 'select * from committed_power($1, $2, $3, $4)',
    values: [dataCentreIds, from, to, now],
  });
  const byCentre = new Map(dataCentreIds.map((id) => [id, new Map<number, number>()]));
  for (const row of rows)
    byCentre.get(row.data_centre_id)?.set(row.slot_from.getTime(), Number(row.committed_w));
  return byCentre;
}

/** Headroom of one half hour, kW of facility power. */
export interface Headroom extends HalfHourSpan {
  readonly capacityKw: number;
  /** Held, confirmed and running, of all operators. */
  readonly committedKw: number;
  /** 0 also where a capacity that was lowered is less than what is committed. */
  readonly availableKw: number;
}

/** Headroom of each half hour of a span. @param committed watts by start of the half hour. */
export function headroomOf(
  capacityMw: number,
  committed: ReadonlyMap<number, number>,
  { from, to }: HalfHourSpan,
): Headroom[] {
  const starts = halfHours(from, to);
  const capacityKw = capacityMw * 1000;
  return starts.map((start, i) => {
    const committedKw = (committed.get(start.getTime()) ?? 0) / 1000;
    return {
      from: start,
      to: starts[i + 1] ?? to,
      capacityKw,
      committedKw,
      availableKw: Math.max(0, capacityKw - committedKw),
    };
  });
}

/** A data centre with the least that is left of its facility power in a half hour of a span, kW. */
export interface Room {
  readonly dataCentreId: number;
  readonly availableKw: number;
}

/** The active data centres of some regions that have so much facility power left throughout a span, the most first. */
export async function readRoom(
  db: Pick<pg.Pool, 'query'>,
  options: HalfHourSpan & {
    readonly regionIds: readonly number[];
    readonly powerKw: number;
    readonly now: Date;
    readonly limit: number;
  },
): Promise<Room[]> {
  const { rows } = await db.query<{ data_centre_id: number; available_w: bigint }>({
    name: 'data-centres-with-room',
    text: 'select * from data_centres_with_room($1, $2, $3, $4, $5, $6)',
    values: [
      options.regionIds,
      options.from,
      options.to,
      Math.ceil(options.powerKw * 1000),
      options.now,
      options.limit,
    ],
  });
  return rows.map((row) => ({
    dataCentreId: row.data_centre_id,
    availableKw: Number(row.available_w) / 1000,
  }));
}
