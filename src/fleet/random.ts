import { fnv1a } from '../domain/fnv1a.js';

/**
 * Random numbers that are the same on any machine: integer arithmetic and + - * / alone, which IEEE 754 fixes to the bit.
 */
export interface Random {
  /** In [0, 1), a multiple of 2⁻³². */
  next(): number;
  /** In [least, most), as even as `next`. */
  between(least: number, most: number): number;
  /** A whole number, both ends inside. */
  whole(least: number, most: number): number;
  /** Whether something of this probability happens. */
  happens(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** One of the keys, as often as its weight says. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key;
  /** How many of what comes at random come, when so many do on average: Poisson's distribution. */
  poisson(mean: number): number;
}

/**
 * @param name keeps streams apart: two of one seed and different names have nothing in common.
 */
export function randomOf(seed: number, name: string): Random {
  const next = sfc32(fnv1a(`a/${seed}/${name}`), fnv1a(`b/${seed}/${name}`), fnv1a(`c/${seed}/${name}`));
  const between = (least: number, most: number): number => least + (most - least) * next();
  const whole = (least: number, most: number): number => least + Math.floor((most - least + 1) * next());
  return {
    next,
    between,
    whole,
    happens: (probability) => next() < probability,
    pick(items) {
      const item = items[whole(0, items.length - 1)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    weighted(weights) {
      const entries = Object.entries<number>(weights) as [keyof typeof weights, number][];
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [key, weight] of entries) {
        left -= weight;
        if (left < 0) return key;
      }
      throw new RangeError('no weight is above 0');
    },
    poisson(mean) {
      if (!(mean >= 0 && mean < 1e6)) throw new RangeError(`${mean} is no mean number of arrivals`);
      // The sum of independent ones is one of the sum of their means, and e⁻¹ is far from what a double cannot hold.
      let count = 0;
      for (let left = mean; left > 0; left -= 1) count += poissonUpToOne(Math.min(left, 1), next);
      return count;
    },
  };
}

/** Knuth's: how many factors it takes for a product of random numbers to fall below e⁻ᵐᵉᵃⁿ. */
function poissonUpToOne(mean: number, next: () => number): number {
  const limit = expOfMinus(mean);
  let count = 0;
  for (let product = next(); product > limit; product *= next()) count += 1;
  return count;
}

/** e⁻ˣ for x in [0, 1], by its series: engines may differ in the last bit of Math.exp. */
function expOfMinus(x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= 20; n += 1) {
    term *= -x / n;
    sum += term;
  }
  return sum;
}

/** Chris Doty-Humphrey's small fast counting generator, warmed up. */
function sfc32(first: number, second: number, third: number): () => number {
  let [a, b, c, counter] = [first | 0, second | 0, third | 0, 1];
  const step = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 15; i += 1) step();
  return step;
}
