import type { BmUnit } from '../domain/bm-unit.js';
import type { ObservationKind } from '../domain/codes.js';
import type { GridStatement, Refusal } from '../domain/grid-statement.js';
import type { Window } from '../domain/ingest-run.js';
import { GREAT_BRITAIN } from '../domain/regions.js';
import type { SeriesStatements } from '../domain/series.js';
import type { RateLimit } from './limiter.js';

/** How often a publisher updates: every `everyMinutes`, `afterMinutes` past that boundary, UTC. */
export interface Cadence {
  readonly everyMinutes: number;
  readonly afterMinutes: number;
}

/** What a source reaches its publisher through; the runner owns time-outs, retries, size caps and circuit. */
export interface Reach {
  /** Base URL of the publisher, without a slash at the end. */
  readonly baseUrl: string;
  /**
   * GET of JSON below the base URL. With `maxAgeMs` the answer is kept in memory, and one no older than that serves again.
   *
   * @throws {PylonError} SOURCE_UNAVAILABLE, SOURCE_RATE_LIMITED, SOURCE_CONTRACT_BROKEN
   */
  readonly json: (path: string, options?: { readonly maxAgeMs?: number }) => Promise<unknown>;
  /** GET of text at an address of its own, redirections followed. @throws {PylonError} as `json` */
  readonly text: (url: string) => Promise<string>;
}

/** Carbon emitted by generating one kilowatt hour from a fuel, g, in the publisher's own name of the fuel. */
export interface CarbonFactorStatement {
  readonly fuel: string;
  readonly gco2PerKwh: number;
}

/** What the rows of a source become, by name of the kind of record: src/ingest/record-kinds.ts says how each is kept. */
export interface Records extends SeriesStatements {
  readonly 'grid-statements': GridStatement;
  readonly 'carbon-factors': CarbonFactorStatement;
  readonly 'bm-units': BmUnit;
}

/** Rows of one body: the good ones, and the refused with their reasons. */
export interface Parsed<Kind extends keyof Records> {
  readonly records: readonly Records[Kind][];
  readonly refusals: readonly Refusal[];
  /** Rows the publisher sent, good or not; one row may become several records. */
  readonly rowsRead: number;
}

/** One data set of one publisher. A source fetches and parses; the runner owns the rest. */
export interface Source<Kind extends keyof Records = keyof Records> {
  readonly id: string;
  readonly title: string;
  readonly produces: Kind;
  readonly docs: string;
  readonly licence: { readonly name: string; readonly url: string };
  /** Setting that holds the publisher's base URL. */
  readonly baseUrl: 'CARBON_INTENSITY_URL' | 'ELEXON_URL' | 'NESO_URL';
  /** Limits of the publisher, shared by all of its sources: it is asked in turn, and a look does not wait for that. */
  readonly limits?: readonly RateLimit[];
  /** Null: never asked by schedule, only by a backfill. */
  readonly cadence: Cadence | null;
  /**
   * How far behind now the publisher still revises, and how far ahead it forecasts; ½ ahead for what is read as it goes:
   * the half hour that is running.
   */
  readonly lookbackHours: number;
  readonly horizonHours: number;
  /** 0–999; the higher one is served where two real sources state the same value. */
  readonly priority: number;
  /** Of a source of grid statements: the kinds it makes about carbon intensity and about the mix. */
  readonly carbonKinds: readonly ObservationKind[];
  readonly mixKinds: readonly ObservationKind[];
  /** Regions it speaks of; empty means all. */
  readonly regionIds: readonly number[];
  /** History: the longest window one request may ask for, and the oldest instant published. Null: none. */
  readonly history: { readonly windowDays: number; readonly since: string } | null;
  fetch(window: Window, reach: Reach): AsyncIterable<unknown>;
  /**
   * Pure: one body to records and refusals.
   *
   * @param askedAt when it was asked, by the server's clock: some values are only trustworthy some minutes later.
   * @throws {PylonError} SOURCE_CONTRACT_BROKEN for a broken envelope.
   */
  parse(body: unknown, askedAt: Date): Parsed<Kind>;
}

type GridFacts = 'carbonKinds' | 'mixKinds' | 'regionIds';
/** What is told of a source, whatever way it is asked. */
export type ListedSource = Pick<
  Source,
  'id' | 'title' | 'docs' | 'licence' | 'cadence' | 'priority' | 'carbonKinds' | 'mixKinds' | 'regionIds'
>;

/** Ties the kind of record to `parse` by inference. */
export const defineSource = <Kind extends keyof Records>(source: Source<Kind>): Source<Kind> => source;

/** A source that speaks of Great Britain as a whole, and not of carbon or mix. */
export const defineSeries = <Kind extends keyof SeriesStatements>(
  source: Omit<Source<Kind>, GridFacts>,
): Source<Kind> => ({ ...source, carbonKinds: [], mixKinds: [], regionIds: [GREAT_BRITAIN] });
