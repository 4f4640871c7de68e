import type { Config } from '../config.js';
import type { Database } from '../database/open.js';
import { readSourceRecords } from '../database/source-health.js';
import { floorToHalfHour } from '../domain/half-hour.js';
import { LISTED_SOURCES } from '../ingest/registry.js';

const PUBLISHERS_OWN = 'https://api.carbonintensity.org.uk';

/** What the database would serve now, and how its sources are. */
export interface DataEvidence {
  /** Regions with a carbon intensity for the half hour that covers now, by its quality. */
  readonly realRegions: number;
  readonly syntheticRegions: number;
  /** Sources whose last run failed, with its error. */
  readonly failing: readonly { readonly source: string; readonly error: string }[];
  readonly sources: number;
  readonly now: Date;
  readonly clockOffsetMs: number;
}

export async function readDataEvidence({ pool, clock, sources }: Database): Promise<DataEvidence> {
  const now = clock.now();
  const { rows } = await pool.query<{ real: number; synthetic: number }>(
    `select count(*) filter (where carbon_quality = 1)::integer as real, count(*) filter (where carbon_quality = 2)::integer as synthetic
     from regions r join grid_signals g using (region_id) where g.from_at = $1`,
    [floorToHalfHour(now)],
  );
  const records = await readSourceRecords(pool);
  const failing = LISTED_SOURCES.flatMap(({ id }) => {
    const record = records.find(({ sourceId }) => sourceId === sources.idOf(id));
    return record && record.failures > 0 ? [{ source: id, error: record.lastError ?? 'no reason' }] : [];
  });
  return {
    realRegions: rows[0]?.real ?? 0,
    syntheticRegions: rows[0]?.synthetic ?? 0,
    failing,
    sources: LISTED_SOURCES.length,
    now,
    clockOffsetMs: clock.offsetMs,
  };
}

/** One line for people: what is served now and where it comes from. Told from the data, not from the settings alone. */
export function dataModeLine(
  config: Pick<Config, 'CARBON_INTENSITY_URL' | 'INGEST'>,
  evidence: DataEvidence,
): string {
  const { realRegions, syntheticRegions, failing, sources, now, clockOffsetMs } = evidence;
  const url = config.CARBON_INTENSITY_URL;
  const clock = clockOffsetMs === 0 ? '' : `, clock at ${now.toISOString()}`;
  const origin = clockOffsetMs !== 0 || url !== PUBLISHERS_OWN ? 'replay' : 'live';
  const mode =
    realRegions > 0
      ? `${origin}${clock}: ${url}`
      : syntheticRegions > 0
        ? `synthetic${clock}: nothing real is known of this half hour; values are made up, and labelled so, until ${url} answers`
        : `none${clock}: nothing is known of this half hour yet from ${url}`;
  const [first] = failing;
  return [
    mode,
    ...(realRegions > 0 && syntheticRegions > 0
      ? [`${syntheticRegions} of 18 regions are synthetic, and labelled so`]
      : []),
    ...(first ? [`${failing.length} of ${sources} sources failing (${first.source}: ${first.error})`] : []),
    ...(config.INGEST ? [] : ['this process does not ingest (INGEST=off)']),
  ].join('; ');
}
