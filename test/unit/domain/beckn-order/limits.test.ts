import { describe, expect, it } from 'vitest';
import { termsFaults, windowFaults, type BuyingLimits } from '../../../../src/domain/beckn-order/limits.js';
import { isSamePrice, priceText } from '../../../../src/domain/beckn-order/price.js';
import { gbp } from './messages.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const at = (hours: number): Date => new Date(NOW.getTime() + hours * 3_600_000);
const LIMITS: BuyingLimits = {
  maxPriceGbpPerMwh: null,
  maxCostGbp: null,
  maxCarbonIntensityGco2PerKwh: null,
  carbonBudgetGco2: null,
  minRenewablePct: null,
  estimatedEnergyKwh: 2_000,
  pue: 1,
  powerKw: 1_000,
  durationMinutes: 120,
  earliestStart: at(0),
  deadline: at(12),
  allowedRegionIds: [],
};
const TERMS = { price: gbp(100), carbonIntensityGco2PerKwh: 150, renewablePct: 60 };
const WINDOW = { from: at(2), to: at(6), capacityMw: 3, regionId: 5 };

const EUROS = {
  gbpPerMwh: null,
  priceReason: 'in EUR',
  originalPrice: 0.1,
  originalCurrency: 'EUR',
  originalUnit: 'per_kWh',
};

describe('terms', () => {
  const faults = (
    limits: Partial<BuyingLimits>,
    terms: Partial<typeof TERMS> | { price: typeof EUROS | null } = {},
  ) => termsFaults({ ...LIMITS, ...limits }, { ...TERMS, ...terms }, 'input').map(({ message }) => message);

  it('may be whatever they are where nothing limits them', () => {
    expect(
      termsFaults(LIMITS, { price: null, carbonIntensityGco2PerKwh: null, renewablePct: null }, 'input'),
    ).toEqual([]);
  });

  it('may be just at a limit, and not beyond: price, cost, intensity, budget, renewables', () => {
    const just = {
      maxPriceGbpPerMwh: 100,
      maxCostGbp: 200,
      maxCarbonIntensityGco2PerKwh: 150,
      carbonBudgetGco2: 300_000,
      minRenewablePct: 60,
    };
    expect(faults(just)).toEqual([]);
    expect(
      faults({
        maxPriceGbpPerMwh: 99,
        maxCostGbp: 199,
        maxCarbonIntensityGco2PerKwh: 149,
        carbonBudgetGco2: 299_999,
        minRenewablePct: 61,
      }),
    ).toEqual([
      'maxPriceGbpPerMwh: 100 GBP/MWh, at most 99 is allowed',
      'maxCostGbp: 200 GBP, at most 199 is allowed',
      'maxCarbonIntensityGco2PerKwh: 150 gCO2/kWh, at most 149 is allowed',
      'carbonBudgetGco2: 300000 gCO2, at most 299999 is allowed',
      'minRenewablePct 61: 60 is stated',
    ]);
  });

  it('are held to the energy of the facility: cost and budget', () => {
    expect(faults({ pue: 1.5, maxCostGbp: 300, carbonBudgetGco2: 450_000 })).toEqual([]);
    expect(faults({ pue: 1.5, maxCostGbp: 299, carbonBudgetGco2: 449_999 })).toEqual([
      'maxCostGbp: 300 GBP, at most 299 is allowed',
      'carbonBudgetGco2: 450000 gCO2, at most 449999 is allowed',
    ]);
  });

  it('break a limit that they cannot be held to: no price in pounds, no intensity', () => {
    expect(faults({ maxPriceGbpPerMwh: 1_000, maxCostGbp: 1_000 }, { price: EUROS })).toHaveLength(2);
    expect(faults({ maxPriceGbpPerMwh: 1_000 }, { price: null })).toHaveLength(1);
  });
});

describe('a window', () => {
  const faults = (limits: Partial<BuyingLimits>, window: Partial<typeof WINDOW> = {}, now = NOW): number =>
    windowFaults({ ...LIMITS, ...limits }, { ...WINDOW, ...window }, now, 'input').length;

  it('suits work that fits into what of it lies ahead, within the times of the work', () => {
    expect(faults({})).toBe(0);
    expect(faults({ durationMinutes: 240 })).toBe(0);
    expect(faults({ durationMinutes: 241 })).toBe(1);
    expect(faults({ earliestStart: at(4) })).toBe(0);
    expect(faults({ earliestStart: at(5) })).toBe(1);
    expect(faults({ deadline: at(3) })).toBe(1);
    expect(faults({}, {}, at(4))).toBe(0);
    expect(faults({}, {}, at(5))).toBe(1);
    expect(faults({}, {}, at(7))).toBe(1);
  });

  it('has the power, or does not say, and is where the work may run', () => {
    expect([faults({ powerKw: 3_000 }), faults({ powerKw: 3_001 })]).toEqual([0, 1]);
    expect([faults({ powerKw: 2_000, pue: 1.5 }), faults({ powerKw: 2_001, pue: 1.5 })]).toEqual([0, 1]);
    expect([faults({ allowedRegionIds: [5] }), faults({ allowedRegionIds: [6] })]).toEqual([0, 1]);
    expect(windowFaults({ ...LIMITS, powerKw: 1e6 }, { ...WINDOW, capacityMw: null }, NOW, 'input')).toEqual(
      [],
    );
    expect(
      windowFaults({ ...LIMITS, allowedRegionIds: [5] }, { ...WINDOW, regionId: null }, NOW, 'input'),
    ).toHaveLength(1);
  });
});

describe('two prices', () => {
  it('are the same in GBP/MWh however they were stated, else to the letter; what is not stated has not changed', () => {
    const perMwh = { ...gbp(100), originalPrice: 100, originalUnit: 'per_MWh' };
    expect(isSamePrice(gbp(100), perMwh)).toBe(true);
    expect(isSamePrice(gbp(100), gbp(100.1))).toBe(false);
    expect(isSamePrice(EUROS, { ...EUROS })).toBe(true);
    expect(isSamePrice(EUROS, { ...EUROS, originalPrice: 0.2 })).toBe(false);
    expect(isSamePrice(EUROS, { ...EUROS, originalCurrency: 'GBP' })).toBe(false);
    // A number without its unit, as it was before.
    expect(isSamePrice(gbp(100), { ...gbp(100), gbpPerMwh: null, originalUnit: null })).toBe(true);
    expect(isSamePrice(gbp(100), null)).toBe(true);
    expect(isSamePrice(null, gbp(100))).toBe(false);
    expect(isSamePrice(gbp(0), gbp(0))).toBe(true);
  });

  it('are written as they are', () => {
    expect([gbp(0), EUROS, null].map(priceText)).toEqual(['0 GBP/MWh', '0.1 EUR per_kWh', 'no price']);
  });
});
