import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Rule {
  /** Folders of src, or single files of them, that it may import at run time. */
  readonly ours: readonly string[];
  /** Packages it may import at run time; any where left out. */
  readonly packages?: readonly string[];
}

/** Which folder of src may import what at run time. Types are free: they are gone by then. */
const TABLE: Readonly<Record<string, Rule>> = {
  // Arithmetic can be trusted and tested alone.
  domain: { ours: [], packages: ['temporal-polyfill'] },
  // What Prisma makes of prisma/schema.prisma.
  generated: { ours: [] },
  database: { ours: ['domain', 'generated'] },
  // Ingestion runs without GraphQL.
  ingest: { ours: ['domain', 'database'] },
  // What can be done, and by what rules: no GraphQL, no HTTP. What is asked of a seller is written in the protocol's words.
  actions: { ours: ['domain', 'database', 'planning', 'beckn/adapter.ts'], packages: ['zod'] },
  // A made-up fleet and its work, drawn without a clock or a database; one file registers it, by the actions.
  fleet: { ours: ['domain', 'database', 'actions'], packages: [] },
  // Policies propose and the host carries out, by the actions: no GraphQL, no HTTP.
  agents: { ours: ['domain', 'database', 'actions', 'planning'], packages: [] },
  // The marketplace is asked and heard without GraphQL, by the means of ingestion.
  beckn: { ours: ['domain', 'database', 'ingest'], packages: ['undici'] },
  // The planner on threads of its own, and the CSV that people plan from.
  planning: { ours: ['domain', 'database'], packages: ['csv-parse'] },
  // One place asks the database, and it knows neither Pothos nor HTTP. `sources` is answered from the registry, and data sets
  // are named by the catalogue: the lists of what this version asks are data, and importing them starts nothing.
  resolvers: {
    ours: ['domain', 'database', 'planning', 'ingest/registry.ts', 'ingest/elexon/catalogue.ts'],
    packages: ['dataloader'],
  },
  // Events come from the log and from nowhere else. They name regions and wrap signals just as queries do.
  subscriptions: {
    ours: [
      'domain',
      'database',
      'resolvers/regions.ts',
      'resolvers/signal-node.ts',
      'resolvers/window-node.ts',
    ],
    packages: ['graphql', 'pg'],
  },
  // Nothing depends on the shape of the graph, and it depends on nobody who asks the database himself.
  schema: {
    ours: ['domain', 'generated', 'planning', 'actions', 'resolvers', 'subscriptions'],
    packages: [
      'graphql',
      '@pothos/core',
      '@pothos/plugin-complexity',
      '@pothos/plugin-dataloader',
      '@pothos/plugin-prisma',
      '@pothos/plugin-relay',
    ],
  },
  // A gateway can serve and never ingest.
  server: { ours: ['domain', 'database', 'planning', 'beckn', 'resolvers', 'schema', 'subscriptions'] },
  'config.ts': { ours: ['domain'], packages: ['zod'] },
  'logger.ts': { ours: [], packages: ['pino'] },
  'context.ts': { ours: [], packages: [] },
  // Wiring is visible in one place.
  'runtime.ts': { ours: ['domain', 'database', 'ingest'] },
  cli: {
    ours: [
      'domain',
      'database',
      'ingest',
      'beckn',
      'fleet',
      'agents',
      'planning',
      'server',
      'config.ts',
      'logger.ts',
      'runtime.ts',
    ],
    packages: ['commander', 'node-cron'],
  },
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isPackage: boolean;
}

/** What the files of a folder named `src` import once types are gone: esbuild reads them as Node will. */
async function runtimeImports(root: string): Promise<readonly Import[]> {
  const files = (await readdir(join(root, 'src'), { recursive: true })).filter((name) =>
    name.endsWith('.ts'),
  );
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: files.map((name) => `src/${name}`),
    outdir: 'out',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  return Object.entries(metafile.inputs).flatMap(([from, { imports }]) =>
    imports.map(({ path, external }) => ({
      from: from.replace(/^src\//, ''),
      to: path.replace(/^src\//, ''),
      isPackage: external === true,
    })),
  );
}

const folderOf = (file: string): string => file.split('/', 1)[0] ?? '';
const packageOf = (path: string): string =>
  path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');

/** The imports that the table does not allow. */
const forbidden = (imports: readonly Import[]): string[] =>
  imports.flatMap(({ from, to, isPackage }) => {
    const rule = TABLE[folderOf(from)];
    if (!rule) return [`${from} is in a folder that the table does not know`];
    const allowed = isPackage
      ? (rule.packages?.includes(packageOf(to)) ?? true) ||
        (to.startsWith('node:') && folderOf(from) !== 'domain')
      : folderOf(to) === folderOf(from) || rule.ours.includes(folderOf(to)) || rule.ours.includes(to);
    return allowed ? [] : [`${from} imports ${to}`];
  });

describe('what a folder imports at run time', () => {
  it('is in the table', async () => {
    const imports = await runtimeImports(process.cwd());
    expect(imports.length).toBeGreaterThan(300);
    expect(forbidden(imports)).toEqual([]);
  });

  it('is in a table without idle rows', async () => {
    const imports = await runtimeImports(process.cwd());
    const idle = Object.entries(TABLE).flatMap(([folder, { ours }]) =>
      ours
        .filter(
          (allowed) =>
            !imports.some(
              ({ from, to }) => folderOf(from) === folder && (folderOf(to) === allowed || to === allowed),
            ),
        )
        .map((allowed) => `${folder} does not import ${allowed}`),
    );
    expect(idle).toEqual([]);
  });
});

describe('the table', () => {
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'pylon-imports-'));
    const files = {
      'src/domain/spread.ts':
        "import {\n  pool,\n  type Pool,\n} from\n  '../database/pool.js';\nexport const held: Pool = pool;\n",
      'src/domain/only-types.ts':
        "import type { Pool } from '../database/pool.js';\nexport type { Pool } from '../database/pool.js';\nexport const x = (pool: Pool): Pool => pool;\n",
      'src/domain/types-inside.ts':
        "import { type Pool } from '../database/pool.js';\nexport const y: Pool = 1;\n",
      'src/domain/late.ts': "export const load = () => import(\n  '../server/app.js'\n);\n",
      'src/domain/passing-on.ts': "export\n  * from '../server/app.js';\n",
      'src/domain/effect.ts': "import '../server/app.js';\n",
      'src/domain/package.ts': "import pg from 'pg';\nexport const z = pg;\n",
      'src/domain/files.ts': "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
      'src/domain/said.ts':
        "// import { app } from '../server/app.js'\nexport const text = \"import { app } from '../server/app.js'\";\n",
      'src/resolvers/source.ts': "import { run } from '../ingest/run.js';\nexport const r = run;\n",
      'src/resolvers/pothos.ts':
        "import SchemaBuilder from '@pothos/core';\nexport const b = SchemaBuilder;\n",
      'src/database/pool.ts':
        "import { value } from '../domain/value.js';\nexport type Pool = number;\nexport const pool: Pool = value;\n",
      'src/domain/value.ts': 'export const value = 1;\n',
      'src/ingest/run.ts': 'export const run = 1;\n',
      'src/server/app.ts': 'export const app = 1;\n',
      'src/helpers/x.ts': "import { value } from '../domain/value.js';\nexport const h = value;\n",
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(root, name, '..'), { recursive: true });
      await writeFile(join(root, name), text);
    }
  });
  afterAll(() => rm(root, { recursive: true }));

  it('refuses what it does not list, over several lines, late, passed on or for its effect, and never a type', async () => {
    expect(forbidden(await runtimeImports(root)).sort()).toEqual([
      'domain/effect.ts imports server/app.ts',
      'domain/files.ts imports node:fs',
      'domain/late.ts imports server/app.ts',
      'domain/package.ts imports pg',
      'domain/passing-on.ts imports server/app.ts',
      'domain/spread.ts imports database/pool.ts',
      'domain/types-inside.ts imports database/pool.ts',
      'helpers/x.ts is in a folder that the table does not know',
      'resolvers/pothos.ts imports @pothos/core',
      'resolvers/source.ts imports ingest/run.ts',
    ]);
  });
});
