import { formatMinute } from '../../domain/instant.js';
import type { Window } from '../../domain/ingest-run.js';
import type { DemandReadingStatement } from '../../domain/series.js';
import { broken, isObject, rowOf } from '../rows.js';
import { ELEXON_LICENCE, ELEXON_SINCE, elexonDocs, elexonRowName, elexonRows } from '../elexon/routes.js';
import { MOST_MW, instantOf, labelOf, wholeIn } from '../elexon/values.js';
import { parseRows } from '../parse-rows.js';
import { defineSeries } from '../source.js';

const MINUTE_MS = 60_000;
/** Nothing documents up to which length every reading comes: a cautious one, of some 72. */
const LONGEST_MS = 6 * 60 * MINUTE_MS;
/** FUELINST is of every five minutes; the next resolution that the route has is an hour. */
const SPARSE_MS = 30 * MINUTE_MS;

/**
 * Elexon's demand outturn summary (RollingSystemDemand): rolling demand of the system at spot times, from FUELINST, which
 * has one every five minutes. Unit: MW, whole. Nothing documents which of the demands it is, nor over which minutes it
 * rolls: it is never taken for national or transmission system demand, whose outturn is INDO and ITSDO.
 *
 * Quirks: made for charts, and down-sampled to hours, days or weeks. The finest resolution, `minute`, is asked for by
 * name, in requests of six hours at most, and an answer whose rows all stand half an hour apart or more is refused
 * whole: an average is no reading. `recordType` is undocumented and may be null; no time of publication.
 */
export const elexonDemandSummary = defineSeries({
  id: 'elexon-demand-summary',
  title: 'Rolling system demand (demand outturn summary)',
  produces: 'demand_readings',
  docs: elexonDocs('demand/outturn/summary'),
  licence: ELEXON_LICENCE,
  baseUrl: 'ELEXON_URL',
  cadence: { everyMinutes: 5, afterMinutes: 2 },
  lookbackHours: 3, // FUELINST was once published two hours late
  horizonHours: 0.5,
  priority: 100,
  history: { windowDays: 1, since: ELEXON_SINCE },
  async *fetch(window, { json }) {
    for (const { from, to } of shortWindows(window))
      yield await json(
        `/demand/outturn/summary?resolution=minute&format=json&from=${formatMinute(from)}&to=${formatMinute(to)}`,
      );
  },
  parse(body) {
    const rows = elexonRows(body);
    refuseDownSampled(rows);
    return parseRows(rows, elexonRowName, (row) => [readingOf(row)]);
  },
});

function readingOf(row: unknown): DemandReadingStatement {
  const said = rowOf(row);
  return {
    at: instantOf(said, 'startTime'),
    kind: 'OUTTURN',
    issuedAt: null,
    recordType: said['recordType'] == null ? null : labelOf(said['recordType'], 'recordType'),
    demandMw: wholeIn(said['demand'], 'demand', 1, MOST_MW),
  };
}

/** Windows of at most six hours, oldest first, that together are the window. */
function* shortWindows({ from, to }: Window): Iterable<Window> {
  for (let start = from.getTime(); start < to.getTime(); start += LONGEST_MS)
    yield { from: new Date(start), to: new Date(Math.min(start + LONGEST_MS, to.getTime())) };
}

/**
 * A row that is refused for its value still tells how far apart rows are; one or two may only lie at the ends of a hole.
 *
 * @throws {PylonError} SOURCE_CONTRACT_BROKEN where no two of three instants or more are less than half an hour apart.
 */
function refuseDownSampled(rows: readonly unknown[]): void {
  const starts = rows.flatMap((row) => {
    const start = isObject(row) ? row['startTime'] : null;
    const ms = typeof start === 'string' ? Date.parse(start) : Number.NaN;
    return Number.isNaN(ms) ? [] : [ms];
  });
  const instants = [...new Set(starts)].toSorted((a, b) => a - b);
  const gaps = instants.slice(1).map((instant, i) => instant - (instants[i] ?? instant));
  const nearest = Math.min(...gaps);
  if (gaps.length >= 2 && nearest >= SPARSE_MS)
    throw broken(`is down-sampled: its nearest rows are ${nearest / MINUTE_MS} minutes apart`);
}
