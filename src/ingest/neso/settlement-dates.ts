import type { Window } from '../../domain/ingest-run.js';
import { settlementPeriodOf } from '../../domain/settlement-period.js';

const LAST_MS = 1;

/** The first and the last settlement date of a window, `YYYY-MM-DD`. */
export const settlementDatesOf = ({ from, to }: Window): readonly [string, string] => [
  settlementPeriodOf(from).settlementDate,
  settlementPeriodOf(new Date(to.getTime() - LAST_MS)).settlementDate,
];
