import {
  computeWindows,
  computeWindowsById,
  currentSnapshot,
  gridZones,
  gridZonesById,
  isOnOffer,
  marketCatalog,
  regionZones,
  windowOffers,
  windowSnapshots,
  windowZone,
  zoneWindows,
  type Offer,
} from '../resolvers/compute-market.js';
import { AS_OF } from './as-of.js';
import { builder } from './builder.js';
import {
  ComputeWindowConnection,
  ComputeWindowType,
  GridZoneType,
  WindowSnapshotConnection,
  WindowSnapshotType,
} from './compute-market-refs.js';
import { IngestRunType } from './ingest-run.js';
import { ownStatementCost, pageArgs, pageCost } from './page.js';
import { ProvenanceType } from './provenance.js';
import { RegionType } from './region.js';

/** What lists of the marketplace are taken to hold, for the limit on complexity: a catalogue has some ten windows. */
const ZONES = { field: 1, multiplier: 20 } as const;
const WINDOWS = { field: 1, multiplier: 10 } as const;
const OFFERS = { field: 1, multiplier: 5 } as const;

const IN_REGION =
  'Only zones in this region, by id, 1–18, with all that lies in it; all zones when left out.';
const MARKET_AS_OF = `${AS_OF} Places of zones are always those last stated.`;
const GBP_PER_MWH = 'Price, GBP/MWh. Null: see `priceReason`.';
const PRICE_REASON =
  'Why there is no price in GBP/MWh, such as another currency: no exchange rate is made up. Null: there is one.';
const ORIGINAL_PRICE =
  'The price as it was stated, in `originalCurrency` and `originalUnit`. Null: none was.';
const ORIGINAL_CURRENCY = 'Currency of `originalPrice`, as a code. Null: none was stated.';
const ORIGINAL_UNIT = 'What `originalPrice` is for, in the words of the marketplace. Null: it did not say.';

builder.node(GridZoneType, {
  description:
    'A place of the grid as the Beckn compute-energy marketplace names it. Not all are in Great Britain.',
  id: { resolve: ({ gridZoneId }) => gridZoneId },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'zoneCode' in value,
  loadManyWithoutCache: gridZonesById,
  fields: (t) => ({
    zoneId: t.exposeString('zoneCode', {
      description: "The marketplace's own code of the zone; several areas may share one.",
    }),
    name: t.exposeString('area', { description: 'Name of the area within the zone.' }),
    region: t.field({
      type: RegionType,
      nullable: true,
      description: 'The licence area it is in. Null: see `regionReason`.',
      resolve: ({ regionId }, _args, { loaders }) =>
        regionId === null ? null : loaders.region.load(regionId),
    }),
    regionReason: t.exposeString('regionReason', {
      nullable: true,
      description:
        'Why its licence area is not known, such as a place outside Great Britain. Null: it is known.',
    }),
    latitude: t.exposeFloat('latitude', {
      nullable: true,
      description: 'Latitude of its middle, degrees north (WGS 84). Null: the marketplace gives no place.',
    }),
    longitude: t.exposeFloat('longitude', {
      nullable: true,
      description:
        'Longitude of its middle, degrees east (WGS 84); west is negative. Null: the marketplace gives no place.',
    }),
    windows: t.field({
      type: [ComputeWindowType],
      complexity: WINDOWS,
      description:
        'Its windows on offer now, or at `asOf` of the query, by their start; for others ask `computeWindows`.',
      resolve: (zone, _args, context) => zoneWindows(zone, context),
    }),
  }),
});

WindowSnapshotType.implement({
  description: 'What the marketplace said of a compute window, from one change to the next.',
  fields: (t) => ({
    capacityMw: t.exposeFloat('capacityMw', {
      nullable: true,
      description: 'Power available, MW. Null: none was stated in a unit of power.',
    }),
    renewablePct: t.exposeFloat('renewablePct', {
      nullable: true,
      description: "Share of renewables, percent, by the marketplace's own count. Null: none was stated.",
    }),
    carbonIntensityGco2PerKwh: t.exposeFloat('carbonIntensityGco2PerKwh', {
      nullable: true,
      description: "Carbon intensity, gCO2/kWh, by the marketplace's own count. Null: none was stated.",
    }),
    reservationRequired: t.exposeBoolean('reservationRequired', {
      nullable: true,
      description: 'Whether the power must be reserved beforehand. Null: the marketplace does not say.',
    }),
    gbpPerMwh: t.exposeFloat('gbpPerMwh', {
      nullable: true,
      description: `Of its cheapest offer in pounds, else of the first. ${GBP_PER_MWH}`,
    }),
    priceReason: t.exposeString('priceReason', { nullable: true, description: PRICE_REASON }),
    originalPrice: t.exposeFloat('originalPrice', { nullable: true, description: ORIGINAL_PRICE }),
    originalCurrency: t.exposeString('originalCurrency', { nullable: true, description: ORIGINAL_CURRENCY }),
    originalUnit: t.exposeString('originalUnit', { nullable: true, description: ORIGINAL_UNIT }),
    seenAt: t.expose('seenAt', { type: 'DateTime', description: 'When the marketplace says it said so.' }),
    knownAt: t.expose('knownAt', { type: 'DateTime', description: 'When Pylon received it.' }),
    ingestRun: t.field({
      type: IngestRunType,
      description: 'The run that brought it.',
      resolve: ({ ingestRunId }, _args, { loaders }) => loaders.ingestRun.load(ingestRunId),
    }),
    provenance: t.expose('provenance', { type: ProvenanceType, description: 'Where it comes from.' }),
  }),
});

export const OfferType = builder.objectRef<Offer>('Offer').implement({
  description: 'A price at which a compute window is offered.',
  fields: (t) => ({
    offerId: t.exposeString('offerCode', { description: "The marketplace's own id of the offer." }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'What the provider calls it. Null: it gives it no name.',
    }),
    providerId: t.exposeString('providerId', { description: "The marketplace's own id of who offers it." }),
    gbpPerMwh: t.exposeFloat('gbpPerMwh', { nullable: true, description: GBP_PER_MWH }),
    priceReason: t.exposeString('priceReason', { nullable: true, description: PRICE_REASON }),
    originalPrice: t.exposeFloat('originalPrice', { nullable: true, description: ORIGINAL_PRICE }),
    originalCurrency: t.exposeString('originalCurrency', { nullable: true, description: ORIGINAL_CURRENCY }),
    originalUnit: t.exposeString('originalUnit', { nullable: true, description: ORIGINAL_UNIT }),
    provenance: t.expose('provenance', { type: ProvenanceType, description: 'Where it comes from.' }),
  }),
});

builder.node(ComputeWindowType, {
  description:
    'Power for computing at one place over one interval, as an item of the Beckn compute-energy marketplace. The times of a catalogue ' +
    'have no date: they are of the day on which it was sent, UTC, and an end at or before its start is of the next day.',
  id: { resolve: ({ computeWindowId }) => computeWindowId },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'itemId' in value,
  loadManyWithoutCache: computeWindowsById,
  fields: (t) => ({
    zone: t.field({
      type: GridZoneType,
      description: 'Where it is.',
      resolve: (window, _args, context) => windowZone(window, context),
    }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'What the provider calls it. Null: it gives it no name.',
    }),
    itemId: t.exposeString('itemId', { description: "The marketplace's own id of the item." }),
    providerId: t.exposeString('providerId', { description: "The marketplace's own id of who provides it." }),
    platformId: t.exposeString('bppId', { description: 'The provider platform (BPP) that stated it.' }),
    from: t.expose('from', { type: 'DateTime', description: 'Start, inclusive.' }),
    to: t.expose('to', { type: 'DateTime', description: 'End, exclusive.' }),
    isOnOffer: t.boolean({
      description:
        'Whether it is not over and was in the last answer of its platform; as of `asOf` of the query, or of `cursor` of a subscription.',
      resolve: (window, _args, context) => isOnOffer(window, context),
    }),
    currentSnapshot: t.field({
      type: WindowSnapshotType,
      description: 'What was last said of it; as of `asOf` of the query, or of `cursor` of a subscription.',
      resolve: (window, _args, context) => currentSnapshot(window, context),
    }),
    snapshots: t.field({
      type: WindowSnapshotConnection,
      args: pageArgs,
      complexity: ownStatementCost,
      description: 'All that was said of it by then, one a change, newest first.',
      resolve: (window, args, context) => windowSnapshots(window, args, context),
    }),
    offers: t.field({
      type: [OfferType],
      complexity: OFFERS,
      description: 'Prices at which it is offered, as of `currentSnapshot`. Empty: no offer names it.',
      resolve: async (window, _args, context) => [...(await windowOffers(window, context))],
    }),
  }),
});

builder.prismaObjectField(RegionType, 'gridZones', (t) =>
  t.field({
    type: [GridZoneType],
    complexity: ZONES,
    description:
      'Zones of the compute-energy marketplace known to be in this licence area, by code. Empty for countries and Great Britain: ' +
      'ask the query `gridZones`.',
    resolve: ({ regionId }, _args, context) => regionZones(regionId, context),
  }),
);

builder.queryFields((t) => ({
  gridZones: t.field({
    type: [GridZoneType],
    args: {
      regionId: t.arg.int({ description: IN_REGION }),
      asOf: t.arg({ type: 'DateTime', description: MARKET_AS_OF }),
    },
    complexity: ZONES,
    description: 'Zones that the compute-energy marketplace named by now, or by `asOf`, by code.',
    resolve: (_root, args, context) => gridZones(args, context),
  }),
  marketCatalog: t.field({
    type: [GridZoneType],
    args: {
      regionId: t.arg.int({ description: IN_REGION }),
      asOf: t.arg({ type: 'DateTime', description: MARKET_AS_OF }),
    },
    complexity: ZONES,
    description:
      'What is on offer now, or at `asOf`: zones with at least one window that is, by code; their `windows` are those.',
    resolve: (_root, args, context) => marketCatalog(args, context),
  }),
  computeWindows: t.field({
    type: ComputeWindowConnection,
    args: {
      current: t.arg.boolean({
        description:
          'True: only those on offer now, or at `asOf`: not over, and in the last answer of their platform. All when left out.',
      }),
      regionId: t.arg.int({
        description:
          'Only windows of zones in this region, by id, 1–18, with all that lies in it; all windows when left out.',
      }),
      from: t.arg({ type: 'DateTime', description: 'Only windows that end after this instant.' }),
      to: t.arg({ type: 'DateTime', description: 'Only windows that begin before this instant.' }),
      asOf: t.arg({ type: 'DateTime', description: MARKET_AS_OF }),
      ...pageArgs,
    },
    complexity: pageCost,
    description: 'Windows of the compute-energy marketplace, by their start.',
    resolve: (_root, args, context) => computeWindows(args, context),
  }),
}));
