import type { StatedPrice } from '../compute-window.js';
import type { Fault } from '../refusal.js';

/** What work may be bought for. Null: no limit. */
export interface BuyingLimits {
  readonly maxPriceGbpPerMwh: number | null;
  readonly maxCostGbp: number | null;
  readonly maxCarbonIntensityGco2PerKwh: number | null;
  readonly carbonBudgetGco2: number | null;
  readonly minRenewablePct: number | null;
  /** At the IT side, as power. */
  readonly estimatedEnergyKwh: number;
  readonly powerKw: number;
  /** Of the data centre where it is placed; 1 where no place is named: then what its machines draw is all that is known. */
  readonly pue: number;
  readonly durationMinutes: number;
  readonly earliestStart: Date;
  readonly deadline: Date;
  readonly allowedRegionIds: readonly number[];
}

/** What is offered, as far as it is stated. */
export interface Terms {
  readonly price: StatedPrice | null;
  readonly carbonIntensityGco2PerKwh: number | null;
  readonly renewablePct: number | null;
}

/** A window as the market states it. */
export interface WindowTerms {
  readonly from: Date;
  readonly to: Date;
  readonly capacityMw: number | null;
  readonly regionId: number | null;
}

/** What of the terms breaks a limit, or cannot be held to it because it is not stated. */
export function termsFaults(limits: BuyingLimits, terms: Terms, path: string): Fault[] {
  const gbpPerMwh = terms.price?.gbpPerMwh ?? null;
  const carbon = terms.carbonIntensityGco2PerKwh;
  const kwh = limits.estimatedEnergyKwh * limits.pue;
  const atMost = (name: string, limit: number | null, value: number | null, unit: string): Fault[] => {
    if (limit === null) return [];
    if (value === null)
      return [{ path, message: `${name} ${limit} ${unit}: what it is held to is not stated` }];
    return value > limit ? [{ path, message: `${name}: ${value} ${unit}, at most ${limit} is allowed` }] : [];
  };
  const renewable = limits.minRenewablePct;
  return [
    ...atMost('maxPriceGbpPerMwh', limits.maxPriceGbpPerMwh, gbpPerMwh, 'GBP/MWh'),
    ...atMost('maxCostGbp', limits.maxCostGbp, gbpPerMwh === null ? null : (gbpPerMwh * kwh) / 1000, 'GBP'),
    ...atMost('maxCarbonIntensityGco2PerKwh', limits.maxCarbonIntensityGco2PerKwh, carbon, 'gCO2/kWh'),
    ...atMost('carbonBudgetGco2', limits.carbonBudgetGco2, carbon === null ? null : carbon * kwh, 'gCO2'),
    ...(renewable !== null && !(terms.renewablePct !== null && terms.renewablePct >= renewable)
      ? [{ path, message: `minRenewablePct ${renewable}: ${terms.renewablePct ?? 'none'} is stated` }]
      : []),
  ];
}

const MINUTE_MS = 60_000;

/** What of a window does not suit the work: time, power, place. */
export function windowFaults(limits: BuyingLimits, window: WindowTerms, now: Date, path: string): Fault[] {
  const begin = Math.max(window.from.getTime(), limits.earliestStart.getTime(), now.getTime());
  const end = Math.min(window.to.getTime(), limits.deadline.getTime());
  const minutes = Math.max(0, Math.floor((end - begin) / MINUTE_MS));
  const { capacityMw, regionId } = window;
  const facilityKw = limits.powerKw * limits.pue;
  return [
    ...(minutes < limits.durationMinutes
      ? [
          {
            path,
            message: `${minutes} minutes of the window lie between earliestStart, or now, and deadline; ${limits.durationMinutes} are needed`,
          },
        ]
      : []),
    ...(capacityMw !== null && capacityMw * 1000 < facilityKw
      ? [{ path, message: `the window has ${capacityMw} MW; the work needs ${facilityKw} kW` }]
      : []),
    ...(limits.allowedRegionIds.length > 0 &&
    (regionId === null || !limits.allowedRegionIds.includes(regionId))
      ? [{ path, message: `it is in region ${regionId ?? 'unknown'}, which is not among allowedRegionIds` }]
      : []),
  ];
}
