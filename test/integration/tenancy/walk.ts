/** Operations that select everything that a graph has to show, built from its schema alone. */
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** How deep objects with an id are selected in one another; what is part of them, or only carries pages, does not count. */
const DEPTH = 3;
const CARRIER = /(Connection|Edge|PageInfo)$/;

/** Stands for an argument that is never given. */
export const LEFT_OUT: unique symbol = Symbol('left out');

/**
 * What arguments and input fields are filled with, by coordinate (`Query.node.id`, `SubmitWorkloadInput.name`) or else by
 * name. Enumerations and booleans fill themselves.
 */
export type Values = Readonly<Record<string, unknown>>;

export interface Operation {
  /** e.g. `Query.operators (type)`: the root field and the argument that was given. */
  readonly name: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export class Walk {
  readonly #schema: GraphQLSchema;
  readonly #values: Values;
  readonly #depth: number;
  /** Coordinates of all fields that some operation selects. */
  readonly covered = new Set<string>();
  /** Coordinates of arguments that are in no list of how they are filled. */
  readonly unfilled = new Set<string>();

  constructor(schema: GraphQLSchema, values: Values, depth = DEPTH) {
    this.#schema = schema;
    this.#values = values;
    this.#depth = depth;
  }

  /**
   * The operations of one root field: by its required arguments alone, by each other one apart, and by all together. The
   * latter are asked a step less deep: they choose rows, which link to the same things whatever chose them.
   */
  of(root: GraphQLObjectType, field: GraphQLField<unknown, unknown>): readonly Operation[] {
    const optional = field.args.filter((arg) => !isRequiredArgument(arg) && this.#hasValue(root, field, arg));
    const operation = (given: readonly GraphQLArgument[], depth: number): Operation =>
      this.#operation(root, field, new Set(given), depth);
    return [
      operation([], this.#depth),
      ...optional.map((arg) => operation([arg], this.#depth - 1)),
      ...(optional.length > 1 ? [operation(optional, this.#depth - 1)] : []),
    ];
  }

  #operation(
    root: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    given: ReadonlySet<GraphQLArgument>,
    depth: number,
  ): Operation {
    const keyword =
      root === this.#schema.getQueryType()
        ? 'query'
        : root === this.#schema.getMutationType()
          ? 'mutation'
          : 'subscription';
    const writing = new Writing(depth);
    const isGiven = (arg: GraphQLArgument): boolean => isRequiredArgument(arg) || given.has(arg);
    const selected = this.#field(root, field, isGiven, [], writing);
    return {
      name: `${root.name}.${field.name} (${[...given].map(({ name }) => name).join(', ')})`,
      text: `${keyword} ${writing.head()} { ${selected} }`,
      variables: writing.variables,
    };
  }

  #field(
    parent: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    isGiven: (arg: GraphQLArgument) => boolean,
    path: readonly string[],
    writing: Writing,
  ): string {
    const args = field.args.filter(isGiven).map((arg) => {
      const value = this.#valueOf(`${parent.name}.${field.name}.${arg.name}`, arg, 'all');
      return `${arg.name}: ${writing.variable(String(arg.type), value)}`;
    });
    this.covered.add(`${parent.name}.${field.name}`);
    const type = getNamedType(field.type);
    const selection = isCompositeType(type) ? ` { ${this.#selection(type, path, writing)} }` : '';
    return `${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${selection}`;
  }

  #selection(type: GraphQLNamedType, path: readonly string[], writing: Writing): string {
    const own = CARRIER.test(type.name) ? path : [...path, type.name];
    if (isAbstractType(type)) {
      // Fields of one name differ in type from one fragment to the next, hence the aliases.
      const fragments = this.#schema
        .getPossibleTypes(type)
        .map(
          (each) =>
            `... on ${each.name} { ${this.#fields(each, [...own, each.name], writing, `${each.name}_`)} }`,
        );
      return `__typename ${fragments.join(' ')}`;
    }
    return isObjectType(type) ? this.#fields(type, own, writing, '') : '__typename';
  }

  #fields(type: GraphQLObjectType, path: readonly string[], writing: Writing, prefix: string): string {
    const fields = Object.values(type.getFields()).flatMap((field) => {
      const of = getNamedType(field.type);
      const isTooDeep =
        isCompositeType(of) &&
        !CARRIER.test(of.name) &&
        (this.#depthOf([...path, of.name]) > writing.depth || timesIn(path, of.name) > 1);
      if (isTooDeep) return [];
      const text = this.#field(type, field, isRequiredArgument, path, writing);
      return [prefix === '' ? text : `${prefix}${field.name}: ${text}`];
    });
    return ['__typename', ...fields].join(' ');
  }

  #depthOf(path: readonly string[]): number {
    return path.filter((name) => {
      const type = this.#schema.getType(name);
      return isAbstractType(type) || (isObjectType(type) && 'id' in type.getFields());
    }).length;
  }

  #hasValue(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>, arg: GraphQLArgument): boolean {
    return this.#valueOf(`${parent.name}.${field.name}.${arg.name}`, arg, 'all') !== LEFT_OUT;
  }

  /** @param which fields of an input object are given. */
  #valueOf(
    coordinate: string,
    { name, type }: Pick<GraphQLArgument | GraphQLInputField, 'name' | 'type'>,
    which: 'all' | 'required',
  ): unknown {
    const isOwnWord = isEnumType(getNamedType(type)); // which no name can tell
    for (const key of isOwnWord ? [coordinate] : [coordinate, name]) {
      if (!(key in this.#values)) continue;
      const value = this.#values[key];
      return typeof value === 'function' ? (value as () => unknown)() : value;
    }
    const value = this.#madeOf(type, which);
    if (value !== undefined) return value;
    this.unfilled.add(coordinate);
    return LEFT_OUT;
  }

  #madeOf(type: GraphQLInputType, which: 'all' | 'required'): unknown {
    if (isNonNullType(type)) return this.#madeOf(type.ofType, which);
    if (isListType(type)) {
      const value = this.#madeOf(type.ofType, which);
      return value === undefined ? undefined : [value];
    }
    if (isEnumType(type)) return type.getValues()[0]?.name;
    if (type.name === 'Boolean') return true;
    if (!isInputObjectType(type)) return undefined;
    const entries = Object.values(type.getFields())
      .filter((field) => which === 'all' || isRequiredInputField(field))
      .map((field) => [field.name, this.#valueOf(`${type.name}.${field.name}`, field, which)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== LEFT_OUT));
  }
}

const timesIn = (path: readonly string[], name: string): number =>
  path.filter((each) => each === name).length;

/** The variables of an operation that is being written. */
class Writing {
  readonly depth: number;
  readonly variables: Record<string, unknown> = {};
  readonly #types: string[] = [];

  constructor(depth: number) {
    this.depth = depth;
  }

  variable(type: string, value: unknown): string {
    const name = `v${this.#types.length}`;
    this.#types.push(`$${name}: ${type}`);
    this.variables[name] = value;
    return `$${name}`;
  }

  head(): string {
    return this.#types.length > 0 ? `(${this.#types.join(', ')})` : '';
  }
}

/** Coordinates of all fields of objects that can be reached from the roots of a schema. */
export function reachableFields(schema: GraphQLSchema): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<GraphQLNamedType>();
  const visit = (type: GraphQLNamedType): void => {
    if (seen.has(type)) return;
    seen.add(type);
    if (isAbstractType(type)) schema.getPossibleTypes(type).forEach(visit);
    if (!isObjectType(type)) return;
    for (const field of Object.values(type.getFields())) {
      found.add(`${type.name}.${field.name}`);
      visit(getNamedType(field.type));
    }
  };
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    if (root) visit(root);
  return [...found];
}
