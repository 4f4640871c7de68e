import { ERROR_CODES, PROTOCOL_CODES } from './errors.js';

/** `docs/errors.md`, printed from the codes. */
export const printErrors = (): string => `# Error codes

Every error in an answer has a code in \`extensions.code\`. Switch on the code, never on the message: messages may change, and a
code once released keeps its meaning. Printed from \`src/domain/errors.ts\`; after a change:
\`npx vitest run test/unit/errors.test.ts -u\`.

A client that accepts \`application/json\` is answered 200 whenever the answer is GraphQL, errors included; one that prefers
\`application/graphql-response+json\` is answered 400 when nothing was executed. What is no GraphQL request at all is 4xx for
both, with the same body: \`{ "errors": [{ "message", "extensions": { "code" } }] }\`.

## Pylon's own

In \`extensions.code\`, in \`errorCode\` of an ingest run, and before the message of a command.

${list(ERROR_CODES)}

## GraphQL's and HTTP's

${list(PROTOCOL_CODES)}
`;

const list = (codes: Readonly<Record<string, string>>): string =>
  Object.entries(codes)
    .map(([code, meaning]) => `- \`${code}\`: ${meaning}`)
    .join('\n');
