import type { SourceRecord } from '../database/source-health.js';
import { HALF_HOUR_MS, floorToHalfHour } from '../domain/half-hour.js';
import type { Window } from '../domain/ingest-run.js';
import type { AnySource } from './registry.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * What a source is asked for now: as far back as its publisher revises and as far ahead as it forecasts; after an outage
 * also what was missed, or revised meanwhile, as far as one request may reach (the rest is `pylon backfill`'s).
 */
export function windowNow(source: AnySource, record: SourceRecord | undefined, now: Date): Window {
  const halfHour = floorToHalfHour(now).getTime();
  const to = halfHour + source.horizonHours * HOUR_MS;
  const revised = halfHour - source.lookbackHours * HOUR_MS;
  const missedFrom = record?.heardTo ? unsettledSince(source, record.heardTo) : revised;
  const earliest = source.history ? to - source.history.windowDays * DAY_MS : revised;
  return { from: new Date(Math.max(Math.min(revised, missedFrom), earliest)), to: new Date(to) };
}

/**
 * The first half hour of which the last word was not yet heard, when a source was last asked: the first not heard of at
 * all, less what was still revised then. A half hour that ran then was heard of by who forecasts it, and not by who
 * reads it as it goes.
 */
function unsettledSince({ lookbackHours, horizonHours }: AnySource, heardTo: Date): number {
  const running = heardTo.getTime() - horizonHours * HOUR_MS;
  const unheard = horizonHours * HOUR_MS > HALF_HOUR_MS ? running + HALF_HOUR_MS : running;
  return unheard - lookbackHours * HOUR_MS;
}

/** Windows of at most `windowDays`, oldest first, that together are [from, to). */
export function historyWindows({ from, to }: Window, windowDays: number): Window[] {
  const windows: Window[] = [];
  for (let start = from.getTime(); start < to.getTime(); start += windowDays * DAY_MS) {
    windows.push({
      from: new Date(start),
      to: new Date(Math.min(start + windowDays * DAY_MS, to.getTime())),
    });
  }
  return windows;
}
