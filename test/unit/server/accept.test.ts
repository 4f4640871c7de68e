import { describe, expect, it } from 'vitest';
import { takesPlainJson } from '../../../src/server/accept.js';

describe('an Accept header', () => {
  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'text/html, application/json;q=0.9',
    'application/json, application/graphql-response+json',
    'application/json, application/graphql-response+json;q=0.9',
    'application/graphql-response+json;q=0, */*',
    'application/graphql-response+json;q=0.5, application/json; charset=utf-8',
    'application/graphql-response+json;q=nonsense, application/json',
  ])('takes plain JSON: %s', (accept) => {
    expect(takesPlainJson(accept)).toBe(true);
  });

  it.each([
    'application/graphql-response+json',
    'Application/GraphQL-Response+JSON',
    'application/graphql-response+json, application/json',
    'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8;q=0.9',
    'application/json;q=0.1, application/graphql-response+json;q=0.2',
    'application/graphql-response+json, */*;q=0.1',
  ])('prefers the type of GraphQL: %s', (accept) => {
    expect(takesPlainJson(accept)).toBe(false);
  });
});
