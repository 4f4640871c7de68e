import type { SignalNode } from '../resolvers/signal-node.js';
import { builder } from './builder.js';

/** Named apart from its fields, because regions and signals link both ways. */
export const GridSignalType = builder.objectRef<SignalNode>('GridSignal');

export const GridSignalConnection = builder.connectionObject(
  {
    type: GridSignalType,
    name: 'GridSignalConnection',
    description: 'A page of grid signals, by half hour and then by region.',
  },
  { description: 'A grid signal and its place in the connection.' },
);
