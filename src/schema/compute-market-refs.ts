import type { WindowSnapshot } from '../resolvers/compute-market.js';
import type { ComputeWindowNode, GridZoneNode } from '../resolvers/window-node.js';
import { builder } from './builder.js';

/** Named apart from their fields, because regions, zones and windows link both ways. */
export const GridZoneType = builder.objectRef<GridZoneNode>('GridZone');
export const ComputeWindowType = builder.objectRef<ComputeWindowNode>('ComputeWindow');
export const WindowSnapshotType = builder.objectRef<WindowSnapshot>('WindowSnapshot');

export const ComputeWindowConnection = builder.connectionObject(
  {
    type: ComputeWindowType,
    name: 'ComputeWindowConnection',
    description: 'A page of compute windows, by their start.',
  },
  { description: 'A compute window and its place in the connection.' },
);

export const WindowSnapshotConnection = builder.connectionObject(
  {
    type: WindowSnapshotType,
    name: 'WindowSnapshotConnection',
    description: 'A page of what was said of a compute window, newest first.',
  },
  { description: 'A snapshot and its place in the connection.' },
);
