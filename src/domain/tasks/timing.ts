import { MOMENT, londonText, momentOf } from './moment.js';
import { NUMBER, numberOf, type Reading } from './reading.js';
import type { Assumption, Said } from './task.js';

const HOUR_MS = 3_600_000;
const UNIT = String.raw`(minutes?|mins?|hours?|hrs?|h|days?|d|weeks?)`;

const UNIT_MS: readonly (readonly [RegExp, number])[] = [
  [/^m/i, 60_000],
  [/^h/i, HOUR_MS],
  [/^d/i, 24 * HOUR_MS],
  [/^w/i, 7 * 24 * HOUR_MS],
];

/** When a task may run, as far as the request says. */
export interface Timing {
  readonly earliestStart: Date | null;
  readonly deadline: Date | null;
  /** How long it takes, ms. */
  readonly durationMs: number | null;
  /** It is not to wait. */
  readonly isAtOnce: boolean;
}

/** The words about time. Those of the deadline are read before those of the duration: `within 24 h` is no duration. */
export function readTiming(
  reading: Reading,
  now: Date,
): { readonly timing: Timing; readonly said: Said[]; readonly assumptions: Assumption[] } {
  const said: Said[] = [];
  const assumptions: Assumption[] = [];
  const moment = (lead: string, what: string): Date | null => {
    const match = reading.take(new RegExp(String.raw`${lead}${MOMENT}`, 'i'));
    if (!match) return null;
    const found = momentOf(match.slice(-5), now);
    if (!found) {
      assumptions.push({ what, value: 'none', why: `"${match[0].trim()}" is no date or no time of a day` });
      return null;
    }
    said.push({ what, value: `${londonText(found.at)} London time`, words: match[0].trim() });
    if (found.assumed !== null)
      assumptions.push({ what, value: `${londonText(found.at)} London time`, why: found.assumed });
    return found.at;
  };
  const span = (pattern: string, what: string): number | null => {
    const match = reading.take(new RegExp(pattern, 'i'));
    if (!match) return null;
    const ms =
      numberOf(match[1] ?? '') * (UNIT_MS.find(([unit]) => unit.test(match[2] ?? ''))?.[1] ?? HOUR_MS);
    said.push({ what, value: `${Number((ms / HOUR_MS).toFixed(3))} h`, words: match[0].trim() });
    return ms;
  };

  const within = span(
    String.raw`\b(?:(?:finish(?:ed)?|done|complete[d]?)\s+)?(?:within|in under|in less than|in the next|over the next)\s+(?:the next\s+)?(${NUMBER})\s*${UNIT}\b`,
    'deadline',
  );
  const earliest = moment(
    String.raw`\b(?:start(?:ing|s)?|begin(?:ning|s)?|not before|after|from)\s+(?:on\s+|at\s+|from\s+)?`,
    'earliestStart',
  );
  const by = moment(
    String.raw`\b(?:(?:to\s+be\s+)?(?:finish(?:ed)?|done|complete[d]?|ready)\s+)?(?:by|before|until|no later than|due|deadline(?:\s+is)?:?)\s+(?:on\s+|at\s+)?`,
    'deadline',
  );
  const overnight = by === null && within === null ? readNight(reading, now, said, assumptions) : null;
  const durationMs =
    span(
      String.raw`\b(?:for|takes?|lasting|running)\s+(?:about\s+)?(${NUMBER})\s*${UNIT}\b`,
      'durationMinutes',
    ) ?? span(String.raw`\b(${NUMBER})[\s-]*${UNIT}\b`, 'durationMinutes');
  // A moment without a word before it: what is named is when it must be done.
  const bare = by ?? (within === null && overnight === null ? moment(String.raw`\b`, 'deadline') : null);
  if (by === null && bare !== null)
    assumptions.push({
      what: 'deadline',
      value: londonText(bare),
      why: 'a moment that is only named is when it must be done',
    });
  const asap = reading.take(/\b(?:asap|as soon as possible|immediately|right now|right away|at once|now)\b/i);
  if (asap) said.push({ what: 'isDeferrable', value: 'false', words: asap[0] });
  return {
    timing: {
      earliestStart: earliest ?? overnight?.from ?? null,
      deadline: bare ?? (within === null ? (overnight?.to ?? null) : new Date(now.getTime() + within)),
      durationMs,
      isAtOnce: asap !== null,
    },
    said,
    assumptions,
  };
}

/** `nightly`, `overnight`, `tonight`: the next night. */
function readNight(
  reading: Reading,
  now: Date,
  said: Said[],
  assumptions: Assumption[],
): { readonly from: Date; readonly to: Date } | null {
  const match = reading.take(
    /\b(?:nightly|overnight|tonight|at night|over ?night)\b(?!\s*(?:,\s*)?(?:at\s+)?\d)/i,
  );
  if (!match) return null;
  const to = momentOf([undefined, undefined, undefined, '06:00', undefined], now)?.at ?? now;
  const evening = new Date(to.getTime() - 8 * HOUR_MS);
  const from = evening > now ? evening : now;
  said.push({ what: 'earliestStart', value: 'the next night', words: match[0] });
  const once = /nightly/i.test(match[0]) ? ', once: what is to run every night is submitted every night' : '';
  const why = `"${match[0]}" is the eight hours before 06:00 London time${once}`;
  assumptions.push(
    { what: 'earliestStart', value: `${londonText(from)} London time`, why },
    { what: 'deadline', value: `${londonText(to)} London time`, why },
  );
  return { from, to };
}
