import type { Market, Topic } from '../domain/codes.js';
import { PylonError } from '../domain/errors.js';
import type { StreamDefinition } from './stream.js';

interface After {
  readonly after?: string | null | undefined;
}

const definitionOf = (topic: Topic, { after }: After, show: StreamDefinition['show']): StreamDefinition => {
  const topics = new Set([topic]);
  return { after: after ?? null, pick: (batch) => batch.ofTopics(topics), show };
};

/** Null for all. @throws {PylonError} BAD_USER_INPUT for a filter that lets nothing through. */
export function filterOf<Word>(
  name: string,
  words: readonly Word[] | null | undefined,
): ReadonlySet<Word> | null {
  if (words?.length === 0)
    throw new PylonError('BAD_USER_INPUT', `${name} names nothing; leave it out for all`);
  return words ? new Set(words) : null;
}

/** Changes of generation by fuel type. @throws {PylonError} BAD_USER_INPUT */
export function generationStream(
  args: After & { readonly fuelTypes?: readonly string[] | null | undefined },
): StreamDefinition {
  const wanted = filterOf('fuelTypes', args.fuelTypes);
  return definitionOf('GENERATION', args, (event, objects) => {
    const generation = objects.generation(event);
    return generation && (!wanted || wanted.has(generation.fuelType)) ? { generation } : null;
  });
}

/** Changes of prices. @throws {PylonError} BAD_USER_INPUT */
export function priceStream(
  args: After & { readonly markets?: readonly Market[] | null | undefined },
): StreamDefinition {
  const wanted = filterOf('markets', args.markets);
  return definitionOf('PRICES', args, (event, objects) => {
    const price = objects.price(event);
    return price && (!wanted || wanted.has(price.market)) ? { price } : null;
  });
}

/** Readings of the frequency. */
export function frequencyStream(
  args: After & {
    readonly belowHz?: number | null | undefined;
    readonly aboveHz?: number | null | undefined;
  },
): StreamDefinition {
  const below = args.belowHz ?? Infinity;
  const above = args.aboveHz ?? -Infinity;
  return definitionOf('FREQUENCY', args, (event, objects) => {
    const frequency = objects.frequency(event);
    return frequency && frequency.hz < below && frequency.hz > above ? { frequency } : null;
  });
}
