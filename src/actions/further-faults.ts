import { z } from 'zod';
import type { ActionDatabase, ActionTransaction } from '../database/actions.js';
import { archivedSpans } from '../database/archive/archived-spans.js';
import { readAs } from '../database/viewers.js';
import type { Fault } from '../domain/refusal.js';
import type { KnownViewer } from '../domain/viewer.js';
import { namingFaults, type NamedRows } from './named-rows.js';

/** What an action says of its input besides the rules of its fields, so that whoever errs is told everything at once. */
export interface FurtherRules<Input> {
  /** Fields that name a row that must be there. */
  readonly names?: NamedRows<Input>;
  /** Fields that name a row that is to be made. */
  readonly makes?: NamedRows<Input>;
  /** What depends on the clock, on several fields or on rows. Only the fields that follow their own rules are given. */
  furtherFaults?(
    look: Pick<ActionTransaction, 'db' | 'viewer' | 'now' | 'grid'>,
    input: Partial<Input>,
  ): Promise<readonly Fault[]> | readonly Fault[];
}

/**
 * The faults of an input that is refused as INVALID, with those that only the clock and the rows show: what `perform` would
 * have refused once these were mended. One a field: what is wrong in two ways is told in one.
 */
export async function withFurtherFaults<Input>(
  { pool, clock, reader }: Pick<ActionDatabase, 'pool' | 'clock' | 'reader'>,
  viewer: KnownViewer,
  action: FurtherRules<Input> & { readonly input: z.ZodType },
  input: unknown,
  faults: readonly Fault[],
): Promise<readonly Fault[]> {
  const parsed = partsOf(action.input, input);
  const further = await readAs(pool, viewer, async (db) => {
    const now = clock.now();
    const look = { db, viewer, now, grid: { ...reader, db, archive: archivedSpans(db, () => now) } };
    return [
      ...(await namingFaults(look, parsed, action.names ?? {}, 'there')),
      ...(await namingFaults(look, parsed, action.makes ?? {}, 'free')),
      ...((await action.furtherFaults?.(look, parsed as Partial<Input>)) ?? []),
    ];
  });
  const known = new Set(faults.map(({ path }) => path));
  return [...faults, ...further.filter(({ path }) => !known.has(path))];
}

/** The fields of an input that follow their own rules, as these make them. */
function partsOf(schema: z.ZodType, input: unknown): Readonly<Record<string, unknown>> {
  if (!(schema instanceof z.ZodObject) || typeof input !== 'object' || input === null) return {};
  const given = input as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>).flatMap(([name, rule]) => {
      const part = rule.safeParse(given[name]);
      return part.success ? [[name, part.data]] : [];
    }),
  );
}
