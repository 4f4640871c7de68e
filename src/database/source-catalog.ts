import type pg from 'pg';
import { KIND_CODES, type ObservationKind } from '../domain/codes.js';
import { PylonError } from '../domain/errors.js';

/** What a source may state, and how much its word counts. */
export interface SourceFacts {
  readonly id: string;
  /** 0–999; the higher one is served where two real sources state the same value. */
  readonly priority: number;
  readonly carbonKinds: readonly ObservationKind[];
  readonly mixKinds: readonly ObservationKind[];
  /** Regions it speaks of; empty means all. */
  readonly regionIds: readonly number[];
}

export interface CatalogEntry {
  readonly sourceId: number;
  readonly code: string;
  readonly priority: number;
}

/** Sources by their number in the database: those of this version and those of earlier ones. */
export interface SourceCatalog {
  idOf(code: string): number;
  entryOf(sourceId: number): CatalogEntry;
  codeOf(sourceId: number): string;
  readonly entries: readonly CatalogEntry[];
}

/**
 * Writes what the registered sources state; runs as the owner at start. What a source once stated stays listed, because
 * past answers are rebuilt by it. Inserts only what is missing: an upsert would use up a number at every start, and
 * there are 32,767.
 */
export async function registerSources(
  owner: Pick<pg.Pool, 'query'>,
  sources: readonly SourceFacts[],
): Promise<void> {
  for (const { id, priority, carbonKinds, mixKinds, regionIds } of sources) {
    await owner.query(
      `with stated as (
         select $2::smallint as priority, $3::smallint[] as carbon, $4::smallint[] as mix, $5::smallint[] as regions
       ), widened as (
         update sources s set priority = w.priority, carbon_kinds = w.carbon, mix_kinds = w.mix, region_ids = w.regions
         from (
           select o.source_id, stated.priority,
             array(select distinct unnest(o.carbon_kinds || stated.carbon) order by 1) as carbon,
             array(select distinct unnest(o.mix_kinds || stated.mix) order by 1) as mix,
             case when o.region_ids = '{}' or stated.regions = '{}' then '{}'
               else array(select distinct unnest(o.region_ids || stated.regions) order by 1) end as regions
           from sources o cross join stated where o.code = $1
         ) w
         where s.source_id = w.source_id
           and (s.priority, s.carbon_kinds, s.mix_kinds, s.region_ids) is distinct from (w.priority, w.carbon, w.mix, w.regions)
       )
       insert into sources (code, priority, carbon_kinds, mix_kinds, region_ids)
       select $1, stated.* from stated where not exists (select from sources where code = $1)
       on conflict (code) do nothing`,
      [
        id,
        priority,
        carbonKinds.map((kind) => KIND_CODES[kind]),
        mixKinds.map((kind) => KIND_CODES[kind]),
        regionIds,
      ],
    );
  }
}

export async function loadSourceCatalog(db: Pick<pg.Pool, 'query'>): Promise<SourceCatalog> {
  const { rows } = await db.query<{ source_id: number; code: string; priority: number }>(
    'select source_id, code, priority from sources order by source_id',
  );
  const entries = rows.map((row) => ({ sourceId: row.source_id, code: row.code, priority: row.priority }));
  const byId = new Map(entries.map((entry) => [entry.sourceId, entry]));
  const byCode = new Map(entries.map((entry) => [entry.code, entry]));
  const entryOf = (sourceId: number): CatalogEntry => {
    const entry = byId.get(sourceId);
    if (!entry) {
      throw new PylonError(
        'DATABASE_UNAVAILABLE',
        `source ${sourceId} was registered by a newer process; restart this one to know it`,
      );
    }
    return entry;
  };
  return {
    entries,
    entryOf,
    codeOf: (sourceId) => entryOf(sourceId).code,
    idOf(code) {
      const entry = byCode.get(code);
      if (!entry) {
        throw new PylonError(
          'SOURCE_NOT_FOUND',
          `there is no source ${JSON.stringify(code.slice(0, 60))}; there are: ${entries.map((known) => known.code).join(', ')}`,
        );
      }
      return entry.sourceId;
    },
  };
}
