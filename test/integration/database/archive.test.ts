import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archivePartition, type ArchivedPartition } from '../../../src/database/archive/archive.js';
import { partitionsBefore } from '../../../src/database/archive/partitions.js';
import { openOwnerSession } from '../../../src/database/owner-session.js';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import { momentAfter, said, startGrid, type Grid } from '../graph/grid.js';

const NOW = new Date('2026-06-10T12:00:00Z');
const OLD = new Date('2026-01-15T12:00:00Z');
const RECENT = new Date('2026-06-10T12:00:00Z');
const BEFORE = new Date('2026-02-01T00:00:00Z');
const REGIONAL = 'carbon-intensity-regional';

const mw = (at: Date, fuelType: string, value: number) =>
  ({ at, kind: 'OUTTURN', issuedAt: null, resolutionMinutes: 5, fuelType, mw: value }) as const;

describe('archiving', () => {
  let grid: Grid;
  let owner: pg.Client;
  let folder: string;
  let firstKnown: Date;
  let before: Record<string, unknown>[];
  const archived: ArchivedPartition[] = [];

  beforeAll(async () => {
    grid = await startGrid(NOW);
    folder = await mkdtemp(join(tmpdir(), 'pylon-archive-'));
    await grid.record(REGIONAL, [said({ regionId: 13, from: OLD, intensityGco2PerKwh: 100, index: 'LOW' })]);
    firstKnown = await momentAfter(grid);
    await grid.record(REGIONAL, [said({ regionId: 13, from: OLD, intensityGco2PerKwh: 110, index: 'LOW' })]);
    await grid.record(REGIONAL, [
      said({ regionId: 13, from: RECENT, intensityGco2PerKwh: 90, index: 'LOW' }),
    ]);
    await grid.recordSeries('fuel_generation', [mw(OLD, 'CCGT', 9_000.5), mw(OLD, 'PS', -300)]);
    await grid.recordSeries('fuel_generation', [mw(RECENT, 'CCGT', 8_000)]);
    before = (
      await grid.database.owner.query<Record<string, unknown>>(
        'select * from observations_2026_01 order by sequence',
      )
    ).rows;
    owner = await openOwnerSession(grid.database.ownerUrl, () => undefined);
    for (const partition of await partitionsBefore(owner, BEFORE))
      archived.push(await archivePartition(owner, partition, folder, NOW));
  });
  afterAll(async () => {
    await owner.end();
    await grid.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (query: string): Promise<unknown> => {
    const { data, errors } = await grid.server.query(query);
    return errors?.[0]?.extensions.code ?? data;
  };

  it('takes the months that ended before, of every table by time', () => {
    expect(archived.map(({ partition, rows }) => `${partition} ${rows}`).toSorted()).toEqual([
      'fuel_generation_2026_01 2',
      'observations_2026_01 2',
    ]);
  });

  it('writes every row whole, under its digest, and leaves nothing unfinished', async () => {
    const { file, sha256 } = archived.find(({ table }) => table === 'observations') ?? {
      file: '',
      sha256: '',
    };
    const bytes = await readFile(file);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    });
    const plain = (row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          value instanceof Date
            ? value.toISOString()
            : typeof value === 'bigint'
              ? String(value)
              : (value ?? null),
        ]),
      );
    expect(before).toHaveLength(2);
    expect(rows.map(plain)).toEqual(before.map(plain));
    expect(
      (await readdir(folder, { recursive: true })).filter((name) => name.includes('unfinished')),
    ).toEqual([]);
  });

  it('drops them, and remembers where they went', async () => {
    const { rows } = await grid.database.pool.query(
      `select table_name, rows::integer, to_regclass(partition_name) as left from archived_partitions order by table_name`,
    );
    expect(rows).toEqual([
      { table_name: 'fuel_generation', rows: 2, left: null },
      { table_name: 'observations', rows: 2, left: null },
    ]);
  });

  it('goes on serving the newest of each signal, and what is younger', async () => {
    const signal = (from: Date) =>
      ask(
        `{ gridSignals(regionIds: [13], from: "${from.toISOString()}", to: "${addHalfHours(from, 1).toISOString()}") { edges { node { carbonIntensity { forecastGco2PerKwh } } } } }`,
      );
    expect(await signal(OLD)).toEqual({
      gridSignals: { edges: [{ node: { carbonIntensity: { forecastGco2PerKwh: 110 } } }] },
    });
    expect(await signal(RECENT)).toEqual({
      gridSignals: { edges: [{ node: { carbonIntensity: { forecastGco2PerKwh: 90 } } }] },
    });
  });

  it.each([
    [
      'a signal as of then',
      (known: Date) =>
        `{ gridSignals(regionIds: [13], from: "2026-01-15T12:00Z", to: "2026-01-15T12:30Z", asOf: "${known.toISOString()}") { edges { cursor } } }`,
    ],
    [
      'its observations',
      () =>
        '{ gridSignals(regionIds: [13], from: "2026-01-15T12:00Z", to: "2026-01-15T12:30Z") { edges { node { observations { source } } } } }',
    ],
    [
      'observations',
      () =>
        '{ observations(regionId: 13, from: "2026-01-15T00:00Z", to: "2026-01-16T00:00Z") { edges { cursor } } }',
    ],
    [
      'generation',
      () => '{ fuelGeneration(from: "2026-01-15T00:00Z", to: "2026-01-16T00:00Z") { edges { cursor } } }',
    ],
  ])('never answers as if nothing had been known: %s', async (_name, query) => {
    expect(await ask(query(firstKnown))).toBe('DATA_ARCHIVED');
  });

  it('has nothing left to do the second time', async () => {
    expect(await partitionsBefore(owner, BEFORE)).toEqual([]);
  });

  it('drops nothing of a partition that grew while it was written', async () => {
    await grid.recordSeries('fuel_generation', [mw(new Date('2026-03-15T12:00:00Z'), 'CCGT', 1)]);
    const [partition] = await partitionsBefore(owner, new Date('2026-04-01T00:00:00Z'));
    if (!partition) throw new Error('there is no such partition');
    const write = owner.query.bind(owner);
    let grown = false;
    owner.query = (async (...args: Parameters<typeof write>) => {
      if (!grown && args[0].startsWith('set local lock_timeout')) {
        grown = true;
        await grid.recordSeries('fuel_generation', [mw(new Date('2026-03-15T12:05:00Z'), 'CCGT', 2)]);
      }
      return write(...args);
    }) as typeof owner.query;
    await expect(archivePartition(owner, partition, folder, NOW)).rejects.toThrow(
      'grew while it was archived',
    );
    owner.query = write;
    const { rows } = await grid.database.pool.query(
      `select mw from fuel_generation where at < '2026-04-01' order by at`,
    );
    expect(rows).toEqual([{ mw: 1 }, { mw: 2 }]);
    const again = await archivePartition(owner, partition, folder, new Date(NOW.getTime() + 1000));
    expect(again.rows).toBe(2);
  });
});
