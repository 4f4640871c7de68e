import { GraphQLError } from 'graphql';
import { builder } from './builder.js';

const refuse = (): never => {
  throw new GraphQLError('JSON is answered and never asked with', { extensions: { code: 'BAD_USER_INPUT' } });
};

builder.scalarType('JSON', {
  description: "A value of a publisher's own shape, as JSON. In answers only.",
  serialize: (value) => value,
  parseValue: refuse,
  parseLiteral: refuse,
});
