import { describe, expect, it, vi } from 'vitest';
import { listen } from '../../../src/server/listen.js';

const taken = (): Error => Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
/** Starts on any port but those. */
const startUnless =
  (...ports: readonly number[]) =>
  async (port: number): Promise<number> => {
    if (ports.includes(port)) throw taken();
    return port;
  };

describe('the port', () => {
  it('is the one that was set', async () => {
    expect(await listen({ PORT: 5000, HOST: '127.0.0.1' }, startUnless())).toBe(5000);
    expect(await listen({ PORT: 0, HOST: '127.0.0.1' }, startUnless())).toBe(0);
  });

  it('that was set and is taken fails loudly', async () => {
    await expect(listen({ PORT: 5000, HOST: '127.0.0.1' }, startUnless(5000))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('PORT=5000') as unknown,
    });
  });

  it('that was not set is the next free one, and that is said', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      expect(await listen({ PORT: undefined, HOST: '127.0.0.1' }, startUnless())).toBe(4000);
      expect(write).not.toHaveBeenCalled();
      expect(await listen({ PORT: undefined, HOST: '127.0.0.1' }, startUnless(4000, 4001))).toBe(4002);
      expect(write).toHaveBeenCalledWith(expect.stringContaining('4002'));
    } finally {
      write.mockRestore();
    }
  });

  it('is none when all that are tried are taken', async () => {
    const ports = Array.from({ length: 50 }, (_, i) => 4000 + i);
    await expect(listen({ PORT: undefined, HOST: '127.0.0.1' }, startUnless(...ports))).rejects.toMatchObject(
      {
        code: 'CONFIG_INVALID',
      },
    );
  });

  it('is not looked for when something else is wrong', async () => {
    const start = vi.fn<() => Promise<never>>(() => Promise.reject(new Error('no database')));
    await expect(listen({ PORT: undefined, HOST: '127.0.0.1' }, start)).rejects.toThrow('no database');
    expect(start).toHaveBeenCalledTimes(1);
  });
});
