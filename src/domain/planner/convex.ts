/** A convex function on an interval, of straight segments: its value at the left end, and slopes that rise with their lengths. */
export interface Convex {
  readonly left: number;
  readonly value: number;
  readonly segments: readonly Segment[];
}

export interface Segment {
  readonly slope: number;
  readonly length: number;
}

/** 0 from `from` to `to`. */
export const flat = (from: number, to: number): Convex => ({
  left: from,
  value: 0,
  segments: to > from ? [{ slope: 0, length: to - from }] : [],
});

export const rightOf = ({ left, segments }: Convex): number =>
  segments.reduce((sum, { length }) => sum + length, left);

/** The least of one(x) + other(y) for each x + y: of convex functions, all segments in the order of their slopes. */
export function convolve(one: Convex, other: Convex): Convex {
  const segments: Segment[] = [];
  let [i, j] = [0, 0];
  while (i < one.segments.length || j < other.segments.length) {
    const [a, b] = [one.segments[i], other.segments[j]];
    const next = a && (!b || a.slope <= b.slope) ? a : b!;
    if (next === a) i += 1;
    else j += 1;
    const last = segments.at(-1);
    if (last?.slope === next.slope)
      segments[segments.length - 1] = { slope: last.slope, length: last.length + next.length };
    else segments.push(next);
  }
  return { left: one.left + other.left, value: one.value + other.value, segments };
}

/** The same function on the part of its interval that lies in another. Null: none does. */
export function clip(f: Convex, from: number, to: number): Convex | null {
  let { left, value } = f;
  const right = rightOf(f);
  if (right < from || left > to) return null;
  const segments: Segment[] = [];
  let at = left;
  for (const { slope, length } of f.segments) {
    const start = Math.max(at, from);
    const end = Math.min(at + length, to);
    if (at + length <= from) value += slope * length;
    else if (at < from) value += slope * (from - at);
    if (end > start) segments.push({ slope, length: end - start });
    at += length;
  }
  left = Math.max(left, from);
  return { left: Math.min(left, to), value, segments };
}

/** Its value at a point of its interval; Infinity outside. */
export function valueAt({ left, value, segments }: Convex, x: number): number {
  if (x < left - 1e-9) return Infinity;
  let [at, sum] = [left, value];
  for (const { slope, length } of segments) {
    if (x <= at + length) return sum + slope * (x - at);
    sum += slope * length;
    at += length;
  }
  return x <= at + 1e-9 ? sum : Infinity;
}

/** Where its slope changes, both ends included. */
export function cornersOf({ left, segments }: Convex): number[] {
  const corners = [left];
  let at = left;
  for (const { length } of segments) corners.push((at += length));
  return corners;
}
