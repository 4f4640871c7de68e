import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publishFlexibilityWindow } from '../../../src/actions/flexibility/publish-flexibility-window.js';
import { canonicalJson } from '../../../src/domain/canonical-json.js';
import { flexibilityWindowsIn } from '../../../src/fleet/flexibility.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const at = (hours: number): Date => new Date(Date.parse('2026-03-02T00:00:00Z') + hours * 3_600_000);

describe('flexibility windows of the fleet', () => {
  it('are what the action that publishes them takes, each with an id of its own', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const windows = flexibilityWindowsIn(seed, at(0), at(240));
        for (const window of windows) publishFlexibilityWindow.input.parse(window);
        expect(new Set(windows.map(({ flexibilityWindowId }) => flexibilityWindowId)).size).toBe(
          windows.length,
        );
        expect(windows.length).toBeGreaterThan(0);
      }),
      { numRuns: 30 },
    );
  });

  it('are the same however the time is cut', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 95 }), (seed, cut) => {
        const parts = [
          ...flexibilityWindowsIn(seed, at(0), at(cut)),
          ...flexibilityWindowsIn(seed, at(cut), at(96)),
        ];
        expect(canonicalJson(parts)).toBe(canonicalJson(flexibilityWindowsIn(seed, at(0), at(96))));
      }),
    );
  });
});
