/** The operators of the fleet: made up, and saying so by name. Where their data centres are is in `places.ts`. */
export interface FleetOperatorSeed {
  /** Begins the ids of all that is its own. */
  readonly slug: string;
  readonly name: string;
  readonly type:
    | 'COMPUTE_OPERATOR'
    | 'GRID_OPERATOR'
    | 'STORAGE_OPERATOR'
    | 'AGGREGATOR'
    | 'CLOUD_PROVIDER'
    | 'RESEARCH'
    | 'ENTERPRISE';
  readonly storageAssets: number;
  /** Whether it has an agent of each of the five types. */
  readonly hasAgents: boolean;
  /** How much of the arriving work is its own; 0: none. */
  readonly workWeight: number;
}

export const FLEET_OPERATORS: readonly FleetOperatorSeed[] = [
  operator('thameside', 'Thameside Compute', 'COMPUTE_OPERATOR', {
    hasAgents: true,
    workWeight: 3,
  }),
  operator('pennine', 'Pennine Data Halls', 'COMPUTE_OPERATOR', {
    hasAgents: true,
    workWeight: 2,
  }),
  operator('caledonia', 'Caledonia Compute', 'COMPUTE_OPERATOR', {
    hasAgents: true,
    workWeight: 2,
  }),
  operator('nimbus', 'Nimbus Cloud', 'CLOUD_PROVIDER', { hasAgents: true, workWeight: 4 }),
  operator('westcloud', 'Westcloud', 'CLOUD_PROVIDER', { hasAgents: true, workWeight: 3 }),
  operator('wolds', 'University of the Wolds', 'RESEARCH', { hasAgents: true, workWeight: 3 }),
  operator('fenland', 'Fenland Institute', 'RESEARCH', { hasAgents: true, workWeight: 2 }),
  operator('harbour', 'Harbour Insurance', 'ENTERPRISE', { hasAgents: true, workWeight: 1 }),
  operator('orchard', 'Orchard Retail', 'ENTERPRISE', { hasAgents: true, workWeight: 1 }),
  operator('tidewater', 'Tidewater Storage', 'STORAGE_OPERATOR', { storageAssets: 7, hasAgents: true }),
  operator('murmur', 'Murmuration Flexibility', 'AGGREGATOR', { storageAssets: 3, hasAgents: true }),
  operator('gridwatch', 'Gridwatch System Operator', 'GRID_OPERATOR', { hasAgents: true }),
];

function operator(
  slug: string,
  name: string,
  type: FleetOperatorSeed['type'],
  has: Partial<FleetOperatorSeed>,
): FleetOperatorSeed {
  return {
    storageAssets: 0,
    hasAgents: false,
    workWeight: 0,
    ...has,
    slug,
    name: `${name} (synthetic)`,
    type,
  };
}
