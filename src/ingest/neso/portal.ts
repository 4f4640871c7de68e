import type { RateLimit } from '../limiter.js';

/**
 * What NESO allows: one request of its CKAN API a second, two of the datastore a minute.
 *
 * @see https://www.neso.energy/data-portal/api-guidance
 */
const LIMITS: readonly RateLimit[] = [
  { name: 'NESO', everyMs: 1_000, appliesTo: () => true },
  { name: 'NESO datastore', everyMs: 30_000, appliesTo: (url) => url.includes('/datastore_search') },
];

/** What every source of NESO's data portal has in common. */
export const NESO = {
  licence: {
    name: 'NESO Open Data Licence (Supported by National Energy SO Open Data)',
    url: 'https://www.neso.energy/data-portal/neso-open-licence',
  },
  baseUrl: 'NESO_URL',
  limits: LIMITS,
} as const;

/** Page of a package of the portal, which describes its resources and their columns. */
export const pageOf = (packageName: string): string => `https://www.neso.energy/data-portal/${packageName}`;
