import type { SourceFacts } from '../database/source-catalog.js';
import { DERIVED_SOURCES } from './derivations/run.js';
import { ELEXON_SOURCE } from './elexon/catalogue.js';
import { LISTED_SOURCES } from './registry.js';
import { SYNTHETIC_SOURCE } from './synthetic-fill.js';

/** Everything whose statements this version may store: publishers' data sets, the synthetic grid, derivations. */
export const SOURCE_FACTS: readonly SourceFacts[] = [
  ...LISTED_SOURCES,
  ELEXON_SOURCE,
  SYNTHETIC_SOURCE,
  ...DERIVED_SOURCES,
];
