/** Reading what a stranger sent: nothing of it is trusted to have any shape. */

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An own value of an object: `__proto__` and its like lead nowhere else. Undefined for what is no object. */
export const at = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** The same along a path. */
export const along = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((inner, name) => at(inner, name), value);

/** A key of the linked-data vocabulary, with its prefix or, as some senders write it, without. */
export const term = (value: unknown, name: string): unknown => at(value, `beckn:${name}`) ?? at(value, name);

const LONGEST_NAME = 160;

/** Text to know something by: short enough for an index, nothing in it that a database or a terminal refuses. */
export const nameOf = (value: unknown): string | null =>
  typeof value === 'string' &&
  value.trim() !== '' &&
  value.length <= LONGEST_NAME &&
  !/[\p{Cc}\p{Cs}]/u.test(value)
    ? value
    : null;

/** A stranger's value in a message of ours: as JSON, and not all of it. */
export const quoted = (value: unknown): string => {
  const text = Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : JSON.stringify(value);
  return text === undefined ? 'nothing' : text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

/** Levels of nesting taken; a catalogue has twelve, and JSON.stringify and PostgreSQL give up some thousands down. */
export const DEEPEST = 100;

/** Whether a value is nested deeper than is taken; told without recursion, which such a value would break. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null ? (Object.values(each) as unknown[]) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}
