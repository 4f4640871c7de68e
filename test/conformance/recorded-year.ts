import { HALF_HOUR_MS } from '../../src/domain/half-hour.js';
import { csvRows, recordedFiles } from './recorded-files.js';

export interface Year {
  readonly from: Date;
  readonly forecast: Float64Array;
  readonly outturn: Float64Array;
}

/** 2023, by half hour; NaN where nothing was recorded, or an outturn that cannot be: 0 g for the whole country. */
export function recordedYear(): Year {
  const file = recordedFiles('carbon-intensity').find(({ name }) => name.includes('history_2023'));
  if (!file) throw new Error('no year of national intensity is recorded');
  const rows = csvRows(file.text).map(({ from, forecast, actual }) => ({
    ms: Date.parse(from?.replace(' ', 'T') ?? ''),
    forecast: forecast === '' ? Number.NaN : Number(forecast),
    outturn: Number(actual) === 0 ? Number.NaN : Number(actual),
  }));
  const first = rows[0]!.ms;
  const slots = Math.round((rows.at(-1)!.ms - first) / HALF_HOUR_MS) + 1;
  const year = {
    forecast: new Float64Array(slots).fill(Number.NaN),
    outturn: new Float64Array(slots).fill(Number.NaN),
  };
  for (const row of rows) {
    const slot = Math.round((row.ms - first) / HALF_HOUR_MS);
    year.forecast[slot] = row.forecast;
    year.outturn[slot] = row.outturn;
  }
  return { from: new Date(first), ...year };
}
