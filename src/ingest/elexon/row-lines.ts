import type { Window } from '../../domain/ingest-run.js';

/** What became of a row: written, or left out because it is about another window than the one asked for. */
export type Taken = 'TAKEN' | 'OUTSIDE';

/** Turns rows of one answer into lines of COPY's text format. */
export interface RowLines {
  /** The bytes of one row. @throws {RowRefused} with the reason why it cannot be taken. */
  take(bytes: Buffer, start: number, end: number): Taken;
  /** Bytes waiting. */
  readonly size: number;
  /** The lines since the last flush, to be kept by whoever asks for them. */
  flush(): Buffer;
  /** First days of the months of which there are rows, `YYYY-MM-DD`. */
  readonly months: ReadonlySet<string>;
}

export type LinesFor = (window: Window) => RowLines;

const NEWLINE = 0x0a;
const FIRST_CAPACITY = 64 * 1024;

/** Bytes that grow: room for a line is made before it is written. */
export class LineBuffer {
  bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  size = 0;

  /** Makes room for so many more bytes. */
  reserve(count: number): void {
    if (this.size + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.size + count));
    this.bytes.copy(larger, 0, 0, this.size);
    this.bytes = larger;
  }

  writeLine(text: string): void {
    this.reserve(Buffer.byteLength(text) + 1);
    this.size += this.bytes.write(text, this.size);
    this.bytes[this.size] = NEWLINE;
    this.size += 1;
  }

  flush(): Buffer {
    const lines = Buffer.from(this.bytes.subarray(0, this.size));
    this.size = 0;
    return lines;
  }
}
