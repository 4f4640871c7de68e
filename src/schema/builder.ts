import SchemaBuilder, { PothosValidationError } from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import DataloaderPlugin from '@pothos/plugin-dataloader';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import type { Context } from '../context.js';
import type PrismaTypes from '../generated/prisma/pothos.js';
import { getDatamodel } from '../generated/prisma/pothos.js';
import { LARGEST_PAGE } from '../resolvers/page.js';
import { decodeGlobalId, encodeGlobalId } from './global-id.js';

export const builder = new SchemaBuilder<{
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    ID: { Input: string; Output: string | number };
  };
}>({
  plugins: [ComplexityPlugin, DataloaderPlugin, PrismaPlugin, RelayPlugin],
  defaultFieldNullability: false,
  // The limit itself is applied before execution, in server/limits.ts, to every transport alike.
  complexity: { defaultComplexity: 1, defaultListMultiplier: 1, disabled: true },
  relay: {
    cursorType: 'String',
    clientMutationId: 'omit',
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: decodeGlobalId,
    idFieldOptions: { description: 'Global id, for `node` and `nodes`. Opaque.' },
    nodeTypeOptions: { description: 'An object with a global id.' },
    nodeQueryOptions: {
      description: 'Any object by its global id. Null: nothing has that id.',
      args: { id: { description: 'Global id, from a field `id`.' } },
    },
    nodesQueryOptions: {
      description:
        'Objects by their global ids, in the order of the ids. Null in the place of an id that nothing has.',
      args: { ids: { description: `Global ids, at most ${LARGEST_PAGE}.` } },
      complexity: ({ ids }: { readonly ids: readonly unknown[] }) => ({
        field: 1,
        multiplier: Math.min(ids.length, LARGEST_PAGE),
      }),
      resolve: (_root, { ids }, _context, _info, resolveNodes) => {
        if (ids.length > LARGEST_PAGE) {
          throw new PothosValidationError(`ids: ${ids.length} are too many; at most ${LARGEST_PAGE}`, {
            extensions: { code: 'BAD_USER_INPUT' },
          });
        }
        return resolveNodes(ids);
      },
    },
    pageInfoTypeOptions: { description: 'Where a page lies in its connection.' },
    hasNextPageFieldOptions: { description: 'Whether more follows: ask again with `after: endCursor`.' },
    hasPreviousPageFieldOptions: { description: 'Whether the page was asked for with `after`.' },
    startCursorFieldOptions: { description: 'Cursor of the first edge. Null: the page is empty.' },
    endCursorFieldOptions: { description: 'Cursor of the last edge. Null: the page is empty.' },
    edgesFieldOptions: { description: 'The rows of the page, each with its cursor.' },
    pageInfoFieldOptions: { description: 'Whether there are more, and where they begin.' },
    cursorFieldOptions: { description: 'Pass it as `after` for what follows this row. Opaque.' },
    nodeFieldOptions: { description: 'The row itself.' },
  },
  prisma: {
    client: (context) => context.prisma,
    dmmf: getDatamodel(),
    exposeDescriptions: false,
    filterConnectionTotalCount: true,
    onUnusedQuery: null,
  },
});

builder.queryType({
  description:
    'What can be asked. Every reading of the grid can be asked `asOf` a past instant: as it was known then. ' +
    'A span goes from `from`, inclusive, to `to`, exclusive.',
});
builder.mutationType({
  description:
    'Actions. Each is checked as a whole, is one transaction with its events, and is done once: the same `idempotencyKey` and input ' +
    'are answered the same, however often they come. It answers the object, as it was when the action was done, or an ActionRefusal ' +
    'that says why nothing was done. UNAUTHENTICATED and FORBIDDEN are errors.',
});
builder.subscriptionType({
  description:
    'What is pushed. Without `after` a stream begins with READY, which carries the cursor to resume from; with `after` it sends ' +
    'everything since that cursor, in order, then what comes, with no seam.',
});
