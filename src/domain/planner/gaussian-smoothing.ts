/** Beyond three standard deviations a weight is under 1.2 % of the first. */
const REACH = 3;

/** How many steps away a value may be and still count. */
export const reachOf = (sigma: number): number => Math.ceil(REACH * sigma);

/**
 * Each value as the mean of those around it, weighed by a normal density of their distance. Neighbours count in pairs, one on
 * either side: near the ends fewer do, and a slope is not bent there. NaN marks what is absent: it stays absent, and its pair
 * does not count.
 *
 * @param sigma standard deviation of the weights, in steps of the series; 0 leaves the values as they are.
 * @throws {RangeError} when sigma is below 0 or no number.
 */
export function smoothed(values: Float64Array, sigma: number): Float64Array {
  if (!(sigma >= 0)) throw new RangeError(`a standard deviation of ${sigma} is none`);
  const reach = reachOf(sigma);
  const weights = Float64Array.from({ length: reach + 1 }, (_, d) =>
    d === 0 ? 1 : Math.exp(-(d * d) / (2 * sigma * sigma)),
  );
  return values.map((own, i) => {
    let sum = own;
    let total = 1;
    for (let d = 1; d <= reach && d <= i && i + d < values.length; d += 1) {
      const pair = values[i - d]! + values[i + d]!;
      if (Number.isNaN(pair)) continue;
      sum += weights[d]! * pair;
      total += 2 * weights[d]!;
    }
    return sum / total;
  });
}
