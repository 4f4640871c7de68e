import { addHalfHours } from '../../../src/domain/half-hour.js';
import { parseMinute } from '../../../src/domain/instant.js';
import { nationalBody, regionalBody } from '../../support/payloads.js';

/** Forecast and actual of a half hour, g/kWh: different for neighbours, so that a value in the wrong place shows. */
export const historicForecast = (from: Date): number => 50 + ((from.getTime() / 1_800_000) % 197);
export const historicActual = (from: Date): number => historicForecast(from) + 3;

/**
 * A publisher of history that answers as the real one: a period belongs to a window if its `to` lies in [from, to], so
 * that adjoining windows share one. Regional windows speak of London and Great Britain alone.
 */
export function historicPublisher(path: string): unknown {
  const [, kind, first = '', last = ''] =
    /^\/(intensity|regional\/intensity)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const [from, to] = [parseMinute(first), parseMinute(last)];
  if (!from || !to) return undefined;
  const start = addHalfHours(from, -1);
  const count = (to.getTime() - from.getTime()) / 1_800_000 + 1;
  return kind === 'intensity'
    ? nationalBody(start, count, (i) => ({
        forecast: historicForecast(addHalfHours(start, i)),
        actual: historicActual(addHalfHours(start, i)),
      }))
    : regionalBody(start, count, (region, i) => region + historicForecast(addHalfHours(start, i)), [13, 18]);
}
