import { broken } from '../rows.js';

/** Takes one element of the list: the bytes from `start` to before `end`, valid only during the call. */
export type TakeRow = (bytes: Buffer, start: number, end: number) => void;

/** Longer than any row: a list without an end to a row must not fill memory. */
const LONGEST_ROW = 1024 * 1024;
const LONGEST_HEAD = 64 * 1024;
const FIRST_CAPACITY = 128 * 1024;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** `HEAD` before the list, `FIRST`, `NEXT` and `AFTER` where a row may begin, must begin or has ended, `ROW` and `WORD` inside one, `TAIL` behind the list. */
type State = 'HEAD' | 'FIRST' | 'NEXT' | 'AFTER' | 'ROW' | 'WORD' | 'TAIL';

/**
 * Cuts an answer of Elexon's into the rows of its list, while it comes in and however it is cut into chunks: a bare list, or
 * an object whose `data` is the list. Holds no more than one row. Finds where rows begin and end, and leaves it to their
 * reader whether what lies between is JSON.
 */
export class RowScanner {
  readonly #take: TakeRow;
  #state: State = 'HEAD';
  /** Kept and filled anew for every chunk: memory of its own for each would be collected much later than it is needed. */
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  /** How many bytes of a row, or of the head, wait at its start for their end. */
  #held = 0;
  /** Brackets open: of the object around the list, and of the row. */
  #depth = 0;
  #rowDepth = 0;
  #isInString = false;
  #isEscaped = false;
  /** Of the object around the list: the string read last, and the key it belongs to if a colon followed. */
  #word = '';
  #key = '';

  constructor(take: TakeRow) {
    this.#take = take;
  }

  /** @throws {PylonError} SOURCE_CONTRACT_BROKEN for what is no list of rows. */
  push(chunk: Buffer): void {
    const bytes = this.#joined(chunk);
    let at = this.#held;
    let start = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case 'ROW':
          at = this.#endOfRow(bytes, at);
          if (this.#is('AFTER')) this.#take(bytes, start, at);
          break;
        case 'WORD':
          at = endOfWord(bytes, at);
          if (at < bytes.length) {
            this.#state = 'AFTER';
            this.#take(bytes, start, at);
          }
          break;
        case 'HEAD':
        case 'TAIL':
          at = this.#around(bytes, at);
          break;
        case 'FIRST':
        case 'NEXT':
        case 'AFTER':
          start = at = skipSpace(bytes, at);
          if (at < bytes.length) at = this.#between(bytes, at);
      }
    }
    this.#hold(bytes, start);
  }

  /** @throws {PylonError} SOURCE_CONTRACT_BROKEN when the list has not ended. */
  end(): void {
    if (this.#state === 'TAIL' && this.#depth === 0) return;
    if (this.#state === 'HEAD')
      throw broken(
        this.#held === 0
          ? 'is empty'
          : `has no list of rows: ${excerpt(this.#bytes.subarray(0, this.#held))}`,
      );
    throw broken('ends in the middle of its list');
  }

  /** Read anew: what was called meanwhile may have changed it. */
  #is(state: State): boolean {
    return this.#state === state;
  }

  /** What is held, and the chunk behind it. */
  #joined(chunk: Buffer): Buffer {
    const size = this.#held + chunk.length;
    if (size > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(size, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#held);
      this.#bytes = larger;
    }
    chunk.copy(this.#bytes, this.#held);
    return this.#bytes.subarray(0, size);
  }

  /** Moves what has no end yet to the front. */
  #hold(bytes: Buffer, start: number): void {
    const isInside = this.#state === 'ROW' || this.#state === 'WORD';
    this.#held = isInside || this.#state === 'HEAD' ? bytes.length - start : 0;
    if (start > 0 && this.#held > 0) bytes.copyWithin(0, start);
    if (isInside && this.#held > LONGEST_ROW)
      throw broken(`has a row of more than ${LONGEST_ROW} bytes: ${excerpt(bytes)}`);
    if (this.#state === 'HEAD' && this.#held > LONGEST_HEAD)
      throw broken(`has no list in its first ${LONGEST_HEAD} bytes: ${excerpt(bytes)}`);
  }

  /** Where rows begin: at a byte that is no space. */
  #between(bytes: Buffer, at: number): number {
    const byte = bytes[at];
    if (byte === CLOSE_LIST && this.#state !== 'NEXT') {
      this.#state = 'TAIL';
      return at + 1;
    }
    if (this.#state === 'AFTER') {
      if (byte !== COMMA) throw broken(`has no comma between two rows: ${excerpt(bytes.subarray(at))}`);
      this.#state = 'NEXT';
      return at + 1;
    }
    if (byte === COMMA || byte === CLOSE_LIST) throw broken('has an empty place in its list');
    const isNested = byte === OPEN_OBJECT || byte === OPEN_LIST || byte === QUOTE;
    this.#state = isNested ? 'ROW' : 'WORD';
    if (isNested) {
      this.#rowDepth = byte === QUOTE ? 0 : 1;
      this.#isInString = byte === QUOTE;
    }
    return at + 1;
  }
  /** Place behind the row's last byte, which also changes the state; or the end of the bytes. */
  #endOfRow(bytes: Buffer, from: number): number {
    let [at, depth, isInString, isEscaped] = [from, this.#rowDepth, this.#isInString, this.#isEscaped];
    const end = bytes.length;
    while (at < end) {
      const byte = bytes[at];
      at += 1;
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) {
          isInString = false;
          if (depth === 0) break;
        }
      } else if (byte === QUOTE) isInString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        depth -= 1;
        if (depth === 0) break;
      }
    }
    const isOver = depth === 0 && !isInString;
    this.#state = isOver ? 'AFTER' : 'ROW';
    this.#rowDepth = depth;
    this.#isInString = isInString;
    this.#isEscaped = isEscaped;
    return at;
  }

  /** One byte of what is around the list: nothing, or an object of which only the key `data` matters. */
  #around(bytes: Buffer, at: number): number {
    const byte = bytes[at] ?? 0;
    if (this.#isInString) this.#inString(byte);
    else if (isSpace(byte)) return at + 1;
    else if (this.#depth === 0) this.#outermost(byte, bytes, at);
    else if (byte === QUOTE) {
      this.#isInString = true;
      this.#word = '';
    } else if (byte === COLON && this.#depth === 1) this.#key = this.#word;
    else if (byte === OPEN_LIST && this.#depth === 1 && this.#key === 'data' && this.#state === 'HEAD') {
      this.#state = 'FIRST';
      this.#key = '';
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) this.#depth += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      this.#depth -= 1;
      if (this.#depth === 0 && this.#state === 'HEAD') throw broken(`has no list "data": ${excerpt(bytes)}`);
    }
    return at + 1;
  }

  #outermost(byte: number, bytes: Buffer, at: number): void {
    if (this.#state === 'TAIL') throw broken(`goes on behind its end: ${excerpt(bytes.subarray(at))}`);
    if (byte === OPEN_LIST) this.#state = 'FIRST';
    else if (byte === OPEN_OBJECT) this.#depth = 1;
    else throw broken(`is no JSON list: ${excerpt(bytes.subarray(at))}`);
  }

  #inString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isInString = false;
    else if (this.#word.length < 8) this.#word += String.fromCharCode(byte);
  }
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at] ?? 0)) at += 1;
  return at;
}

/** A number or a word such as `null` ends where a separator follows. */
function endOfWord(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== COMMA && bytes[at] !== CLOSE_LIST && !isSpace(bytes[at] ?? 0))
    at += 1;
  return at;
}

const excerpt = (bytes: Buffer): string =>
  JSON.stringify(bytes.toString('utf8', 0, 160).replaceAll(/\s+/g, ' '));
