import { gunzipSync, gzipSync } from 'node:zlib';
import type { Refusal } from '../domain/refusal.js';
import type { Proposal, Shown } from './policy.js';
import type { Stimulus } from './seen.js';

/** A proposal on its way. */
export interface Step {
  readonly proposal: Proposal;
  /** It was refused, and what is to be done instead stands at the end of the steps. */
  readonly isFollowedUp: boolean;
  readonly origin: Origin;
}

/** Where a proposal is from: its place in what the policy decided, or in what it would have instead of a refused one. */
export interface Origin {
  readonly index: number;
  readonly insteadOf: { readonly proposal: Proposal; readonly refusal: Refusal } | null;
}

/** What an agent does about one stimulus. Its steps are only ever added to, so that each keeps its number. */
export interface Plan {
  readonly stimulus: Stimulus;
  readonly steps: readonly Step[];
  /** What the policy was shown when it decided, as `sightOf` keeps it: its decisions can be made again from it. */
  readonly sight: string;
}

const INSTANT = '$instant';

/** A plan as JSON keeps it: instants are told from texts that look like them. */
export function storedPlan(plan: Plan): unknown {
  return encode(plan);
}

/** @param stored what `storedPlan` made. */
export function planOf(stored: unknown): Plan {
  return decode(stored) as Plan; // nobody but this file writes it
}

/** What a policy was shown, as a decision keeps it: JSON, compressed, because forecasts are long and much alike; base64. */
export const sightOf = (shown: Shown): string =>
  gzipSync(JSON.stringify(encode(shown)), { level: 9 }).toString('base64');

/** @throws {Error} for what `sightOf` did not make. */
export const shownOf = (sight: string): Shown =>
  decode(JSON.parse(gunzipSync(Buffer.from(sight, 'base64')).toString('utf8'))) as Shown; // nobody but sightOf makes one

export const encodeOrigin = (origin: Origin): unknown => encode(origin);
export const originOf = (stored: unknown): Origin => decode(stored) as Origin; // as above

/** Names that begin with `$` get another: what others put into their terms is never taken for an instant. */
function encode(value: unknown): unknown {
  if (value instanceof Date) return { [INSTANT]: value.toISOString() };
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.startsWith('$') ? `$${name}` : name, encode(member)]),
  );
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only?.[0] === INSTANT) return new Date(String(only[1]));
  return Object.fromEntries(
    entries.map(([name, member]) => [name.startsWith('$') ? name.slice(1) : name, decode(member)]),
  );
}

/** Names a stimulus in idempotency keys: the same for whoever goes on with it. */
export const idOfStimulus = (stimulus: Stimulus): string =>
  stimulus.kind === 'EVENT' ? stimulus.sequence : stimulus.from.toISOString();
