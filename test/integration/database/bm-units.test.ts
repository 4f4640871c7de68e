import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBmUnits, recordBmUnits, type BmUnitFilter } from '../../../src/database/bm-units.js';
import { readEvents, readLogHead } from '../../../src/database/event-log.js';
import { acquireLease, type Lease } from '../../../src/database/leases.js';
import type { BmUnit } from '../../../src/domain/bm-unit.js';
import type { RunOutcome } from '../../../src/domain/ingest-run.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { unit } from '../graph/grid.js';
import { aRun } from './writers.js';

const ALL: BmUnitFilter = { fuelType: null, leadParty: null, search: null, after: null, limit: 100 };

describe('recording BM units', () => {
  let database: TestDatabase;
  let lease: Lease;

  beforeAll(async () => {
    database = await createTestDatabase();
    const acquired = await acquireLease(database.pool, 'source:elexon-bm-units', 'test', 600);
    if (!acquired) throw new Error('no lease');
    lease = acquired;
  });
  afterAll(() => database.drop());

  const record = (units: readonly BmUnit[], by = lease): Promise<RunOutcome> =>
    recordBmUnits(
      database.pool,
      by,
      aRun({
        sourceId: database.sources.idOf('elexon-bm-units'),
        startedAt: database.clock.now(),
        rowsRead: units.length,
      }),
      units,
    );
  const newest = async (): Promise<unknown[]> =>
    (await readBmUnits(database.pool, ALL)).map(({ elexonBmUnit, fuelType, generationCapacityMw }) => [
      elexonBmUnit,
      fuelType,
      generationCapacityMw,
    ]);

  it('keeps what differs from the newest under the event of its run, and tells no other event', async () => {
    const first = await record([
      unit('T_A-1', { fuelType: 'WIND', generationCapacityMw: 15.4 }),
      unit('T_B-1'),
    ]);
    expect([first.rowsNew, first.rowsChanged]).toEqual([2, 2]);
    const again = await record([
      unit('T_A-1', { fuelType: 'WIND', generationCapacityMw: 15.4 }),
      unit('T_B-1', { fuelType: 'OCGT' }),
      unit('T_C-1'),
    ]);
    expect([again.rowsNew, again.rowsChanged]).toEqual([1, 2]);
    expect(await newest()).toEqual([
      ['T_A-1', 'WIND', 15.4],
      ['T_B-1', 'OCGT', null],
      ['T_C-1', null, null],
    ]);
    const events = await readEvents(database.pool, {
      after: first.lastSequence ?? 0n,
      upTo: again.lastSequence ?? 0n,
      limit: 10,
    });
    expect(events.map(({ topic }) => topic)).toEqual(['INGEST_RUNS']);
    const { rows } = await database.pool.query(
      `select count(*)::integer as kept, bool_and(u.known_at = c.known_at) as known from bm_units u
       join event_commits c on c.last_sequence = u.sequence`,
    );
    expect(rows).toEqual([{ kept: 4, known: true }]);
  });

  it('takes a value that is no longer stated back', async () => {
    expect(await record([unit('T_B-1')])).toMatchObject({ rowsNew: 0, rowsChanged: 1 });
    expect(await newest()).toContainEqual(['T_B-1', null, null]);
  });

  it('writes only the run where nothing differs', async () => {
    const head = await readLogHead(database.pool);
    expect(await record([unit('T_B-1'), unit('T_C-1')])).toMatchObject({
      rowsNew: 0,
      rowsChanged: 0,
      lastSequence: null,
    });
    expect(await readLogHead(database.pool)).toEqual(head);
  });

  it('is refused to who has lost the lease', async () => {
    const late = { ...lease, fencing: lease.fencing - 1n };
    await expect(record([unit('T_D-1')], late)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await newest()).toHaveLength(3);
  });
});
