import type pg from 'pg';
import { REGIONS } from '../domain/regions.js';

/** Writes the eighteen regions, or brings them to what this version knows of them. Runs as the owner. */
export async function seedRegions(owner: pg.ClientBase): Promise<void> {
  // Parents first, for the foreign key: GB, then the countries, then the licence areas.
  for (const region of [...REGIONS].reverse()) {
    await owner.query(
      `insert into regions (region_id, code, short_name, dno_region, licence_operator, gsp_group, country, kind,
         parent_region_id, latitude, longitude, outward_postcodes)
       values ($1, $2, $3, $4, $5, $6, $7::country, $8::region_kind, $9, $10, $11, $12)
       on conflict (region_id) do update set code = excluded.code, short_name = excluded.short_name,
         dno_region = excluded.dno_region, licence_operator = excluded.licence_operator, gsp_group = excluded.gsp_group,
         country = excluded.country, kind = excluded.kind, parent_region_id = excluded.parent_region_id,
         latitude = excluded.latitude, longitude = excluded.longitude, outward_postcodes = excluded.outward_postcodes
       where regions is distinct from excluded`,
      [
        region.regionId,
        region.code,
        region.shortName,
        region.dnoRegion,
        region.licenceOperator,
        region.gspGroup,
        region.country,
        region.kind,
        region.parentRegionId,
        region.latitude,
        region.longitude,
        region.outwardPostcodes,
      ],
    );
  }
}
