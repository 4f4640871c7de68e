/** Rules that the registry's actions share: words of its objects, and where they are. */
import { z } from 'zod';
import { locate, type Site } from '../../domain/compute/site.js';
import type { Fault } from '../../domain/refusal.js';
import { optional, text, wholeWithin, within } from '../rules.js';

export const DATA_CENTRE_STATUSES = ['ACTIVE', 'MAINTENANCE', 'OFFLINE', 'CONSTRAINED'] as const;
export const STORAGE_STATUSES = ['IDLE', 'CHARGING', 'DISCHARGING', 'MAINTENANCE', 'OFFLINE'] as const;
export const AGENT_TYPES = [
  'COMPUTE_ORCHESTRATOR',
  'GRID_OPERATOR',
  'STORAGE_AGENT',
  'FLEXIBILITY_AGENT',
  'CARBON_OPTIMIZER',
] as const;

/** Input of an action that says where something is built. */
export const placeRules = {
  regionId: optional(wholeWithin(1, 14)),
  postcode: optional(text(10)),
  latitude: optional(within(-90, 90)),
  longitude: optional(within(-180, 180)),
};

interface PlaceInput {
  readonly regionId: number | null;
  readonly postcode: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

export const siteOf = ({ regionId, postcode, latitude, longitude }: PlaceInput): Site => ({
  regionId,
  postcode,
  coordinates: latitude === null || longitude === null ? null : { latitude, longitude },
});

/** What is said of a place must name one licence area, and agree. */
export function checkPlace(input: PlaceInput, context: z.RefinementCtx): void {
  for (const { path, message } of faultsOfPlace(input))
    context.addIssue({ code: 'custom', path: [path], message });
}

/** The same of input of which other fields are wrong; nothing where a part of the place itself is. */
export function placeFaults({ regionId, postcode, latitude, longitude }: Partial<PlaceInput>): Fault[] {
  if (regionId === undefined || postcode === undefined || latitude === undefined || longitude === undefined)
    return [];
  return faultsOfPlace({ regionId, postcode, latitude, longitude }).map(({ path, message }) => ({
    path: `input.${path}`,
    message,
  }));
}

function faultsOfPlace(input: PlaceInput): Fault[] {
  const { fault } = locate(siteOf(input));
  return [
    ...((input.latitude === null) !== (input.longitude === null)
      ? [{ path: 'longitude', message: 'goes together with latitude' }]
      : []),
    ...(fault ? [fault] : []),
  ];
}

/** Postcodes are kept as they are printed: capitals, one space before the inward part. */
export const printedPostcode = (postcode: string): string => {
  const plain = postcode.replaceAll(/\s/g, '').toUpperCase();
  return /[0-9][A-Z]{2}$/.test(plain) && plain.length > 4
    ? `${plain.slice(0, -3)} ${plain.slice(-3)}`
    : plain;
};

/**
 * An update names at least one thing to change.
 *
 * @param besides fields that say what it is of.
 * @param clears fields that null clears: given, it changes them.
 */
export const changesSomething =
  (besides: readonly string[], clears: readonly string[] = []) =>
  (input: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    const isIdle = Object.entries(input).every(
      ([key, value]) =>
        besides.includes(key) || value === undefined || (value === null && !clears.includes(key)),
    );
    if (isIdle) context.addIssue({ code: 'custom', path: [], message: 'must name something to change' });
  };
