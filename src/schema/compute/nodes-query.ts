import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../../context.js';

/** What of their relations is asked of the nodes of a connection: read with them, and not for each of them. */
export const nodesQuery = (context: Context, info: GraphQLResolveInfo): object =>
  queryFromInfo({ context, info, path: ['edges', 'node'] });
