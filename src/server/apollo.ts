import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode, type GraphQLSchema } from 'graphql';
import type { Context } from '../context.js';
import type { Logger } from '../logger.js';
import { takesPlainJson } from './accept.js';
import { formatError } from './format-error.js';
import { LIMITS, isTokenLimit, limitErrors } from './limits.js';

/** GraphQL over HTTP. Limits and errors are those of the sockets too: one validation path. */
export function createApollo(schema: GraphQLSchema, log: Logger): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    parseOptions: { maxTokens: LIMITS.tokens },
    csrfPrevention: true,
    introspection: true,
    hideSchemaDetailsFromClientErrors: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    logger: log.child({ part: 'apollo' }, { level: 'warn' }),
    formatError: (formatted, error) => {
      if (!(error instanceof GraphQLError))
        return formatError(new GraphQLError(formatted.message, { originalError: error as Error }), log);
      const shown = formatError(error, log);
      const code = isTokenLimit(shown)
        ? 'QUERY_TOO_COMPLEX'
        : (shown.extensions?.['code'] ?? formatted.extensions?.['code']);
      return { ...shown, extensions: { ...shown.extensions, code } };
    },
    plugins: [
      // On by default it wraps every resolver; measured 1.5 times the cost of a request.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      limits,
      plainJsonStatus,
    ],
  });
}

const limits: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ schema, document, request, operation, operationName, contextValue }) => {
      if (operation?.operation === OperationTypeNode.SUBSCRIPTION) throw refused(SUBSCRIPTION);
      const [error] = limitErrors(schema, document, operationName, request.variables ?? {}, contextValue);
      if (error) throw refused(error);
    },
  }),
};

const SUBSCRIPTION = new GraphQLError(
  'subscriptions are served over graphql-transport-ws on this path, and over server-sent events on /graphql/stream',
  { extensions: { code: 'BAD_REQUEST' } },
);

/** Without a status of its own an error before execution would be ours: 500. */
const refused = ({ message, nodes, extensions }: GraphQLError): GraphQLError =>
  new GraphQLError(message, {
    nodes: nodes ?? null,
    extensions: { ...extensions, http: { status: 400 } },
  });

/**
 * A client that accepts plain JSON expects 200 for an answer that is GraphQL, errors and all; only a request that is no
 * GraphQL request is 400. Clients that accept application/graphql-response+json get the status as it is.
 */
const plainJsonStatus: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ request, response, source }) => {
      if (
        source !== undefined &&
        response.http.status === 400 &&
        takesPlainJson(request.http?.headers.get('accept'))
      )
        response.http.status = 200;
    },
  }),
};
