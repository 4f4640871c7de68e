import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const CHECK_VIOLATION = '23514';
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const NO_PARTITION = CHECK_VIOLATION;

/** Even the owner, who may write past every function, cannot store what makes no sense. */
describe('the database itself', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await database.owner.query(`select ensure_observation_partitions('2026-03-01Z', '2026-03-02Z')`);
  });
  afterAll(() => database.drop());

  const OBSERVATION = {
    sequence: 1,
    from_at: '2026-03-01T12:30Z',
    known_at: '2026-03-01T12:00Z',
    ingest_run_id: 1,
    region_id: 13,
    source_id: 1,
    kind: 1,
    quality: 1,
    intensity_gco2_per_kwh: 0,
  };
  const SIGNAL = {
    region_id: 13,
    from_at: '2026-03-01T12:30Z',
    settlement_date: '2026-03-01',
    settlement_period: 26,
    first_sequence: 1,
    sequence: 1,
    carbon_rank: 1000,
  };
  /** Inserts, says how it went, and takes it back. */
  async function insert(table: string, ...rows: readonly Record<string, unknown>[]): Promise<unknown> {
    const client = await database.owner.connect();
    try {
      await client.query('begin');
      for (const row of rows) {
        const names = Object.keys(row);
        await client.query(
          `insert into ${table} (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
          Object.values(row),
        );
      }
      return 'taken';
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  it.each([
    ['a whole statement', {}, 'taken'],
    ['zero g/kWh', { intensity_gco2_per_kwh: 0 }, 'taken'],
    ['a minute past the half hour', { from_at: '2026-03-01T12:31Z' }, CHECK_VIOLATION],
    ['a quarter of an hour', { from_at: '2026-03-01T12:45Z' }, CHECK_VIOLATION],
    ['a millisecond past the half hour', { from_at: '2026-03-01T12:30:00.001Z' }, CHECK_VIOLATION],
    ['a millisecond before the half hour', { from_at: '2026-03-01T12:29:59.999Z' }, CHECK_VIOLATION],
    ['region 19', { region_id: 19 }, CHECK_VIOLATION],
    ['region 0', { region_id: 0 }, CHECK_VIOLATION],
    ['an unknown kind', { kind: 5 }, CHECK_VIOLATION],
    ['an unknown quality', { quality: 3 }, CHECK_VIOLATION],
    ['an unknown index', { carbon_index: 6 }, CHECK_VIOLATION],
    ['nothing stated', { intensity_gco2_per_kwh: null }, CHECK_VIOLATION],
    ['half a mix', { wind_permille: 400, gas_permille: 600 }, CHECK_VIOLATION],
    ['a month without a partition', { from_at: '2031-03-01T12:30Z' }, NO_PARTITION],
  ])('observations: %s', async (_what, changed, outcome) => {
    expect(await insert('observations', { ...OBSERVATION, ...changed })).toBe(outcome);
  });

  it('observations: the same statement twice', async () => {
    expect(await insert('observations', OBSERVATION, OBSERVATION)).toBe(UNIQUE_VIOLATION);
    expect(await insert('observations', OBSERVATION, { ...OBSERVATION, sequence: 2 })).toBe('taken');
  });

  it.each([
    ['a whole signal', {}, 'taken'],
    ['off the half hour', { from_at: '2026-03-01T12:30:00.400Z' }, CHECK_VIOLATION],
    ['region 19', { region_id: 19 }, FOREIGN_KEY_VIOLATION],
    ['period 51', { settlement_period: 51 }, CHECK_VIOLATION],
    ['first known after its newest change', { first_sequence: 2 }, CHECK_VIOLATION],
    ['neither carbon nor mix, as where only demand or a price is known', { carbon_rank: null }, 'taken'],
  ])('grid_signals: %s', async (_what, changed, outcome) => {
    expect(await insert('grid_signals', { ...SIGNAL, ...changed })).toBe(outcome);
  });

  it('grid_signals: one row a region and half hour', async () => {
    expect(await insert('grid_signals', SIGNAL, SIGNAL)).toBe(UNIQUE_VIOLATION);
  });

  it.each([
    ['a topic', { topic: 3 }, 'taken'],
    ['no topic', { topic: 0 }, CHECK_VIOLATION],
  ])('event_log: %s', async (_what, changed, outcome) => {
    expect(await insert('event_log', { sequence: 77, ...changed })).toBe(outcome);
  });

  it('event_log and event_commits: one row a sequence and an instant', async () => {
    const event = { sequence: 77, topic: 1 };
    expect(await insert('event_log', event, event)).toBe(UNIQUE_VIOLATION);
    const commit = { first_sequence: 77, last_sequence: 77, known_at: '2026-03-01T12:00Z' };
    expect(await insert('event_commits', commit, { ...commit, first_sequence: 78, last_sequence: 78 })).toBe(
      UNIQUE_VIOLATION,
    );
    expect(await insert('event_commits', { ...commit, first_sequence: 78 })).toBe(CHECK_VIOLATION);
  });

  it('the clock, the head of the log: one row', async () => {
    expect(await insert('event_head', { only_row: true })).toBe(UNIQUE_VIOLATION);
    expect(await insert('event_head', { only_row: false })).toBe(CHECK_VIOLATION);
    expect(await insert('clock', { only_row: true })).toBe(UNIQUE_VIOLATION);
  });

  it('ingest_runs: a failed run names its error, a succeeded one none', async () => {
    const run = {
      source_id: 1,
      mode: 'SCHEDULED',
      status: 'SUCCEEDED',
      endpoint: '/',
      window_from: '2026-03-01T12:00Z',
      window_to: '2026-03-01T13:00Z',
      started_at: '2026-03-01T12:00Z',
      finished_at: '2026-03-01T12:01Z',
    };
    expect(await insert('ingest_runs', run)).toBe('taken');
    expect(await insert('ingest_runs', { ...run, status: 'FAILED' })).toBe(CHECK_VIOLATION);
    expect(await insert('ingest_runs', { ...run, error_code: 'SOURCE_EMPTY' })).toBe(CHECK_VIOLATION);
    expect(await insert('ingest_runs', { ...run, finished_at: '2026-03-01T11:59Z' })).toBe(CHECK_VIOLATION);
    expect(await insert('ingest_runs', { ...run, source_id: 32767 })).toBe(FOREIGN_KEY_VIOLATION);
  });

  it('carbon_factors: no negative factor', async () => {
    expect(
      await insert('carbon_factors', {
        fuel: 'Wind',
        sequence: 1,
        gco2_per_kwh: -1,
        known_at: '2026-03-01T12:00Z',
        ingest_run_id: 1,
      }),
    ).toBe(CHECK_VIOLATION);
  });
});
