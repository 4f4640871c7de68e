import type pg from 'pg';
import type { StatedOffer, StatedPrice } from '../domain/compute-window.js';
import type { Provenance } from '../domain/grid-signal.js';
import { MAX_SEQUENCE } from './series/stated.js';

type Db = Pick<pg.Pool, 'query'>;

/** A zone of the marketplace, its place as it was last stated. */
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
  /** Whether it was in the last answer of its platform. */
  readonly isListed: boolean;
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
  readonly provenance: Provenance;
}

export interface Offer extends StatedOffer {
  readonly computeWindowId: number;
  readonly provenance: Provenance;
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

type SnapshotRow = Omit<WindowSnapshot, 'provenance'> & { readonly source: string };
type OfferRow = Omit<Offer, 'provenance'> & Pick<SnapshotRow, 'source' | 'seenAt' | 'knownAt'>;

const ZONE = `z.grid_zone_id as "gridZoneId", z.zone_code as "zoneCode", z.area, z.latitude, z.longitude,
  z.region_id as "regionId", z.region_reason as "regionReason"`;
const WINDOW = `w.compute_window_id as "computeWindowId", d.grid_zone_id as "gridZoneId", w.bpp_id as "bppId",
  d.provider_id as "providerId", w.item_id as "itemId", d.name, w.from_at as "from", w.to_at as "to", l.is_listed as "isListed"`;
const PRICE = (row: string): string =>
  `${row}.gbp_per_mwh as "gbpPerMwh", ${row}.original_price as "originalPrice", ${row}.original_currency as "originalCurrency",
  ${row}.original_unit as "originalUnit", ${row}.price_reason as "priceReason"`;
const SOURCE = `(select c.code from ingest_runs r join sources c using (source_id) where r.ingest_run_id = s.ingest_run_id) as source`;
const SNAPSHOT = `s.compute_window_id as "computeWindowId", s.sequence, s.seen_at as "seenAt", s.known_at as "knownAt",
  s.ingest_run_id as "ingestRunId", s.capacity_mw as "capacityMw", s.renewable_pct as "renewablePct",
  s.carbon_intensity_gco2_per_kwh as "carbonIntensityGco2PerKwh", s.reservation_required as "reservationRequired", ${PRICE('s')}, ${SOURCE}`;

/** SQL of windows `w` as they were known at a sequence, with what was said (`d`) and whether it was listed (`l`); none that was not known. */
export const knownAt = (sequence: string): string => `compute_windows w
  cross join lateral (select n.grid_zone_id, n.provider_id, n.name from window_snapshots n
    where n.compute_window_id = w.compute_window_id and n.sequence <= ${sequence} order by n.sequence desc limit 1) d
  cross join lateral (select n.is_listed from window_listings n
    where n.compute_window_id = w.compute_window_id and n.sequence <= ${sequence} order by n.sequence desc limit 1) l`;

/** What a row states, and where it comes from: no model makes up a marketplace. */
const stated = <Row extends { readonly source: string; readonly seenAt: Date; readonly knownAt: Date }>(
  row: Row,
): Row & { readonly provenance: Provenance } => ({
  ...row,
  provenance: { source: row.source, quality: 'REAL', issuedAt: row.seenAt, knownAt: row.knownAt },
});

/** Zones by their number, in no order. */
export async function readZones(db: Db, ids: readonly number[]): Promise<GridZone[]> {
  const { rows } = await db.query<GridZone>({
    name: 'grid-zones-by-id',
    text: `select ${ZONE} from grid_zones z where z.grid_zone_id = any ($1)`,
    values: [ids],
  });
  return rows;
}

/** What of the market is asked about: in which regions, all where null, and as of which sequence, newest where null. */
export interface ZonesAsked {
  readonly regionIds: readonly number[] | null;
  readonly asOf: bigint | null;
}

/** Zones named by then, by name. */
export async function readZonesOfRegions(db: Db, { regionIds, asOf }: ZonesAsked): Promise<GridZone[]> {
  const { rows } = await db.query<GridZone>({
    name: 'grid-zones-of-regions',
    text: `select ${ZONE} from grid_zones z where ($1::smallint[] is null or z.region_id = any ($1))
        and exists (select from window_snapshots s where s.grid_zone_id = z.grid_zone_id and s.sequence <= $2)
      order by z.zone_code, z.area`,
    values: [regionIds, asOf ?? MAX_SEQUENCE],
  });
  return rows;
}

/** Zones with at least one window on offer at an instant, by name. */
export async function readZonesOnOffer(
  db: Db,
  { regionIds, asOf, instant }: ZonesAsked & { readonly instant: Date },
): Promise<GridZone[]> {
  const { rows } = await db.query<GridZone>({
    name: 'grid-zones-on-offer',
    text: `select ${ZONE} from grid_zones z where ($1::smallint[] is null or z.region_id = any ($1))
        and z.grid_zone_id in (select d.grid_zone_id from ${knownAt('$2')} where w.to_at > $3 and l.is_listed)
      order by z.zone_code, z.area`,
    values: [regionIds, asOf ?? MAX_SEQUENCE, instant],
  });
  return rows;
}

/** Each window as it was known; null where it was not. */
export async function readWindows(db: Db, keys: readonly WindowAsOf[]): Promise<(ComputeWindow | null)[]> {
  const { rows } = await db.query<ComputeWindow & { readonly ord: number }>({
    name: 'compute-windows-as-of',
    text: `select k.ord::integer, ${WINDOW} from unnest($1::integer[], $2::bigint[]) with ordinality k (id, as_of, ord)
      cross join lateral (select * from compute_windows c where c.compute_window_id = k.id) w
      cross join lateral (select n.grid_zone_id, n.provider_id, n.name from window_snapshots n
        where n.compute_window_id = k.id and n.sequence <= k.as_of order by n.sequence desc limit 1) d
      cross join lateral (select n.is_listed from window_listings n
        where n.compute_window_id = k.id and n.sequence <= k.as_of order by n.sequence desc limit 1) l`,
    values: [
      keys.map(({ computeWindowId }) => computeWindowId),
      keys.map(({ asOf }) => asOf ?? MAX_SEQUENCE),
    ],
  });
  const byOrd = new Map(rows.map((row) => [row.ord, row]));
  return keys.map((_key, i) => byOrd.get(i + 1) ?? null);
}

/** Windows of some zones on offer at an instant, as known at a sequence, newest where null; by their start. */
export async function readWindowsOfZones(
  db: Db,
  zoneIds: readonly number[],
  { instant, asOf }: { readonly instant: Date; readonly asOf: bigint | null },
): Promise<ComputeWindow[]> {
  const { rows } = await db.query<ComputeWindow>({
    name: 'compute-windows-of-zones',
    text: `select ${WINDOW} from ${knownAt('$2')} where d.grid_zone_id = any ($1) and w.to_at > $3 and l.is_listed
      order by w.from_at, w.compute_window_id`,
    values: [zoneIds, asOf ?? MAX_SEQUENCE, instant],
  });
  return rows;
}

export interface WindowPage {
  /** As known at this sequence; newest where null. */
  readonly asOf: bigint | null;
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
    text: `select ${WINDOW} from ${knownAt('$8')} join grid_zones z on z.grid_zone_id = d.grid_zone_id
      where ($1::timestamptz is null or w.to_at > $1) and ($1::timestamptz is null or l.is_listed)
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
      page.asOf ?? MAX_SEQUENCE,
    ],
  });
  return rows;
}

/** For each window what was last said of it, by its sequence; null where nothing was yet. */
export async function readSnapshotsAsOf(
  db: Db,
  keys: readonly WindowAsOf[],
): Promise<(WindowSnapshot | null)[]> {
  const { rows } = await db.query<SnapshotRow & { readonly ord: number }>({
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
  const byOrd = new Map(rows.map((row) => [row.ord, stated(row)]));
  return keys.map((_key, i) => byOrd.get(i + 1) ?? null);
}

/** One page of what was said of a window, newest first. */
export async function readSnapshotPage(
  db: Db,
  page: WindowAsOf & { readonly before: bigint | null; readonly limit: number },
): Promise<WindowSnapshot[]> {
  const { rows } = await db.query<SnapshotRow>({
    name: 'window-snapshot-page',
    text: `select ${SNAPSHOT} from window_snapshots s
      where s.compute_window_id = $1 and s.sequence <= $2 and ($3::bigint is null or s.sequence < $3)
      order by s.sequence desc limit $4`,
    values: [page.computeWindowId, page.asOf ?? MAX_SEQUENCE, page.before, page.limit],
  });
  return rows.map((row) => stated(row));
}

/** Offers of each snapshot, by their code. */
export async function readOffers(db: Db, keys: readonly SnapshotKey[]): Promise<Offer[][]> {
  const { rows } = await db.query<OfferRow & { readonly ord: number }>({
    name: 'offers-of-snapshots',
    text: `select k.ord::integer, o.compute_window_id as "computeWindowId", o.offer_code as "offerCode",
        o.provider_id as "providerId", o.name, ${PRICE('o')}, ${SOURCE}, s.seen_at as "seenAt", s.known_at as "knownAt"
      from unnest($1::integer[], $2::bigint[]) with ordinality k (id, sequence, ord)
      join offers o on o.compute_window_id = k.id and o.sequence = k.sequence
      join window_snapshots s on s.compute_window_id = k.id and s.sequence = k.sequence
      order by k.ord, o.offer_code`,
    values: [keys.map(({ computeWindowId }) => computeWindowId), keys.map(({ sequence }) => sequence)],
  });
  const offers: Offer[][] = keys.map(() => []);
  for (const row of rows) offers[row.ord - 1]?.push(stated(row));
  return offers;
}
