import { readSignals, type GridSignalReader } from '../database/grid-signals.js';
import { readPrices } from '../database/series/prices.js';
import { readStress } from '../database/series/stress.js';
import { intensityOf, renewablePct } from '../domain/grid-signal.js';
import { addHalfHours, floorToHalfHour, halfHours } from '../domain/half-hour.js';
import { priceGroupOf } from '../domain/price-group.js';
import type { OutlookHalfHour } from './seen.js';

/** The newest that is expected of some half hours, from the one that covers `now` on. Half hours of which no region knows anything are left out. */
export async function readOutlook(
  reader: GridSignalReader,
  now: Date,
  { regionIds, halfHours: count }: { readonly regionIds: readonly number[]; readonly halfHours: number },
): Promise<OutlookHalfHour[]> {
  const first = floorToHalfHour(now);
  const starts = halfHours(first, addHalfHours(first, count));
  const regions = [...new Set(regionIds)].sort((a, b) => a - b);
  const keys = starts.flatMap((from) => regions.map((regionId) => ({ regionId, from })));
  const times = starts.map((from) => ({ from, asOf: null }));
  const signals = await readSignals(reader, keys, null);
  const stresses = await readStress(reader, times);
  const prices = await readPrices(reader, times, ['MARKET_INDEX', 'FORECAST']);
  return keys.flatMap(({ regionId, from }, k) => {
    const signal = signals[k];
    if (!signal) return [];
    const i = Math.floor(k / regions.length);
    return [
      {
        regionId,
        from,
        gco2PerKwh: intensityOf(signal),
        renewablePct: renewablePct(signal),
        gridStress: stresses[i]?.stress ?? null,
        gbpPerMwh: priceGroupOf(prices[i] ?? [])?.gbpPerMwh ?? null,
      },
    ];
  });
}
