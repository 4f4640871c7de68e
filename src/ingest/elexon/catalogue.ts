/** Which data sets Elexon has, how each is asked for, and where its rows go. */
import { PylonError } from '../../domain/errors.js';
import type { SourceFacts } from '../../database/source-catalog.js';
import { CATALOGUE_TABLE } from './catalogue-table.js';

/** The source under which runs and backfills of all data sets are recorded. */
export const ELEXON_SOURCE: SourceFacts = {
  id: 'elexon',
  priority: 0,
  carbonKinds: [],
  mixKinds: [],
  regionIds: [18],
};

/** By which of its times a set is asked for; `period` and `settlement` are settlement periods, given as instants or numbered. */
const ASKED_BY = ['period', 'publish', 'measurement', 'submission', 'settlement'] as const;
export type AskedBy = (typeof ASKED_BY)[number];

export interface ElexonDataset {
  readonly code: string;
  /** In the publisher's words. */
  readonly name: string;
  /** Below the base URL. */
  readonly route: string;
  readonly askedBy: AskedBy;
  /** Field that holds the row's own time; `settlement` is its settlement date and period. */
  readonly at: string;
  /** Fields that tell rows of one time apart. */
  readonly keys: readonly string[];
  /** Longest window of one request. */
  readonly windowDays: number;
  /** How far back from its newest row `discover` looks. */
  readonly lookHours: number;
  /** Whether it says something every day. */
  readonly isDaily: boolean;
}

/** Sets whose rows have a type of their own; all others become records. */
export const PHYSICAL_NOTIFICATIONS = 'PN';

/** Reads one line of the table. @throws {RangeError} for a line that is none. */
export function datasetOfLine(line: string): ElexonDataset {
  const cells = line.split('|').map((cell) => cell.trim());
  const [code = '', askedBy, at = '', keys = '', days = '', look = '', form = '', name = ''] = cells;
  const [answer, ...flags] = form.split(' ');
  const by = ASKED_BY.find((known) => known === askedBy);
  if (
    cells.length !== 8 ||
    !by ||
    !/^[A-Z0-9]+$/.test(code) ||
    !/^\d+d$/.test(days) ||
    !/^\d+h$/.test(look) ||
    (answer !== 'stream' && answer !== 'list')
  )
    throw new RangeError(`no data set: ${line}`);
  return {
    code,
    name,
    route: answer === 'stream' ? `/datasets/${code}/stream` : `/datasets/${code}`,
    askedBy: by,
    at,
    keys: keys === '-' ? [] : keys.split(' '),
    windowDays: Number.parseInt(days, 10),
    lookHours: Number.parseInt(look, 10),
    isDaily: flags.includes('daily'),
  };
}

export const ELEXON_DATASETS: readonly ElexonDataset[] = CATALOGUE_TABLE.trim()
  .split('\n')
  .map(datasetOfLine);

const BY_CODE = new Map(ELEXON_DATASETS.map((dataset) => [dataset.code, dataset]));

/** @throws {PylonError} SOURCE_NOT_FOUND naming those there are. */
export function datasetByCode(code: string): ElexonDataset {
  const dataset = BY_CODE.get(code.toUpperCase());
  if (!dataset)
    throw new PylonError(
      'SOURCE_NOT_FOUND',
      `Elexon has no data set ${JSON.stringify(code.slice(0, 40))}; there are: ${[...BY_CODE.keys()].join(', ')}`,
    );
  return dataset;
}

/** A set that the publisher lists and this version does not know: asked as most are. */
export const unknownDataset = (code: string): ElexonDataset => ({
  code,
  name: code,
  route: `/datasets/${encodeURIComponent(code)}`,
  askedBy: 'publish',
  at: 'publishTime',
  keys: [],
  windowDays: 1,
  lookHours: 24,
  isDaily: false,
});

export const isKnown = (code: string): boolean => BY_CODE.has(code);
