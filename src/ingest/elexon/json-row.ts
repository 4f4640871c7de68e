import { RowRefused, isObject, quoted, type Json } from '../rows.js';

/** A row as JSON reads it. @throws {RowRefused} for what is no JSON, or no object. */
export function jsonRow(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RowRefused(`${quoted(text)} is no JSON`);
    throw error;
  }
  if (!isObject(value)) throw new RowRefused(`is ${quoted(value)}, not an object`);
  return value;
}
