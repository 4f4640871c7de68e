import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BmUnit } from '../../../src/domain/bm-unit.js';
import { PylonError } from '../../../src/domain/errors.js';
import { addHalfHours, isHalfHour } from '../../../src/domain/half-hour.js';
import { SOURCES, type AnySource } from '../../../src/ingest/registry.js';
import type { Records } from '../../../src/ingest/source.js';
import type { SeriesName, SeriesStatements } from '../../../src/domain/series.js';
import {
  bmUnit,
  demandOutturn,
  dayAheadDemand,
  frequencyReading,
  fuelRow,
  generationPerType,
  marketIndex,
  rollingDemand,
  systemPrice,
} from '../../support/elexon-payloads.js';
import { rowsIn, withRows } from '../../support/envelopes.js';
import {
  archivedCardinalRows,
  cardinalRows,
  datastoreBody,
  demandUpdateRows,
  embeddedRows,
  halfHourlyRows,
  historicRows,
} from '../../support/neso-payloads.js';
import { generationBody, nationalBody, regionalBody } from '../../support/payloads.js';

const RUNS = process.env['PYLON_SOAK'] ? 1_000 : 100;

const ASKED_AT = new Date('2026-03-02T12:34Z');
const START = new Date('2026-03-02T10:00Z');

const three = (row: (at: Date) => unknown) => ({ data: [0, 1, 2].map((i) => row(addHalfHours(START, i))) });

/** A body in the format of each source, as JSON. */
const BODIES: Readonly<Record<string, unknown>> = {
  'carbon-intensity-national-forecast': nationalBody(START, 3, (i) => ({ forecast: 100 + i, actual: null })),
  'carbon-intensity-national-outturn': nationalBody(START, 3, (i) => ({ forecast: 100 + i, actual: 90 + i })),
  'carbon-intensity-national-mix': generationBody(START, 3),
  'carbon-intensity-regional': regionalBody(START, 2, (region) => region, [1, 13, 18]),
  'carbon-intensity-factors': { data: [{ Coal: 900, Wind: 0 }] },
  'elexon-fuelinst': three((at) => fuelRow('FUELINST', at, 'CCGT', 9000)),
  'elexon-fuelhh': three((at) => fuelRow('FUELHH', at, 'PS', -300)),
  'elexon-freq': three((at) => frequencyReading(at, 49.99)),
  'elexon-demand-outturn': three((at) => demandOutturn(at, 34_000, 35_500)),
  'elexon-demand-forecast': three((at) => dayAheadDemand(at, START, 34_000, 35_500)),
  'elexon-demand-summary': [0, 5, 10].map((minute) =>
    rollingDemand(new Date(START.getTime() + minute * 60_000), 30_000 + minute),
  ),
  'elexon-market-index': three((at) => marketIndex(at, 'APXMIDP', 80.5, 1200)),
  'elexon-system-prices': three((at) => systemPrice(at, 120.25)),
  'elexon-generation-per-type': three((at) => generationPerType(at, { 'Wind Onshore': 3500, Solar: 0 })),
  'elexon-bm-units': { data: ['T_MADE-1', 'E_MADE-2', 'T_MADE-3'].map((id) => bmUnit(id)) },
  'neso-demand-update': datastoreBody(demandUpdateRows(START, 8, ASKED_AT, (i) => 30_000 + i)),
  'neso-embedded-forecast': datastoreBody(embeddedRows(START, 3, (i) => i)),
  'neso-demand-forecast-14-day': datastoreBody(halfHourlyRows('2026-03-04', (i) => 25_000 + i).slice(45)),
  'neso-demand-forecast-day-ahead': datastoreBody(cardinalRows('2026-03-03', (i) => 20_000 + i)),
  'neso-demand-forecast-history': datastoreBody(archivedCardinalRows(['2026-03-02'], (i) => 20_000 + i)),
  'neso-demand-history': datastoreBody(historicRows(START, 3, (i) => 30_000 + i)),
};

/** Sources whose bodies are CSV; the rows above are written as such. */
const CSV_SOURCES = new Set(['neso-demand-history']);

/** Any JSON there is, objects with the names of Object.prototype included. */
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    { toString: 1, valueOf: 1 },
    JSON.parse('{"__proto__":{"from":1}}') as unknown,
    '\0',
    '\ud800',
    -0,
    1e308,
  ),
);

const bodies = fc.oneof(
  json,
  fc.record({ data: json }),
  fc.record({ data: fc.array(json) }),
  fc.record({ success: fc.constant(true), result: json }),
  fc.record({ success: fc.constant(true), result: fc.record({ records: fc.array(json) }) }),
  fc.array(json).map((rows) => csvOf(rows, historicRows(START, 1, () => 1)[0])),
);

/** A CSV of rows, whatever stands in them: no field of these files holds a comma, a quote or a break. */
function csvOf(rows: readonly unknown[], first: unknown): string {
  const names = Object.keys(first as object);
  const field = (row: unknown, name: string): string => {
    const value = (row as Readonly<Record<string, unknown>> | null)?.[name] ?? '';
    return (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(/[,"\r\n]/g, ' ');
  };
  return [names.join(','), ...rows.map((row) => names.map((name) => field(row, name)).join(','))].join('\n');
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Every place of a value inside a body. */
function placesOf(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key])]);
}

/** What is wrong with an answer of `parse`, whatever the body was: rows must add up, and what is taken be storable. */
function faultsOf(source: AnySource, body: unknown): unknown[] {
  const { records, refusals, rowsRead } = source.parse(body, ASKED_AT);
  return [
    ...(refusals.length > rowsRead ? ['more refusals than rows'] : []),
    ...(rowsRead > 0 && records.length + refusals.length === 0 ? ['rows that vanish'] : []),
    ...refusals.filter(({ row, reason }) => typeof row !== 'string' || reason === ''),
    ...records.filter((record) => !isStorable(record)),
  ];
}

function isStorable(record: Records[keyof Records]): boolean {
  if ('fuel' in record) return isName(record.fuel) && record.gco2PerKwh >= 0 && record.gco2PerKwh <= 2000;
  if ('at' in record) return isStorableStatement(record);
  if ('elexonBmUnit' in record) return isStorableUnit(record);
  const { regionId, from, intensityGco2PerKwh, mix } = record;
  return (
    isHalfHour(from) &&
    regionId >= 1 &&
    regionId <= 18 &&
    (intensityGco2PerKwh !== null || mix !== null) &&
    (mix?.unlisted ?? []).every(({ rawFuel }) => isName(rawFuel))
  );
}

/** Its texts are texts that PostgreSQL takes, its numbers finite, and it is about an instant of these centuries. */
function isStorableStatement(statement: SeriesStatements[SeriesName]): boolean {
  const { at, ...values } = statement;
  return (
    at.getTime() > Date.UTC(1900, 0) &&
    at.getTime() < Date.UTC(2200, 0) &&
    Object.values(values).every((value: unknown) => {
      if (typeof value === 'string') return isName(value);
      return typeof value !== 'number' || (Number.isFinite(value) && Math.abs(value) < 2 ** 31);
    })
  );
}

const isStorableUnit = (unit: BmUnit): boolean =>
  unit.elexonBmUnit !== '' &&
  Object.values(unit).every((value: unknown) =>
    typeof value === 'string' ? isName(value) : value === null || Number.isFinite(value),
  );

const isName = (text: string): boolean => !/[\0\p{Cs}]/u.test(text);

/** Nothing; or the code of the error that is the answer to a body which is none. */
function codeOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return error instanceof PylonError ? error.code : String(error);
  }
}

describe.each(SOURCES)('source $id', (source) => {
  /** Rows as objects, and the body of such rows. */
  const text = JSON.stringify(BODIES[source.id]);
  const rows = (): unknown[] => [...rowsIn(JSON.parse(text))];
  const bodyOf = (some: readonly unknown[]): unknown =>
    CSV_SOURCES.has(source.id) ? csvOf(some, rows()[0]) : withRows(JSON.parse(text), some);

  it('answers any body at all with rows, refusals, or a broken contract, and never with another error', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        expect([null, 'SOURCE_CONTRACT_BROKEN']).toContain(codeOf(() => source.parse(body, ASKED_AT)));
      }),
      { numRuns: RUNS },
    );
  });

  it('loses no row beside the one in which a value is spoiled', () => {
    expect(source.parse(bodyOf(rows()), ASKED_AT).refusals).toEqual([]);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), json, (row, nth, value) => {
        const data = rows();
        const position = row % data.length;
        const places = placesOf(data[position]);
        const place = places[nth % places.length];
        if (place) place.holder[place.key] = value;
        expect(faultsOf(source, bodyOf(data))).toEqual([]);
        const beside = source.parse(bodyOf(data.filter((_, i) => i !== position)), ASKED_AT);
        expect(source.parse(bodyOf(data), ASKED_AT).records).toEqual(
          expect.arrayContaining([...beside.records]),
        );
      }),
      { numRuns: RUNS },
    );
  });
});
