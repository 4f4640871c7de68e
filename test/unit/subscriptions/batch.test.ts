import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../src/database/event-log.js';
import type { Topic } from '../../../src/domain/codes.js';
import { Batch } from '../../../src/subscriptions/batch.js';

const event = (sequence: bigint, topic: Topic, regionId: number | null = null): LogEvent => ({
  sequence,
  topic,
  regionId,
  knownAt: new Date(0),
  from: regionId === null ? null : new Date(0),
  objectId: regionId === null ? 1 : null,
});

const batch = new Batch([
  event(1n, 'GRID_SIGNALS', 5),
  event(2n, 'GRID_SIGNALS', 13),
  event(3n, 'INGEST_RUNS'),
  event(4n, 'GRID_SIGNALS', 5),
  event(5n, 'CARBON_FACTORS'),
  event(10n, 'GRID_SIGNALS', 13),
]);
const sequences = (events: readonly LogEvent[]): bigint[] => events.map(({ sequence }) => sequence);

describe('a batch', () => {
  it('picks by region and by topic, in log order', () => {
    expect(sequences(batch.ofRegions(new Set([13])))).toEqual([2n, 10n]);
    expect(sequences(batch.ofRegions(new Set([13, 5])))).toEqual([1n, 2n, 4n, 10n]);
    expect(sequences(batch.ofTopics(new Set(['INGEST_RUNS', 'GRID_SIGNALS'])))).toEqual([
      1n,
      2n,
      3n,
      4n,
      10n,
    ]);
  });

  it('picks nothing where nothing is', () => {
    expect(batch.ofRegions(new Set([18]))).toEqual([]);
    expect(batch.ofRegions(new Set())).toEqual([]);
    expect(batch.ofTopics(new Set())).toEqual([]);
  });
});
