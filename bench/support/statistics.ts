/** The middle of some figures; of an even number the mean of the two in the middle. @throws {RangeError} for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new RangeError('no figures to take the median of');
  return (low + high) / 2;
}

/** Milliseconds that some work took, and what it answered. */
export async function timed<Answer>(
  work: () => Promise<Answer> | Answer,
): Promise<readonly [number, Answer]> {
  const start = performance.now();
  const answer = await work();
  return [performance.now() - start, answer];
}

/** Lowest, median and highest, for a note. */
export function spread(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${low.toFixed(1)} / ${median(values).toFixed(1)} / ${high.toFixed(1)}`;
}

/** The figure that so large a share of all figures is no more than. @throws {RangeError} for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new RangeError('no figures to take a quantile of');
  return found;
}
