import { SOURCES, type AnySource } from './registry.js';
import type { Records } from './source.js';

/** What the records of a source are, where it is no statement about carbon and mix. */
const BRINGS: Readonly<Record<Exclude<keyof Records, 'grid-statements'>, string>> = {
  'carbon-factors': 'carbon factors by fuel',
  'bm-units': 'units of the Balancing Mechanism',
  demand_statements: 'demand and embedded generation of Great Britain by half hour',
  demand_cardinal_points: 'demand of Great Britain by cardinal point',
  demand_readings: 'rolling demand of the system at spot times',
  fuel_generation: 'power of Great Britain by fuel type',
  frequency_readings: 'frequency of the transmission system',
  market_prices: 'electricity prices of Great Britain by half hour',
  grid_stress: 'stress of the grid by half hour',
};
import { becknDiscover } from './sources/beckn-discover.js';

/** `docs/sources.md`, printed from the registry; a test holds the file to it. */
export function printSources(): string {
  return `# Sources

Every data set that Pylon asks for, and under whose terms. Printed from \`src/ingest/registry.ts\`; after a change:
\`npx vitest run test/unit/ingest/sources.test.ts -u\`.

A source is asked no more often than its publisher updates it. A new one is one file in \`src/ingest/sources/\`, its line in
the registry, and two cases in \`test/fixtures/<id>/\`.

${[...SOURCES.map(section), marketplaceSection()].join('\n')}`;
}

/** The marketplace is asked in a way of its own; src/beckn/ says how. */
function marketplaceSection(): string {
  const { id, title, docs, licence } = becknDiscover;
  return `## ${title}

- Id: \`${id}\`
- Protocol's documentation: <${docs}>
- Licence: ${licence.name}; [terms of the specification](${licence.url})
- Base URL: \`BECKN_URL\`; callbacks on \`PUBLIC_URL\`/beckn/on_discover
- Brings: zones, compute windows, what is said of them and their offers
- ${cadenceOf(becknDiscover)}
- Asked for what is on offer now, filtered by \`BECKN_FILTER\`
- History: none to fetch
`;
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
function cadenceOf({ cadence }: Pick<AnySource, 'cadence'>): string {
  if (!cadence) return 'Never asked by schedule: history only';
  const { everyMinutes, afterMinutes } = cadence;
  const period =
    everyMinutes === 60
      ? 'hour'
      : everyMinutes % 60 === 0
        ? `${everyMinutes / 60} hours`
        : `${everyMinutes} minutes`;
  return `Updated every ${period}, ${counted(afterMinutes, 'minute')} past the boundary`;
}

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
const hours = (count: number): string =>
  count === 0.5 ? 'half hour' : count === 1 ? 'hour' : `${count} hours`;

function spanOf({ cadence, lookbackHours, horizonHours }: AnySource): string {
  if (!cadence) return 'the span of a backfill';
  const spans = [
    ...(lookbackHours > 0 ? [`the last ${hours(lookbackHours)}, which may still be revised`] : []),
    ...(horizonHours === 0.5 ? ['the half hour that is running'] : []),
    ...(horizonHours > 0.5 ? [`the next ${hours(horizonHours)}`] : []),
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
    ? `since ${history.since}, at most ${counted(history.windowDays, 'day')} a request; \`pylon backfill --source ${id}\``
    : 'none to fetch';
