/**
 * The answers of CKAN, which NESO's data portal is made of.
 *
 * `{help, success, result}`, and of the datastore `{records, fields, total, …}` as result. Refusals come with a status of
 * their own (404, 409) and `{success: false, error}`; an unknown action is a bare text.
 *
 * @see https://docs.ckan.org/en/2.8/api/
 */
import { broken, isObject, quoted } from '../rows.js';

type Json = Readonly<Record<string, unknown>>;

/** @throws {PylonError} SOURCE_CONTRACT_BROKEN for anything but a success. */
export function resultOf(body: unknown): Json {
  if (!isObject(body)) throw broken(`is ${quoted(body)} where an object with "result" is expected`);
  const { success, result, error } = body;
  if (success !== true)
    throw broken(
      isObject(error)
        ? `is an error in place of a result: ${quoted(error)}`
        : `is no success; its keys are ${quoted(Object.keys(body).slice(0, 8))}`,
    );
  if (!isObject(result)) throw broken(`has no object as "result" but ${quoted(result)}`);
  return result;
}

/** Rows of a datastore answer. @throws {PylonError} SOURCE_CONTRACT_BROKEN */
export function recordsOf(body: unknown): readonly unknown[] {
  const { records } = resultOf(body);
  if (!Array.isArray(records)) throw broken(`has no list as "records" but ${quoted(records)}`);
  return records;
}

/** Rows there are in all, of which an answer holds a page; null where it does not say. */
export function totalOf(body: unknown): number | null {
  const { total } = resultOf(body);
  return typeof total === 'number' ? total : null;
}

/** Whether the rows were cut at the most that CKAN answers, whatever was asked for. */
export const isTruncated = (body: unknown): boolean => resultOf(body)['records_truncated'] === true;
