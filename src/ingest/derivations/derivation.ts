import type { GridSignalReader } from '../../database/grid-signals.js';
import type { SeriesName, SeriesStatements } from '../../domain/series.js';

/** Values that Pylon computes from what publishers said, under a versioned formula; stored as statements of its own. */
export interface Derivation<Name extends SeriesName = SeriesName> {
  readonly id: string;
  readonly produces: Name;
  /** Families of which a change may change the result. */
  readonly inputs: readonly SeriesName[];
  /** Reads what it needs as it is known now, and computes. Empty where too little is known. */
  readonly derive: (reader: GridSignalReader, now: Date) => Promise<readonly SeriesStatements[Name][]>;
}
