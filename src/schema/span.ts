import { AS_OF } from './as-of.js';
import { builder } from './builder.js';

/** Arguments of a connection over a span of half hours. */
export const halfHourSpanArgs = builder.args((t) => ({
  from: t.field({
    type: 'DateTime',
    required: true,
    description: 'Start of the first half hour, inclusive; at :00 or :30 UTC.',
  }),
  to: t.field({
    type: 'DateTime',
    required: true,
    description: 'End of the last half hour, exclusive; at :00 or :30 UTC, at most 366 days after `from`.',
  }),
  asOf: t.field({ type: 'DateTime', description: AS_OF }),
}));

/** Arguments of a connection over a span of readings. */
export const readingSpanArgs = (longestDays: number) =>
  builder.args((t) => ({
    from: t.field({ type: 'DateTime', required: true, description: 'First instant, inclusive.' }),
    to: t.field({
      type: 'DateTime',
      required: true,
      description: `Last instant, exclusive; at most ${longestDays} days after \`from\`.`,
    }),
    asOf: t.field({ type: 'DateTime', description: AS_OF }),
  }));
