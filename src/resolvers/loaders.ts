import DataLoader from 'dataloader';
import { resolveAsOf } from '../database/event-log.js';
import type { GraphDatabase } from '../database/prisma.js';
import { readObservations, type Observation } from '../database/observations.js';
import { readSignals, textOf, type SignalKey } from '../database/grid-signals.js';
import { readMarketDatasets } from '../database/market-datasets.js';
import { readSourceRecords, type SourceRecord } from '../database/source-health.js';
import { readDemand } from '../database/series/demand.js';
import { readPrices, type MarketPrice } from '../database/series/prices.js';
import type { HalfHourKey } from '../database/series/stated.js';
import { readStress, type GridStress } from '../database/series/stress.js';
import type { DemandGroup, GridSignal } from '../domain/grid-signal.js';
import type { MarketDataset } from '../domain/market-dataset.js';
import type { Viewer } from '../domain/viewer.js';
import type { CarbonFactor, DataCentre, IngestRun, Region } from '../generated/prisma/client.js';
import { alignTo } from './align-to.js';
import type { AsOf } from './as-of.js';
import { createRegistryLoaders, type RegistryLoaders } from './compute/registry-loaders.js';
import { groupedBy } from './grouped-by.js';
import { createCommittedLoader, type CommittedLoader } from './compute/headroom.js';
import { createMarketLoaders, type MarketLoaders } from './market-loaders.js';
import { readRegionPages, regionPageKey, type RegionPage } from './region-pages.js';

/** One signal, newest or as of a past sequence. */
export interface SignalRequest extends SignalKey {
  readonly asOf: AsOf | null;
}

export interface Loaders extends MarketLoaders, RegistryLoaders {
  readonly region: DataLoader<number, Region>;
  readonly ingestRun: DataLoader<number, IngestRun>;
  /** Carbon factors that a run changed, by fuel; most runs changed none. */
  readonly runFactors: DataLoader<number, readonly CarbonFactor[]>;
  /** What was known at a past instant; an error for a future one. */
  readonly asOf: DataLoader<Date, AsOf, number>;
  /** Null where nothing is known of that half hour. */
  readonly signal: DataLoader<SignalRequest, GridSignal | null, string>;
  /** The first signals of one region in a span. */
  readonly regionPage: DataLoader<RegionPage, readonly GridSignal[], string>;
  /** What the sources said of one half hour, newest first. */
  readonly signalObservations: DataLoader<SignalRequest, readonly Observation[], string>;
  /** Of Great Britain over one half hour; null where nothing is known. */
  readonly demand: DataLoader<HalfHourKey, DemandGroup | null, string>;
  readonly stress: DataLoader<HalfHourKey, GridStress | null, string>;
  /** What was paid for power of one half hour, and what it is expected to cost. */
  readonly signalPrices: DataLoader<HalfHourKey, readonly MarketPrice[], string>;
  /** Data sets of the catalogue by code; null for one that was never tried. */
  readonly marketDataset: DataLoader<string, MarketDataset | null>;
  readonly dataCentre: DataLoader<number, DataCentre>;
  /** Facility power committed at a data centre, by start of the half hour. */
  readonly committedPower: CommittedLoader;
  /** What the latest runs of every source tell, by now or by a past instant. */
  readonly sourceRecords: DataLoader<Date | 'now', readonly SourceRecord[], number | 'now'>;
}

const halfHourKey = ({ from, asOf }: HalfHourKey): string => `${from.getTime()}#${asOf ?? ''}`;
const requestKey = (request: SignalRequest): string => `${textOf(request)}#${request.asOf?.sequence ?? ''}`;

/** Built once a request: a loader is also a cache, and must not outlive its reader. */
export function createLoaders(database: GraphDatabase, viewer: Viewer): Loaders {
  const { prisma, pool } = database;
  const { reader } = database;
  return {
    ...createMarketLoaders(database),
    ...createRegistryLoaders(database, viewer),
    region: new DataLoader(async (ids) =>
      alignTo(
        ids,
        await prisma.region.findMany({ where: { regionId: { in: [...ids] } } }),
        ({ regionId }) => regionId,
        'region',
      ),
    ),
    ingestRun: new DataLoader(async (ids) =>
      alignTo(
        ids,
        await prisma.ingestRun.findMany({ where: { ingestRunId: { in: [...ids] } } }),
        ({ ingestRunId }) => ingestRunId,
        'ingest run',
      ),
    ),
    runFactors: new DataLoader(async (ids) => {
      const factors = await prisma.carbonFactor.findMany({
        where: { ingestRunId: { in: [...ids] } },
        orderBy: { fuel: 'asc' },
      });
      const byRun = groupedBy(factors, ({ ingestRunId }) => ingestRunId);
      return ids.map((id) => byRun.get(id) ?? []);
    }),
    asOf: new DataLoader(
      (instants) =>
        Promise.all(
          instants.map((instant) =>
            resolveAsOf(pool, instant).then(
              (sequence) => ({ instant, sequence }),
              (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
            ),
          ),
        ),
      { cacheKeyFn: (instant) => instant.getTime() },
    ),
    signal: new DataLoader(
      (requests) => bySequence(requests, (keys, asOf) => readSignals(reader, keys, asOf)),
      { cacheKeyFn: requestKey },
    ),
    regionPage: new DataLoader((pages) => readRegionPages(reader, pages), { cacheKeyFn: regionPageKey }),
    signalObservations: new DataLoader(
      (requests) => bySequence(requests, (keys, asOf) => readObservations(reader, keys, asOf)),
      { cacheKeyFn: requestKey },
    ),
    demand: new DataLoader((keys) => readDemand(reader, keys), { cacheKeyFn: halfHourKey }),
    stress: new DataLoader((keys) => readStress(reader, keys), { cacheKeyFn: halfHourKey }),
    signalPrices: new DataLoader((keys) => readPrices(reader, keys, ['MARKET_INDEX', 'FORECAST']), {
      cacheKeyFn: halfHourKey,
    }),
    marketDataset: new DataLoader(async (codes) => {
      const datasets = await readMarketDatasets(pool, { codes });
      const byCode = new Map(datasets.map((dataset) => [dataset.code, dataset]));
      return codes.map((code) => byCode.get(code) ?? null);
    }),
    dataCentre: new DataLoader(async (ids) =>
      alignTo(
        ids,
        await prisma.dataCentre.findMany({ where: { dataCentreId: { in: [...ids] } } }),
        ({ dataCentreId }) => dataCentreId,
        'data centre',
      ),
    ),
    committedPower: createCommittedLoader(database),
    sourceRecords: new DataLoader(
      (instants) =>
        Promise.all(instants.map((instant) => readSourceRecords(pool, instant === 'now' ? null : instant))),
      { cacheKeyFn: (instant) => (instant === 'now' ? instant : instant.getTime()) },
    ),
  };
}

/** One statement for each sequence asked about: as a rule there is one. */
async function bySequence<Row>(
  requests: readonly SignalRequest[],
  read: (keys: readonly SignalKey[], asOf: bigint | null) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const answers = new Map<SignalRequest, Row>();
  const groups = groupedBy(requests, ({ asOf }) => asOf?.sequence ?? null);
  await Promise.all(
    [...groups].map(async ([sequence, group]) => {
      const rows = await read(group, sequence);
      for (const [i, request] of group.entries()) {
        const row = rows[i];
        if (row !== undefined) answers.set(request, row);
      }
    }),
  );
  return requests.map((request) => answers.get(request) as Row);
}
