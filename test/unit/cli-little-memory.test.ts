import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const MODULE = pathToFileURL('src/cli/little-memory.ts').href;

/** Fills memory with what lives on, in a process of its own. By how many MB the space for new objects grew, and what was said on stderr. */
async function growth(isToldFirst: boolean): Promise<{ readonly mb: number; readonly stderr: string }> {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { streamInLittleMemory } from ${JSON.stringify(MODULE)};
    const newSpace = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size / 1024 ** 2;
    if (${isToldFirst}) streamInLittleMemory();
    const before = newSpace();
    const kept = Array.from({ length: 500_000 }, (_, i) => ({ i }));
    process.stdout.write(String(kept.length > 0 ? newSpace() - before : 0));`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    '--input-type=module',
    '--eval',
    program,
  ]);
  return { mb: Number(stdout), stderr };
}

describe('a stream in little memory', () => {
  it('does not let the space for new objects grow, by settings that this Node knows', async () => {
    const { mb, stderr } = await growth(true);
    expect(mb).toBeLessThanOrEqual(0);
    expect(stderr).not.toContain('unrecognized flag');
  });

  it('would have seen it grow', async () => {
    expect((await growth(false)).mb).toBeGreaterThan(0);
  });
});
