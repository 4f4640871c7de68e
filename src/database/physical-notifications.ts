import type { GridSignalReader } from './grid-signals.js';

/** A stored physical notification: the newest of its unit and start, or the newest by a past sequence. */
export interface StoredNotification {
  readonly bmUnit: string;
  readonly nationalGridBmUnit: string | null;
  readonly settlementDate: string;
  readonly settlementPeriod: number;
  readonly timeFrom: Date;
  readonly timeTo: Date;
  readonly levelFromMw: number;
  readonly levelToMw: number;
  readonly ingestRunId: number;
  readonly knownAt: Date;
}

interface Row {
  readonly bm_unit: string;
  readonly national_grid_bm_unit: string | null;
  readonly settlement_date: string;
  readonly settlement_period: number;
  readonly time_from: Date;
  readonly time_to: Date;
  readonly level_from_mw: number;
  readonly level_to_mw: number;
  readonly ingest_run_id: number;
  readonly known_at: Date;
}

export interface NotificationPage {
  readonly bmUnit: string;
  readonly from: Date;
  readonly to: Date;
  /** Start of the last one of the page before; null for the first page. */
  readonly after: Date | null;
  readonly limit: number;
  /** The sequence to answer as of; null for the newest. */
  readonly asOf: bigint | null;
}

/** Notifications of one unit that begin in a span, in the order of time. */
export async function readNotificationPage(
  { db, archive }: Pick<GridSignalReader, 'db' | 'archive'>,
  { bmUnit, from, to, after, limit, asOf }: NotificationPage,
): Promise<StoredNotification[]> {
  await archive.refuse('physical_notifications', { from, to });
  const { rows } = await db.query<Row>({
    name: 'physical-notifications',
    text: `select n.bm_unit, n.national_grid_bm_unit, n.settlement_date::text, n.settlement_period, n.time_from, n.time_to,
        n.level_from_mw, n.level_to_mw, n.ingest_run_id, c.known_at
      from (
        select distinct on (p.time_from) p.*, r.last_sequence
        from physical_notifications p
        -- A probe a row, however many runs there are: of a page there are few.
        cross join lateral (select last_sequence from ingest_runs where ingest_run_id = p.ingest_run_id limit 1) r
        where p.bm_unit = $1 and p.time_from >= $2 and p.time_from < $3 and p.time_from > coalesce($4::timestamptz, '-infinity')
          and r.last_sequence <= coalesce($5::bigint, 9223372036854775807)
        order by p.time_from, p.ingest_run_id desc limit $6
      ) n join event_commits c on c.last_sequence = n.last_sequence
      order by n.time_from`,
    values: [bmUnit, from, to, after, asOf, limit],
  });
  return rows.map((row) => ({
    bmUnit: row.bm_unit,
    nationalGridBmUnit: row.national_grid_bm_unit,
    settlementDate: row.settlement_date,
    settlementPeriod: row.settlement_period,
    timeFrom: row.time_from,
    timeTo: row.time_to,
    levelFromMw: row.level_from_mw,
    levelToMw: row.level_to_mw,
    ingestRunId: row.ingest_run_id,
    knownAt: row.known_at,
  }));
}
