import type pg from 'pg';
import { KIND_CODES, MARKET_CODES, QUALITY_CODES, marketOf, qualityOf } from '../domain/codes.js';
import type { Consumption } from '../domain/compute/actuals.js';
import type { SourceCatalog } from './source-catalog.js';

/** Keeps what the totals of a workload were computed from. */
export async function keepConsumption(
  db: Pick<pg.ClientBase, 'query'>,
  sources: SourceCatalog,
  { workloadId, operatorId }: { readonly workloadId: number; readonly operatorId: number },
  consumption: readonly Consumption[],
): Promise<void> {
  const column = <Value>(valueOf: (each: Consumption) => Value): Value[] => consumption.map(valueOf);
  await db.query(
    `insert into workload_consumption (workload_id, operator_id, data_centre_id, region_id, from_at, energy_kwh, facility_energy_kwh,
       gco2_per_kwh, carbon_kind, carbon_quality, carbon_source_id, carbon_issued_at, carbon_known_at, gbp_per_mwh, market)
     select $1, $2, c.* from unnest($3::integer[], $4::smallint[], $5::timestamptz[], $6::float8[], $7::float8[], $8::float8[],
       $9::smallint[], $10::smallint[], $11::smallint[], $12::timestamptz[], $13::timestamptz[], $14::float8[], $15::smallint[]) c`,
    [
      workloadId,
      operatorId,
      column(({ dataCentreId }) => dataCentreId),
      column(({ regionId }) => regionId),
      column(({ from }) => from),
      column(({ energyKwh }) => energyKwh),
      column(({ facilityEnergyKwh }) => facilityEnergyKwh),
      column(({ carbon }) => carbon?.gco2PerKwh ?? null),
      column(({ carbon }) => (carbon ? KIND_CODES[carbon.kind] : null)),
      column(({ carbon }) => (carbon ? QUALITY_CODES[carbon.provenance.quality] : null)),
      column(({ carbon }) => (carbon ? sources.idOf(carbon.provenance.source) : null)),
      column(({ carbon }) => carbon?.provenance.issuedAt ?? null),
      column(({ carbon }) => carbon?.provenance.knownAt ?? null),
      column(({ price }) => price?.gbpPerMwh ?? null),
      column(({ price }) => (price ? MARKET_CODES[price.market] : null)),
    ],
  );
}

/** A row of the table, as Prisma reads it. */
export interface ConsumptionRow {
  readonly dataCentreId: number;
  readonly regionId: number;
  readonly fromAt: Date;
  readonly energyKwh: number;
  readonly facilityEnergyKwh: number;
  readonly gco2PerKwh: number | null;
  readonly carbonKind: number | null;
  readonly carbonQuality: number | null;
  readonly carbonSourceId: number | null;
  readonly carbonIssuedAt: Date | null;
  readonly carbonKnownAt: Date | null;
  readonly gbpPerMwh: number | null;
  readonly market: number | null;
}

/** What a row says, in words. */
export const consumptionOfRow = (row: ConsumptionRow, sources: SourceCatalog): Consumption => ({
  dataCentreId: row.dataCentreId,
  regionId: row.regionId,
  from: row.fromAt,
  energyKwh: row.energyKwh,
  facilityEnergyKwh: row.facilityEnergyKwh,
  carbon: carbonOf(row, sources),
  price:
    row.gbpPerMwh === null || row.market === null
      ? null
      : { gbpPerMwh: row.gbpPerMwh, market: marketOf(row.market) },
});

function carbonOf(row: ConsumptionRow, sources: SourceCatalog): Consumption['carbon'] {
  const { gco2PerKwh, carbonKind, carbonQuality, carbonSourceId, carbonIssuedAt, carbonKnownAt } = row;
  if (
    gco2PerKwh === null ||
    carbonKind === null ||
    carbonQuality === null ||
    carbonSourceId === null ||
    carbonKnownAt === null
  )
    return null;
  return {
    gco2PerKwh,
    kind: carbonKind === KIND_CODES.OUTTURN ? 'OUTTURN' : 'ESTIMATE',
    provenance: {
      source: sources.codeOf(carbonSourceId),
      quality: qualityOf(carbonQuality),
      issuedAt: carbonIssuedAt,
      knownAt: carbonKnownAt,
    },
  };
}
