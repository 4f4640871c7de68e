import { PothosValidationError } from '@pothos/core';
import { fromBase64url, toBase64url } from '../domain/base64url.js';

/** Types that have a global id. A test holds them to those that implement Node. */
export const NODE_TYPES = [
  'Agent',
  'AgentState',
  'ApiKey',
  'BecknTransaction',
  'BmUnit',
  'ComputeWindow',
  'DataCentre',
  'Decision',
  'DecisionOutcome',
  'FlexibilityWindow',
  'GridSignal',
  'GridZone',
  'IngestRun',
  'Negotiation',
  'Observation',
  'Operator',
  'Placement',
  'Region',
  'StorageAsset',
  'User',
  'Workload',
] as const;

const FORM = new RegExp(String.raw`^(${NODE_TYPES.join('|')}):(.{1,100})$`);

/** The global id of an object: opaque to clients. */
export const encodeGlobalId = (typename: string, id: string | number | bigint): string =>
  toBase64url(`${typename}:${id}`);

/** What a global id names; whether such an object exists is not asked. @throws for any text that is no global id */
export function decodeGlobalId(globalId: string): { readonly typename: string; readonly id: string } {
  const [, typename, id] = FORM.exec(fromBase64url(globalId) ?? '') ?? [];
  if (typename === undefined || id === undefined) {
    throw new PothosValidationError(
      `${JSON.stringify(globalId.slice(0, 60))} is no global id; take one from a field \`id\``,
      { extensions: { code: 'BAD_USER_INPUT' } },
    );
  }
  return { typename, id };
}
