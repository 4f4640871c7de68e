import type pg from 'pg';
import type { RunOutcome, RunRecord } from '../domain/ingest-run.js';
import { leaseError, outcomeOf, runJson, type OutcomeRow } from './ingest-runs.js';
import type { Lease } from './leases.js';

/** Records the factors that differ from the newest, with their run. @throws {PylonError} LEASE_LOST */
export async function recordCarbonFactors(
  db: Pick<pg.Pool, 'query'>,
  lease: Lease,
  run: RunRecord,
  factors: readonly { readonly fuel: string; readonly gco2PerKwh: number }[],
): Promise<RunOutcome> {
  try {
    const { rows } = await db.query<OutcomeRow>(
      'select * from record_carbon_factors($1, $2, $3::jsonb, $4, $5)',
      [
        lease.name,
        lease.fencing,
        runJson(run),
        factors.map(({ fuel }) => fuel),
        factors.map(({ gco2PerKwh }) => gco2PerKwh),
      ],
    );
    const [row] = rows;
    if (!row) throw new Error('record_carbon_factors answered no row');
    return outcomeOf(row);
  } catch (error) {
    throw leaseError(error, lease);
  }
}
