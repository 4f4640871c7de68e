/** A request that is read piece by piece: what one reader took, no other reads again. */
export class Reading {
  #left: string;

  constructor(text: string) {
    this.#left = text;
  }

  /** The first match in what is left, which is then taken; null where there is none. */
  take(pattern: RegExp): RegExpExecArray | null {
    const match = pattern.exec(this.#left);
    if (!match || match[0].trim() === '') return null;
    const end = match.index + match[0].length;
    this.#left = `${this.#left.slice(0, match.index)}${BLANK.repeat(match[0].length)}${this.#left.slice(end)}`;
    return match;
  }

  /** Whether something is still there, which stays. */
  has(pattern: RegExp): boolean {
    return pattern.test(this.#left);
  }

  /** What nobody took, in pieces, without the small words that carry nothing by themselves. */
  leftOver(): string[] {
    return this.#left
      .split(new RegExp(`${BLANK}+|[.;!?]\\s|,(?!\\d)|\\n`))
      .map((piece) => strip(piece))
      .filter((piece) => /[\p{L}\p{N}]/u.test(piece));
  }
}

/** A character that no pattern matches as a letter, a digit or a space. */
const BLANK = '\u{1}';

const SMALL_WORDS = new Set(
  'a an and as at be by can could do for from i in into is it its job my need of on or our over please run running so some task that the then this to us use using want we with would you'.split(
    ' ',
  ),
);

/** Without small words at either end. */
function strip(piece: string): string {
  const words = piece.trim().split(/\s+/);
  const isSmall = (word: string | undefined): boolean =>
    word !== undefined && (SMALL_WORDS.has(word.toLowerCase()) || !/[\p{L}\p{N}]/u.test(word));
  while (words.length > 0 && isSmall(words[0])) words.shift();
  while (words.length > 0 && isSmall(words.at(-1))) words.pop();
  return words.join(' ');
}

/** `10,000`, `1.5`, `10k`, `2 million` as a number. */
export function numberOf(text: string): number {
  const [, digits = '', suffix = ''] = /^([\d.,]+)\s*(k|m|thousand|million)?$/i.exec(text.trim()) ?? [];
  const factor = { k: 1e3, thousand: 1e3, m: 1e6, million: 1e6 }[suffix.toLowerCase()] ?? 1;
  return Number(digits.replaceAll(',', '')) * factor;
}

/** A number as people write it, for patterns. */
export const NUMBER = String.raw`\d+(?:,\d{3})*(?:\.\d+)?`;
