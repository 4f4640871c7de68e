import { createTestDatabase, type TestDatabase } from '../../support/database.js';

export interface MovingDatabase extends TestDatabase {
  /** Moves the clock of the database and of everything built on it, at once. */
  advance(by: { readonly minutes?: number; readonly seconds?: number }): Promise<void>;
}

/** A database whose clock starts at an instant and can be moved on, as PYLON_NOW would move it once. */
export async function createMovingDatabase(start: Date): Promise<MovingDatabase> {
  const database = await createTestDatabase({ pylonNow: start });
  let { offsetMs } = database.clock;
  return {
    ...database,
    clock: {
      get offsetMs() {
        return offsetMs;
      },
      now: () => new Date(Date.now() + offsetMs),
    },
    async advance({ minutes = 0, seconds = 0 }) {
      offsetMs += (minutes * 60 + seconds) * 1000;
      await database.owner.query('update clock set offset_ms = $1', [offsetMs]);
    },
  };
}
