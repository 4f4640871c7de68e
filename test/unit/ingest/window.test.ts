import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceRecord } from '../../../src/database/source-health.js';
import { HALF_HOUR_MS, floorToHalfHour, isHalfHour } from '../../../src/domain/half-hour.js';
import type { Window } from '../../../src/domain/ingest-run.js';
import { SOURCES, sourceById, type AnySource } from '../../../src/ingest/registry.js';
import { historyWindows, windowNow } from '../../../src/ingest/window.js';

const at = (text: string) => new Date(text);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = at('2026-03-02T12:34:56Z');

const regional = sourceById('carbon-intensity-regional');
const forecast = sourceById('carbon-intensity-national-forecast');
const outturn = sourceById('carbon-intensity-national-outturn');
const factors = sourceById('carbon-intensity-factors');
const fuelinst = sourceById('elexon-fuelinst');
const fuelhh = sourceById('elexon-fuelhh');

const heard = ({ from, to }: Window): SourceRecord => ({
  sourceId: 1,
  lastRunId: 1,
  lastFinishedAt: NOW,
  lastSuccessAt: NOW,
  heardFrom: from,
  heardTo: to,
  failures: 0,
  lastErrorAt: null,
  lastErrorCode: null,
  lastError: null,
  notBefore: null,
});
/** What is asked now by who last asked at another instant. */
const after = (source: AnySource, last: Date, now = NOW): Window =>
  windowNow(source, heard(windowNow(source, undefined, last)), now);
const hours = ({ from, to }: Window): number => (to.getTime() - from.getTime()) / HOUR_MS;

describe('windowNow', () => {
  it('begins as far back as the publisher revises and ends where its forecast does', () => {
    expect(windowNow(outturn, undefined, NOW)).toEqual({
      from: at('2026-02-28T12:30Z'),
      to: at('2026-03-02T12:30Z'),
    });
    expect(windowNow(regional, undefined, NOW)).toEqual({
      from: at('2026-03-02T12:30Z'),
      to: at('2026-03-04T12:30Z'),
    });
    expect(windowNow(factors, undefined, NOW)).toEqual({
      from: at('2026-03-02T12:30Z'),
      to: at('2026-03-02T12:30Z'),
    });
  });

  it('asks a forecast for its 48 hours at every update, because it heard of the half hour that has just ended', () => {
    expect(hours(after(regional, at('2026-03-02T12:02Z')))).toBe(48);
    expect(hours(after(regional, at('2026-03-02T12:31Z')))).toBe(48);
  });

  it('reaches back to what was missed after an outage', () => {
    expect(after(regional, at('2026-03-02T09:02Z')).from).toEqual(at('2026-03-02T09:30Z'));
    expect(after(fuelhh, at('2026-02-28T09:13Z')).from).toEqual(at('2026-02-27T09:00Z'));
  });

  it('asks again for what was still being revised when the outage began', () => {
    expect(after(outturn, at('2026-03-02T09:13Z')).from).toEqual(at('2026-02-28T09:00Z'));
  });

  it('ends readings with the half hour that is running, and takes that one up again after an outage', () => {
    expect(windowNow(fuelinst, undefined, NOW)).toEqual({
      from: at('2026-03-02T11:30Z'),
      to: at('2026-03-02T13:00Z'),
    });
    // Asked at 09:07, the readings from 09:10 to 09:30 had not been made.
    expect(after(fuelinst, at('2026-03-02T09:07Z')).from).toEqual(at('2026-03-02T08:00Z'));
  });

  it('reaches back no further than one request may, and not at all where there is no history', () => {
    const { from, to } = after(regional, at('2025-11-01T00:00Z'));
    expect(to).toEqual(at('2026-03-04T12:30Z'));
    expect(to.getTime() - from.getTime()).toBe(14 * DAY_MS);
    expect(after(forecast, at('2025-11-01T00:00Z'))).toEqual(windowNow(forecast, undefined, NOW));
  });

  it('is never shorter than the look-back and the horizon, lies on half hours, and leaves no half hour unheard', () => {
    const sources = fc.constantFrom(...SOURCES);
    const lasts = fc.integer({ min: 0, max: 40 * DAY_MS });
    fc.assert(
      fc.property(sources, lasts, (source, ago) => {
        const last = new Date(NOW.getTime() - ago);
        const before = windowNow(source, undefined, last);
        const window = after(source, last);
        expect(isHalfHour(window.from) && isHalfHour(window.to)).toBe(true);
        expect(hours(window)).toBeGreaterThanOrEqual(source.lookbackHours + source.horizonHours);
        expect(window.to.getTime()).toBe(floorToHalfHour(NOW).getTime() + source.horizonHours * HOUR_MS);
        // What was not heard of yet, or only half, or is revised; or as far back as one request, or the publisher, goes.
        const running = floorToHalfHour(last).getTime();
        const unheard = source.horizonHours > 0.5 ? running + HALF_HOUR_MS : running;
        const longestMs = source.history ? source.history.windowDays * DAY_MS : hours(before) * HOUR_MS;
        expect(hours(window) * HOUR_MS).toBeLessThanOrEqual(longestMs);
        const needed = unheard - source.lookbackHours * HOUR_MS;
        expect(window.from.getTime()).toBeLessThanOrEqual(Math.max(needed, window.to.getTime() - longestMs));
      }),
    );
  });
});

describe('historyWindows', () => {
  const starts = fc
    .date({ min: at('2017-09-26T00:00Z'), max: at('2035-01-01T00:00Z'), noInvalidDate: true })
    .map(floorToHalfHour);

  it('together are exactly the span, oldest first, each at most as long as one request may ask for', () => {
    fc.assert(
      fc.property(
        starts,
        fc.nat({ max: 48 * 400 }),
        fc.integer({ min: 1, max: 31 }),
        (from, halfHours, days) => {
          const to = new Date(from.getTime() + halfHours * HALF_HOUR_MS);
          const windows = historyWindows({ from, to }, days);
          let reached = from;
          for (const window of windows) {
            expect(window.from).toEqual(reached);
            expect(window.to > window.from).toBe(true);
            expect(window.to.getTime() - window.from.getTime()).toBeLessThanOrEqual(days * DAY_MS);
            reached = window.to;
          }
          expect(reached).toEqual(to);
          expect(windows.length).toBe(Math.ceil(halfHours / 48 / days));
        },
      ),
    );
  });

  it('are none for a span that is done', () => {
    expect(historyWindows({ from: NOW, to: NOW }, 14)).toEqual([]);
  });
});
