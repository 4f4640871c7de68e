import { readSignals, textOf, type GridSignalReader } from '../../database/grid-signals.js';
import { readPrices } from '../../database/series/prices.js';
import type { Consumption, ConsumedCarbon } from '../../domain/compute/actuals.js';
import { piecesOf, shareEnergy, type Run } from '../../domain/compute/run-pieces.js';
import type { GridSignal } from '../../domain/grid-signal.js';
import { priceGroupOf } from '../../domain/price-group.js';

/** Half hours whose signals are read at once. */
const BATCH = 500;

/** What a workload drew in each half hour that it ran in, with the newest that is known of those half hours. */
export async function consumptionOf(
  reader: GridSignalReader,
  runs: readonly Run[],
  energyKwh: number,
): Promise<Consumption[]> {
  const pieces = piecesOf(runs);
  const energies = shareEnergy(energyKwh, pieces);
  const centres = await readCentres(
    reader.db,
    pieces.map(({ dataCentreId }) => dataCentreId),
  );
  const drawn = pieces.map((piece, i) => {
    const centre = centres.get(piece.dataCentreId);
    if (!centre) throw new Error(`there is no data centre ${piece.dataCentreId}`);
    return { ...piece, energyKwh: energies[i] ?? 0, ...centre };
  });
  const carbon = await readCarbon(reader, drawn);
  const prices = await readPriceOf(
    reader,
    drawn.map(({ from }) => from),
  );
  return drawn.map(({ dataCentreId, regionId, from, energyKwh: drew, pue }) => ({
    dataCentreId,
    regionId,
    from,
    energyKwh: drew,
    facilityEnergyKwh: drew * pue,
    carbon: carbon.get(textOf({ regionId, from })) ?? null,
    price: prices.get(from.getTime()) ?? null,
  }));
}

interface Centre {
  readonly regionId: number;
  readonly pue: number;
}

async function readCentres(
  db: GridSignalReader['db'],
  dataCentreIds: readonly number[],
): Promise<ReadonlyMap<number, Centre>> {
  const { rows } = await db.query<{ data_centre_id: number; region_id: number; pue: number }>(
    'select data_centre_id, region_id, pue from data_centres where data_centre_id = any ($1)',
    [[...new Set(dataCentreIds)]],
  );
  return new Map(rows.map((row) => [row.data_centre_id, { regionId: row.region_id, pue: row.pue }]));
}

async function readCarbon(
  reader: GridSignalReader,
  keys: readonly { readonly regionId: number; readonly from: Date }[],
): Promise<ReadonlyMap<string, ConsumedCarbon>> {
  const found = new Map<string, ConsumedCarbon>();
  for (const batch of batchesOf(keys)) {
    for (const signal of await readSignals(reader, batch, null)) {
      const carbon = signal && carbonOf(signal);
      if (carbon) found.set(textOf(signal), carbon);
    }
  }
  return found;
}

function carbonOf({ carbon }: GridSignal): ConsumedCarbon | null {
  if (!carbon) return null;
  const { forecastGco2PerKwh: forecast, outturnGco2PerKwh: outturn, provenance } = carbon;
  if (outturn !== null) return { gco2PerKwh: outturn, kind: 'OUTTURN', provenance };
  return forecast === null ? null : { gco2PerKwh: forecast, kind: 'ESTIMATE', provenance };
}

async function readPriceOf(
  reader: GridSignalReader,
  halfHours: readonly Date[],
): Promise<ReadonlyMap<number, NonNullable<Consumption['price']>>> {
  const found = new Map<number, NonNullable<Consumption['price']>>();
  for (const batch of batchesOf(halfHours)) {
    const keys = batch.map((from) => ({ from, asOf: null }));
    for (const [i, prices] of (await readPrices(reader, keys, ['MARKET_INDEX', 'FORECAST'])).entries()) {
      const price = priceGroupOf(prices);
      const from = batch[i];
      if (price && from) found.set(from.getTime(), { gbpPerMwh: price.gbpPerMwh, market: price.market });
    }
  }
  return found;
}

const batchesOf = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, i) => items.slice(i * BATCH, (i + 1) * BATCH));
