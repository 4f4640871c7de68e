import { randomUUID } from 'node:crypto';
import type { TestServer } from './server.js';

/** What an action answered: the object as far as it was selected, or a refusal. */
export type Acted = Readonly<Record<string, unknown>> & {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly faults?: readonly { readonly path: string; readonly message: string }[];
  readonly possible?: readonly string[];
};

/**
 * Does an action through the graph, with a new idempotency key unless one is given.
 *
 * @param selection what of the object is asked for: `DataCentre { dcId }`.
 * @throws when GraphQL itself answers errors, with their codes.
 */
export async function actOn(
  server: TestServer,
  apiKey: string | undefined,
  action: string,
  input: object,
  { selection, key = randomUUID() }: { readonly selection: string; readonly key?: string },
): Promise<Acted> {
  const name = `${action[0]?.toUpperCase()}${action.slice(1)}`;
  const { data, errors } = await server.query<Record<string, Acted>>(
    `mutation ($key: String!, $input: ${name}Input!) {
      ${action}(idempotencyKey: $key, input: $input) {
        __typename ... on ${selection} ... on ActionRefusal { code message faults { path message } possible }
      }
    }`,
    { key, input },
    apiKey,
  );
  const answer = data?.[action];
  if (errors || !answer)
    throw new Error(errors?.map(({ extensions, message }) => `${extensions.code}: ${message}`).join('\n'));
  return answer;
}

/** The same where it is to be done. @throws for a refusal, with all that it says. */
export async function doneOn(...asked: Parameters<typeof actOn>): Promise<Acted> {
  const answer = await actOn(...asked);
  if (answer.__typename === 'ActionRefusal') throw new Error(JSON.stringify(answer));
  return answer;
}

/** Where and why an action was refused, short: `INVALID input.name, input.pue`. */
export const refusalOf = ({ __typename, code, faults }: Acted): string =>
  __typename === 'ActionRefusal'
    ? [code, faults?.map(({ path }) => path).join(', ')].filter((word) => word !== '').join(' ')
    : `done: ${__typename}`;
