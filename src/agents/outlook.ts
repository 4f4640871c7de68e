import { readOutlook as readSeries } from '../database/planning/outlook.js';
import type { GridSignalReader } from '../database/grid-signals.js';
import { addHalfHours, floorToHalfHour, halfHours } from '../domain/half-hour.js';
import type { OutlookHalfHour } from './seen.js';

/** The newest that is expected of some half hours, from the one that covers `now` on. A half hour of which nothing is known of a region is left out of that region's. */
export async function readOutlook(
  reader: GridSignalReader,
  now: Date,
  { regionIds, halfHours: count }: { readonly regionIds: readonly number[]; readonly halfHours: number },
): Promise<OutlookHalfHour[]> {
  const from = floorToHalfHour(now);
  const span = { from, to: addHalfHours(from, count) };
  const ids = [...new Set(regionIds)].sort((a, b) => a - b);
  const { regions, gridStress, gbpPerMwh } = await readSeries(reader, ids, span, null);
  return halfHours(span.from, span.to).flatMap((start, slot) =>
    regions.flatMap((region) => {
      const own = {
        gco2PerKwh: region.gco2PerKwh[slot] ?? null,
        renewablePct: region.renewablePct[slot] ?? null,
      };
      if (own.gco2PerKwh === null && own.renewablePct === null) return [];
      const national = { gridStress: gridStress[slot] ?? null, gbpPerMwh: gbpPerMwh[slot] ?? null };
      return [{ regionId: region.regionId, from: start, ...own, ...national }];
    }),
  );
}
