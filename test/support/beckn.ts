/** Beckn messages in the format of compute-energy 2.0.0, written for tests. */
import { randomUUID } from 'node:crypto';

export interface ItemOptions {
  readonly id: string;
  readonly zone?: string;
  readonly area?: string;
  readonly start?: unknown;
  readonly end?: unknown;
  readonly capacity?: unknown;
  readonly renewables?: unknown;
  readonly intensity?: unknown;
  readonly availableAt?: unknown;
}

/** A square of a quarter of a degree around a place. */
export const square = (latitude: number, longitude: number, address: Record<string, unknown> = {}) => ({
  '@type': 'beckn:Location',
  geo: {
    type: 'Polygon',
    coordinates: [
      [
        [longitude - 0.125, latitude - 0.125],
        [longitude + 0.125, latitude - 0.125],
        [longitude + 0.125, latitude + 0.125],
        [longitude - 0.125, latitude + 0.125],
        [longitude - 0.125, latitude - 0.125],
      ],
    ],
  },
  address: { addressCountry: 'GB', ...address },
});

export const LEEDS = square(53.8, -1.55, { addressLocality: 'Leeds', addressRegion: 'Yorkshire' });
export const GOTHENBURG = square(57.7, 11.97, { addressLocality: 'Göteborg', addressCountry: 'SE' });

export const item = ({
  id,
  zone = 'GB-NORTH-7',
  area = 'Leeds-South',
  start = '10:00:00Z',
  end = '14:00:00Z',
  capacity = 3.5,
  renewables = 62,
  intensity = 131,
  availableAt = LEEDS,
}: ItemOptions) => ({
  '@type': 'beckn:Item',
  'beckn:id': id,
  'beckn:descriptor': { '@type': 'beckn:Descriptor', 'schema:name': `Window ${id}` },
  'beckn:availableAt': availableAt,
  'beckn:itemAttributes': {
    '@type': 'beckn:ComputeEnergyWindow',
    'beckn:gridParameters': {
      gridArea: area,
      gridZone: zone,
      renewableMix: renewables,
      renewableMixUnit: 'percent',
      carbonIntensity: intensity,
      carbonIntensityUnit: 'gCO2/kWh',
    },
    'beckn:timeWindow': { start, end, duration: 'PT4H' },
    'beckn:capacityParameters': {
      availableCapacity: capacity,
      capacityUnit: 'MW',
      reservationRequired: false,
    },
  },
});

export const offer = (
  id: string,
  items: readonly string[],
  price: unknown = { value: '0.087', currency: 'GBP' },
  unit: unknown = 'per_kWh',
) => ({
  '@type': 'beckn:Offer',
  'beckn:id': id,
  'beckn:descriptor': { '@type': 'beckn:Descriptor', 'schema:name': `Offer ${id}` },
  'beckn:provider': 'provider-aire',
  'beckn:items': items,
  'beckn:price': price,
  'beckn:offerAttributes': { '@type': 'beckn:ComputeEnergyPricing', 'beckn:unit': unit },
});

export const catalog = (items: readonly unknown[], offers: readonly unknown[] = []) => ({
  '@type': 'beckn:Catalog',
  'beckn:id': 'catalog-aire',
  'beckn:provider': { '@type': 'beckn:Provider', 'beckn:id': 'provider-aire' },
  'beckn:items': items,
  'beckn:offers': offers,
});

export interface ContextOptions {
  readonly action?: string;
  readonly transactionId?: string;
  readonly messageId?: string;
  readonly timestamp?: string;
  readonly bppId?: string;
  readonly version?: string;
  readonly domain?: string;
}

export const context = ({
  action = 'on_discover',
  transactionId = randomUUID(),
  messageId = randomUUID(),
  timestamp = new Date().toISOString(),
  bppId = 'aire.example',
  version = '2.0.0',
  domain = 'beckn.one:DEG:compute-energy:1.0',
}: ContextOptions = {}) => ({
  version,
  action,
  domain,
  timestamp,
  message_id: messageId,
  transaction_id: transactionId,
  bap_id: 'pylon.example',
  bap_uri: 'https://pylon.example/beckn',
  bpp_id: bppId,
  bpp_uri: `https://${bppId}`,
  ttl: 'PT30S',
});

export const onDiscover = (
  options: ContextOptions,
  items: readonly unknown[],
  offers: readonly unknown[] = [],
) => ({ context: context(options), message: { catalogs: [catalog(items, offers)] } });
