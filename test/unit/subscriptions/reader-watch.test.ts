import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReaderWatch, type WatchedReader } from '../../../src/subscriptions/reader-watch.js';

const BLOCKED_MS = 30_000;

interface TestReader extends WatchedReader {
  taken: number;
  owes: boolean;
  probes: number;
  abandoned: number;
}

const reader = (owes = false): TestReader => {
  const self: TestReader = {
    taken: 0,
    owes,
    probes: 0,
    abandoned: 0,
    progress: () => self.taken,
    isOwing: () => self.owes,
    probe: () => void (self.probes += 1),
    abandon: () => void (self.abandoned += 1),
  };
  return self;
};

describe('a watch over readers', () => {
  let watch: ReaderWatch;
  beforeEach(() => {
    vi.useFakeTimers();
    watch = new ReaderWatch(BLOCKED_MS);
  });
  afterEach(() => void vi.useRealTimers());

  it('abandons, once, who takes nothing for so long while something waits', () => {
    const stuck = reader(true);
    watch.add(stuck);
    vi.advanceTimersByTime(BLOCKED_MS - 1);
    expect(stuck.abandoned).toBe(0);
    vi.advanceTimersByTime(2_000);
    expect(stuck.abandoned).toBe(1);
    vi.advanceTimersByTime(10 * BLOCKED_MS);
    expect(stuck.abandoned).toBe(1);
    expect(watch.size).toBe(0);
  });

  it('bears with who takes little, however much waits', () => {
    const slow = reader(true);
    watch.add(slow);
    for (let i = 0; i < 20; i += 1) {
      vi.advanceTimersByTime(BLOCKED_MS - 2_000);
      slow.taken += 1;
    }
    expect(slow.abandoned).toBe(0);
  });

  it('counts from when something began to wait, not from when it was last heard of', () => {
    const idle = reader();
    watch.add(idle);
    vi.advanceTimersByTime(10 * BLOCKED_MS);
    idle.owes = true;
    vi.advanceTimersByTime(BLOCKED_MS - 2_000);
    expect(idle.abandoned).toBe(0);
    vi.advanceTimersByTime(4_000);
    expect(idle.abandoned).toBe(1);
  });

  it('probes who owes nothing now and then, and no one else', () => {
    const idle = reader();
    const busy = reader(true);
    watch.add(idle);
    watch.add(busy);
    vi.advanceTimersByTime(25_000);
    expect(idle.probes).toBe(2);
    expect(busy.probes).toBe(0);
  });

  it('runs no timer while it watches nobody', () => {
    expect(vi.getTimerCount()).toBe(0);
    const [first, second] = [reader(), reader(true)];
    watch.add(first);
    watch.add(second);
    expect(vi.getTimerCount()).toBe(1);
    watch.delete(first);
    watch.delete(first);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(2 * BLOCKED_MS);
    expect(vi.getTimerCount()).toBe(0);
    watch.add(first);
    expect(vi.getTimerCount()).toBe(1);
  });
});
