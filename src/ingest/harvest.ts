import { PylonError } from '../domain/errors.js';
import type { Refusal } from '../domain/grid-statement.js';
import type { RunMode, Window } from '../domain/ingest-run.js';
import type { RecordKind } from './record-kinds.js';

/** Refusals kept with their reasons; all are counted. */
export const REFUSALS_KEPT = 20;
const LONGEST_TEXT = 500;
/** The publisher's longest range: a row further than this from what was asked for is about something else. */
const FAR_MS = 31 * 24 * 60 * 60 * 1000;

/** What one run fetched and parsed, before anything is written. */
export class Harvest<Row> {
  /** By what they are about. */
  readonly #rows = new Map<string, Row>();
  readonly #kind: RecordKind<Row>;
  readonly #window: Window;
  readonly refusals: Refusal[] = [];
  rowsRead = 0;
  rowsRefused = 0;
  rowsDuplicate = 0;
  /** Rows of a backfill's neighbouring windows, which bring them themselves: publishers answer seams twice. */
  rowsOutside = 0;

  constructor(kind: RecordKind<Row>, window: Window) {
    this.#kind = kind;
    this.#window = window;
  }

  get rows(): readonly Row[] {
    return [...this.#rows.values()];
  }

  /** Takes in the rows of one body. Of two about one thing the later one counts. */
  add(parsed: {
    readonly records: readonly Row[];
    readonly refusals: readonly Refusal[];
    readonly rowsRead: number;
  }): void {
    this.rowsRead += parsed.rowsRead;
    for (const refusal of parsed.refusals) this.#refuse(refusal);
    for (const row of this.#near(parsed.records)) {
      const key = this.#kind.keyOf(row);
      const earlier = this.#rows.get(key);
      if (earlier !== undefined) this.rowsDuplicate += 1;
      this.#rows.set(key, earlier === undefined ? row : this.#kind.completed(row, earlier));
    }
  }

  /**
   * An answer that is empty, or of which every row was refused, is a failure with a reason, never an empty success. Only
   * history has real holes: a window of a backfill in which nothing is said, and nothing refused, is one.
   */
  refuseEmpty(source: string, mode: RunMode, endpoint: string): void {
    if (this.#rows.size > 0) return;
    if (mode === 'BACKFILL' && this.rowsRefused === 0) return;
    const [first] = this.refusals;
    if (!first) {
      const what = this.rowsRead === 0 ? 'without any row' : `${this.rowsRead} rows, none with a value yet,`;
      throw new PylonError('SOURCE_EMPTY', `${source} answered ${what} for ${endpoint}`);
    }
    throw new PylonError(
      'SOURCE_CONTRACT_BROKEN',
      `none of ${this.rowsRead} rows could be taken, ${this.rowsRefused} were refused; the first: ${first.row}: ${first.reason}`,
    );
  }

  /** A window of history holds its own rows only: those beside it are another window's, and counted there. */
  dropSeams(): void {
    const outside = new Set<string>();
    for (const [key, row] of this.#rows) {
      const at = this.#kind.atOf(row);
      if (!at || (at >= this.#window.from && at < this.#window.to)) continue;
      outside.add(this.#kind.nameOf(row));
      this.#rows.delete(key);
    }
    this.rowsOutside = outside.size;
  }

  /** Leaves out, and refuses by name, what no answer to this request can be about: a year 0001 would ask for partitions since then. */
  #near(rows: readonly Row[]): readonly Row[] {
    const { from, to } = this.#window;
    const far = rows.filter((row) => {
      const at = this.#kind.atOf(row)?.getTime();
      return at !== undefined && (at < from.getTime() - FAR_MS || at > to.getTime() + FAR_MS);
    });
    if (far.length === 0) return rows;
    const reason = `is far from what was asked for, ${from.toISOString()} to ${to.toISOString()}`;
    for (const row of new Set(far.map((each) => this.#kind.nameOf(each)))) this.#refuse({ row, reason });
    const left = new Set(far);
    return rows.filter((row) => !left.has(row));
  }

  #refuse({ row, reason }: Refusal): void {
    this.rowsRefused += 1;
    if (this.refusals.length < REFUSALS_KEPT)
      this.refusals.push({ row: storable(row), reason: storable(reason) });
  }
}

/** Text of a publisher as the database takes it and a terminal bears it: bounded, no control characters, no half of a character. */
export const storable = (text: string): string =>
  text
    .slice(0, LONGEST_TEXT)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, '\u{FFFD}');
