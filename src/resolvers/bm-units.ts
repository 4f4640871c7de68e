import type { Context } from '../context.js';
import { readBmUnits, readBmUnitsById, type KnownBmUnit } from '../database/bm-units.js';
import { fromBase64url, toBase64url } from '../domain/base64url.js';
import { PylonError } from '../domain/errors.js';
import { pageOf, pageSize, positionAfter, type Page, type PageArgs } from './page.js';

export type { KnownBmUnit } from '../database/bm-units.js';

/** Longer than any id, party or name there is. */
const LONGEST_TEXT = 100;

export interface BmUnitsArgs extends PageArgs {
  /** Code of a fuel, exactly. */
  readonly fuelType?: string | null | undefined;
  /** Id or name of the lead party, in any case. */
  readonly leadParty?: string | null | undefined;
  /** Part of an id or a name, in any case. */
  readonly search?: string | null | undefined;
}

const encodeCursor = ({ elexonBmUnit }: KnownBmUnit): string => toBase64url(`u1.${elexonBmUnit}`);
function decodeCursor(text: string): string | null {
  const plain = fromBase64url(text);
  return plain?.startsWith('u1.') && isStorable(plain) ? plain.slice(3) : null;
}

/** Answers `bmUnits`, by Elexon's id. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export async function bmUnits(
  args: BmUnitsArgs,
  { database }: Pick<Context, 'database'>,
): Promise<Page<KnownBmUnit>> {
  const size = pageSize(args);
  const after = positionAfter(args.after, decodeCursor);
  const rows = await readBmUnits(database.pool, {
    fuelType: textArgument('fuelType', args.fuelType),
    leadParty: textArgument('leadParty', args.leadParty),
    search: textArgument('search', args.search),
    after,
    limit: size + 1,
  });
  return pageOf(rows, size, after, encodeCursor);
}

function textArgument(name: string, text: string | null | undefined): string | null {
  if (text == null) return null;
  if (text === '' || text.length > LONGEST_TEXT || !isStorable(text))
    throw new PylonError('BAD_USER_INPUT', `${name}: is no text of 1 to ${LONGEST_TEXT} characters`);
  return text;
}

/** PostgreSQL refuses NUL and half of a surrogate pair, also in what it only compares. */
const isStorable = (text: string): boolean => !/\0|\p{Surrogate}/u.test(text);

/** Answers `node` for BM units: null in the place of an id that no unit has. */
export async function bmUnitsById(
  ids: readonly string[],
  { database }: Pick<Context, 'database'>,
): Promise<(KnownBmUnit | null)[]> {
  const units = await readBmUnitsById(database.pool, ids.filter(isStorable));
  return ids.map((id) => units.find(({ elexonBmUnit }) => elexonBmUnit === id) ?? null);
}
