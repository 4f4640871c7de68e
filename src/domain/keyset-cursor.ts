/**
 * Where a page of a connection ended, as an opaque Relay cursor: base64url of a JSON list, the connection's own word first.
 * Each place has one text and each text one place.
 */
import { fromBase64url, toBase64url } from './base64url.js';

type Part = string | number;

/** A name of 255 characters, each of them escaped. */
const LONGEST = 2_400;

/** @param connection a word of the connection's own, so that a cursor of another one is not taken for one of it. */
export const encodeKeyset = (connection: string, parts: readonly Part[]): string =>
  toBase64url(escaped(JSON.stringify([connection, ...parts])));

/** The parts of a cursor of this connection with these types; null for any text that `encodeKeyset` does not write. */
export function decodeKeyset<const Types extends readonly ('string' | 'number')[]>(
  connection: string,
  types: Types,
  text: string,
): { readonly [I in keyof Types]: Types[I] extends 'string' ? string : number } | null {
  if (text.length > LONGEST) return null;
  const parts = listOf(fromBase64url(text));
  if (parts?.length !== types.length + 1 || parts[0] !== connection) return null;
  const own = parts.slice(1);
  if (!own.every((part, i) => typeof part === types[i])) return null;
  if (encodeKeyset(connection, own as Part[]) !== text) return null;
  return own as unknown as ReturnType<typeof decodeKeyset<Types>>;
}

function listOf(json: string | null): unknown[] | null {
  if (json === null) return null;
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : null;
  } catch {
    return null; // no JSON, so no cursor
  }
}

/** ASCII, as cursors are wrapped. */
const escaped = (json: string): string =>
  json.replaceAll(/[^\0-\x7F]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The instant of a place; null where the number is none that a database holds. */
export function instantAt(ms: number): Date | null {
  const instant = new Date(ms);
  const year = instant.getUTCFullYear();
  return Number.isInteger(ms) && year >= 1 && year <= 9999 ? instant : null;
}
