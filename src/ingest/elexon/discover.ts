import { setTimeout as sleep } from 'node:timers/promises';
import { recordMarketDatasets } from '../../database/market-datasets.js';
import { PylonError } from '../../domain/errors.js';
import type { MarketDataset } from '../../domain/market-dataset.js';
import type { Window } from '../../domain/ingest-run.js';
import { RowRefused, broken, isObject, quoted, type Json } from '../rows.js';
import { storable } from '../harvest.js';
import { giveBack, type RunnerDeps } from '../run.js';
import {
  ELEXON_DATASETS,
  ELEXON_SOURCE,
  datasetByCode,
  isKnown,
  unknownDataset,
  type ElexonDataset,
} from './catalogue.js';
import { pathOf } from './request.js';
import { RowScanner } from './row-scanner.js';
import { linesFor } from './run.js';
import { instantOf } from './values.js';

const CATALOGUE = '/datasets/metadata/latest';
/** Two at a time with a pause after each: some ninety requests in about half a minute. */
const AT_A_TIME = 2;
const PAUSE_MS = 250;
/** Enough to tell that a set works; the rest is not asked for. */
const ROWS_LOOKED_AT = 200;
const LOOK_DEADLINE_MS = 30_000;
const HOUR_MS = 3_600_000;

export interface DiscoverDeps extends Pick<RunnerDeps, 'database' | 'leases' | 'http' | 'log'> {
  /** Base URL of the Insights API, without a slash at the end. */
  readonly baseUrl: string;
}

export interface DiscoverOptions {
  readonly onTried?: (dataset: MarketDataset) => void;
  /** Waits between requests, in real time; a test passes one that does not. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

/**
 * Reads Elexon's catalogue, asks each data set for what it last said, by its own parameters, and stores which of them work
 * and why the others do not. Sets that the catalogue leaves out are tried too.
 *
 * @returns all sets, by code.
 * @throws {PylonError} LEASE_HELD while another process does the same; SOURCE_UNAVAILABLE, SOURCE_RATE_LIMITED or
 *   SOURCE_CONTRACT_BROKEN when the catalogue itself cannot be read: nothing is stored then.
 */
export async function discoverDatasets(
  deps: DiscoverDeps,
  { onTried = () => undefined, wait = sleep }: DiscoverOptions = {},
): Promise<MarketDataset[]> {
  const lease = await deps.leases.acquire(`discover:${ELEXON_SOURCE.id}`);
  if (!lease) throw new PylonError('LEASE_HELD', 'another process is trying the data sets now; wait for it');
  try {
    const listed = await readCatalogue(deps);
    const codes = [...new Set([...listed.keys(), ...ELEXON_DATASETS.map(({ code }) => code)])].sort();
    const tried: MarketDataset[] = [];
    const waiting = codes.values();
    const work = async (): Promise<void> => {
      for (const code of waiting) {
        const dataset = await tryOne(deps, code, listed);
        tried.push(dataset);
        onTried(dataset);
        await wait(PAUSE_MS);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    tried.sort((a, b) => (a.code < b.code ? -1 : 1));
    await recordMarketDatasets(deps.database.pool, lease, tried);
    return tried;
  } finally {
    await giveBack(deps, lease);
  }
}

/** When each set last changed, as the publisher says; null where it does not say. */
type Catalogue = ReadonlyMap<string, Date | null>;

async function readCatalogue({ http, baseUrl }: DiscoverDeps): Promise<Catalogue> {
  const body = await http.json(`${baseUrl}${CATALOGUE}`, () => undefined);
  const rows = isObject(body) ? body['data'] : body;
  if (!Array.isArray(rows)) throw broken(`of ${CATALOGUE} has no list: ${quoted(body)}`);
  const catalogue = new Map<string, Date | null>();
  for (const row of rows as readonly unknown[]) {
    if (!isObject(row) || typeof row['dataset'] !== 'string' || !/^[A-Z0-9_]{1,40}$/.test(row['dataset']))
      throw broken(`of ${CATALOGUE} has a row that names no data set: ${quoted(row)}`);
    catalogue.set(row['dataset'], updatedAt(row));
  }
  if (catalogue.size === 0) throw new PylonError('SOURCE_EMPTY', `${CATALOGUE} lists no data set`);
  return catalogue;
}

/** A time that is none is not said: it only tells where to look. */
function updatedAt(row: Json): Date | null {
  try {
    return instantOf(row, 'lastUpdated');
  } catch (error) {
    if (error instanceof RowRefused) return null;
    throw error;
  }
}

async function tryOne(deps: DiscoverDeps, code: string, listed: Catalogue): Promise<MarketDataset> {
  const dataset = isKnown(code) ? datasetByCode(code) : unknownDataset(code);
  const now = deps.database.clock.now();
  const lastUpdatedAt = listed.get(code) ?? null;
  const base = { code, name: dataset.name, lastTriedAt: now, lastUpdatedAt } as const;
  try {
    const rowsSeen = await look(deps, dataset, windowOf(dataset, lastUpdatedAt, now));
    return { ...base, status: 'WORKING', reason: null, rowsSeen };
  } catch (error) {
    if (!(error instanceof PylonError) || !error.code.startsWith('SOURCE_')) throw error;
    const unlisted = listed.has(code) ? '' : 'the catalogue does not list it; ';
    const reason = storable(`${unlisted}${error.message.replaceAll(deps.baseUrl, '')}`);
    return { ...base, status: 'UNAVAILABLE', reason, rowsSeen: 0 };
  }
}

/** Up to what it last said, or to now; whole minutes, because some routes take no others. */
function windowOf({ lookHours }: ElexonDataset, lastUpdatedAt: Date | null, now: Date): Window {
  const last = lastUpdatedAt && lastUpdatedAt < now ? lastUpdatedAt : now;
  const to = new Date((Math.floor(last.getTime() / 60_000) + 1) * 60_000);
  return { from: new Date(to.getTime() - lookHours * HOUR_MS), to };
}

/** @returns good rows seen, at least one. @throws {PylonError} SOURCE_… with the reason why there are none. */
async function look(
  { http, baseUrl }: DiscoverDeps,
  dataset: ElexonDataset,
  window: Window,
): Promise<number> {
  const path = pathOf(dataset, window);
  const lines = linesFor({ dataset, window });
  let [read, good] = [0, 0];
  let refused = '';
  const scanner = new RowScanner((bytes, start, end) => {
    read += 1;
    try {
      lines.take(bytes, start, end);
      good += 1;
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      refused ||= error.message;
    }
  });
  await http.stream(
    `${baseUrl}${path}`,
    () => undefined,
    LOOK_DEADLINE_MS,
    async (pieces) => {
      for await (const piece of pieces) {
        scanner.push(piece);
        lines.flush();
        if (good >= ROWS_LOOKED_AT) return;
      }
      scanner.end();
    },
  );
  if (read === 0) throw new PylonError('SOURCE_EMPTY', `no row from ${path}`);
  if (good === 0)
    throw new PylonError(
      'SOURCE_CONTRACT_BROKEN',
      `none of ${read} rows from ${path} is one; the first: ${refused}`,
    );
  return good;
}
