import type pg from 'pg';
import { recordGridStatements } from '../../src/database/grid-statements.js';
import type { Lease } from '../../src/database/leases.js';
import type { GridStatement } from '../../src/domain/grid-statement.js';
import { carbonIntensityRegional } from '../../src/ingest/sources/carbon-intensity-regional.js';
import type { BenchDatabase } from './database.js';
import { runOf } from './simulated-grid.js';

/** Records one tick of the regional source. */
export const recordTick = (
  { pool, sources, clock }: Pick<BenchDatabase, 'pool' | 'sources' | 'clock'>,
  lease: Lease,
  statements: readonly GridStatement[],
) =>
  recordGridStatements(pool, {
    lease,
    run: runOf(sources.idOf(carbonIntensityRegional.id), statements, clock.now()),
    quality: 'REAL',
    priority: carbonIntensityRegional.priority,
    statements,
    announce: true,
  });

/**
 * The same, telling when the commit began: the recording statement carries its COMMIT, which is taken off it here and sent
 * apart.
 *
 * @returns nanoseconds of the machine's monotonic clock.
 */
export async function commitTick(
  database: BenchDatabase,
  lease: Lease,
  statements: readonly GridStatement[],
): Promise<bigint> {
  let begun: bigint | null = null;
  const pool = {
    async connect() {
      const client = await database.pool.connect();
      const query = client.query.bind(client) as (text: unknown, values?: unknown) => Promise<unknown>;
      const apart = async (text: string): Promise<unknown> => {
        const recorded = await query(text.slice(0, -COMMIT.length));
        begun = process.hrtime.bigint();
        return [recorded, await query('commit')];
      };
      return new Proxy(client, {
        get(target, name) {
          if (name === 'query')
            return (text: unknown, values?: unknown) =>
              typeof text === 'string' && text.endsWith(COMMIT) ? apart(text) : query(text, values);
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
    },
  };
  await recordTick({ ...database, pool: pool as unknown as pg.Pool }, lease, statements);
  if (begun === null) throw new Error('the recording statement no longer carries its commit');
  return begun;
}

const COMMIT = '; commit';
