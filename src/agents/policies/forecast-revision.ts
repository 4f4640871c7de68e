import { LICENCE_AREA_IDS } from '../../domain/regions.js';
import type { Stimulus } from '../seen.js';

/** An ingest run after which something else is expected of the licence areas, where data centres are. */
export interface ForecastRevision {
  readonly source: string;
}

/**
 * The revision that an event tells of. Null: a run that failed or changed nothing, of a source without a forecast of carbon, or
 * about half hours that are over or regions that nothing is placed in; or no run at all.
 */
export function revisionOf(stimulus: Stimulus): ForecastRevision | null {
  if (stimulus.kind !== 'EVENT' || stimulus.topic !== 'INGEST_RUNS') return null;
  const {
    source,
    status,
    rows_changed: changed,
    forecasts_carbon: isForecast,
    revised_region_ids: revised,
  } = stimulus.state;
  if (status !== 'SUCCEEDED' || changed === 0 || isForecast !== true) return null;
  if (typeof source !== 'string' || !Array.isArray(revised)) return null;
  return revised.some((id) => LICENCE_AREA_IDS.includes(id as number)) ? { source } : null;
}
