import { fnv1a } from '../fnv1a.js';

/** A smooth random field: a value in [0, 1), about 0.5 on average, for a seed and an instant in hours since 1970. */
export type Noise = (seed: number, hours: number) => number;

/** One time scale of a field: roughly how long it takes to change, and how much it counts. */
export type Octave = readonly [scaleHours: number, weight: number];

/**
 * A field that can be read at any instant without walking there.
 *
 * Random values sit on a lattice in time and are joined smoothly; slow and fast lattices are added. Only integer
 * hashing and + - * / are used, which IEEE 754 fixes to the bit, so every machine reads the same field.
 *
 * @param name keeps fields apart: two fields of one seed and different names have nothing in common.
 */
export function noiseOf(name: string, octaves: readonly Octave[]): Noise {
  const total = octaves.reduce((sum, [, weight]) => sum + weight, 0);
  const layers = octaves.map(([scaleHours, weight], position) => ({
    scaleHours,
    weight: weight / total,
    stream: fnv1a(`${name}/${position}`),
  }));
  return (seed, hours) => {
    let sum = 0;
    for (const { scaleHours, weight, stream } of layers)
      sum += weight * smooth(seed ^ stream, hours / scaleHours);
    return sum;
  };
}

/** Widens a field about its middle and cuts it at 0 and 1, since a sum of octaves rarely strays far from 0.5. */
export const widen = (value: number, gain: number, shift = 0): number =>
  clamp01((value - 0.5) * gain + 0.5 + shift);

export const clamp01 = (value: number): number => Math.min(1, Math.max(0, value));

/** From 0 at 0 to 1 at 1, flat at both ends. */
export const ease = (value: number): number => value * value * (3 - 2 * value);

function smooth(stream: number, position: number): number {
  const left = Math.floor(position);
  const before = latticeValue(stream, left);
  return before + (latticeValue(stream, left + 1) - before) * ease(position - left);
}

function latticeValue(stream: number, index: number): number {
  return mixBits(mixBits(stream) ^ Math.imul(index, 0x9e3779b1)) / 0x1_0000_0000;
}

/** The finaliser of MurmurHash3: every input bit moves every output bit. Unsigned 32 bits. */
function mixBits(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
