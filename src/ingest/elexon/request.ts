/**
 * The path that asks for one window of one data set.
 *
 * Elexon's windows include their end: `to` means the settlement period that holds it, or rows published at that very second.
 * So the last second of a window is asked for and not its end; adjoining windows then share nothing.
 */
import type { Window } from '../../domain/ingest-run.js';
import { settlementPeriodOf } from '../../domain/settlement-period.js';
import type { AskedBy, ElexonDataset } from './catalogue.js';

const PARAMETERS: Readonly<Record<Exclude<AskedBy, 'settlement'>, readonly [string, string]>> = {
  period: ['from', 'to'],
  publish: ['publishDateTimeFrom', 'publishDateTimeTo'],
  measurement: ['measurementDateTimeFrom', 'measurementDateTimeTo'],
  submission: ['submissionDateTimeFrom', 'submissionDateTimeTo'],
};

const second = (instant: Date): string => instant.toISOString().replace(/\.\d{3}Z$/, 'Z');

export function pathOf({ route, askedBy }: ElexonDataset, { from, to }: Window): string {
  const last = new Date(to.getTime() - 1000);
  if (askedBy !== 'settlement') {
    const [first, end] = PARAMETERS[askedBy];
    return `${route}?${first}=${second(from)}&${end}=${second(last)}`;
  }
  const [start, stop] = [settlementPeriodOf(from), settlementPeriodOf(last)];
  return (
    `${route}?settlementDateFrom=${start.settlementDate}&settlementPeriodFrom=${start.settlementPeriod}` +
    `&settlementDateTo=${stop.settlementDate}&settlementPeriodTo=${stop.settlementPeriod}`
  );
}
