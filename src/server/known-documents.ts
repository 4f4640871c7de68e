import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import type { Context } from '../context.js';
import { admit, limitErrors, type OperationRequest } from './limits.js';

/** Documents held; the one that was longest not asked for goes first. */
const MOST_DOCUMENTS = 200;
/** A longer one is not held, in characters. */
const LONGEST_TEXT = 10_000;

/**
 * Admits operations. Of a document that was admitted before only the limits are looked at again, because they depend on
 * variables; thousands of subscribers of one document share one, which is ten times longer than its text.
 */
export class KnownDocuments {
  readonly #schema: GraphQLSchema;
  readonly #documents = new Map<string, DocumentNode>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  get size(): number {
    return this.#documents.size;
  }

  admit(
    request: OperationRequest,
    context: Context,
  ): { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] } {
    const { query, operationName, variables } = request;
    const document = this.#documents.get(query);
    if (!document) {
      const admitted = admit(this.#schema, request, context);
      if ('document' in admitted) this.#remember(query, admitted.document);
      return admitted;
    }
    const errors = limitErrors(this.#schema, document, operationName, variables ?? {}, context);
    if (errors.length > 0) return { errors };
    this.#remember(query, document);
    return { document };
  }

  #remember(query: string, document: DocumentNode): void {
    if (query.length > LONGEST_TEXT) return;
    this.#documents.delete(query);
    this.#documents.set(query, document);
    const [oldest] = this.#documents.keys();
    if (this.#documents.size > MOST_DOCUMENTS && oldest !== undefined) this.#documents.delete(oldest);
  }
}
