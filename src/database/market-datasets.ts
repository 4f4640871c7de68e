import type pg from 'pg';
import type { DatasetStatus, MarketDataset } from '../domain/market-dataset.js';
import { jsonbText, leaseError } from './ingest-runs.js';
import type { Lease } from './leases.js';

type Db = Pick<pg.Pool, 'query'>;

/** Replaces what was known of these sets. @throws {PylonError} LEASE_LOST */
export async function recordMarketDatasets(
  db: Db,
  lease: Lease,
  datasets: readonly MarketDataset[],
): Promise<void> {
  const rows = datasets.map((dataset) => ({
    code: dataset.code,
    name: dataset.name,
    status: dataset.status,
    reason: dataset.reason,
    last_tried_at: dataset.lastTriedAt,
    last_updated_at: dataset.lastUpdatedAt,
    rows_seen: dataset.rowsSeen,
  }));
  try {
    await db.query('select record_market_datasets($1, $2, $3::jsonb)', [
      lease.name,
      lease.fencing,
      jsonbText(rows),
    ]);
  } catch (error) {
    throw leaseError(error, lease);
  }
}

interface Row {
  readonly code: string;
  readonly name: string;
  readonly status: DatasetStatus;
  readonly reason: string | null;
  readonly last_tried_at: Date;
  readonly last_updated_at: Date | null;
  readonly rows_seen: number;
}

/** By code. @param only of this status, and these codes; of all for null. */
export async function readMarketDatasets(
  db: Db,
  only: { readonly status?: DatasetStatus | null; readonly codes?: readonly string[] | null },
): Promise<MarketDataset[]> {
  const { rows } = await db.query<Row>({
    name: 'market-datasets',
    text: `select code, name, status, reason, last_tried_at, last_updated_at, rows_seen from market_datasets
      where ($1::text is null or status = $1) and ($2::text[] is null or code = any ($2)) order by code`,
    values: [only.status ?? null, only.codes ?? null],
  });
  return rows.map((row) => ({
    code: row.code,
    name: row.name,
    status: row.status,
    reason: row.reason,
    lastTriedAt: row.last_tried_at,
    lastUpdatedAt: row.last_updated_at,
    rowsSeen: row.rows_seen,
  }));
}
