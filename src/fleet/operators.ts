/** The operators of the fleet: made up, and saying so by name. What of the fleet is whose is written here. */
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
  /** How many of the places it has a data centre in; together they have all. */
  readonly dataCentres: number;
  readonly storageAssets: number;
  /** How many of each five agents it has: one of each type, or none. */
  readonly hasAgents: boolean;
  /** How much of the arriving work is its own; 0: none. */
  readonly workWeight: number;
}

export const FLEET_OPERATORS: readonly FleetOperatorSeed[] = [
  operator('thameside', 'Thameside Compute', 'COMPUTE_OPERATOR', {
    dataCentres: 7,
    hasAgents: true,
    workWeight: 3,
  }),
  operator('pennine', 'Pennine Data Halls', 'COMPUTE_OPERATOR', {
    dataCentres: 6,
    hasAgents: true,
    workWeight: 2,
  }),
  operator('caledonia', 'Caledonia Compute', 'COMPUTE_OPERATOR', {
    dataCentres: 5,
    hasAgents: true,
    workWeight: 2,
  }),
  operator('nimbus', 'Nimbus Cloud', 'CLOUD_PROVIDER', { dataCentres: 9, hasAgents: true, workWeight: 4 }),
  operator('westcloud', 'Westcloud', 'CLOUD_PROVIDER', { dataCentres: 7, hasAgents: true, workWeight: 3 }),
  operator('wolds', 'University of the Wolds', 'RESEARCH', { dataCentres: 2, workWeight: 3 }),
  operator('fenland', 'Fenland Institute', 'RESEARCH', { dataCentres: 2, hasAgents: true, workWeight: 2 }),
  operator('harbour', 'Harbour Insurance', 'ENTERPRISE', { dataCentres: 1, workWeight: 1 }),
  operator('orchard', 'Orchard Retail', 'ENTERPRISE', { dataCentres: 1, workWeight: 1 }),
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
    dataCentres: 0,
    storageAssets: 0,
    hasAgents: false,
    workWeight: 0,
    ...has,
    slug,
    name: `${name} (synthetic)`,
    type,
  };
}
