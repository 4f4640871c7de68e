/**
 * Beckn 2.0.0, domain compute-energy of the Digital Energy Grid: a draft, hence behind an adapter.
 *
 * An item is a window of power for computing; offers price items. Capacity in MW, shares in percent, intensity in
 * gCO2/kWh, prices for a kWh. Quirks: times without a date; `availableAt` an object or a list; a price as text in
 * catalogues and as a number in orders, in several currencies; zones outside Great Britain.
 *
 * @see https://github.com/Beckn-One/DEG
 */
import { priceOf, type StatedOffer, type StatedWindow } from '../domain/compute-window.js';
import { PylonError } from '../domain/errors.js';
import type { Refusal } from '../domain/grid-statement.js';
import type { Asking, BecknAdapter, StatedCatalog } from './adapter.js';
import { errorOf, orderMessage, orderStatement } from './compute-energy-orders.js';
import { datedInterval } from './dated-interval.js';
import { along, at, isObject, nameOf, quoted, term, type Json } from './json.js';
import { UNNAMED_PLATFORM, type MessageContext } from './message-context.js';
import { statedPrice } from './price.js';
import { zoneOf } from './zone.js';

/** More than this is no catalogue of windows; each is compared with what is known of it. */
const MOST_ITEMS = 5_000;
const TTL_SECONDS = 30;
const SCHEMA_CONTEXT =
  'https://raw.githubusercontent.com/beckn/protocol-specifications-new/refs/heads/draft/schema/ComputeEnergy/v1/context.jsonld';

export const computeEnergyV2: BecknAdapter = {
  version: '2.0.0',
  domains: ['beckn.one:DEG:compute-energy:1.0', 'beckn.one.DEG:compute-energy:1.0'],
  ttlSeconds: TTL_SECONDS,
  discover: (asking, filter) => ({
    context: contextJson('discover', asking),
    message: { filters: { type: 'jsonpath', expression: filter } },
  }),
  order: (action, asking, order) => ({
    context: {
      ...contextJson(action, asking),
      bpp_id: asking.bppId,
      ...(asking.bppUri === null ? {} : { bpp_uri: asking.bppUri }),
    },
    message: orderMessage(action, order),
  }),
  orderStatement,
  errorOf,
  catalog(body, context) {
    const catalogs = along(body, 'message', 'catalogs');
    if (!Array.isArray(catalogs)) {
      const error = at(body, 'error');
      throw broken(
        isObject(error)
          ? `is an error in place of catalogues: ${quoted(at(error, 'message') ?? at(error, 'code'))}`
          : `has no list as message.catalogs but ${quoted(catalogs)}`,
      );
    }
    return gather(catalogs, context);
  },
};

const contextJson = (
  action: string,
  { transactionId, messageId, bapId, bapUri, at: askedAt }: Asking,
): Json => ({
  version: computeEnergyV2.version,
  action,
  domain: computeEnergyV2.domains[0],
  timestamp: askedAt.toISOString(),
  message_id: messageId,
  transaction_id: transactionId,
  bap_id: bapId,
  bap_uri: bapUri,
  ttl: `PT${TTL_SECONDS}S`,
  schema_context: [SCHEMA_CONTEXT],
});

const broken = (fault: string): PylonError => new PylonError('SOURCE_CONTRACT_BROKEN', `the answer ${fault}`);

/** An item that cannot be taken; caught where items are read, and counted with its reason. */
class ItemRefused extends Error {}

function gather(catalogs: readonly unknown[], context: MessageContext): StatedCatalog {
  const windows = new Map<string, StatedWindow>();
  const refusals: Refusal[] = [];
  let itemsRead = 0;
  let good = 0;
  for (const catalog of catalogs) {
    const items = term(catalog, 'items');
    if (items === undefined && isObject(catalog)) continue;
    if (!Array.isArray(items)) throw broken(`has a catalogue without a list of items: ${quoted(items)}`);
    const offersByItem = offersOf(catalog);
    itemsRead += items.length;
    if (itemsRead > MOST_ITEMS) throw broken(`has more than ${MOST_ITEMS} items`);
    for (const [position, item] of items.entries()) {
      try {
        const window = windowOf(item, catalog, offersByItem, context);
        windows.set(identityOf(window), window);
        good += 1;
      } catch (error) {
        if (!(error instanceof ItemRefused)) throw error;
        const name = nameOf(term(item, 'id'));
        refusals.push({ row: name ?? `item ${position}`, reason: error.message });
      }
    }
  }
  if (itemsRead === 0) throw new PylonError('SOURCE_EMPTY', 'the answer has no item in its catalogues');
  const [first] = refusals;
  if (good === 0 && first)
    throw broken(`has ${itemsRead} items and none could be taken; the first: ${first.row}: ${first.reason}`);
  return { windows: [...windows.values()], refusals, itemsRead, itemsDuplicate: good - windows.size };
}

const identityOf = ({ itemId, from, to }: StatedWindow): string =>
  JSON.stringify([itemId, from.getTime(), to.getTime()]);

function windowOf(
  item: unknown,
  catalog: unknown,
  offersByItem: ReadonlyMap<string, readonly StatedOffer[]>,
  { statedAt, bppId }: MessageContext,
): StatedWindow {
  if (!isObject(item)) throw new ItemRefused(`is ${quoted(item)}, not an object`);
  const itemId = nameOf(term(item, 'id'));
  if (itemId === null) throw new ItemRefused(`id ${quoted(term(item, 'id'))} is no name`);
  const attributes = term(item, 'itemAttributes');
  const grid = term(attributes, 'gridParameters');
  const times = term(attributes, 'timeWindow');
  const capacity = term(attributes, 'capacityParameters');
  const zone = zoneOf(item, grid);
  if (!zone) throw new ItemRefused('names neither gridZone nor gridArea');
  const interval = datedInterval(at(times, 'start'), at(times, 'end'), statedAt);
  if ('fault' in interval) throw new ItemRefused(interval.fault);
  const offers = offersByItem.get(itemId) ?? [];
  const reservation = at(capacity, 'reservationRequired');
  return {
    ...interval,
    bppId: bppId ?? UNNAMED_PLATFORM,
    providerId:
      providerIdOf(term(item, 'provider')) ?? providerIdOf(term(catalog, 'provider')) ?? UNNAMED_PLATFORM,
    itemId,
    name: titleOf(item),
    zone,
    capacityMw: capacityMw(capacity),
    renewablePct: renewablePct(grid),
    carbonIntensityGco2PerKwh: carbonIntensity(grid),
    reservationRequired: typeof reservation === 'boolean' ? reservation : null,
    price: priceOf(offers),
    offers,
  };
}

/** Offers of a catalogue by the item they price; what is no offer prices nothing. */
function offersOf(catalog: unknown): ReadonlyMap<string, readonly StatedOffer[]> {
  const byItem = new Map<string, Map<string, StatedOffer>>();
  const offers = term(catalog, 'offers');
  for (const offer of Array.isArray(offers) ? (offers as readonly unknown[]) : []) {
    const offerCode = nameOf(term(offer, 'id'));
    const items = term(offer, 'items');
    if (offerCode === null || !Array.isArray(items)) continue;
    const stated: StatedOffer = {
      ...statedPrice(offer),
      offerCode,
      providerId: providerIdOf(term(offer, 'provider')) ?? UNNAMED_PLATFORM,
      name: titleOf(offer),
    };
    for (const itemId of items.map(nameOf).filter((id) => id !== null)) {
      const known = byItem.get(itemId) ?? new Map<string, StatedOffer>();
      byItem.set(itemId, known.set(offerCode, stated));
    }
  }
  return new Map([...byItem].map(([itemId, known]) => [itemId, [...known.values()]]));
}

/** A provider is an object with an id in a catalogue, and its id or its name elsewhere. */
const providerIdOf = (provider: unknown): string | null => nameOf(term(provider, 'id') ?? provider);

const titleOf = (thing: unknown): string | null => {
  const descriptor = term(thing, 'descriptor');
  return nameOf(at(descriptor, 'schema:name') ?? at(descriptor, 'name'));
};

/** A number from `least` to `most`; null where nothing is stated. */
function numberOf(value: unknown, name: string, least: number, most: number): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw new ItemRefused(`${name} ${quoted(value)} is no number from ${least} to ${most}`);
  return value;
}

const MW_IN: Readonly<Record<string, number>> = { MW: 1, kW: 0.001, GW: 1000 };
/** Far above the largest computing site. */
const MOST_CAPACITY = 1e6;

/** MW; null where it is stated in no unit of power. */
function capacityMw(capacity: unknown): number | null {
  const stated = numberOf(at(capacity, 'availableCapacity'), 'availableCapacity', 0, MOST_CAPACITY);
  const unit = at(capacity, 'capacityUnit');
  const factor = typeof unit === 'string' ? MW_IN[unit] : undefined;
  return stated === null || factor === undefined ? null : Number((stated * factor).toFixed(6));
}

/** Percent; null where it is stated in another unit. */
function renewablePct(grid: unknown): number | null {
  const unit = at(grid, 'renewableMixUnit') ?? 'percent';
  const stated = numberOf(at(grid, 'renewableMix'), 'renewableMix', 0, 100);
  return unit === 'percent' || unit === '%' ? stated : null;
}

/** gCO2/kWh, which is kgCO2/MWh; null where it is stated in another unit. Zero is a value. */
function carbonIntensity(grid: unknown): number | null {
  const unit = at(grid, 'carbonIntensityUnit') ?? 'gCO2/kWh';
  const stated = numberOf(at(grid, 'carbonIntensity'), 'carbonIntensity', 0, 2000);
  return unit === 'gCO2/kWh' || unit === 'kgCO2/MWh' ? stated : null;
}
