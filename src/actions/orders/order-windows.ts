import type { ActionTransaction } from '../../database/actions.js';
import { readOffers, readSnapshotsAsOf, readWindows, readZones } from '../../database/compute-market.js';
import { fromBase64url } from '../../domain/base64url.js';
import type { StatedOffer } from '../../domain/compute-window.js';
import type { BuyingLimits } from '../../domain/beckn-order/limits.js';
import { Refused } from '../../domain/refusal.js';
import type { WorkloadRow } from '../work/workload-rows.js';

type Db = Pick<ActionTransaction, 'db'>;

/** A window with what was said of it at one time. */
export interface OfferedWindow {
  readonly computeWindowId: number;
  /** Of the snapshot: what was said, and the offers that went with it. */
  readonly sequence: bigint;
  readonly bppId: string;
  readonly providerId: string;
  readonly itemId: string;
  readonly from: Date;
  readonly to: Date;
  readonly isListed: boolean;
  readonly regionId: number | null;
  readonly capacityMw: number | null;
  readonly carbonIntensityGco2PerKwh: number | null;
  readonly renewablePct: number | null;
  readonly offers: readonly StatedOffer[];
}

/** The window of a global id, as it is now. @throws {Refused} NOT_FOUND */
export function findWindow(transaction: Db, windowId: string): Promise<OfferedWindow> {
  const [, digits] = /^ComputeWindow:([1-9]\d{0,8})$/.exec(fromBase64url(windowId) ?? '') ?? [];
  if (digits === undefined) throw noWindow(windowId);
  return readWindow(transaction, Number(digits), null, windowId);
}

/** The window of a purchase, with what was said of it when it was selected. @throws {Refused} NOT_FOUND */
export const boughtWindow = (
  transaction: Db,
  {
    compute_window_id: id,
    offer_sequence: sequence,
  }: {
    readonly compute_window_id: number;
    readonly offer_sequence: bigint;
  },
): Promise<OfferedWindow> => readWindow(transaction, id, sequence, String(id));

async function readWindow(
  { db }: Db,
  computeWindowId: number,
  asOf: bigint | null,
  name: string,
): Promise<OfferedWindow> {
  const [window] = await readWindows(db, [{ computeWindowId, asOf }]);
  const [snapshot] = await readSnapshotsAsOf(db, [{ computeWindowId, asOf }]);
  if (!window || !snapshot) throw noWindow(name);
  const [zone] = await readZones(db, [window.gridZoneId]);
  const [offers = []] = await readOffers(db, [snapshot]);
  const { sequence, capacityMw, carbonIntensityGco2PerKwh, renewablePct } = snapshot;
  return {
    ...window,
    sequence,
    capacityMw,
    carbonIntensityGco2PerKwh,
    renewablePct,
    offers,
    regionId: zone?.regionId ?? null,
  };
}

const noWindow = (name: string): Refused =>
  new Refused('NOT_FOUND', `there is no compute window ${JSON.stringify(name.slice(0, 100))}`);

/** Where a seller says his messages go to; null where his catalogue did not say. */
export async function sellerUri({ db }: Db, window: OfferedWindow): Promise<string | null> {
  const { rows } = await db.query<{ uri: string | null }>(
    `select m.payload -> 'context' ->> 'bpp_uri' as uri from window_snapshots s join beckn_messages m using (beckn_message_id)
     where s.compute_window_id = $1 and s.sequence = $2`,
    [window.computeWindowId, window.sequence],
  );
  const uri = rows[0]?.uri ?? null;
  return uri !== null && uri.length <= 2_000 && URL.canParse(uri) ? uri : null;
}

/** The limits of a workload, as a purchase for it is held to them where it is placed at such a PUE. */
export const buyingLimitsOf = (work: WorkloadRow, pue: number): BuyingLimits => ({
  pue,
  maxPriceGbpPerMwh: work.max_price_gbp_per_mwh,
  maxCostGbp: work.max_cost_gbp,
  maxCarbonIntensityGco2PerKwh: work.max_carbon_intensity_gco2_per_kwh,
  carbonBudgetGco2: work.carbon_budget_gco2,
  minRenewablePct: work.min_renewable_pct,
  estimatedEnergyKwh: work.estimated_energy_kwh,
  powerKw: work.power_kw,
  durationMinutes: work.duration_minutes,
  earliestStart: work.earliest_start,
  deadline: work.deadline,
  allowedRegionIds: work.allowed_region_ids,
});
