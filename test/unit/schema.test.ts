import { readFileSync } from 'node:fs';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
  validate,
  buildSchema,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  GraphQLEnumType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.js';
import { printGraph } from '../../src/schema/print.js';

/** Everything of ours in a schema that a stranger reads, with what it says and whether it may be null. */
function entries(graph: GraphQLSchema) {
  const found: { readonly name: string; readonly says: string; readonly nullable: boolean }[] = [];
  const add = (name: string, says: string | null | undefined, nullable = false): void => {
    found.push({ name, says: says ?? '', nullable });
  };
  for (const type of Object.values(graph.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    add(type.name, type.description);
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        add(`${type.name}.${field.name}`, field.description, !isNonNullType(field.type));
        for (const arg of field.args) add(`${type.name}.${field.name}(${arg.name})`, arg.description);
      }
    }
    if (isEnumType(type)) {
      for (const value of type.getValues()) add(`${type.name}.${value.name}`, value.description);
    }
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields()))
        add(`${type.name}.${field.name}`, field.description);
    }
  }
  return found;
}

/** Names of what does not say what it is, in a sentence. */
const undescribed = (graph: GraphQLSchema): string[] =>
  entries(graph).flatMap(({ name, says }) => (/^[A-Z`1]\S*(\s\S+)+\.$/s.test(says) ? [] : [name]));

/** Names of what may be null without saying what null means. */
const unexplained = (graph: GraphQLSchema): string[] =>
  entries(graph).flatMap(({ name, says, nullable }) => (nullable && !/\b[Nn]ull\b/.test(says) ? [name] : []));

/** A client that goes only forward needs nothing else of a connection. */
const connections = (graph: GraphQLSchema) =>
  Object.values(graph.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && type.name.endsWith('Connection'),
  );

describe('the graph', () => {
  it('is what schema.graphql says: run `npm run schema -- --write` after a change', () => {
    expect(readFileSync('schema.graphql', 'utf8')).toBe(`${printGraph().trimEnd()}\n`);
  });

  it('describes every type, field, argument and value in a sentence', () => {
    expect(undescribed(schema)).toEqual([]);
  });

  it('says of every field that may be null what null means', () => {
    expect(unexplained(schema)).toEqual([]);
  });

  it('finds what does neither', () => {
    const careless = new GraphQLSchema({
      query: new GraphQLObjectType({
        name: 'Query',
        description: 'What can be asked.',
        fields: {
          good: { type: GraphQLString, description: 'A word. Null: there is none.' },
          silent: { type: GraphQLString },
          curt: { type: GraphQLString, description: 'null' },
          vague: {
            type: new GraphQLEnumType({ name: 'Size', values: { BIG: {} } }),
            description: 'A size of something.',
            args: { of: { type: GraphQLString } },
          },
        },
      }),
    });
    expect(undescribed(careless)).toEqual([
      'Query.silent',
      'Query.curt',
      'Query.vague(of)',
      'Size',
      'Size.BIG',
    ]);
    expect(unexplained(careless)).toEqual(['Query.silent', 'Query.vague']);
  });

  it('names units in the names of numbers, wherever a number has one', () => {
    const units =
      /(Gco2PerKwh|Gco2|MwPerMin|Tflops|Kw|Mw|Mwh|Kwh|GbpPerMwh|Gbp|Gb|Pct|pct|Minutes|Seconds|gco2PerKwh|gbpPerMwh|^mw|^hz)$/;
    const counts =
      /^(regionId|settlementPeriod|httpStatus|retries|failures|rank|value|gridStress|transmissionLossFactor|latitude|longitude|originalPrice|version|priority|requiredCpuCores|maxGridStress|pue|flexibilityRating|number|count|turn|limit|objective|bound|amount|halfHours|\w+HalfHours|halfHoursNeeded|fromSlot|toSlot|\w+Count|rows\w+)$/;
    const unnamed = Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type) && !isIntrospectionType(type)
        ? Object.values(type.getFields()).flatMap(({ name, type: of }) =>
            /^(Int|Float)!?$/.test(String(of)) && !units.test(name) && !counts.test(name)
              ? [`${type.name}.${name}`]
              : [],
          )
        : [],
    );
    expect(unnamed).toEqual([]);
  });

  it('has one connection type a kind of object, in the form that Relay clients read', () => {
    const all = connections(schema);
    expect(all.map(({ name }) => name).sort()).toEqual([
      'AgentConnection',
      'AgentStateConnection',
      'ApiKeyConnection',
      'BecknMessageConnection',
      'BecknTransactionConnection',
      'BmUnitConnection',
      'ComputeWindowConnection',
      'ConsumedSignalConnection',
      'DataCentreConnection',
      'DatasetRecordConnection',
      'DecisionConnection',
      'DemandPeriodConnection',
      'DemandReadingConnection',
      'FlexibilityOpportunityConnection',
      'FlexibilityWindowConnection',
      'FrequencyReadingConnection',
      'FuelGenerationConnection',
      'GridSignalConnection',
      'IngestRunConnection',
      'MarketPriceConnection',
      'NegotiationConnection',
      'ObservationConnection',
      'OperatorConnection',
      'PhysicalNotificationConnection',
      'PlacementConnection',
      'PlacementSlotConnection',
      'StorageAssetConnection',
      'UserConnection',
      'WindowSnapshotConnection',
      'WorkloadConnection',
    ]);
    for (const connection of all) {
      const edge = schema.getType(connection.name.replace('Connection', 'Edge')) as GraphQLObjectType;
      expect(String(connection.getFields()['edges']?.type)).toBe(`[${edge.name}!]!`);
      expect(String(connection.getFields()['pageInfo']?.type)).toBe('PageInfo!');
      expect(String(edge.getFields()['cursor']?.type)).toBe('String!');
      expect(String(edge.getFields()['node']?.type)).toBe(`${connection.name.replace('Connection', '')}!`);
    }
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields()).filter((each) =>
        String(each.type).endsWith('Connection!'),
      )) {
        const args = Object.fromEntries(
          field.args.map((arg) => [arg.name, `${String(arg.type)} = ${String(arg.defaultValue)}`]),
        );
        expect(args).toMatchObject({ first: 'Int = 50', after: 'String = undefined' });
      }
    }
  });

  it('reads back from its text as the same graph', () => {
    const query = parse(
      '{ gridNow(regionId: 18) { from carbonIntensity { forecastGco2PerKwh } ageSeconds } }',
    );
    expect(validate(buildSchema(printGraph()), query)).toEqual([]);
  });
});
