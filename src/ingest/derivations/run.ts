import { recordSeries } from '../../database/series/record.js';
import type { SourceFacts } from '../../database/source-catalog.js';
import { messageOf } from '../../domain/errors.js';
import { floorToHalfHour } from '../../domain/half-hour.js';
import type { RunOutcome } from '../../domain/ingest-run.js';
import type { SeriesName } from '../../domain/series.js';
import { GREAT_BRITAIN } from '../../domain/regions.js';
import { giveBack, type RunnerDeps } from '../run.js';
import type { Derivation } from './derivation.js';
import { gridStressDerivation } from './grid-stress.js';
import { priceForecastDerivation } from './price-forecast.js';

/** Every derivation of this version. One line a derivation. */
export const DERIVATIONS: readonly AnyDerivation[] = [gridStressDerivation, priceForecastDerivation];

type AnyDerivation = { [Name in SeriesName]: Derivation<Name> }[SeriesName];

/** As the sources that their statements name. */
export const DERIVED_SOURCES: readonly SourceFacts[] = DERIVATIONS.map(({ id }) => ({
  id,
  priority: 0,
  carbonKinds: [],
  mixKinds: [],
  regionIds: [GREAT_BRITAIN],
}));

export interface Deriver {
  /** Derives anew what may have changed: by families that did, and by the half hour that began. */
  run(changed: ReadonlySet<SeriesName>): Promise<void>;
}

/** One that fails leaves the others alone, and is tried again at the next call. */
export function createDeriver(deps: RunnerDeps): Deriver {
  const derivedAt = new Map<string, number>();
  return {
    async run(changed) {
      const now = deps.database.clock.now();
      const halfHour = floorToHalfHour(now).getTime();
      for (const derivation of DERIVATIONS) {
        const { id, inputs } = derivation;
        if (derivedAt.get(id) === halfHour && !inputs.some((input) => changed.has(input))) continue;
        try {
          await runDerivation(deps, derivation, now);
          derivedAt.set(id, halfHour);
        } catch (error) {
          derivedAt.delete(id);
          deps.log.error({ derivation: id, error: messageOf(error) }, 'ingest.derivation.failed');
        }
      }
    },
  };
}

/** Null where there is nothing to derive from, or another process is deriving it. */
export async function runDerivation<Name extends SeriesName>(
  deps: RunnerDeps,
  { id, produces, derive }: Derivation<Name>,
  now: Date,
): Promise<RunOutcome | null> {
  const statements = await derive(deps.database.reader, now);
  const [first] = statements;
  const last = statements.at(-1);
  if (!first || !last) return null;
  const lease = await deps.leases.acquire(`source:${id}`);
  if (!lease) return null;
  try {
    return await recordSeries(deps.database.pool, {
      family: produces,
      lease,
      run: {
        sourceId: deps.database.sources.idOf(id),
        mode: 'SCHEDULED',
        endpoint: '',
        window: { from: first.at, to: last.at },
        startedAt: now,
        httpStatus: null,
        retries: 0,
        rowsRead: statements.length,
        rowsRefused: 0,
        rowsDuplicate: 0,
        refusals: [],
        backfillId: null,
        failure: null,
      },
      quality: 'REAL',
      statements,
      announce: true,
    });
  } finally {
    await giveBack(deps, lease);
  }
}
