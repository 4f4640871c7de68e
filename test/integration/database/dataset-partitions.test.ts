import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

describe('the partitions of data sets', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const ensure = (table: string, days: readonly string[]): Promise<unknown> =>
    database.pool.query('select ensure_dataset_partitions($1, $2::date[])', [table, days]);
  const partitionsOf = async (table: string): Promise<Record<string, string>> => {
    const { rows } = await database.pool.query<{ name: string; bounds: string }>(
      `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
       from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::regclass order by 1`,
      [table],
    );
    return Object.fromEntries(rows.map(({ name, bounds }) => [name, bounds]));
  };

  it('are months of UTC, made for just the months that are named, once', async () => {
    await ensure('physical_notifications', ['2025-07-01', '2025-07-31', '2019-12-15']);
    await ensure('physical_notifications', ['2025-07-02']);
    expect(await partitionsOf('physical_notifications')).toEqual({
      physical_notifications_2019_12: `FOR VALUES FROM ('2019-12-01 00:00:00+00') TO ('2020-01-01 00:00:00+00')`,
      physical_notifications_2025_07: `FOR VALUES FROM ('2025-07-01 00:00:00+00') TO ('2025-08-01 00:00:00+00')`,
    });
  });

  it('are made once for several that need them at once', async () => {
    const days = Array.from({ length: 12 }, (_, month) => `2024-${String(month + 1).padStart(2, '0')}-09`);
    await Promise.all(Array.from({ length: 8 }, () => ensure('dataset_records', days)));
    expect(Object.keys(await partitionsOf('dataset_records'))).toHaveLength(12);
  });

  it('are of these tables only, and not of any number', async () => {
    await expect(ensure('observations', ['2025-07-01'])).rejects.toMatchObject({ code: '22023' });
    const days = Array.from({ length: 501 }, (_, i) => new Date(i * 86_400_000).toISOString().slice(0, 10));
    await expect(ensure('dataset_records', days)).rejects.toMatchObject({ code: '22023' });
  });
});
