/** Bodies in the format of NESO's data portal, written for tests. */
import { addHalfHours, floorToHalfHour } from '../../src/domain/half-hour.js';
import { settlementPeriodOf } from '../../src/domain/settlement-period.js';

const DAY_MS = 24 * 3_600_000;

export type Row = Readonly<Record<string, unknown>>;

/** A datastore answer; `total` is said where pages follow. */
export const datastoreBody = (records: readonly unknown[], total = records.length) => ({
  help: 'https://api.neso.energy/api/3/action/help_show?name=datastore_search',
  success: true,
  result: { include_total: true, records, total, limit: 32000 },
});

const settlement = (from: Date) => {
  const { settlementDate, settlementPeriod } = settlementPeriodOf(from);
  return { SETTLEMENT_DATE: settlementDate, SETTLEMENT_PERIOD: settlementPeriod };
};

/** Half hours of the demand data update: those before `now` are actual, the others not yet. */
export const demandUpdateRows = (
  from: Date,
  count: number,
  now: Date,
  demand: (i: number) => number,
): Row[] =>
  Array.from({ length: count }, (_, i) => {
    const at = addHalfHours(from, i);
    const isOver = addHalfHours(at, 1) <= now;
    return {
      _id: i + 1,
      ...settlement(at),
      ND: isOver ? demand(i) : 0,
      FORECAST_ACTUAL_INDICATOR: isOver ? 'A' : 'F',
      TSD: isOver ? demand(i) + 1500 : 0,
      EMBEDDED_WIND_GENERATION: 1000 + i,
      EMBEDDED_SOLAR_GENERATION: i,
    };
  });

/** Half hours of the embedded forecast, each labelled with its end. */
export const embeddedRows = (from: Date, count: number, wind: (i: number) => number): Row[] =>
  Array.from({ length: count }, (_, i) => {
    const end = addHalfHours(from, i + 1).toISOString();
    const { SETTLEMENT_DATE, SETTLEMENT_PERIOD } = settlement(addHalfHours(from, i));
    return {
      _id: i + 1,
      DATE_GMT: `${end.slice(0, 10)}T00:00:00`,
      TIME_GMT: end.slice(11, 16),
      SETTLEMENT_DATE: `${SETTLEMENT_DATE}T00:00:00`,
      SETTLEMENT_PERIOD,
      EMBEDDED_WIND_FORECAST: wind(i),
      EMBEDDED_SOLAR_FORECAST: 10 * i,
    };
  });

/** A day of the half-hourly forecast: London clocks at the ends of half hours, 30 to 2400; of a day of 48 periods. */
export const halfHourlyRows = (date: string, demand: (i: number) => number): Row[] =>
  Array.from({ length: 48 }, (_, i) => {
    const minutes = (i + 1) * 30;
    // In winter, when London clocks show UTC; of 24:00 the publisher writes the day's own midnight.
    const stated = new Date(Date.parse(date) + (minutes % (24 * 60)) * 60_000);
    return {
      _id: i + 1,
      DATE: date,
      CTIME: Math.floor(minutes / 60) * 100 + (minutes % 60),
      GDATETIME: stated.toISOString().slice(0, 19),
      NATIONALDEMAND: demand(i),
    };
  });

/** Cardinal points of a day. */
export const cardinalRows = (date: string, demand: (i: number) => number): Row[] =>
  [
    ['1F', 'F', 30, 30, ''],
    ['1B', 'T', 430, 730, 'Om'],
    ['2A', 'P', 830, 1200, 'DM'],
    ['4', 'F', 2400, 2400, 'NA'],
  ].map(([CARDINALPOINT, CP_TYPE, CP_ST_TIME, CP_END_TIME, F_Point], i) => ({
    _id: i + 1,
    DAYSAHEAD: 1,
    TARGETDATE: Number(date.replaceAll('-', '')),
    FORECASTDEMAND: demand(i),
    CARDINALPOINT,
    CP_TYPE,
    CP_ST_TIME,
    CP_END_TIME,
    F_Point,
  }));

/** The archive of such days: each said at 08:46 of the day before, and all but its last point again at 11:39. */
export const archivedCardinalRows = (dates: readonly string[], demand: (i: number) => number): Row[] =>
  dates.flatMap((date) => {
    const [first, second] = ['08:46:43', '11:39:14'].map((time) => {
      const dayBefore = new Date(Date.parse(date) - DAY_MS).toISOString().slice(0, 10);
      return { TARGETDATE: date, FORECAST_TIMESTAMP: `${dayBefore}T${time}` };
    });
    return [
      ...cardinalRows(date, (i) => demand(i) - 500).map((row) => ({ ...row, ...first })),
      ...cardinalRows(date, demand)
        .slice(0, -1)
        .map((row) => ({ ...row, ...second })),
    ];
  });

/** What the datastore's SQL answers: no total, and whether rows were cut at the most it gives at once. */
export const sqlBody = (sql: string, rows: readonly Row[], rowsMax = 32_000) => {
  const number = (word: string): number => Number(new RegExp(`${word} (\\d+)`).exec(sql)?.[1]);
  const most = Math.min(number('LIMIT'), rowsMax);
  const records = rows.slice(number('OFFSET'), number('OFFSET') + most);
  return {
    help: 'https://api.neso.energy/api/3/action/help_show?name=datastore_search_sql',
    success: true,
    result: { sql, records, ...(records.length === rowsMax ? { records_truncated: true } : {}) },
  };
};

/** The SQL that a path asks for. */
export const sqlOf = (path: string): string => new URL(path, 'http://neso').searchParams.get('sql') ?? '';

/** The dates that a statement asks for, first and last inside. */
const datesOf = (sql: string): string[] => {
  const [, first = '', last = ''] = />= '([\d-]{10})' AND .* <= '([\d-]{10})'/.exec(sql) ?? [];
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
  return Array.from({ length: days }, (_, i) =>
    new Date(Date.parse(first) + i * DAY_MS).toISOString().slice(0, 10),
  );
};

/** A file of rows, as NESO writes one: names in the first line, text in quotes. */
export const csvBody = (rows: readonly Row[]): string => {
  const names = Object.keys(rows[0] ?? {});
  return [names, ...rows.map((row) => names.map((name) => row[name]))]
    .map((fields) =>
      fields.map((field) => (typeof field === 'number' ? field : `"${String(field)}"`)).join(','),
    )
    .join('\n');
};

/** Half hours of a yearly file. */
export const historicRows = (from: Date, count: number, demand: (i: number) => number): Row[] =>
  Array.from({ length: count }, (_, i) => ({
    ...settlement(addHalfHours(from, i)),
    ND: demand(i),
    TSD: demand(i) + 1500,
    ENGLAND_WALES_DEMAND: demand(i) - 2000,
    EMBEDDED_WIND_GENERATION: 1000,
    EMBEDDED_SOLAR_GENERATION: 0,
  }));

interface ResourceSpec {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly format?: string;
}

export const packageBody = (name: string, resources: readonly ResourceSpec[]) => ({
  success: true,
  result: {
    name,
    license_title: 'NESO Open Data Licence',
    resources: resources.map(({ id, name: title, file, format = 'CSV' }) => ({
      id,
      name: title,
      format,
      url: `https://api.neso.energy/dataset/${name}/resource/${id}/download/${file}`,
      datastore_active: format === 'CSV',
    })),
  },
});

const EMBEDDED = 'db6c038f-98af-4570-ab60-24d71ebd0ae5';
const UPDATE = '177f6fa4-ae49-4182-81ea-0c6b35f26ca6';
const DAY_AHEAD = 'aec5601a-7f3e-4c4c-bf56-d8e4184d3c5b';
const ARCHIVE = '9847e7bb-986e-49be-8138-717b25933fbb';
const HALF_HOURLY = '7c0411cd-2714-4bb5-a408-adb065edf34d';

/** The packages as they are, with the resources that stand beside the ones asked for. */
export const NESO_PACKAGES: Readonly<Record<string, readonly ResourceSpec[]>> = {
  'daily-demand-update': [{ id: UPDATE, name: 'Demand Data Update', file: 'demanddataupdate.csv' }],
  'embedded-wind-and-solar-forecasts': [
    { id: 'definition', name: 'Embedded Definition', file: 'definition-of-embedded.docx', format: 'DOC' },
    {
      id: 'archive-2024',
      name: 'Embedded Solar and Wind Forecast Archive 2024',
      file: 'embedded_archive_2024.csv',
    },
    { id: EMBEDDED, name: 'Embedded Solar and Wind Forecast', file: '202603021225_embedded_forecast.csv' },
  ],
  '1-day-ahead-demand-forecast': [
    { id: ARCHIVE, name: 'Historic Day Ahead Demand Forecasts', file: 'archive_1dayahead.csv' },
    { id: DAY_AHEAD, name: 'Day Ahead National Demand Forecast', file: 'ng_demand_1da_20260303.csv' },
  ],
  '2-14-days-ahead-national-demand-forecast': [
    { id: 'cardinal', name: '2-14 Days Ahead Cardinal Point Forecast', file: 'ng_demand_14da_20260316.csv' },
    { id: HALF_HOURLY, name: '2-14 Days Ahead Half Hourly Forecast', file: 'ng-demand-14da-hh.csv' },
    { id: 'archive-14', name: 'Historic 2-14 Day Ahead Demand Forecasts', file: 'archive_14dayahead.csv' },
  ],
  'historic-demand-data': [2023, 2024, 2025, 2026].map((year) => ({
    id: `history-${year}`,
    name: `Historic Demand Data ${year}`,
    file: `demanddata_${year}.csv`,
  })),
};

/** NESO around an instant in winter; undefined for what is none of its routes. `shift` is added to every demand. */
export function nesoAnswer(path: string, now: Date, shift: number): unknown {
  const url = new URL(path, 'http://neso');
  const start = floorToHalfHour(now);
  const inDays = (days: number): string => new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10);
  if (url.pathname === '/package_show') {
    const name = url.searchParams.get('id') ?? '';
    return packageBody(name, NESO_PACKAGES[name] ?? []);
  }
  if (url.pathname === '/datastore_search') {
    switch (url.searchParams.get('resource_id') ?? '') {
      case UPDATE:
        return datastoreBody(demandUpdateRows(addHalfHours(start, -96), 192, now, (i) => 30_000 + i + shift));
      case EMBEDDED:
        return datastoreBody(embeddedRows(start, 96, (i) => 2_000 + i + shift));
      case HALF_HOURLY:
        return datastoreBody(halfHourlyRows(inDays(2), (i) => 25_000 + i + shift));
      case DAY_AHEAD:
        return datastoreBody(cardinalRows(inDays(1), (i) => 20_000 + i + shift));
      default:
        return undefined;
    }
  }
  if (url.pathname === '/datastore_search_sql') {
    const sql = sqlOf(path);
    return sql.includes(`FROM "${ARCHIVE}"`)
      ? sqlBody(
          sql,
          archivedCardinalRows(datesOf(sql), (i) => 20_000 + i + shift),
        )
      : undefined;
  }
  const year = /^\/dataset\/.*demanddata_(\d{4})\.csv$/.exec(url.pathname)?.[1];
  if (!year) return undefined;
  const from = new Date(`${year}-01-01T00:00Z`);
  const halfHours = (Math.min(Date.UTC(Number(year) + 1, 0), start.getTime()) - from.getTime()) / 1_800_000;
  return csvBody(historicRows(from, halfHours, (i) => 30_000 + (i % 5_000) + shift));
}
