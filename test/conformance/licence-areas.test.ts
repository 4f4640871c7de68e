/** The discs that coordinates are placed by, against the recorded map of licence areas. */
import { describe, expect, it } from 'vitest';
import { LICENCE_AREA_DISCS } from '../../src/domain/licence-area-discs.js';
import { REGIONS } from '../../src/domain/regions.js';
import { RECORDED_DIR, SKIPPED_BECAUSE, recordedFiles } from './recorded-files.js';

type Ring = readonly (readonly [number, number])[];
interface Area {
  readonly properties: { readonly id: string };
  readonly geometry:
    | { readonly type: 'Polygon'; readonly coordinates: readonly Ring[] }
    | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly Ring[])[] };
}

/** Whether a position lies inside an odd number of rings. */
function isInside(rings: readonly Ring[], longitude: number, latitude: number): boolean {
  let inside = false;
  for (const ring of rings)
    for (const [i, [x, y]] of ring.entries()) {
      const [px, py] = ring.at(i - 1) ?? [x, y];
      if (y > latitude !== py > latitude && longitude < ((px - x) * (latitude - y)) / (py - y) + x)
        inside = !inside;
    }
  return inside;
}

describe.skipIf(!RECORDED_DIR)(
  `the map of licence areas${RECORDED_DIR ? '' : ` (skipped: ${SKIPPED_BECAUSE})`}`,
  () => {
    it('holds every disc whole in the area it stands for', () => {
      const text =
        recordedFiles('geo').find(({ name }) => name === 'gb_dno_licence_areas_14.geojson')?.text ?? '{}';
      const { features = [] } = JSON.parse(text) as { readonly features?: readonly Area[] };
      const ringsOf = new Map(
        features.map(({ properties, geometry }) => [
          properties.id,
          geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat(),
        ]),
      );
      expect(ringsOf.size).toBe(14);
      const outside = LICENCE_AREA_DISCS.flatMap(({ regionId, latitude, longitude, radiusKm }) => {
        const rings =
          ringsOf.get(REGIONS.find((region) => region.regionId === regionId)?.gspGroup ?? '') ?? [];
        return Array.from({ length: 72 }, (_, i) => {
          const angle = (i * Math.PI) / 36;
          const north = (radiusKm * Math.cos(angle)) / 111.2;
          const east = (radiusKm * Math.sin(angle)) / (111.2 * Math.cos((latitude * Math.PI) / 180));
          return isInside(rings, longitude + east, latitude + north)
            ? []
            : [[regionId, latitude, longitude, i]];
        }).flat();
      });
      expect(outside).toEqual([]);
    });
  },
);
