const HOUR_MS = 3_600_000;

/**
 * Hours since 1970-01-01T00:00 on London clocks, at an instant given in hours since 1970-01-01T00:00Z.
 *
 * An hour ahead of UTC from the last Sunday of March to the last Sunday of October, changing at 01:00Z: the rule in
 * force since 1996, written out so that a synthetic value does not hang on the time zones a machine has installed.
 */
export function londonHours(hours: number): number {
  const year = new Date(hours * HOUR_MS).getUTCFullYear();
  const summer = hours >= clockChangeHours(year, 3) && hours < clockChangeHours(year, 10);
  return summer ? hours + 1 : hours;
}

/** @param month one-based; a month of 31 days. */
function clockChangeHours(year: number, month: number): number {
  const lastDay = new Date(Date.UTC(year, month - 1, 31, 1));
  return lastDay.getTime() / HOUR_MS - 24 * lastDay.getUTCDay();
}
