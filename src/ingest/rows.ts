/** What the parsers of every publisher share: rows that are refused by name, and values in messages. */
import { PylonError } from '../domain/errors.js';

/** A row that cannot be taken; caught by the parser of that row and counted with its reason. */
export class RowRefused extends Error {}

/** An object of a body, nothing known of it. */
export type Json = Readonly<Record<string, unknown>>;
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A publisher's value in a message: as JSON, because anything can be in it, and not all of it. */
export const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

/** The answer to a body that is not what its route documents. */
export const broken = (fault: string): PylonError =>
  new PylonError('SOURCE_CONTRACT_BROKEN', `the body ${fault}`);

/** @throws {RowRefused} when the row is no object. */
export function rowOf(row: unknown): Json {
  if (!isObject(row)) throw new RowRefused(`is ${quoted(row)}, not an object`);
  return row;
}

/** @throws {RowRefused} when the list is missing. */
export function listOf(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new RowRefused(`${name} is no list`);
  return value;
}

/** A name that the database can hold: short, no control characters, no half of a character. */
export const isFuelName = (name: unknown): name is string =>
  typeof name === 'string' && name !== '' && name.length <= 60 && !/[\p{Cc}\p{Cs}]/u.test(name);
