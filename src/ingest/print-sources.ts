import { SOURCES, type AnySource } from './registry.js';

/** `docs/sources.md`, printed from the registry; a test holds the file to it. */
export function printSources(): string {
  return `# Sources

Every data set that Pylon asks for, and under whose terms. Printed from \`src/ingest/registry.ts\`; after a change:
\`npx vitest run test/unit/ingest/sources.test.ts -u\`.

A source is asked no more often than its publisher updates it. A new one is one file in \`src/ingest/sources/\`, its line in
the registry, and two cases in \`test/fixtures/<id>/\`.

${SOURCES.map(section).join('\n')}`;
}

function section(source: AnySource): string {
  const { id, title, docs, licence, baseUrl } = source;
  return `## ${title}

- Id: \`${id}\`
- Publisher's documentation: <${docs}>
- Licence: [${licence.name}](${licence.url})
- Base URL: \`${baseUrl}\`
- Brings: ${bringsOf(source)}
- ${cadenceOf(source)}
- Asked for ${spanOf(source)}
- History: ${historyOf(source)}
${limitsOf(source)}`;
}

const BRINGS: Readonly<Record<Exclude<AnySource['produces'], 'grid-statements'>, string>> = {
  'carbon-factors': 'carbon factors by fuel',
  demand_statements: 'half-hourly demand and embedded generation of Great Britain',
  demand_cardinal_points: 'demand forecasts of Great Britain by cardinal point',
  fuel_generation: 'generation by fuel type of Great Britain',
  frequency_readings: 'system frequency',
  market_prices: 'prices of Great Britain',
  grid_stress: 'grid stress of Great Britain',
};

function bringsOf({ produces, carbonKinds, mixKinds, regionIds }: AnySource): string {
  if (produces !== 'grid-statements') return BRINGS[produces];
  const groups = [
    ...carbonKinds.map((kind) => `carbon intensity (${kind.toLowerCase()})`),
    ...mixKinds.map((kind) => `generation mix (${kind.toLowerCase()})`),
  ];
  const where = regionIds.length === 0 ? 'all 18 regions' : `region ${regionIds.join(', ')}`;
  return `${groups.join(', ')} of ${where}`;
}

/** Updates come a number of minutes past each multiple of the cadence, UTC. */
function cadenceOf({ cadence }: AnySource): string {
  if (!cadence) return 'Never asked by schedule: history only';
  const { everyMinutes, afterMinutes } = cadence;
  const period =
    everyMinutes === 60
      ? 'hour'
      : everyMinutes % 60 === 0
        ? `${everyMinutes / 60} hours`
        : `${everyMinutes} minutes`;
  return `Updated every ${period}, ${afterMinutes} minutes past the boundary`;
}

function spanOf({ cadence, lookbackHours, horizonHours }: AnySource): string {
  if (!cadence) return 'the span of a backfill';
  const spans = [
    ...(lookbackHours > 0 ? [`the last ${lookbackHours} hours, which are still revised`] : []),
    ...(horizonHours > 0 ? [`the next ${horizonHours} hours`] : []),
  ];
  return spans.length > 0 ? spans.join(' and ') : 'what holds now';
}

const limitsOf = ({ limits = [] }: AnySource): string =>
  limits
    .map(
      ({ name, everyMs }) =>
        `- Limit shared with the other sources of it: ${name}, once in ${everyMs / 1000} seconds\n`,
    )
    .join('');

const historyOf = ({ id, history }: AnySource): string =>
  history
    ? `since ${history.since}, at most ${history.windowDays} days a request; \`pylon backfill --source ${id}\``
    : 'none to fetch';
