import type { Market } from '../codes.js';
import { addHalfHours } from '../half-hour.js';
import type { Provenance } from '../grid-signal.js';

/** The carbon intensity that a half hour's energy is counted with. */
export interface ConsumedCarbon {
  readonly gco2PerKwh: number;
  /** OUTTURN where there is one; ESTIMATE: the last forecast, because nobody publishes an outturn of a region. */
  readonly kind: 'OUTTURN' | 'ESTIMATE';
  readonly provenance: Provenance;
}

/** What a workload drew in one half hour at one data centre, and what that half hour was like. */
export interface Consumption {
  readonly dataCentreId: number;
  readonly regionId: number;
  /** Start of the half hour. */
  readonly from: Date;
  /** Of the work itself. */
  readonly energyKwh: number;
  /** Of the facility for it: × PUE of the data centre. */
  readonly facilityEnergyKwh: number;
  /** Null: no carbon intensity is known. */
  readonly carbon: ConsumedCarbon | null;
  /** Great Britain's; null: no price is known. */
  readonly price: { readonly gbpPerMwh: number; readonly market: Market } | null;
}

export interface Actuals {
  /** Null: some half hour has no carbon intensity. Never a partial sum. */
  readonly carbonGco2: number | null;
  /** Null: some half hour has no price. Never a partial sum. */
  readonly costGbp: number | null;
  /** What is missing, and what is an expectation. Null: nothing is. */
  readonly note: string | null;
}

/** What all that a workload drew comes to: facility energy × carbon intensity, and facility energy × price. */
export function actualsOf(consumption: readonly Consumption[]): Actuals {
  const withoutCarbon = consumption.filter(({ carbon }) => carbon === null);
  const withoutPrice = consumption.filter(({ price }) => price === null);
  const notes = [
    ...regionsOf(withoutCarbon).map(
      (regionId) =>
        `no carbon intensity of region ${regionId} for ${spansOf(withoutCarbon.filter((each) => each.regionId === regionId))}`,
    ),
    ...(withoutPrice.length > 0 ? [`no price for ${spansOf(withoutPrice)}`] : []),
    ...expectations(consumption),
  ];
  return {
    carbonGco2: sumOf(consumption, (each) => each.carbon && each.facilityEnergyKwh * each.carbon.gco2PerKwh),
    costGbp: sumOf(
      consumption,
      (each) => each.price && (each.facilityEnergyKwh * each.price.gbpPerMwh) / 1000,
    ),
    note: notes.length > 0 ? notes.join('; ') : null,
  };
}

function expectations(consumption: readonly Consumption[]): string[] {
  const estimated = consumption.filter(({ carbon }) => carbon?.kind === 'ESTIMATE');
  const synthetic = consumption.filter(({ carbon }) => carbon?.provenance.quality === 'SYNTHETIC');
  const expected = consumption.filter(({ price }) => price?.market === 'FORECAST');
  return [
    ...(estimated.length > 0 ? [`carbon is an ESTIMATE by the last forecast for ${spansOf(estimated)}`] : []),
    ...(synthetic.length > 0 ? [`carbon intensity is SYNTHETIC for ${spansOf(synthetic)}`] : []),
    ...(expected.length > 0 ? [`price is an expected one for ${spansOf(expected)}`] : []),
  ];
}

function sumOf(
  consumption: readonly Consumption[],
  valueOf: (each: Consumption) => number | null,
): number | null {
  let sum = 0;
  for (const each of consumption) {
    const value = valueOf(each);
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

const regionsOf = (consumption: readonly Consumption[]): number[] =>
  [...new Set(consumption.map(({ regionId }) => regionId))].sort((a, b) => a - b);

/** The half hours as few spans as they make, `2026-03-02T12:00Z to 2026-03-02T13:30Z, …`. */
export function spansOf(halfHours: readonly { readonly from: Date }[]): string {
  const starts = [...new Set(halfHours.map(({ from }) => from.getTime()))].sort((a, b) => a - b);
  const spans: { from: number; to: number }[] = [];
  for (const start of starts) {
    const to = addHalfHours(new Date(start), 1).getTime();
    const last = spans.at(-1);
    if (last?.to === start) last.to = to;
    else spans.push({ from: start, to });
  }
  return spans.map(({ from, to }) => `${minute(from)} to ${minute(to)}`).join(', ');
}

const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;
