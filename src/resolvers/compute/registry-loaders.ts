import DataLoader from 'dataloader';
import type { Database } from '../../database/open.js';
import {
  readOperatorSummaries,
  readWorkloadStatistics,
  type OperatorSummary,
  type WorkloadStatistics,
} from '../../database/registry-summaries.js';
import { readAs } from '../../database/viewers.js';
import type { Viewer } from '../../domain/viewer.js';
import { alignTo } from '../align-to.js';

/** Sums that are added up under the reader's own row-level security. */
export interface RegistryLoaders {
  readonly operatorSummary: DataLoader<number, OperatorSummary>;
  readonly workloadStatistics: DataLoader<number, WorkloadStatistics>;
}

export const createRegistryLoaders = ({ pool }: Pick<Database, 'pool'>, viewer: Viewer): RegistryLoaders => ({
  operatorSummary: new DataLoader(async (ids) =>
    alignTo(
      ids,
      await readAs(pool, viewer, (client) => readOperatorSummaries(client, ids)),
      ({ operatorId }) => operatorId,
      'operator',
    ),
  ),
  workloadStatistics: new DataLoader(async (ids) =>
    alignTo(
      ids,
      await readAs(pool, viewer, (client) => readWorkloadStatistics(client, ids)),
      ({ userId }) => userId,
      'user',
    ),
  ),
});
