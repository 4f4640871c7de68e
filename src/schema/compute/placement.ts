import { addHalfHours } from '../../domain/half-hour.js';
import {
  placement,
  placementSlots,
  placements,
  PLACEMENT_ORDERS,
} from '../../resolvers/compute/placements.js';
import { builder } from '../builder.js';
import { ownStatementCost, pageArgs } from '../page.js';
import { DataCentreType } from './data-centre.js';
import { PlacementStateEnum } from './enums.js';
import { rowNumberOf } from './node-id.js';
import { WorkloadType } from './workload.js';
import { orderedPageArgs } from './order-args.js';

export const PlacementSlotType = builder.prismaObject('PlacementSlot', {
  description: 'Power of a placement in one half hour.',
  fields: (t) => ({
    from: t.expose('slotFrom', { type: 'DateTime', description: 'Start of the half hour, inclusive.' }),
    to: t.field({
      type: 'DateTime',
      description: 'End of the half hour, exclusive.',
      resolve: ({ slotFrom }) => addHalfHours(slotFrom, 1),
    }),
    powerKw: t.float({
      description: 'Power of the work itself, kW.',
      resolve: ({ powerW }) => powerW / 1000,
    }),
    facilityKw: t.float({
      description: 'That × PUE when it was held, rounded up to the watt: what it takes of the headroom, kW.',
      resolve: ({ facilityW }) => facilityW / 1000,
    }),
  }),
});

const PlacementSlotConnection = builder.connectionObject(
  {
    type: PlacementSlotType,
    name: 'PlacementSlotConnection',
    description: 'A page of the half hours of a placement, oldest first.',
  },
  { description: 'A half hour of a placement and its place in the connection.' },
);

export const PlacementType = builder.prismaNode('Placement', {
  id: { resolve: ({ placementId }) => placementId },
  findUnique: (id) => ({ placementId: rowNumberOf(id) }),
  nullable: true,
  description: "Power of a data centre in some half hours, kept for a workload. Its operator's own.",
  fields: (t) => ({
    placementId: t.exposeString('code', { description: 'Its id.' }),
    state: t.expose('state', {
      type: PlacementStateEnum,
      description:
        'Where it is in its life. A HELD one past `expiresAt` takes no power any more, and becomes RELEASED within seconds.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the hold ends unless it is confirmed. Null: it is not HELD.',
    }),
    releasedReason: t.exposeString('releasedReason', {
      nullable: true,
      description:
        'Why its power was given back: EXPIRED before it was confirmed, MISSED when its half hours passed before the work was started, what was done with its workload, or what who released it said. Null: it was not.',
    }),
    version: t.exposeInt('version', {
      description: 'Grows with every change: what `expectedVersion` is compared with.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was held.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
    slots: t.field({
      type: PlacementSlotConnection,
      args: pageArgs,
      complexity: ownStatementCost,
      description: 'Its half hours, oldest first.',
      resolve: (row, args, context) => placementSlots(row, args, context),
    }),
    operator: t.relation('operator', { description: 'Whose it is.' }),
    workload: t.relation('workload', { description: 'What it is for.' }),
    dataCentre: t.relation('dataCentre', { description: 'Where its power is.' }),
    decision: t.relation('decision', {
      nullable: true,
      description: 'The decision that it follows. Null: none was named.',
    }),
  }),
});

const placementPageArgs = orderedPageArgs('PlacementOrder', 'placements', PLACEMENT_ORDERS);

const PlacementConnection = builder.connectionObject(
  {
    type: PlacementType,
    name: 'PlacementConnection',
    description: 'A page of placements, in the order asked for.',
  },
  { description: 'A placement and its place in the connection.' },
);

const filterArgs = builder.args((t) => ({
  state: t.field({
    type: [PlacementStateEnum],
    description: 'Only in one of these states; in any when left out.',
  }),
  dcId: t.string({ description: 'Only at this data centre.' }),
  jobId: t.string({ description: 'Only for the workload of this id.' }),
  regionId: t.int({ description: 'Only in this licence area, 1–14.' }),
  from: t.field({ type: 'DateTime', description: 'Only with a half hour that ends after this instant.' }),
  to: t.field({ type: 'DateTime', description: 'Only with a half hour that starts before this instant.' }),
}));

builder.queryFields((t) => ({
  placements: t.field({
    type: PlacementConnection,
    args: { ...filterArgs, ...placementPageArgs },
    complexity: ownStatementCost,
    description: "Placements of the caller's operator, newest first; none without a key, all for an ADMIN.",
    resolve: (_root, args, context) => placements(args, context),
  }),
  placement: t.field({
    type: PlacementType,
    nullable: true,
    args: { placementId: t.arg.string({ required: true, description: 'Its id.' }) },
    description: "One placement. Null: there is none of that id, or it is somebody else's.",
    resolve: (_root, { placementId }, context) => placement(placementId, context),
  }),
}));

builder.prismaObjectField(WorkloadType, 'placements', (t) =>
  t.field({
    type: PlacementConnection,
    args: { ...filterArgs, ...placementPageArgs },
    complexity: ownStatementCost,
    description: 'Power held and confirmed for it, and what became of it, newest first.',
    resolve: ({ workloadId }, args, context) => placements(args, context, { workloadId }),
  }),
);

builder.prismaObjectField(DataCentreType, 'placements', (t) =>
  t.field({
    type: PlacementConnection,
    args: { ...filterArgs, ...placementPageArgs },
    complexity: ownStatementCost,
    description: "Placements of the caller's operator here, newest first. Nobody sees another's.",
    resolve: ({ dataCentreId }, args, context) => placements(args, context, { dataCentreId }),
  }),
);
