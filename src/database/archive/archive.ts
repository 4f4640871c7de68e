import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { PylonError } from '../../domain/errors.js';
import type { MonthPartition } from './partitions.js';
import { writeParquet, type Row, type TableColumn } from './parquet-file.js';

const ROWS_A_BATCH = 20_000;

/** A partition that is a file now. */
export interface ArchivedPartition extends MonthPartition {
  readonly rows: number;
  readonly file: string;
  readonly sha256: string;
}

/**
 * Writes one partition to `folder/table/partition.<archivedAt>.parquet` and drops it. Killed at any moment, the partition is
 * there, or the file is there and listed in `archived_partitions`; a file without a line there is no archive.
 *
 * @param owner a session of the owner, in UTC, that does nothing else.
 * @throws {PylonError} DATABASE_UNAVAILABLE when rows were added meanwhile, or readers do not let go: nothing is dropped.
 */
export async function archivePartition(
  owner: pg.ClientBase,
  partition: MonthPartition,
  folder: string,
  archivedAt: Date,
): Promise<ArchivedPartition> {
  await mkdir(join(folder, partition.table), { recursive: true });
  const stamp = archivedAt.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const file = join(folder, partition.table, `${partition.partition}.${stamp}.parquet`);
  const columns = await columnsOf(owner, partition.partition);
  const { rows, sha256 } = await writeParquet(file, columns, rowsOf(owner, partition.partition, columns));
  const archived = { ...partition, rows, file, sha256 };
  await drop(owner, archived, archivedAt);
  return archived;
}

async function columnsOf(owner: pg.ClientBase, partition: string): Promise<TableColumn[]> {
  const { rows } = await owner.query<TableColumn>(
    `select attname as name, format_type(atttypid, null) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [pg.escapeIdentifier(partition)],
  );
  return rows;
}

/** All rows as they are at one moment, in batches. */
async function* rowsOf(
  owner: pg.ClientBase,
  partition: string,
  columns: readonly TableColumn[],
): AsyncGenerator<readonly Row[]> {
  const selected = columns.map(({ name, type }) => {
    const column = pg.escapeIdentifier(name);
    return type === 'date' ? `${column}::text` : column; // the driver reads a date as an instant of its own zone
  });

  await owner.query('begin isolation level repeatable read read only');
  try {
    await owner.query(
      `declare archived no scroll cursor for select ${selected.join(', ')} from ${pg.escapeIdentifier(partition)}`,
    );
    for (;;) {
      const { rows } = await owner.query<Row>(`fetch ${ROWS_A_BATCH} from archived`);
      if (rows.length === 0) return;
      yield rows;
    }
  } finally {
    await owner.query('rollback');
  }
}

async function drop(owner: pg.ClientBase, archived: ArchivedPartition, archivedAt: Date): Promise<void> {
  const name = pg.escapeIdentifier(archived.partition);
  await owner.query('begin');
  try {
    await owner.query(`set local lock_timeout = '10s'; lock table ${name} in access exclusive mode`);
    const { rows } = await owner.query<{ rows: bigint }>(`select count(*) as rows from ${name}`);
    if (Number(rows[0]?.rows) !== archived.rows)
      throw new PylonError(
        'DATABASE_UNAVAILABLE',
        `${archived.partition} grew while it was archived; run the command again`,
      );
    await owner.query(
      `insert into archived_partitions (table_name, partition_name, from_at, to_at, rows, file, sha256, archived_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        archived.table,
        archived.partition,
        archived.from,
        archived.to,
        archived.rows,
        archived.file,
        archived.sha256,
        archivedAt,
      ],
    );
    await owner.query(`alter table ${pg.escapeIdentifier(archived.table)} detach partition ${name}`);
    await owner.query(`drop table ${name}`);
    await owner.query('commit');
  } catch (error) {
    await owner.query('rollback');
    throw error;
  }
}
