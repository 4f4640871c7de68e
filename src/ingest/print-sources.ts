import { SOURCES, type AnySource } from './registry.js';
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
- Asked ${cadenceOf(becknDiscover)}
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
- Updated ${cadenceOf(source)}
- Asked for ${spanOf(source)}
- History: ${historyOf(source)}
`;
}

function bringsOf({ produces, carbonKinds, mixKinds, regionIds }: AnySource): string {
  if (produces === 'carbon-factors') return 'carbon factors by fuel';
  const groups = [
    ...carbonKinds.map((kind) => `carbon intensity (${kind.toLowerCase()})`),
    ...mixKinds.map((kind) => `generation mix (${kind.toLowerCase()})`),
  ];
  const where = regionIds.length === 0 ? 'all 18 regions' : `region ${regionIds.join(', ')}`;
  return `${groups.join(', ')} of ${where}`;
}

/** Updates come a number of minutes past each multiple of the cadence, UTC. */
const cadenceOf = ({ cadence: { everyMinutes, afterMinutes } }: Pick<AnySource, 'cadence'>): string =>
  everyMinutes % 60 === 0
    ? `every ${everyMinutes / 60} hours, ${afterMinutes} minutes past the boundary`
    : `every ${everyMinutes} minutes, ${afterMinutes} minutes past the boundary`;

function spanOf({ lookbackHours, horizonHours }: AnySource): string {
  const spans = [
    ...(lookbackHours > 0 ? [`the last ${lookbackHours} hours, which are still revised`] : []),
    ...(horizonHours > 0 ? [`the next ${horizonHours} hours`] : []),
  ];
  return spans.length > 0 ? spans.join(' and ') : 'what holds now';
}

const historyOf = ({ id, history }: AnySource): string =>
  history
    ? `since ${history.since}, at most ${history.windowDays} days a request; \`pylon backfill --source ${id}\``
    : 'none to fetch';
