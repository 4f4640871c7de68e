import { InvalidArgumentError } from 'commander';

/** A day, or a time of one with a zone: without a zone it would mean another instant on every machine. */
const FORM = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** An instant of the command line; a bare day begins at midnight UTC. @throws {InvalidArgumentError} */
export function instant(text: string): Date {
  const [, day] = FORM.exec(text) ?? [];
  const date = new Date(text);
  // Date.parse reads 30 February as 2 March: the day must be written back the same.
  const isReal =
    day !== undefined &&
    !Number.isNaN(date.getTime()) &&
    new Date(`${day}T00:00Z`).toISOString().startsWith(day);
  if (!isReal)
    throw new InvalidArgumentError(
      'Write a day or an instant with its zone, such as 2025-01-31 or 2025-01-31T12:00Z.',
    );
  return date;
}
