import { execFile, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TEMPORARY } from '../support/temporary.js';

/** Stands in for the Prisma command: notes the call, and writes one file. */
const fakePrisma = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
appendFileSync('calls', 'generate ' + (process.env.PRISMA_SCHEMA_ENGINE_BINARY === process.execPath) + '\\n');
console.log('a banner');
if (readFileSync('prisma/schema.prisma', 'utf8').includes('nonsense')) {
  console.error('P1012');
  process.exit(1);
}
mkdirSync('src/generated/prisma', { recursive: true });
writeFileSync('src/generated/prisma/client.ts', 'export {};');
`;

/** Stands in for the compiler: copies sources to dist and lists them as tsc does. */
const fakeTsc = `
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
appendFileSync('calls', 'compile\\n');
const sources = readdirSync('src', { recursive: true }).filter((name) => name.endsWith('.ts'));
if (sources.some((name) => readFileSync('src/' + name, 'utf8').includes('nonsense'))) {
  console.log('error TS2322');
  process.exit(2);
}
for (const name of sources) {
  const target = resolve('dist', name.replace(/ts$/, 'js'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, readFileSync('src/' + name));
  console.log('TSFILE: ' + target);
}
`;

const files = {
  'package.json': '{ "type": "module" }',
  'package-lock.json': '{}',
  'tsconfig.json': '{}',
  'tsconfig.build.json': '{}',
  'prisma.config.ts': '',
  'prisma/schema.prisma': 'model Region {}',
  'src/cli/main.ts': `console.log('ran', ...process.argv.slice(2));`,
  'src/server/explorer.ts': `export const renderExplorerPage = async () => '<!doctype html>';`,
  'src/schema/print.ts': `export const printGraph = () => 'type Query';`,
  'node_modules/prisma/package.json': '{ "type": "module", "version": "1.0.0" }',
  'node_modules/prisma/build/index.js': fakePrisma,
  'node_modules/typescript/package.json': '{ "type": "module" }',
  'node_modules/typescript/bin/tsc': fakeTsc,
};

/** A tree that is built and up to date; each test gets a copy. */
let template: string;
let tree: string;
const at = (path: string): string => join(tree, path);

function write(path: string, contents: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), contents);
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Back to what a clone holds. */
function unbuild(): void {
  for (const folder of ['dist', 'src/generated']) rmSync(at(folder), { recursive: true });
}

/** Started in another folder, as the command `pylon` is. */
function script(name: string, ...args: string[]): Promise<Ended> {
  const { PRISMA_SCHEMA_ENGINE_BINARY: _, ...env } = process.env;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [at(`scripts/${name}.mjs`), ...args],
      { cwd: TEMPORARY, env },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

/** What the tools were asked to do since the last look. */
function calls(): string[] {
  const lines = existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split('\n') : [];
  rmSync(at('calls'), { force: true });
  return lines;
}

const silent = { code: 0, stdout: '', stderr: '' };
const everything = ['generate true', 'compile'];

beforeAll(async () => {
  template = tree = mkdtempSync(join(TEMPORARY, 'pylon-scripts-'));
  cpSync(new URL('../../scripts', import.meta.url), at('scripts'), { recursive: true });
  for (const [path, contents] of Object.entries(files)) write(path, contents);
  await script('build');
  calls();
});

beforeEach(() => {
  tree = mkdtempSync(join(TEMPORARY, 'pylon-scripts-'));
  cpSync(template, tree, { recursive: true });
});

afterEach(() => rmSync(tree, { recursive: true }));
afterAll(() => rmSync(template, { recursive: true }));

describe('build --if-stale', () => {
  const build = (): Promise<Ended> => script('build', '--if-stale');

  it('builds a fresh clone in silence, then leaves it alone, whatever the times of its files', async () => {
    unbuild();
    expect(await build()).toEqual(silent);
    expect(calls()).toEqual(everything);
    expect(readdirSync(at('dist/explorer'))).toEqual(['index.html', 'index.html.gz']);
    for (const path of Object.keys(files)) utimesSync(at(path), new Date(), new Date());
    expect(await build()).toEqual(silent);
    expect(calls()).toEqual([]);
  });

  it.each([
    ['a source changed', () => appendFileSync(at('src/cli/main.ts'), '\n'), ['compile']],
    ['a source appeared', () => write('src/extra.ts', ''), ['compile']],
    ['the lock file changed', () => write('package-lock.json', '{ }'), ['compile']],
    ['the schema changed', () => write('prisma/schema.prisma', 'model Signal {}'), everything],
    ['a made file is missing', () => rmSync(at('dist/cli/main.js')), ['compile']],
    ['a stamp is damaged', () => write('dist/.stamp.json', ''), ['compile']],
  ])('builds when %s', async (_why, change, expected) => {
    change();
    expect(await build()).toEqual(silent);
    expect(calls()).toEqual(expected);
  });

  it('takes away what no source makes any more', async () => {
    write('src/old/thing.ts', '');
    await build();
    expect(existsSync(at('dist/old/thing.js'))).toBe(true);
    rmSync(at('src/old'), { recursive: true });
    await build();
    expect(existsSync(at('dist/old'))).toBe(false);
  });

  it('says why it failed, and is stale until it has succeeded', async () => {
    write('src/cli/main.ts', 'nonsense');
    expect(await build()).toMatchObject({ code: 2, stdout: '', stderr: 'error TS2322\n' });
    write('src/cli/main.ts', files['src/cli/main.ts']);
    calls();
    await build();
    expect(calls()).toEqual(['compile']);
  });

  it('builds once when two start together', async () => {
    unbuild();
    expect(await Promise.all([build(), build()])).toEqual([silent, silent]);
    expect(calls()).toEqual(everything);
    expect(readdirSync(at('dist')).filter((name) => name.startsWith('.'))).toEqual(['.stamp.json']);
  });

  it('is not held up by a builder that was killed', async () => {
    unbuild();
    const { pid } = spawnSync(process.execPath, ['--version']);
    write(`dist/.lock/${pid}-abc`, '');
    expect(await build()).toEqual(silent);
    expect(existsSync(at('dist/.lock'))).toBe(false);
  });

  it('is not held up by a builder whose process id has gone to another', async () => {
    unbuild();
    const holder = `dist/.lock/${process.pid}-abc`;
    write(holder, '');
    const aMinuteAgo = new Date(Date.now() - 60_000);
    utimesSync(at(holder), aMinuteAgo, aMinuteAgo);
    expect(await build()).toEqual(silent);
  });
});

describe('generate --if-stale', () => {
  it('generates again when Prisma was updated, and prints all that Prisma said when it fails', async () => {
    unbuild();
    expect(await script('generate', '--if-stale')).toEqual(silent);
    write('node_modules/prisma/package.json', '{ "type": "module", "version": "1.0.1" }');
    expect(await script('generate', '--if-stale')).toEqual(silent);
    expect(calls()).toEqual(['generate true', 'generate true']);
    write('prisma/schema.prisma', 'nonsense');
    const failed = await script('generate', '--if-stale');
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toContain('a banner');
    expect(failed.stderr).toContain('P1012');
  });
});

describe('pylon', () => {
  it('says that it builds only when it does, and keeps stdout for the command', async () => {
    unbuild();
    const first = await script('pylon', 'keys', 'create');
    expect(first).toEqual({ code: 0, stdout: 'ran keys create\n', stderr: 'building…\n' });
    expect(await script('pylon', 'serve')).toEqual({ code: 0, stdout: 'ran serve\n', stderr: '' });
  });

  it('runs nothing when the build fails', async () => {
    write('src/extra.ts', 'nonsense');
    const failed = await script('pylon', 'serve');
    expect(failed).toEqual({ code: 2, stdout: '', stderr: 'building…\nerror TS2322\n' });
  });

  it('runs what was shipped where the sources were not', async () => {
    rmSync(at('src'), { recursive: true });
    rmSync(at('node_modules'), { recursive: true });
    expect(await script('pylon', 'serve')).toEqual({ code: 0, stdout: 'ran serve\n', stderr: '' });
  });
});

describe('schema', () => {
  it('prints the graph, or writes it beside package.json', async () => {
    expect(await script('schema')).toEqual({ code: 0, stdout: 'type Query\n', stderr: '' });
    expect(await script('schema', '--write')).toEqual(silent);
    expect(readFileSync(at('schema.graphql'), 'utf8')).toBe('type Query\n');
  });
});
