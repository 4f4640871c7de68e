import type pg from 'pg';
import type { StatedOffer, StatedPrice } from '../domain/compute-window.js';

type Db = Pick<pg.Pool, 'query'>;

/** A zone of the marketplace, as it was last stated. */
export interface GridZone {
  readonly gridZoneId: number;
  readonly zoneCode: string;
  readonly area: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly regionId: number | null;
  readonly regionReason: string | null;
}

/** One item of one provider platform over one interval: `from` inside, `to` outside. */
export interface ComputeWindow {
  readonly computeWindowId: number;
  readonly gridZoneId: number;
  readonly bppId: string;
  readonly providerId: string;
  readonly itemId: string;
  readonly name: string | null;
  readonly from: Date;
  readonly to: Date;
}

/** What was said of a window from one change on. */
export interface WindowSnapshot extends StatedPrice {
  readonly computeWindowId: number;
  readonly sequence: bigint;
  readonly seenAt: Date;
  readonly knownAt: Date;
  readonly ingestRunId: number;
  readonly capacityMw: number | null;
  readonly renewablePct: number | null;
  readonly carbonIntensityGco2PerKwh: number | null;
  readonly reservationRequired: boolean | null;
}

export interface Offer extends StatedOffer {
  readonly computeWindowId: number;
}

/** Names one snapshot. */
export interface SnapshotKey {
  readonly computeWindowId: number;
  readonly sequence: bigint;
}

/** A window, newest or as of a past sequence. */
export interface WindowAsOf {
  readonly computeWindowId: number;
  readonly asOf: bigint | null;
}

const MAX_SEQUENCE = 2n ** 63n - 1n;

const ZONE = `z.grid_zone_id as "gridZoneId", z.zone_code as "zoneCode", z.area, z.latitude, z.longitude,
  z.region_id as "regionId", z.region_reason as "regionReason"`;
const WINDOW = `w.compute_window_id as "computeWindowId", w.grid_zone_id as "gridZoneId", w.bpp_id as "bppId",
  w.provider_id as "providerId", w.item_id as "itemId", w.name, w.from_at as "from", w.to_at as "to"`;
const PRICE = (row: string): string =>
  `${row}.gbp_per_mwh as "gbpPerMwh", ${row}.original_price as "originalPrice", ${row}.original_currency as "originalCurrency",
  ${row}.original_unit as "originalUnit", ${row}.price_reason as "priceReason"`;
const SNAPSHOT = `s.compute_window_id as "computeWindowId", s.sequence, s.seen_at as "seenAt", s.known_at as "knownAt",
  s.ingest_run_id as "ingestRunId", s.capacity_mw as "capacityMw", s.renewable_pct as "renewablePct",
  s.carbon_intensity_gco2_per_kwh as "carbonIntensityGco2PerKwh", s.reservation_required as "reservationRequired", ${PRICE('s')}`;

/** On offer at an instant: not over, and stated in what its platform answered to our last question that it answered. */
const onOffer = (instant: string): string =>
  `w.to_at > ${instant} and w.last_transaction = (select max(l.last_transaction) from compute_windows l where l.bpp_id = w.bpp_id)`;

/** Zones by their number, in no order. */
export async function readZones(db: Db, ids: readonly number[]): Promise<GridZone[]> {
  const { rows } = await db.query<GridZone>({
    name: 'grid-zones-by-id',
    text: `select ${ZONE} from grid_zones z where z.grid_zone_id = any ($1)`,
    values: [ids],
  });
  return rows;
}

/** Zones in some regions, by name; all zones where no regions are given. */
export async function readZonesOfRegions(db: Db, regionIds: readonly number[] | null): Promise<GridZone[]> {
  const { rows } = await db.query<GridZone>({
    name: 'grid-zones-of-regions',
    text: `select ${ZONE} from grid_zones z where $1::smallint[] is null or z.region_id = any ($1)
      order by z.zone_code, z.area`,
    values: [regionIds],
  });
  return rows;
}

/** Zones in some regions, or all, with at least one window on offer at an instant. */
export async function readZonesOnOffer(
  db: Db,
  regionIds: readonly number[] | null,
  instant: Date,
): Promise<GridZone[]> {
  const { rows } = await db.query<GridZone>({
    name: 'grid-zones-on-offer',
    text: `select ${ZONE} from grid_zones z where ($1::smallint[] is null or z.region_id = any ($1))
        and exists (select from compute_windows w where w.grid_zone_id = z.grid_zone_id and ${onOffer('$2')})
      order by z.zone_code, z.area`,
    values: [regionIds, instant],
  });
  return rows;
}

/** Windows by their number, in no order. */
export async function readWindows(db: Db, ids: readonly number[]): Promise<ComputeWindow[]> {
  const { rows } = await db.query<ComputeWindow>({
    name: 'compute-windows-by-id',
    text: `select ${WINDOW} from compute_windows w where w.compute_window_id = any ($1)`,
    values: [ids],
  });
  return rows;
}

/** Windows of some zones on offer at an instant, by their start. */
export async function readWindowsOfZones(
  db: Db,
  zoneIds: readonly number[],
  instant: Date,
): Promise<ComputeWindow[]> {
  const { rows } = await db.query<ComputeWindow>({
    name: 'compute-windows-of-zones',
    text: `select ${WINDOW} from compute_windows w where w.grid_zone_id = any ($1) and ${onOffer('$2')}
      order by w.from_at, w.compute_window_id`,
    values: [zoneIds, instant],
  });
  return rows;
}

export interface WindowPage {
  /** Only those on offer at this instant; all where null. */
  readonly onOfferAt: Date | null;
  /** Only those in these regions; all where null. */
  readonly regionIds: readonly number[] | null;
  /** Only those that overlap this span; open where null. */
  readonly from: Date | null;
  readonly to: Date | null;
  readonly after: { readonly from: Date; readonly computeWindowId: number } | null;
  readonly limit: number;
}

/** One page of windows, by their start. */
export async function readWindowPage(db: Db, page: WindowPage): Promise<ComputeWindow[]> {
  const { rows } = await db.query<ComputeWindow>({
    name: 'compute-window-page',
    text: `select ${WINDOW} from compute_windows w join grid_zones z using (grid_zone_id)
      where ($1::timestamptz is null or (${onOffer('$1')}))
        and ($2::smallint[] is null or z.region_id = any ($2))
        and ($3::timestamptz is null or w.to_at > $3) and ($4::timestamptz is null or w.from_at < $4)
        and ($5::timestamptz is null or (w.from_at, w.compute_window_id) > ($5, $6::integer))
      order by w.from_at, w.compute_window_id limit $7`,
    values: [
      page.onOfferAt,
      page.regionIds,
      page.from,
      page.to,
      page.after?.from ?? null,
      page.after?.computeWindowId ?? 0,
      page.limit,
    ],
  });
  return rows;
}

/** For each window what was last said of it, by its sequence; null where nothing was yet. */
export async function readSnapshotsAsOf(
  db: Db,
  keys: readonly WindowAsOf[],
): Promise<(WindowSnapshot | null)[]> {
  const { rows } = await db.query<WindowSnapshot & { readonly ord: number }>({
    name: 'window-snapshots-as-of',
    text: `select k.ord::integer, ${SNAPSHOT}
      from unnest($1::integer[], $2::bigint[]) with ordinality k (id, as_of, ord)
      cross join lateral (select * from window_snapshots n where n.compute_window_id = k.id and n.sequence <= k.as_of
        order by n.sequence desc limit 1) s`,
    values: [
      keys.map(({ computeWindowId }) => computeWindowId),
      keys.map(({ asOf }) => asOf ?? MAX_SEQUENCE),
    ],
  });
  const byOrd = new Map(rows.map((row) => [row.ord, row]));
  return keys.map((_key, i) => byOrd.get(i + 1) ?? null);
}

/** One page of what was said of a window, newest first. */
export async function readSnapshotPage(
  db: Db,
  page: WindowAsOf & { readonly before: bigint | null; readonly limit: number },
): Promise<WindowSnapshot[]> {
  const { rows } = await db.query<WindowSnapshot>({
    name: 'window-snapshot-page',
    text: `select ${SNAPSHOT} from window_snapshots s
      where s.compute_window_id = $1 and s.sequence <= $2 and ($3::bigint is null or s.sequence < $3)
      order by s.sequence desc limit $4`,
    values: [page.computeWindowId, page.asOf ?? MAX_SEQUENCE, page.before, page.limit],
  });
  return rows;
}

/** Offers of each snapshot, by their code. */
export async function readOffers(db: Db, keys: readonly SnapshotKey[]): Promise<Offer[][]> {
  const { rows } = await db.query<Offer & { readonly ord: number }>({
    name: 'offers-of-snapshots',
    text: `select k.ord::integer, o.compute_window_id as "computeWindowId", o.offer_code as "offerCode",
        o.provider_id as "providerId", o.name, ${PRICE('o')}
      from unnest($1::integer[], $2::bigint[]) with ordinality k (id, sequence, ord)
      join offers o on o.compute_window_id = k.id and o.sequence = k.sequence
      order by k.ord, o.offer_code`,
    values: [keys.map(({ computeWindowId }) => computeWindowId), keys.map(({ sequence }) => sequence)],
  });
  const offers: Offer[][] = keys.map(() => []);
  for (const row of rows) offers[row.ord - 1]?.push(row);
  return offers;
}
