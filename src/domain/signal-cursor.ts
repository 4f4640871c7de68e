/**
 * Where a page of the `gridSignals` connection ended, as an opaque Relay cursor. Signals are ordered by (from, regionId).
 *
 * Inside: `s1.<from>.<regionId>`, where s1 is the version of this form and `from` is `YYYY-MM-DDThh:mmZ`. Each
 * position has one text and each text one position. A cursor of the event log is not one of these, nor the reverse.
 */
import { fromBase64url, toBase64url } from './base64url.js';
import { isHalfHour } from './half-hour.js';
import { formatMinute, parseMinute } from './instant.js';

/** The place of one signal in the connection. */
export interface SignalPosition {
  /** Start of the signal's half hour. */
  readonly from: Date;
  /** 1 to 32767, what a PostgreSQL smallint holds; whether the region exists is not asked. */
  readonly regionId: number;
}

const MAX_REGION_ID = 32_767;
const FORM = /^s1\.([^.]+)\.([1-9][0-9]{0,4})$/;

/** Length of the longest cursor: 26 characters, base64url. What is longer is refused unread. */
const MAX_LENGTH = 35;

/** @throws {RangeError} when `from` is no start of a half hour in the years 0001 to 9999, or the region id out of range. */
export function encodeSignalCursor({ from, regionId }: SignalPosition): string {
  if (!isHalfHour(from)) throw new RangeError('a signal starts on a half hour');
  if (!isRegionId(regionId)) throw new RangeError(`${regionId} is no region id`);
  return toBase64url(`s1.${formatMinute(from)}.${regionId}`);
}

/** The position a cursor stands for; null for any text that `encodeSignalCursor` does not write. */
export function decodeSignalCursor(text: string): SignalPosition | null {
  if (text.length > MAX_LENGTH) return null;
  const [, minute, digits] = FORM.exec(fromBase64url(text) ?? '') ?? [];
  if (minute === undefined || digits === undefined) return null;
  const from = parseMinute(minute);
  const regionId = Number(digits);
  return from && isHalfHour(from) && isRegionId(regionId) ? { from, regionId } : null;
}

const isRegionId = (id: number): boolean => Number.isInteger(id) && id >= 1 && id <= MAX_REGION_ID;
