/** The first and the last of some instants; nulls where there are none. A statement bounded by them leaves out the other partitions. */
export function spanOf(instants: readonly Date[]): readonly [Date | null, Date | null] {
  const first = instants.reduce<Date | null>((least, at) => (least && least <= at ? least : at), null);
  const last = instants.reduce<Date | null>((most, at) => (most && most >= at ? most : at), null);
  return [first, last];
}
