import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { migrate, readMigrations } from '../../../src/database/migrate.js';
import { MIGRATIONS_FOLDER } from '../../../src/database/open.js';
import { dropDatabase } from '../../support/database.js';
import { withDatabase } from '../../support/global-setup.js';

const LISTINGS = '20261121160000_window_listings';

describe('windows stored before their listings were', () => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  let admin: pg.Client;
  let owner: pg.Client;

  beforeAll(async () => {
    admin = new pg.Client({ connectionString: inject('ownerUrl') });
    await admin.connect();
    await admin.query(`create database ${name}`);
    owner = new pg.Client({ connectionString: withDatabase(inject('ownerUrl'), name) });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await dropDatabase(admin, name);
    await admin.end();
  });

  it('are listed from their first snapshot, and those left out of the last answer not from now on', async () => {
    const all = await readMigrations(MIGRATIONS_FOLDER);
    await migrate(
      owner,
      all.filter((migration) => migration.name < LISTINGS),
    );
    await owner.query(`
      insert into sources (code, priority, carbon_kinds, mix_kinds, region_ids) values ('beckn-discover', 1, '{}', '{}', '{}');
      insert into ingest_runs (source_id, mode, status, endpoint, window_from, window_to, started_at, finished_at)
        select source_id, 'COMMAND', 'SUCCEEDED', '/discover', now(), now(), now(), now() from sources;
      insert into beckn_transactions (transaction_id, action, source_id, mode, endpoint, window_from, window_to, started_at, expires_at,
          status, ingest_run_id)
        select t, 'discover', source_id, 'COMMAND', '/discover', now(), now(), now(), now() + interval '1 minute', 'ANSWERED', 1
        from sources, unnest(array['first', 'second']) t;
      insert into beckn_messages (direction, action, party, message_id, transaction_id, status, signature, received_at, payload)
        values ('INBOUND', 'on_discover', 'aire.example', 'm', 'first', 'APPLIED', 'UNVERIFIED', now(), '{}');
      insert into grid_zones (zone_code, area, region_reason) values ('GB-NORTH-7', 'Leeds', 'it gives no place');
      insert into compute_windows (grid_zone_id, bpp_id, provider_id, item_id, name, from_at, to_at, last_stated_at, last_transaction)
        select 1, 'aire.example', 'provider-aire', i.id, 'Window ' || i.id, now(), now() + interval '1 hour', now(), i.t
        from (values ('gone', 1), ('here', 2)) i (id, t);
      insert into window_snapshots (compute_window_id, sequence, seen_at, known_at, ingest_run_id, beckn_message_id, gbp_per_mwh, digest)
        values (1, 1, now(), now(), 1, 1, 80, 'a'), (2, 2, now(), now(), 1, 1, 80, 'a'), (2, 4, now(), now(), 1, 1, 90, 'b');
      update event_head set last_sequence = 5, last_known_at = now();
    `);

    await migrate(owner, all);

    const { rows: listings } = await owner.query({
      text: 'select compute_window_id, sequence::integer, is_listed from window_listings order by 1, 2',
      rowMode: 'array',
    });
    expect(listings).toEqual([
      [1, 1, true],
      [1, 5, false],
      [2, 2, true],
    ]);
    const { rows: snapshots } = await owner.query({
      text: 'select compute_window_id, grid_zone_id, provider_id, name from window_snapshots order by compute_window_id, sequence',
      rowMode: 'array',
    });
    expect(snapshots).toEqual([
      [1, 1, 'provider-aire', 'Window gone'],
      [2, 1, 'provider-aire', 'Window here'],
      [2, 1, 'provider-aire', 'Window here'],
    ]);
  });
});
