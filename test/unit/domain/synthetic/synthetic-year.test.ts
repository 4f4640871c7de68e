import { describe, expect, it } from 'vitest';
import { londonHours } from '../../../../src/domain/synthetic/london-hours.js';
import { syntheticPeriods, type SyntheticPeriod } from '../../../../src/domain/synthetic/synthetic-period.js';

const NORTH_SCOTLAND = 1;
const SOUTH_SCOTLAND = 2;
const YORKSHIRE = 5;
const SOUTH_WALES = 7;
const EAST_MIDLANDS = 9;
const SOUTH_WEST = 11;
const LONDON = 13;
const GB = 18;
const REGIONS = Array.from({ length: 18 }, (_, n) => n + 1);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const quantile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN;
const steps = (values: readonly number[]) =>
  values.slice(1).map((value, n) => Math.abs(value - (values[n] ?? Number.NaN)));

const londonHour = ({ from }: SyntheticPeriod) => Math.floor(londonHours(from.getTime() / 3_600_000) % 24);
const month = ({ from }: SyntheticPeriod) => from.getUTCMonth() + 1;
const isWeekend = ({ from }: SyntheticPeriod) => [0, 6].includes(from.getUTCDay());
const isWinter = (period: SyntheticPeriod) => [12, 1, 2].includes(month(period));
const isSummer = (period: SyntheticPeriod) => [6, 7, 8].includes(month(period));
const demand = (periods: readonly SyntheticPeriod[]) => mean(periods.map(({ demandMw }) => demandMw));
const grams = (periods: readonly SyntheticPeriod[]) => periods.map((p) => p.forecastGco2PerKwh);

/** A year is 315,000 periods to make: the second one is for the soak. */
const SEEDS = process.env['PYLON_SOAK'] ? [1, -99] : [1];

describe.each(SEEDS)('the synthetic year of seed %i', (seed) => {
  const byRegion = new Map<number, SyntheticPeriod[]>(REGIONS.map((id) => [id, []]));
  for (const period of syntheticPeriods(
    REGIONS,
    new Date('2026-01-01T00:00Z'),
    new Date('2027-01-01T00:00Z'),
    seed,
  ))
    byRegion.get(period.regionId)?.push(period);
  const of = (regionId: number) => byRegion.get(regionId) ?? [];
  const gb = of(GB);
  const meanShare = (regionId: number, fuel: keyof SyntheticPeriod['mixPermille']) =>
    mean(of(regionId).map(({ mixPermille }) => mixPermille[fuel]));

  it('has 17,520 half hours', () => {
    expect(gb).toHaveLength(17_520);
  });

  describe('demand', () => {
    it('peaks in the evening at 1.2 times the night or more, in winter and in summer', () => {
      for (const season of [isWinter, isSummer]) {
        const evening = demand(gb.filter((p) => season(p) && londonHour(p) === 17));
        const night = demand(gb.filter((p) => season(p) && londonHour(p) === 3));
        expect(evening / night).toBeGreaterThan(1.2);
      }
    });

    it('is higher on weekdays than at weekends, in winter than in summer', () => {
      expect(demand(gb.filter((p) => !isWeekend(p)))).toBeGreaterThan(1.04 * demand(gb.filter(isWeekend)));
      expect(demand(gb.filter(isWinter))).toBeGreaterThan(1.15 * demand(gb.filter(isSummer)));
    });

    it('stays between 17 and 50 GW and ramps by less than 3.5 GW in a half hour', () => {
      const demands = gb.map(({ demandMw }) => demandMw);
      expect(Math.min(...demands)).toBeGreaterThan(17_000);
      expect(Math.min(...demands)).toBeLessThan(21_000);
      expect(Math.max(...demands)).toBeGreaterThan(43_000);
      expect(Math.max(...demands)).toBeLessThan(50_000);
      expect(Math.max(...steps(demands))).toBeLessThan(3500);
    });

    it('rises by London clocks: the morning comes an hour of UTC earlier once they have gone forward', () => {
      const at = (instant: string) => gb.find((p) => p.from.getTime() === Date.parse(instant))?.demandMw ?? 0;
      const rise = (day: string) => at(`${day}T06:00Z`) - at(`${day}T05:00Z`);
      expect(rise('2026-03-31')).toBeGreaterThan(1.25 * rise('2026-03-24')); // both Tuesdays
    });
  });

  describe('weather', () => {
    it('has no sun at midnight in winter and some at noon in June, everywhere', () => {
      for (const regionId of REGIONS) {
        const midnights = of(regionId).filter((p) => isWinter(p) && londonHour(p) === 0);
        const noons = of(regionId).filter((p) => month(p) === 6 && londonHour(p) === 12);
        expect(midnights.every(({ mixPermille }) => mixPermille.SOLAR === 0)).toBe(true);
        expect(mean(noons.map(({ mixPermille }) => mixPermille.SOLAR))).toBeGreaterThan(10);
      }
      const nationalNoons = gb.filter((p) => month(p) === 6 && londonHour(p) === 12);
      expect(nationalNoons.every(({ mixPermille }) => mixPermille.SOLAR > 0)).toBe(true);
    });

    it('blows more in winter, holds for a day, and forgets within a fortnight', () => {
      const windMw = (p: SyntheticPeriod) => (p.mixPermille.WIND * p.demandMw) / 1000;
      const winter = gb.filter(isWinter).map(windMw);
      expect(mean(winter)).toBeGreaterThan(mean(gb.filter(isSummer).map(windMw)));
      const wind = gb.map(windMw);
      expect(autocorrelation(wind, 12)).toBeGreaterThan(0.85);
      expect(autocorrelation(wind, 48)).toBeGreaterThan(0.4);
      expect(Math.abs(autocorrelation(wind, 48 * 14))).toBeLessThan(0.35);
      expect(quantile(wind, 0.05)).toBeLessThan(3500);
      expect(quantile(wind, 0.95)).toBeGreaterThan(16_000);
    });
  });

  describe('carbon intensity', () => {
    it('is of Great Britain in about the range of the mid-2020s, higher in the evening than at night', () => {
      expect(mean(grams(gb))).toBeGreaterThan(100);
      expect(mean(grams(gb))).toBeLessThan(155);
      expect(quantile(grams(gb), 0.05)).toBeGreaterThan(30);
      expect(quantile(grams(gb), 0.25)).toBeGreaterThan(50);
      expect(Math.max(...grams(gb))).toBeLessThan(300);
      const evening = mean(grams(gb.filter((p) => londonHour(p) === 18)));
      const night = mean(grams(gb.filter((p) => londonHour(p) === 3)));
      expect(evening).toBeGreaterThan(1.2 * night);
    });

    it('is near nothing in North Scotland, often zero, and far below South Wales', () => {
      const northScotland = grams(of(NORTH_SCOTLAND));
      expect(mean(northScotland)).toBeLessThan(20);
      expect(quantile(northScotland, 0.95)).toBeLessThanOrEqual(60);
      expect(northScotland).toContain(0);
      expect(northScotland.some((value) => value > 0)).toBe(true);
      expect(mean(grams(of(SOUTH_WALES)))).toBeGreaterThan(10 * mean(northScotland));
      expect(mean(grams(of(SOUTH_WALES)))).toBeGreaterThan(220);
    });

    it('moves by less than 45 g a half hour nationally and 90 g in any region', () => {
      expect(Math.max(...steps(grams(gb)))).toBeLessThan(45);
      for (const regionId of REGIONS) expect(Math.max(...steps(grams(of(regionId))))).toBeLessThan(90);
    });
  });

  it('gives each region the fuels it is known for', () => {
    expect(meanShare(NORTH_SCOTLAND, 'WIND') + meanShare(NORTH_SCOTLAND, 'HYDRO')).toBeGreaterThan(850);
    expect(meanShare(NORTH_SCOTLAND, 'HYDRO')).toBeGreaterThan(5 * meanShare(GB, 'HYDRO'));
    expect(meanShare(SOUTH_SCOTLAND, 'WIND') + meanShare(SOUTH_SCOTLAND, 'NUCLEAR')).toBeGreaterThan(650);
    expect(meanShare(SOUTH_WALES, 'GAS')).toBeGreaterThan(550);
    expect(meanShare(LONDON, 'IMPORTS') + meanShare(LONDON, 'GAS')).toBeGreaterThan(550);
    expect(meanShare(YORKSHIRE, 'GAS') + meanShare(YORKSHIRE, 'BIOMASS')).toBeGreaterThan(450);
    expect(meanShare(EAST_MIDLANDS, 'GAS') + meanShare(EAST_MIDLANDS, 'BIOMASS')).toBeGreaterThan(350);
    expect(meanShare(SOUTH_WEST, 'GAS')).toBeGreaterThan(450);
    expect(meanShare(SOUTH_WEST, 'SOLAR')).toBeGreaterThan(2 * meanShare(GB, 'SOLAR'));
    for (const regionId of REGIONS) expect(meanShare(regionId, 'COAL')).toBe(0);
  });

  it('is wrong about Great Britain by about 11 g, and goes on being wrong for an hour or so', () => {
    const errors = gb.map((p) => p.outturnGco2PerKwh - p.forecastGco2PerKwh);
    expect(Math.abs(mean(errors))).toBeLessThan(2);
    expect(mean(errors.map(Math.abs))).toBeGreaterThan(7);
    expect(mean(errors.map(Math.abs))).toBeLessThan(15);
    expect(autocorrelation(errors, 1)).toBeGreaterThan(0.65);
    expect(autocorrelation(errors, 16)).toBeLessThan(0.3);
  });
});

/** @param lag in half hours. */
function autocorrelation(values: readonly number[], lag: number): number {
  const centre = mean(values);
  const apart = values.map((value) => value - centre);
  const product = (by: number) => mean(apart.slice(by).map((value, n) => value * (apart[n] ?? Number.NaN)));
  return product(lag) / product(0);
}
