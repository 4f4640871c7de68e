import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './index.js';

/** The graph as SDL: what `schema.graphql` holds. */
export const printGraph = (): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
