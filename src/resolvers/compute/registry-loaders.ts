import DataLoader from 'dataloader';
import type { Database } from '../../database/open.js';
import {
  readOperatorSummaries,
  readWorkloadStatistics,
  type OperatorSummary,
  type WorkloadStatistics,
} from '../../database/registry-summaries.js';
import {
  readMonthlySums,
  type CompletedWithin,
  type MonthlyOwner,
  type MonthlySum,
} from '../../database/monthly-sums.js';
import { readAs } from '../../database/viewers.js';
import type { Viewer } from '../../domain/viewer.js';
import { alignTo } from '../align-to.js';

export interface MonthsRequest extends CompletedWithin {
  readonly owner: MonthlyOwner;
  readonly ownerId: number;
}

/** Sums that are added up under the reader's own row-level security. */
export interface RegistryLoaders {
  readonly operatorSummary: DataLoader<number, OperatorSummary>;
  readonly workloadStatistics: DataLoader<number, WorkloadStatistics>;
  readonly monthlySums: DataLoader<MonthsRequest, readonly MonthlySum[], string>;
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
  monthlySums: new DataLoader((requests) => readAs(pool, viewer, (client) => readMonths(client, requests)), {
    cacheKeyFn: (request) => `${spanOf(request)} ${request.ownerId}`,
  }),
});

const spanOf = ({ owner, from, to }: MonthsRequest): string => `${owner} ${from.getTime()} ${to.getTime()}`;

/** One statement a span: all owners in a query are usually asked for the same. */
async function readMonths(
  client: Parameters<typeof readMonthlySums>[0],
  requests: readonly MonthsRequest[],
): Promise<MonthlySum[][]> {
  const bySpan = new Map<string, readonly MonthlySum[]>();
  for (const request of requests) {
    if (bySpan.has(spanOf(request))) continue;
    const ids = requests.filter((other) => spanOf(other) === spanOf(request)).map(({ ownerId }) => ownerId);
    bySpan.set(spanOf(request), await readMonthlySums(client, request.owner, ids, request));
  }
  return requests.map((request) =>
    (bySpan.get(spanOf(request)) ?? []).filter(({ ownerId }) => ownerId === request.ownerId),
  );
}
