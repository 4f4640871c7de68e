import { qualityOf } from '../../domain/codes.js';
import { renewablePct } from '../../domain/grid-signal.js';
import { halfHours } from '../../domain/half-hour.js';
import { readSignals, type GridSignalReader } from '../grid-signals.js';
import type { HalfHourSpan } from '../headroom.js';
import { together } from '../together.js';
import { readNationalOutlook, type NationalOutlook } from './national-outlook.js';

/** One region's values by half hour of a span. Null: unknown. */
export interface RegionSeries {
  readonly regionId: number;
  /** The forecast; where there is none, the outturn. */
  readonly gco2PerKwh: readonly (number | null)[];
  readonly renewablePct: readonly (number | null)[];
  /** True where any of its values was made up by a model. */
  readonly isSynthetic: readonly boolean[];
}

/** What is known of a span of half hours. Price and stress are Great Britain's. */
export interface Outlook extends HalfHourSpan, NationalOutlook {
  /** In the order of the ids asked for. */
  readonly regions: readonly RegionSeries[];
}

/** @param asOf the sequence to answer as of; null for the newest. */
export async function readOutlook(
  reader: GridSignalReader,
  regionIds: readonly number[],
  { from, to }: HalfHourSpan,
  asOf: bigint | null,
): Promise<Outlook> {
  const starts = halfHours(from, to);
  const [regions, national] = await together(
    reader.db,
    () =>
      asOf === null ? readNewest(reader, regionIds, starts) : readKnownThen(reader, regionIds, starts, asOf),
    () => readNationalOutlook(reader, { from, to }, starts, asOf),
  );
  return { from, to, regions, ...national };
}

/** One list a column: slots, and by each of them what is known; renewables in thousandths. */
interface NewestRow {
  readonly region_id: number;
  readonly slots: readonly number[];
  readonly gco2: readonly (number | null)[];
  readonly carbon_quality: readonly (number | null)[];
  readonly renewable: readonly (number | null)[];
  readonly mix_quality: readonly (number | null)[];
}

/** One row a region: many small rows would take longer to read than to find. */
async function readNewest(
  { db, servesSynthetic }: GridSignalReader,
  regionIds: readonly number[],
  starts: readonly Date[],
): Promise<RegionSeries[]> {
  const { rows } = await db.query<NewestRow>({
    name: 'planning-outlook',
    text: `select g.region_id, json_agg((date_part('epoch', g.from_at - $2) / 1800)::integer) as slots,
        json_agg(coalesce(g.forecast_gco2_per_kwh, g.outturn_gco2_per_kwh)) as gco2, json_agg(g.carbon_quality) as carbon_quality,
        json_agg(g.wind_permille + g.solar_permille + g.hydro_permille) as renewable, json_agg(g.mix_quality) as mix_quality
      from grid_signals g where g.region_id = any ($1::smallint[]) and g.from_at >= $2 and g.from_at < $2 + $3 * interval '30 minutes'
      group by g.region_id`,
    values: [regionIds, starts[0], starts.length],
  });
  const rowOf = new Map(rows.map((row) => [row.region_id, row]));
  const isHidden = (quality: number | null): boolean =>
    !servesSynthetic && quality !== null && qualityOf(quality) === 'SYNTHETIC';
  return regionIds.map((regionId) => {
    const gco2PerKwh = starts.map((): number | null => null);
    const renewablePct = starts.map((): number | null => null);
    const isSynthetic = starts.map(() => false);
    const row = rowOf.get(regionId);
    for (const [i, slot] of (row?.slots ?? []).entries()) {
      const [carbonQuality, mixQuality] = [row!.carbon_quality[i]!, row!.mix_quality[i]!];
      const renewable = row!.renewable[i]!;
      gco2PerKwh[slot] = isHidden(carbonQuality) ? null : row!.gco2[i]!;
      renewablePct[slot] = renewable === null || isHidden(mixQuality) ? null : renewable / 10;
      isSynthetic[slot] = [carbonQuality, mixQuality].some(
        (quality) => quality !== null && qualityOf(quality) === 'SYNTHETIC',
      );
    }
    return { regionId, gco2PerKwh, renewablePct, isSynthetic };
  });
}

async function readKnownThen(
  reader: GridSignalReader,
  regionIds: readonly number[],
  starts: readonly Date[],
  asOf: bigint,
): Promise<RegionSeries[]> {
  const keys = regionIds.flatMap((regionId) => starts.map((from) => ({ regionId, from })));
  const signals = await readSignals(reader, keys, asOf);
  return regionIds.map((regionId, r) => {
    const own = starts.map((_, slot) => signals[r * starts.length + slot] ?? null);
    return {
      regionId,
      gco2PerKwh: own.map(
        (signal) => signal?.carbon?.forecastGco2PerKwh ?? signal?.carbon?.outturnGco2PerKwh ?? null,
      ),
      renewablePct: own.map((signal) => (signal ? renewablePct(signal) : null)),
      isSynthetic: own.map((signal) =>
        [signal?.carbon, signal?.mix].some((group) => group?.provenance.quality === 'SYNTHETIC'),
      ),
    };
  });
}
