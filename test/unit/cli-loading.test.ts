import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** Packages that are loaded with a file of src, before any that it may ask for later. */
async function packagesOf(file: string): Promise<readonly string[]> {
  const { outputs } = (
    await build({
      entryPoints: [file],
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
    })
  ).metafile;
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === file) ?? '';
  const seen = new Set([entry]);
  for (const path of seen)
    for (const { path: to, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement') seen.add(to);
  return [...seen].filter((path) => !path.startsWith('out/') && !path.startsWith('node:')).sort();
}

describe('a command', () => {
  it('is told from the others before anything large is loaded', async () => {
    expect(await packagesOf('src/cli/main.ts')).toEqual(['commander']);
  });

  it('that brings in history loads no graph and no Prisma', async () => {
    expect(await packagesOf('src/cli/backfill.ts')).toEqual([
      'pg',
      'pg-copy-streams',
      'temporal-polyfill',
      'undici',
    ]);
  });

  it('that serves loads both', async () => {
    expect(await packagesOf('src/server/app.ts')).toEqual(
      expect.arrayContaining(['@pothos/core', '@prisma/adapter-pg', 'graphql']),
    );
  });
});
