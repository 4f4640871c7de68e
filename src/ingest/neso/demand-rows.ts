import type { DemandStatement } from '../../domain/series.js';
import { RowRefused, quoted, rowOf } from '../rows.js';
import { megawattsOf, settlementStartOf } from './fields.js';

type Row = Readonly<Record<string, unknown>>;

/** Columns of NESO's demand files that are taken. */
export const DEMAND_FIELDS = [
  'SETTLEMENT_DATE',
  'SETTLEMENT_PERIOD',
  'ND',
  'TSD',
  'EMBEDDED_WIND_GENERATION',
  'EMBEDDED_SOLAR_GENERATION',
] as const;

/** What a demand file says of one half hour. */
export interface DemandRow {
  readonly at: Date;
  /** Whether its demand is given: rows ahead of time hold 0 for "not yet", and some are already marked as actual. */
  readonly hasDemand: boolean;
  readonly values: Pick<
    DemandStatement,
    'nationalDemandMw' | 'transmissionSystemDemandMw' | 'embeddedWindMw' | 'embeddedSolarMw'
  >;
}

/** How a refused row is called. */
export const nameOfDemandRow = (row: unknown, position: number): string => {
  const { SETTLEMENT_DATE: date, SETTLEMENT_PERIOD: period } =
    typeof row === 'object' && row !== null ? (row as Row) : {};
  return date === undefined && period === undefined
    ? `row ${position}`
    : `settlement date ${quoted(date)}, period ${quoted(period)}`;
};

/**
 * Great Britain's demand is never 0, so that 0 is NESO's way of saying "not yet"; the transmission system demand beside it
 * is then 0 too, or what power stations themselves are reckoned to take (500), and no more given.
 *
 * @throws {RowRefused} when it is no row, or states nothing at all.
 */
export function readDemandRow(value: unknown): DemandRow {
  const row = rowOf(value);
  const at = settlementStartOf(row);
  const national = megawattsOf(row, 'ND');
  const transmission = megawattsOf(row, 'TSD');
  const hasDemand = national !== 0 && (national !== null || (transmission !== null && transmission !== 0));
  const values = {
    nationalDemandMw: hasDemand ? national : null,
    transmissionSystemDemandMw: hasDemand && transmission !== 0 ? transmission : null,
    embeddedWindMw: megawattsOf(row, 'EMBEDDED_WIND_GENERATION'),
    embeddedSolarMw: megawattsOf(row, 'EMBEDDED_SOLAR_GENERATION'),
  };
  if ([national, transmission, values.embeddedWindMw, values.embeddedSolarMw].every((mw) => mw === null))
    throw new RowRefused('states neither demand nor embedded generation');
  return { at, hasDemand, values };
}
