import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { ParquetWriter, fileWriter, schemaFromColumnData, type ColumnSource } from 'hyparquet-writer';

/** A column as PostgreSQL names its type. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
}

type ParquetType = NonNullable<ColumnSource['type']>;

/** How each type of ours is written. A type that is not here is a fault of ours, and nothing is written. */
const PARQUET_TYPES: Readonly<Record<string, ParquetType>> = {
  bigint: 'INT64',
  integer: 'INT32',
  smallint: 'INT32',
  'double precision': 'DOUBLE',
  real: 'DOUBLE',
  boolean: 'BOOLEAN',
  text: 'STRING',
  date: 'STRING',
  jsonb: 'JSON',
  'timestamp with time zone': 'TIMESTAMP',
};

export type Row = Readonly<Record<string, unknown>>;

/** Writes rows batch by batch, in flat memory. The file is there whole under its name, or not at all. */
export async function writeParquet(
  file: string,
  columns: readonly TableColumn[],
  batches: AsyncIterable<readonly Row[]>,
): Promise<{ readonly rows: number; readonly sha256: string }> {
  const unfinished = `${file}.unfinished`;
  try {
    const writer = new ParquetWriter({
      writer: fileWriter(unfinished),
      schema: schemaFromColumnData({ columnData: sourcesOf(columns, []) }),
      createdBy: 'pylon',
    });
    let rows = 0;
    for await (const batch of batches) {
      await writer.write({ columnData: sourcesOf(columns, batch), rowGroupSize: batch.length });
      rows += batch.length;
    }
    await writer.finish();
    await sync(unfinished);
    const sha256 = await digestOf(unfinished);
    await rename(unfinished, file);
    return { rows, sha256 };
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

function sourcesOf(columns: readonly TableColumn[], rows: readonly Row[]): ColumnSource[] {
  return columns.map(({ name, type }) => {
    const parquetType = PARQUET_TYPES[type];
    if (!parquetType)
      throw new Error(`column ${name} is of type ${type}, which has no place in an archive yet`);
    return { name, type: parquetType, nullable: true, data: rows.map((row) => row[name] ?? null) };
  });
}

/** What is renamed is on the disk. */
async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
