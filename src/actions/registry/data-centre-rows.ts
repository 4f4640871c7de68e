import type { ActionTransaction } from '../../database/actions.js';
import { Refused } from '../../domain/refusal.js';

export interface DataCentreRow {
  readonly data_centre_id: number;
  readonly dc_id: string;
  readonly region_id: number;
  readonly pue: number;
  readonly status: string;
}

/** @throws {Refused} NOT_FOUND */
export async function findDataCentre(
  { db }: Pick<ActionTransaction, 'db'>,
  dcId: string,
): Promise<DataCentreRow> {
  const { rows } = await db.query<DataCentreRow>(
    'select data_centre_id, dc_id, region_id, pue, status from data_centres where dc_id = $1',
    [dcId],
  );
  if (!rows[0]) throw new Refused('NOT_FOUND', `there is no data centre ${dcId}`);
  return rows[0];
}
