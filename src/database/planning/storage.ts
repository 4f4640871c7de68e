import type pg from 'pg';

/** A storage asset that works. */
export interface StoragePower {
  readonly assetId: string;
  readonly regionId: number;
  readonly capacityMwh: number;
  readonly chargeMwh: number;
  readonly maxChargeMw: number;
  readonly maxDischargeMw: number;
  readonly efficiencyPct: number;
}

/** Storage assets of an operator in some regions; nobody plans with another's. */
export async function readStoragePower(
  db: Pick<pg.Pool, 'query'>,
  operatorId: number,
  regionIds: readonly number[],
): Promise<StoragePower[]> {
  const { rows } = await db.query<StoragePower>({
    name: 'planning-storage',
    text: `select asset_id as "assetId", region_id as "regionId", capacity_mwh as "capacityMwh", charge_mwh as "chargeMwh",
        max_charge_mw as "maxChargeMw", max_discharge_mw as "maxDischargeMw", efficiency_pct as "efficiencyPct"
      from storage_assets where operator_id = $1 and region_id = any ($2::smallint[]) and status in ('IDLE', 'CHARGING', 'DISCHARGING')
      order by asset_id collate "C"`,
    values: [operatorId, regionIds],
  });
  return rows;
}
