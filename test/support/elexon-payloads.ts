/** Rows and bodies in the format of Elexon Insights, written for tests. */
import { addHalfHours, floorToHalfHour, halfHours } from '../../src/domain/half-hour.js';
import {
  settlementPeriodOf,
  settlementPeriodStart,
  settlementPeriodsOn,
} from '../../src/domain/settlement-period.js';

const MINUTE_MS = 60_000;
const second = (instant: Date): string => instant.toISOString().replace('.000Z', 'Z');
const later = (instant: Date, minutes: number): Date => new Date(instant.getTime() + minutes * MINUTE_MS);
const startOf = (at: Date) => ({ startTime: second(at), ...settlementPeriodOf(at) });

export const fuelRow = (dataset: 'FUELINST' | 'FUELHH', at: Date, fuelType: string, generation: number) => ({
  dataset,
  publishTime: second(later(at, dataset === 'FUELINST' ? 5 : 30)),
  ...startOf(at),
  fuelType,
  generation,
});

export const frequencyReading = (at: Date, frequency: number) => ({
  dataset: 'FREQ',
  measurementTime: second(at),
  frequency,
});

export const demandOutturn = (at: Date, national: number | null, transmission: number | null) => ({
  publishTime: second(later(at, 30)),
  ...startOf(at),
  initialDemandOutturn: national,
  initialTransmissionSystemDemandOutturn: transmission,
});

/** One row of `/demand/outturn/summary`, MW. */
export const rollingDemand = (at: Date, demand: number | null, recordType: string | null = null) => ({
  recordType,
  startTime: second(at),
  demand,
});

export const dayAheadDemand = (
  at: Date,
  publishTime: Date,
  national: number | null,
  transmission: number,
) => ({
  ...startOf(at),
  boundary: 'N',
  publishTime: second(publishTime),
  transmissionSystemDemand: transmission,
  nationalDemand: national,
});

export const marketIndex = (at: Date, dataProvider: string, price: number, volume: number) => ({
  dataset: 'MID',
  ...startOf(at),
  dataProvider,
  price,
  volume,
});

export const systemPrice = (at: Date, price: number) => ({
  ...startOf(at),
  createdDateTime: second(later(at, 45)),
  systemSellPrice: price,
  systemBuyPrice: price,
  priceDerivationCode: 'P',
  netImbalanceVolume: -12.25,
  replacementPrice: null,
});

/** One period of `/generation/actual/per-type`, MW by type. */
export const generationPerType = (at: Date, quantities: Readonly<Record<string, number>>) => ({
  startTime: second(at),
  settlementPeriod: settlementPeriodOf(at).settlementPeriod,
  data: Object.entries(quantities).map(([psrType, quantity]) => ({
    businessType: 'Production',
    psrType,
    quantity,
  })),
});

export const bmUnit = (elexonBmUnit: string | null, values: Readonly<Record<string, unknown>> = {}) => ({
  nationalGridBmUnit: elexonBmUnit?.slice(2) ?? 'NAMELESS-1',
  elexonBmUnit,
  eic: null,
  fuelType: null,
  leadPartyName: 'Made Up Power Limited',
  bmUnitType: elexonBmUnit?.slice(0, 1) ?? null,
  fpnFlag: true,
  bmUnitName: `Made Up ${elexonBmUnit}`,
  demandCapacity: '0.000',
  generationCapacity: '15.400',
  productionOrConsumptionFlag: 'P',
  transmissionLossFactor: '0.0162007',
  leadPartyId: 'MADEUP',
  gspGroupId: null,
  gspGroupName: null,
  interconnectorId: null,
  ...values,
});

/** A number that differs between neighbours, so that a value in the wrong place shows. */
const varied = (at: Date, from: number): number => from + ((at.getTime() / MINUTE_MS / 5) % 97);

/** Two days of every half-hourly route around an instant, what has ended by then; forecasts 48 h ahead. */
export function wholeElexon(now: Date, url: string): unknown {
  const { pathname } = new URL(url, 'http://publisher');
  const start = floorToHalfHour(now);
  const past = halfHours(addHalfHours(start, -96), start);
  const minutes = (count: number, step: number): Date[] =>
    Array.from({ length: count }, (_, i) => later(start, (i - count) * step));
  const datePath = '/balancing/settlement/system-prices/';
  if (pathname.startsWith(datePath)) {
    const rows = pricesOfDay(pathname.slice(datePath.length), start);
    return { metadata: { datasets: ['DISEBSP'] }, data: rows };
  }
  switch (pathname) {
    case '/datasets/FUELINST/stream':
      return minutes(24, 5).flatMap((at) => [
        fuelRow('FUELINST', at, 'CCGT', varied(at, 9000)),
        fuelRow('FUELINST', at, 'INTFR', -varied(at, 500)),
      ]);
    case '/datasets/FUELHH/stream':
      return past.flatMap((at) => [
        fuelRow('FUELHH', at, 'WIND', varied(at, 6000)),
        fuelRow('FUELHH', at, 'PS', -varied(at, 100)),
      ]);
    case '/datasets/FREQ/stream':
      return minutes(240, 0.25).map((at) => frequencyReading(at, 50 + (at.getSeconds() - 30) / 1000));
    case '/demand/outturn/stream':
      return past.map((at) => demandOutturn(at, varied(at, 30_000), varied(at, 31_500)));
    case '/demand/outturn/summary':
      return minutes(36, 5).map((at) => rollingDemand(at, varied(at, 30_200)));
    case '/forecast/demand/day-ahead/latest':
      return {
        metadata: { datasets: ['NDF', 'TSDF'] },
        data: halfHours(addHalfHours(start, -2), addHalfHours(start, 96)).map((at) =>
          dayAheadDemand(at, start, varied(at, 30_100), varied(at, 31_600)),
        ),
      };
    case '/datasets/MID/stream':
      return past.flatMap((at) => [
        marketIndex(at, 'APXMIDP', varied(at, 60), 1200.5),
        marketIndex(at, 'N2EXMIDP', 0, 0),
      ]);
    case '/generation/actual/per-type':
      return {
        metadata: { datasets: ['AGPT'] },
        data: past.map((at) =>
          generationPerType(at, { 'Wind Onshore': varied(at, 3000), 'Wind Offshore': varied(at, 8000) }),
        ),
      };
    case '/reference/bmunits/all':
      return [bmUnit('T_MADE-1', { fuelType: 'WIND' }), bmUnit('E_MADE-2'), bmUnit('I_MADE-3')];
    default:
      return undefined;
  }
}

/** The periods of a settlement date that have ended. */
function pricesOfDay(date: string, now: Date): unknown[] {
  const periods = Array.from({ length: settlementPeriodsOn(date) }, (_, i) =>
    settlementPeriodStart(date, i + 1),
  );
  return periods.filter((at) => addHalfHours(at, 1) <= now).map((at) => systemPrice(at, varied(at, 40)));
}
