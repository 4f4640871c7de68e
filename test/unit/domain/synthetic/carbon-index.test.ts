import { expect, it } from 'vitest';
import { carbonIndexOf } from '../../../../src/domain/synthetic/carbon-index.js';

it.each([
  [0, 'VERY_LOW'],
  [25, 'VERY_LOW'],
  [26, 'LOW'],
  [89, 'LOW'],
  [90, 'MODERATE'],
  [169, 'MODERATE'],
  [170, 'HIGH'],
  [229, 'HIGH'],
  [230, 'VERY_HIGH'],
])('%i gCO2/kWh is %s', (grams, index) => {
  expect(carbonIndexOf(grams)).toBe(index);
});
