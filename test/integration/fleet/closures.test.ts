import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confirmPlacement } from '../../../src/actions/placing/confirm-placement.js';
import { holdPlacement } from '../../../src/actions/placing/hold-placement.js';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import { closeCentres, closuresIn } from '../../../src/fleet/closures.js';
import { fleetOf } from '../../../src/fleet/fleet.js';
import { seedFleet } from '../../../src/fleet/seed.js';
import type { Simulation } from '../../../src/fleet/simulation.js';
import { done } from '../../support/compute.js';
import { createMovingDatabase, type MovingDatabase } from '../ingest/moving-clock.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const MINUTE_MS = 60_000;
const hoursOn = (hours: number): Date => new Date(NOW.getTime() + hours * 60 * MINUTE_MS);
const closures = closuresIn(1, { from: NOW, to: new Date(NOW.getTime() + 20 * MINUTE_MS) });

describe('a closure', () => {
  let database: MovingDatabase;
  let simulation: Simulation;
  let busiest: string;

  /** What a look does that comes to all since the first: the same again and again. */
  const look = async (): Promise<number> => {
    const { done: count, refused } = await closeCentres(simulation, {
      from: NOW,
      to: database.clock.now(),
    });
    expect(refused).toEqual([]);
    return count;
  };
  const closed = async (): Promise<string[]> =>
    (
      await database.owner.query<{ dc_id: string }>(
        `select dc_id from data_centres where status <> 'ACTIVE' order by 1`,
      )
    ).rows.map(({ dc_id: dcId }) => dcId);
  const advanceTo = (instant: Date): Promise<void> =>
    database.advance({ seconds: (instant.getTime() - database.clock.now().getTime()) / 1000 + 1 });
  /** Work that is placed at a data centre for an hour. */
  const place = async (jobId: string, dcId: string, powerKw: number): Promise<void> => {
    const viewer = simulation.viewers.get('thameside')!;
    await done(database, viewer, submitWorkload, {
      ...{ jobId, name: jobId, type: 'OTHER', powerKw, durationMinutes: 60, deadline: hoursOn(24) },
    });
    const held = await done(database, viewer, holdPlacement, {
      ...{ jobId, dcId, from: hoursOn(6), to: hoursOn(7) },
    });
    await done(database, viewer, confirmPlacement, { placementId: held['code'] });
  };

  beforeAll(async () => {
    database = await createMovingDatabase(NOW);
    const fleet = fleetOf(1).filter(({ slug }) => slug === 'thameside' || slug === 'nimbus');
    const { viewers } = await seedFleet(database, fleet);
    simulation = { database, fleet, viewers, seed: 1 };
    busiest = fleet.find(({ slug }) => slug === 'nimbus')!.dataCentres[0]!.dcId;
  });
  afterAll(() => database.drop());

  it('is none where no work is placed ahead', async () => {
    await advanceTo(closures[0]!.from);
    expect(await look()).toBe(0);
    expect(await closed()).toEqual([]);
  });

  it('closes the data centre with the most work ahead, once', async () => {
    await place('little', simulation.fleet[0]!.dataCentres[0]!.dcId, 10);
    await place('much', busiest, 50);
    expect(await look()).toBe(1);
    expect(await closed()).toEqual([busiest]);
    await place('more', simulation.fleet[0]!.dataCentres[0]!.dcId, 500);
    expect(await look()).toBe(0);
    expect(await closed()).toEqual([busiest]);
  });

  it('is over in its time, also for who was not there when it began', async () => {
    await advanceTo(closures[0]!.to);
    expect(await look()).toBe(1);
    expect(await closed()).toEqual([]);
    expect(await look()).toBe(0);
  });

  it('is passed over when nobody was there for it', async () => {
    await advanceTo(closures[1]!.to);
    expect(await look()).toBe(0);
    expect(await closed()).toEqual([]);
  });
});
