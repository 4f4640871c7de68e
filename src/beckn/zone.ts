import type { StatedZone } from '../domain/compute-window.js';
import type { Coordinates } from '../domain/distance.js';
import { regionOfPlace } from '../domain/region-of-place.js';
import { at, nameOf, term } from './json.js';

/** The zone of an item: its code and area, and where it is; null where it names neither. */
export function zoneOf(item: unknown, gridParameters: unknown): StatedZone | null {
  const code = nameOf(at(gridParameters, 'gridZone'));
  const area = nameOf(at(gridParameters, 'gridArea'));
  if (code === null && area === null) return null;
  const place = placeOf(term(item, 'availableAt'));
  const address = at(place, 'address');
  const coordinates = middleOf(at(place, 'geo'));
  const { regionId, reason } = regionOfPlace({
    country: nameOf(at(address, 'addressCountry')),
    postcode: nameOf(at(address, 'postalCode')),
    coordinates,
    names: [area, at(address, 'addressRegion'), at(address, 'addressLocality')]
      .map(nameOf)
      .filter((name) => name !== null),
  });
  return {
    zoneCode: code ?? area ?? '',
    area: area ?? code ?? '',
    latitude: coordinates?.latitude ?? null,
    longitude: coordinates?.longitude ?? null,
    regionId,
    regionReason: reason,
  };
}

/** An object in the specification's examples, a list in some catalogues: the first place is taken. */
const placeOf = (availableAt: unknown): unknown =>
  Array.isArray(availableAt) ? (availableAt[0] as unknown) : availableAt;

/** Middle of a GeoJSON point or polygon, whose positions are [longitude, latitude]; null for any other shape. */
function middleOf(geo: unknown): Coordinates | null {
  const coordinates = at(geo, 'coordinates');
  const type = at(geo, 'type');
  if (type === 'Point') return positionOf(coordinates);
  if (type !== 'Polygon' || !Array.isArray(coordinates)) return null;
  const [ring] = coordinates as readonly unknown[];
  if (!Array.isArray(ring)) return null;
  const corners = ring.map(positionOf);
  if (corners.length < 3 || !corners.every((corner) => corner !== null)) return null;
  const middle = (values: readonly number[]): number =>
    Number(
      ((values.reduce((a, b) => Math.min(a, b)) + values.reduce((a, b) => Math.max(a, b))) / 2).toFixed(6),
    );
  return {
    latitude: middle(corners.map(({ latitude }) => latitude)),
    longitude: middle(corners.map(({ longitude }) => longitude)),
  };
}

function positionOf(position: unknown): Coordinates | null {
  if (!Array.isArray(position)) return null;
  const [longitude, latitude] = position as readonly unknown[];
  return typeof latitude === 'number' &&
    typeof longitude === 'number' &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 180
    ? { latitude, longitude }
    : null;
}
