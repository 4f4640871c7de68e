import { createComplexityRule } from '@pothos/plugin-complexity';
import {
  GraphQLError,
  Kind,
  parse,
  specifiedRules,
  validate,
  visit,
  type DocumentNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { Context } from '../context.js';

/** Limits on one operation, the same on every transport. */
export const LIMITS = { tokens: 1_000, depth: 12, aliases: 30, directives: 30, cost: 50_000 } as const;

/** Each `__schema` or `__type` weighs as much: a tool asks one, and all of the schema is a long answer. */
const INTROSPECTION_COST = 10_000;

export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** A document fit to execute, or why it is not. For transports that do not go through Apollo. */
export function admit(
  schema: GraphQLSchema,
  { query, operationName, variables }: OperationRequest,
  context: Context,
): { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] } {
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: LIMITS.tokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { errors: [coded(error, 'GRAPHQL_PARSE_FAILED')] };
  }
  const invalid = validate(schema, document, specifiedRules);
  if (invalid.length > 0)
    return { errors: invalid.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED')) };
  const excess = limitErrors(schema, document, operationName, variables ?? {}, context);
  return excess.length > 0 ? { errors: excess } : { document };
}

/** What of a valid document exceeds the limits. How deep introspection may go is limited by graphql-js. */
export function limitErrors(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>>,
  context: Context,
): readonly GraphQLError[] {
  const { counts, data } = shapeOf(document);
  const tooMany = (['aliases', 'directives'] as const).filter((what) => counts[what] > LIMITS[what]);
  if (tooMany.length > 0)
    return tooMany.map((what) => tooComplex(`${counts[what]} ${what}; at most ${LIMITS[what]} are allowed`));
  let excess: GraphQLError[] = [];
  const rule = createComplexityRule({
    context,
    variableValues: { ...variables },
    operationName: operationName ?? null,
    maxDepth: LIMITS.depth,
    maxComplexity: LIMITS.cost,
    validate: ({ depth, complexity }) => {
      const cost = complexity + counts.introspections * INTROSPECTION_COST;
      if (depth > LIMITS.depth)
        excess = [tooComplex(`the depth is ${depth}; at most ${LIMITS.depth} is allowed`)];
      else if (cost > LIMITS.cost) {
        excess = [
          tooComplex(
            `the cost is ${cost}; at most ${LIMITS.cost} is allowed: ask for smaller pages or fewer fields`,
          ),
        ];
      }
    },
  });
  const errors = validate(schema, data, [rule]);
  return excess.length > 0 ? excess : errors.map((error) => coded(error, 'BAD_USER_INPUT'));
}

const tooComplex = (why: string): GraphQLError =>
  new GraphQLError(`the operation is too complex: ${why}`, { extensions: { code: 'QUERY_TOO_COMPLEX' } });

/** Whether graphql-js refused a document for its length; it has no code of its own for that, and a slip in its words. */
export const isTokenLimit = ({ message }: { readonly message: string }): boolean =>
  /Document contains more tha[nt] \d+ tokens/.test(message);

/** The error with a code, if it has none: the token limit is one of complexity, other syntax errors are the default. */
function coded(error: GraphQLError, fallback: string): GraphQLError {
  if (typeof error.extensions['code'] === 'string') return error;
  error.extensions['code'] = isTokenLimit(error) ? 'QUERY_TOO_COMPLEX' : fallback;
  return error;
}

/** What of a document the limits look at that does not depend on variables. */
interface Shape {
  readonly counts: ReturnType<typeof countNodes>;
  readonly data: DocumentNode;
}
/** Documents are held and asked again with other variables; going through one takes as long as executing a small one. */
const shapes = new WeakMap<DocumentNode, Shape>();

function shapeOf(document: DocumentNode): Shape {
  const known = shapes.get(document);
  if (known) return known;
  const shape = { counts: countNodes(document), data: withoutIntrospection(document) };
  shapes.set(document, shape);
  return shape;
}

function countNodes(document: DocumentNode): {
  readonly aliases: number;
  readonly directives: number;
  readonly introspections: number;
} {
  const counts = { aliases: 0, directives: 0, introspections: 0 };
  visit(document, {
    Field: ({ alias, name }) => {
      if (alias) counts.aliases += 1;
      if (isIntrospection(name.value)) counts.introspections += 1;
    },
    Directive: () => {
      counts.directives += 1;
    },
  });
  return counts;
}

const isIntrospection = (field: string): boolean => field === '__schema' || field === '__type';

/** The document without `__schema` and `__type` at the root, whose depth and cost are not those of data. */
function withoutIntrospection(document: DocumentNode): DocumentNode {
  const keep = (set: SelectionSetNode): SelectionSetNode => {
    const selections = set.selections.filter(
      (node) => !(node.kind === Kind.FIELD && isIntrospection(node.name.value)),
    );
    return selections.length > 0
      ? { ...set, selections }
      : { ...set, selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }] };
  };
  const definitions = document.definitions.map((node) =>
    node.kind === Kind.OPERATION_DEFINITION ? { ...node, selectionSet: keep(node.selectionSet) } : node,
  );
  return { ...document, definitions };
}
