import { InvalidArgumentError } from 'commander';

/** A whole number from 1 on, of the command line. @throws {InvalidArgumentError} */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < 1) throw new InvalidArgumentError('Write a whole number from 1 on.');
  return value;
}
