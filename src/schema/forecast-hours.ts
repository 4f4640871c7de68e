import { DEFAULT_FORECAST_HOURS, LONGEST_FORECAST_HOURS } from '../resolvers/grid-signals.js';

/** Options of the argument `hours`. */
export const FORECAST_HOURS = {
  defaultValue: DEFAULT_FORECAST_HOURS,
  description: `How far ahead, hours, 1–${LONGEST_FORECAST_HOURS}.`,
};

/** Cost for the limit on complexity: two half hours an hour. What is out of bounds is refused by the field itself. */
export const forecastCost = ({ hours }: { readonly hours?: number | null | undefined }) => ({
  field: 1,
  multiplier: 2 * Math.min(Math.max(hours ?? DEFAULT_FORECAST_HOURS, 1), LONGEST_FORECAST_HOURS),
});
