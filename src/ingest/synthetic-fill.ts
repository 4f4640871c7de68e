import { recordGridStatements } from '../database/grid-statements.js';
import type { GridStatement } from '../domain/grid-statement.js';
import { addHalfHours, floorToHalfHour } from '../domain/half-hour.js';
import type { RunOutcome } from '../domain/ingest-run.js';
import { syntheticPeriod } from '../domain/synthetic/synthetic-period.js';
import type { SourceFacts } from '../database/source-catalog.js';
import { giveBack, type RunnerDeps } from './run.js';
import type { AnySource } from './registry.js';

/** The synthetic grid as a source: outranked by every real statement, whatever that one's priority. */
export const SYNTHETIC_SOURCE: SourceFacts = {
  id: 'synthetic',
  priority: 0,
  carbonKinds: ['FORECAST'],
  mixKinds: ['FORECAST'],
  regionIds: [],
};

const FILLED_HALF_HOURS = 96;

/** Whether a source's absence leaves future half hours without values. */
const forecasts = (source: AnySource): boolean =>
  source.produces === 'grid-statements' && source.horizonHours > 0;

interface Gap {
  readonly region_id: number;
  readonly from_at: Date;
  readonly carbon: boolean;
  readonly mix: boolean;
}

/**
 * States labelled synthetic values for the next 48 hours where a source that cannot be reached leaves a group without
 * any real value. Half hours with a real value, however old, keep it.
 *
 * @param unreachable the sources whose last run could not reach the publisher.
 * @returns null when there is nothing to fill, or another process is filling.
 */
export async function fillWithSynthetic(
  deps: RunnerDeps,
  unreachable: readonly AnySource[],
  seed: number,
): Promise<RunOutcome | null> {
  const absent = unreachable.filter(forecasts);
  const startedAt = deps.database.clock.now();
  const window = {
    from: floorToHalfHour(startedAt),
    to: addHalfHours(floorToHalfHour(startedAt), FILLED_HALF_HOURS),
  };
  const gaps = absent.length > 0 ? await readGaps(deps, absent, window) : [];
  if (gaps.length === 0) return null;
  const lease = await deps.leases.acquire(`source:${SYNTHETIC_SOURCE.id}`);
  if (!lease) return null;
  try {
    const outcome = await recordGridStatements(deps.database.pool, {
      lease,
      run: {
        sourceId: deps.database.sources.idOf(SYNTHETIC_SOURCE.id),
        mode: 'SCHEDULED',
        endpoint: `in place of ${absent.map(({ id }) => id).join(', ')}`,
        window,
        startedAt,
        httpStatus: null,
        retries: 0,
        rowsRead: gaps.length,
        rowsRefused: 0,
        rowsDuplicate: 0,
        refusals: [],
        backfillId: null,
        failure: null,
      },
      quality: 'SYNTHETIC',
      priority: SYNTHETIC_SOURCE.priority,
      statements: gaps.map((gap) => statementFor(gap, seed)),
      announce: true,
    });
    deps.log.warn(
      { inPlaceOf: absent.map(({ id }) => id), rows: gaps.length, rowsChanged: outcome.rowsChanged },
      'ingest.synthetic.filled',
    );
    return outcome;
  } finally {
    await giveBack(deps, lease);
  }
}

async function readGaps(
  deps: RunnerDeps,
  absent: readonly AnySource[],
  window: { readonly from: Date; readonly to: Date },
): Promise<Gap[]> {
  const regionsFor = (kinds: (source: AnySource) => readonly string[]): number[] => {
    const speaking = absent.filter((source) => kinds(source).includes('FORECAST'));
    return speaking.flatMap(({ regionIds }) =>
      regionIds.length > 0 ? regionIds : Array.from({ length: 18 }, (_, i) => i + 1),
    );
  };
  const { rows } = await deps.database.pool.query<Gap>(
    `select * from (
       select r.region_id, p.from_at,
         r.region_id = any ($1) and g.carbon_quality is distinct from 1 as carbon,
         r.region_id = any ($2) and g.mix_quality is distinct from 1 as mix
       from regions r
       cross join generate_series($3::timestamptz, $4::timestamptz - interval '1 minute', interval '30 minutes') as p (from_at)
       left join grid_signals g on g.region_id = r.region_id and g.from_at = p.from_at) gaps
     where carbon or mix`,
    [
      regionsFor(({ carbonKinds }) => carbonKinds),
      regionsFor(({ mixKinds }) => mixKinds),
      window.from,
      window.to,
    ],
  );
  return rows;
}

function statementFor({ region_id: regionId, from_at: from, carbon, mix }: Gap, seed: number): GridStatement {
  const period = syntheticPeriod(regionId, from, seed);
  return {
    regionId,
    from,
    kind: 'FORECAST',
    issuedAt: null,
    intensityGco2PerKwh: carbon ? period.forecastGco2PerKwh : null,
    index: carbon ? period.index : null,
    mix: mix ? { permille: period.mixPermille, unlisted: [] } : null,
  };
}
