const RADIANS_PER_DEGREE = Math.PI / 180;

/**
 * Sine of an angle in degrees, within 1e-11.
 *
 * Not Math.sin: engines may differ in its last bit, and a synthetic value must be the same on any machine.
 */
export function sinDegrees(degrees: number): number {
  const turned = degrees - 360 * Math.floor((degrees + 180) / 360); // -180 inside, 180 outside
  const folded = turned > 90 ? 180 - turned : turned < -90 ? -180 - turned : turned;
  const x = folded * RADIANS_PER_DEGREE;
  const squared = x * x;
  let term = x;
  let sum = x;
  for (let n = 2; n <= 14; n += 2) {
    term *= -squared / (n * (n + 1));
    sum += term;
  }
  return sum;
}

export const cosDegrees = (degrees: number): number => sinDegrees(degrees + 90);
