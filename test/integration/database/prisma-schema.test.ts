import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withPrisma } from '../../../src/database/prisma.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

interface Column {
  readonly name: string;
  /** As PostgreSQL formats it, precision and array included. */
  readonly type: string;
  readonly nullable: boolean;
  readonly hasDefault: boolean;
}

interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  readonly uniques: readonly string[];
  /** `columns -> table (columns)`, by name of the first. */
  readonly foreignKeys: readonly string[];
  readonly indexes: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = {
  Int: 'integer',
  'Int @db.SmallInt': 'smallint',
  BigInt: 'bigint',
  Float: 'double precision',
  String: 'text',
  Boolean: 'boolean',
  Json: 'jsonb',
  'DateTime @db.Timestamptz(3)': 'timestamp(3) with time zone',
};

/** The models of schema.prisma as the tables they say there are. Knows as much of the language as the file uses. */
function tablesOf(schema: string): { readonly tables: Table[]; readonly enums: Record<string, string[]> } {
  const blocks = [...schema.matchAll(/^(model|enum) (\w+) \{\n(.*?)^\}/gms)].map(
    ([, keyword, name, body]) => ({
      keyword,
      name: name ?? '',
      lines: (body ?? '')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('//')),
    }),
  );
  const mapped = (lines: readonly string[], otherwise: string): string =>
    lines.flatMap((line) => /^@@map\("(\w+)"\)$/.exec(line)?.[1] ?? [])[0] ?? otherwise;
  const enumNames = new Map(
    blocks.filter(({ keyword }) => keyword === 'enum').map(({ name, lines }) => [name, mapped(lines, name)]),
  );
  const models = blocks.filter(({ keyword }) => keyword === 'model');
  const tableNames = new Map(models.map(({ name, lines }) => [name, mapped(lines, name)]));
  const fieldsOf = (name: string) =>
    (models.find((model) => model.name === name)?.lines ?? [])
      .filter((line) => !line.startsWith('@@'))
      .map((line) => {
        const [, field = '', base = '', suffix = '', rest = ''] =
          /^(\w+)\s+(\w+)(\?|\[\])?\s*(.*)$/.exec(line) ?? [];
        return { field, base, suffix, rest, column: /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field };
      });
  const columnsOf = (model: string, fields: string): string[] =>
    fields.split(',').map((each) => {
      const field = each.trim().replace(/\(.*$/, '');
      return fieldsOf(model).find((known) => known.field === field)?.column ?? `unknown ${field}`;
    });
  const tables = models.map(({ name, lines }): Table => {
    const fields = fieldsOf(name);
    const scalars = fields.filter(({ base }) => !tableNames.has(base));
    const blockList = (attribute: string): string[][] =>
      lines.flatMap((line) => {
        const list = new RegExp(`^@@${attribute}\\(\\[([^\\]]+)\\]`).exec(line)?.[1];
        return list === undefined ? [] : [columnsOf(name, list)];
      });
    return {
      name: tableNames.get(name) ?? name,
      columns: scalars
        .map(({ base, suffix, rest, column }) => {
          const native = /@db\.\w+(\(\d+\))?/.exec(rest)?.[0];
          const type =
            enumNames.get(base) ?? TYPES[native ? `${base} ${native}` : base] ?? `unknown ${base} ${native}`;
          return {
            name: column,
            type: suffix === '[]' ? `${type}[]` : type,
            nullable: suffix === '?',
            hasDefault: rest.includes('@default'),
          };
        })
        .sort(byName),
      primaryKey:
        blockList('id')[0] ?? scalars.filter(({ rest }) => /@id\b/.test(rest)).map(({ column }) => column),
      uniques: [
        ...blockList('unique').map((columns) => columns.join(', ')),
        ...scalars.filter(({ rest }) => /@unique\b/.test(rest)).map(({ column }) => column),
      ].sort(),
      foreignKeys: fields
        .flatMap(({ base, rest }) => {
          const [, own, other] = /fields: \[([^\]]+)\], references: \[([^\]]+)\]/.exec(rest) ?? [];
          if (own === undefined || other === undefined) return [];
          return [
            `${columnsOf(name, own).join(', ')} -> ${tableNames.get(base)} (${columnsOf(base, other).join(', ')})`,
          ];
        })
        .sort(),
      indexes: lines.flatMap((line) => /^@@index\(.*map: "(\w+)"\)$/.exec(line)?.[1] ?? []).sort(),
    };
  });
  const enums = Object.fromEntries(
    blocks
      .filter(({ keyword }) => keyword === 'enum')
      .map(({ name, lines }) => [
        enumNames.get(name) ?? name,
        lines.filter((line) => !line.startsWith('@@')),
      ]),
  );
  return { tables, enums };
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1;

describe('prisma/schema.prisma', () => {
  let database: TestDatabase;
  let schema: ReturnType<typeof tablesOf>;

  beforeAll(async () => {
    database = await createTestDatabase();
    schema = tablesOf(await readFile(new URL('../../../prisma/schema.prisma', import.meta.url), 'utf8'));
  });
  afterAll(() => database.drop());

  const names = async (sql: string, ...values: unknown[]): Promise<string[]> =>
    (await database.owner.query<{ name: string }>(sql, values)).rows.map(({ name }) => name);

  async function tableInDatabase(name: string): Promise<Table> {
    const { rows: columns } = await database.owner.query<Column>(
      `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
         a.atthasdef or a.attidentity <> '' as "hasDefault"
       from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`,
      [name],
    );
    const keyed = `select string_agg(a.attname, ', ' order by k.ord) as name
      from pg_constraint c cross join unnest(c.conkey) with ordinality k (attnum, ord)
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
      where c.conrelid = $1::regclass and c.contype = $2 group by c.oid order by 1`;
    return {
      name,
      columns: columns.sort(byName),
      primaryKey: (await names(keyed, name, 'p')).flatMap((list) => list.split(', ')),
      uniques: await names(keyed, name, 'u'),
      foreignKeys: await names(
        `select format('%s -> %s (%s)', string_agg(a.attname, ', ' order by k.ord), c.confrelid::regclass, string_agg(b.attname, ', ' order by k.ord)) as name
         from pg_constraint c cross join unnest(c.conkey, c.confkey) with ordinality k (own, other, ord)
         join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own
         join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.other
         where c.conrelid = $1::regclass and c.contype = 'f' group by c.oid, c.confrelid order by 1`,
        name,
      ),
      indexes: await names(
        `select i.indexrelid::regclass::text as name from pg_index i
         where i.indrelid = $1::regclass and not i.indisunique and i.indpred is null order by 1`,
        name,
      ),
    };
  }

  it('names the tables, columns, types, nullability, defaults and keys that the migrations make', async () => {
    expect(schema.tables.map(({ name }) => name).sort()).toEqual([
      'agent_settings',
      'agent_states',
      'agents',
      'api_keys',
      'carbon_factors',
      'data_centres',
      'decision_outcomes',
      'decision_signals',
      'decisions',
      'flexibility_windows',
      'ingest_runs',
      'negotiation_turns',
      'negotiations',
      'operator_accounts',
      'operators',
      'order_messages',
      'order_transactions',
      'placement_slots',
      'placements',
      'regions',
      'sources',
      'storage_assets',
      'users',
      'workload_consumption',
      'workload_runs',
      'workloads',
    ]);
    for (const table of schema.tables) {
      const real = await tableInDatabase(table.name);
      // Keys of the database alone: Prisma has no model of a backfill or of the market.
      const foreignKeys = real.foreignKeys.filter(
        (key) => !/backfills|grid_zones|compute_windows|window_snapshots|offers/.test(key),
      );
      expect({ ...real, foreignKeys }).toEqual(table);
    }
  });

  it('names the words of every enum, in the order of the migrations', async () => {
    const { rows } = await database.owner.query<{ name: string; words: string[] }>(
      `select t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as words
       from pg_type t join pg_enum e on e.enumtypid = t.oid group by t.typname`,
    );
    expect(schema.enums).toEqual(Object.fromEntries(rows.map(({ name, words }) => [name, words])));
  });

  it('is what Prisma reads the database by', async () => {
    const { prisma, disconnectPrisma } = withPrisma(database, () => undefined);
    const [regions, sources, runs, factors] = await Promise.all([
      prisma.region.findMany({ include: { parent: true, children: true } }),
      prisma.source.findMany({ include: { runs: true } }),
      prisma.ingestRun.findMany({ include: { source: true, factors: true } }),
      prisma.carbonFactor.findMany({ include: { ingestRun: true } }),
    ]).finally(disconnectPrisma);
    expect([regions.length, sources.length > 0, runs, factors]).toEqual([18, true, [], []]);
  });
});
