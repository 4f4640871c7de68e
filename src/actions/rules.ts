/** Rules that the inputs of several actions share. GraphQL has seen to types and nulls; these see to meaning. */
import { z } from 'zod';

/** What PostgreSQL cannot store is refused here, by name, and not where it would fail. */
const storable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
const STORABLE = 'must hold neither NUL characters nor lone surrogates';

/** Text that people read. */
export const text = (longest: number) =>
  z
    .string()
    .max(longest, `must be at most ${longest} characters`)
    .refine(storable, STORABLE)
    .refine((value) => value.trim() !== '', 'must not be empty');

/** A name that programs use: letters, digits and `-_.:/`. */
export const code = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/,
    'must be 1 to 100 letters, digits or -_.:/ and begin with a letter or digit',
  );

export const email = z.email('must be an e-mail address').max(254);

/** A number within limits, both inside. */
export const within = (least: number, most: number) =>
  z
    .number({ error: 'must be a finite number' })
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);

export const wholeWithin = (least: number, most: number) => within(least, most).int('must be a whole number');

const EARLIEST = Date.parse('2000-01-01T00:00:00Z');
const LATEST = Date.parse('2100-01-01T00:00:00Z');

export const instant = z
  .date()
  .refine(
    (date) => date.getTime() >= EARLIEST && date.getTime() < LATEST,
    'must lie in the years 2000 to 2099',
  );

const LARGEST_JSON = 16_384;
const DEEPEST_JSON = 32;

/** Level by level: what is too deep to be walked is what this is to find. */
function isShallow(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= DEEPEST_JSON; depth += 1) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
    if (level.length === 0) return true;
  }
  return false;
}

export const jsonObjectWithin = (longest: number) =>
  z
    .record(z.string(), z.unknown())
    .refine(isShallow, { message: `must be nested at most ${DEEPEST_JSON} deep`, abort: true })
    .refine(
      (value) => JSON.stringify(value).length <= longest,
      `must be at most ${longest} characters of JSON`,
    )
    .refine((value) => {
      const json = JSON.stringify(value);
      return !json.includes('\\u0000') && !/\\ud[89a-f]/i.test(json);
    }, STORABLE);

/** A JSON object of the caller's own making, of a bounded size. */
export const jsonObject = jsonObjectWithin(LARGEST_JSON);

/** GraphQL gives null for what was given as null: the same as left out. */
export const optional = <Type extends z.ZodType>(type: Type) =>
  type.nullish().transform((value) => value ?? null);

/** Of what may be changed: left out (undefined) it stays, null clears it. */
export const clearable = <Type extends z.ZodType>(type: Type) => type.nullish();

/** The same of a JSON object that is never null: cleared, it is empty. */
export const clearableObject = jsonObject.nullish().transform((value) => (value === null ? {} : value));

/** How many times a caller saw an object change: what he decides is refused if another was faster. */
export const expectedVersion = optional(wholeWithin(1, 2 ** 31 - 1));

export const OPERATOR_TYPES = [
  'COMPUTE_OPERATOR',
  'GRID_OPERATOR',
  'STORAGE_OPERATOR',
  'AGGREGATOR',
  'CLOUD_PROVIDER',
  'RESEARCH',
  'ENTERPRISE',
] as const;
