import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSignals } from '../../../src/database/grid-signals.js';
import {
  loadSourceCatalog,
  registerSources,
  type SourceFacts,
} from '../../../src/database/source-catalog.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { aStatement, createWriters } from './writers.js';

describe('the catalogue of sources', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const facts = (id: string, given: Partial<SourceFacts> = {}): SourceFacts => ({
    id,
    priority: 100,
    carbonKinds: ['FORECAST'],
    mixKinds: [],
    regionIds: [],
    ...given,
  });
  const row = async (id: string): Promise<unknown> =>
    (
      await database.owner.query(
        'select priority, carbon_kinds, mix_kinds, region_ids from sources where code = $1',
        [id],
      )
    ).rows[0];

  it('gives a source the same number at every start, and takes none for it', async () => {
    await registerSources(database.owner, [facts('a')]);
    const first = (await loadSourceCatalog(database.pool)).idOf('a');
    for (let start = 0; start < 5; start += 1) await registerSources(database.owner, [facts('a')]);
    await registerSources(database.owner, [facts('b')]);
    const catalog = await loadSourceCatalog(database.pool);
    expect([catalog.idOf('a'), catalog.idOf('b')]).toEqual([first, first + 1]);
    expect(catalog.codeOf(first)).toBe('a');
  });

  it('registers a new source once for several processes that start at once', async () => {
    await Promise.all([1, 2, 3].map(() => registerSources(database.owner, [facts('many')])));
    const { rows } = await database.owner.query(`select from sources where code = 'many'`);
    expect(rows.length).toBe(1);
  });

  it('keeps what a source once stated, and takes over what it states now', async () => {
    await registerSources(database.owner, [facts('wide', { regionIds: [18], mixKinds: ['OUTTURN'] })]);
    await registerSources(database.owner, [
      facts('wide', { priority: 7, carbonKinds: ['OUTTURN'], regionIds: [13] }),
    ]);
    expect(await row('wide')).toEqual({
      priority: 7,
      carbon_kinds: [1, 2],
      mix_kinds: [2],
      region_ids: [13, 18],
    });
    await registerSources(database.owner, [facts('wide', { regionIds: [] })]);
    expect(await row('wide')).toMatchObject({ region_ids: [] });
    await registerSources(database.owner, [facts('wide', { regionIds: [5] })]);
    expect(await row('wide')).toMatchObject({ region_ids: [] });
  });

  it('still answers the past of a source that states less now', async () => {
    const { writers } = await createWriters(database, [{ id: 'shrinking', quality: 'REAL', priority: 100 }]);
    const from = new Date('2026-03-02T12:00Z');
    const key = { regionId: 13, from };
    const first = await writers[0]?.write([aStatement({ ...key, kind: 'OUTTURN', intensityGco2PerKwh: 41 })]);
    await writers[0]?.write([aStatement({ ...key, kind: 'OUTTURN', intensityGco2PerKwh: 42 })]);
    await registerSources(database.owner, [
      facts('shrinking', { carbonKinds: ['FORECAST'], regionIds: [18] }),
    ]);
    const reader = {
      db: database.pool,
      sources: await loadSourceCatalog(database.pool),
      servesSynthetic: true,
      archive: database.reader.archive,
    };
    const outturnAsOf = async (asOf: bigint | null): Promise<unknown> =>
      (await readSignals(reader, [key], asOf))[0]?.carbon?.outturnGco2PerKwh;
    expect(await outturnAsOf(null)).toBe(42);
    expect(await outturnAsOf(first?.lastSequence ?? 0n)).toBe(41);
  });

  it('names those there are when asked for one there is not', async () => {
    const catalog = await loadSourceCatalog(database.pool);
    expect(() => catalog.idOf('nobody')).toThrow(/there is no source "nobody"; there are: .*synthetic/);
    expect(() => catalog.entryOf(32767)).toThrow(/registered by a newer process/);
  });
});
