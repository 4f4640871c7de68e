/** The synthetic fleet: from one seed always the same, to the byte. Its objects are inputs of the actions that register them. */
import { regionIdOfPostcode } from '../domain/outward-postcodes.js';
import { FLEET_OPERATORS, type FleetOperatorSeed } from './operators.js';
import { PLACES, type Place } from './places.js';
import { randomOf, type Random } from './random.js';

export interface FleetUser {
  readonly email: string;
  readonly name: string;
  readonly role: string;
}

export interface FleetDataCentre {
  readonly dcId: string;
  readonly name: string;
  readonly regionId: number;
  readonly postcode: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly pue: number;
  readonly capacityMw: number;
  readonly capacityTflops: number;
  readonly flexibilityRating: number;
  readonly minLoadPct: number;
  readonly rampRateMwPerMin: number;
  readonly currentLoadPct: number;
}

export interface FleetStorageAsset {
  readonly assetId: string;
  readonly name: string;
  readonly regionId: number;
  readonly postcode: string;
  readonly capacityMwh: number;
  readonly maxChargeMw: number;
  readonly maxDischargeMw: number;
  readonly efficiencyPct: number;
  readonly chargeMwh: number;
}

/** What an agent of each type says that it can do. */
const CAPABILITIES = {
  COMPUTE_ORCHESTRATOR: ['place workloads', 'defer workloads', 'shift region'],
  GRID_OPERATOR: ['publish flexibility windows', 'negotiate'],
  STORAGE_AGENT: ['charge', 'discharge'],
  FLEXIBILITY_AGENT: ['offer flexibility', 'negotiate'],
  CARBON_OPTIMIZER: ['defer workloads', 'wait for renewables'],
} as const;

export interface FleetAgent {
  readonly agentId: string;
  readonly name: string;
  readonly type: keyof typeof CAPABILITIES;
  readonly capabilities: readonly string[];
}

export interface FleetOperator {
  readonly slug: string;
  readonly name: string;
  readonly type: FleetOperatorSeed['type'];
  readonly email: string;
  /** How much of the arriving work is its own; 0: none. */
  readonly workWeight: number;
  readonly users: readonly FleetUser[];
  readonly dataCentres: readonly FleetDataCentre[];
  readonly storageAssets: readonly FleetStorageAsset[];
  readonly agents: readonly FleetAgent[];
}

const ROLES = ['researcher', 'engineer', 'analyst'] as const;
const NAMES = [
  'Alex',
  'Bronwen',
  'Callum',
  'Dilys',
  'Ewan',
  'Freya',
  'Gareth',
  'Hamish',
  'Isla',
  'Jago',
] as const;
const USERS_EACH = 3;
const HOURS_OF_STORAGE = [1, 2, 2, 4] as const;
/** What a megawatt of accelerators computes, 10¹² operations a second. */
const TFLOPS_PER_MW = 45_000;

/** @param seed of what is drawn, such as capacities; who and where is the same for any. */
export function fleetOf(seed: number): readonly FleetOperator[] {
  let storageSites = 0;
  return FLEET_OPERATORS.map((operator) => {
    const random = randomOf(seed, `fleet/${operator.slug}`);
    const sites = PLACES.filter((site) => site.operator === operator.slug);
    const stores = PLACES.filter((_, i) => i % 4 === 3).slice(
      storageSites,
      storageSites + operator.storageAssets,
    );
    storageSites += operator.storageAssets;
    return {
      slug: operator.slug,
      name: operator.name,
      type: operator.type,
      email: `operations@${operator.slug}.example`,
      workWeight: operator.workWeight,
      users: operator.workWeight > 0 ? usersOf(operator, random) : [],
      dataCentres: sites.map((site) => dataCentreAt(operator, site, random)),
      storageAssets: stores.map((site) => storageAt(operator, site, random)),
      agents: operator.hasAgents ? agentsOf(operator) : [],
    };
  });
}

const usersOf = ({ slug }: FleetOperatorSeed, random: Random): FleetUser[] => {
  const first = random.whole(0, NAMES.length - 1);
  return Array.from({ length: USERS_EACH }, (_, i) => {
    const name = NAMES[(first + i) % NAMES.length] ?? NAMES[0];
    return { email: `${name.toLowerCase()}@${slug}.example`, name, role: random.pick(ROLES) };
  });
};

/** As many digits as anyone would state. */
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

const idOf = ({ slug }: FleetOperatorSeed, { town }: Place): string =>
  `${slug}-${town.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;

/** Larger centres are younger, and waste less. */
function dataCentreAt(operator: FleetOperatorSeed, site: Place, random: Random): FleetDataCentre {
  const capacityMw = rounded(random.between(site.leastMw, site.mostMw), 1);
  const pue = rounded(random.between(1.1, 1.35) + (capacityMw < 20 ? random.between(0, 0.25) : 0), 2);
  const itMw = capacityMw / pue;
  return {
    dcId: idOf(operator, site),
    name: `${operator.name.replace(' (synthetic)', '')}, ${site.town} (synthetic)`,
    ...placed(site),
    latitude: site.latitude,
    longitude: site.longitude,
    pue,
    capacityMw,
    capacityTflops: Math.round(itMw * TFLOPS_PER_MW * random.between(0.6, 1)),
    flexibilityRating: rounded(random.between(0.2, 0.9), 2),
    minLoadPct: rounded(random.between(5, 25), 1),
    rampRateMwPerMin: rounded(Math.max(0.1, capacityMw * random.between(0.02, 0.1)), 2),
    currentLoadPct: rounded(random.between(30, 75), 1),
  };
}

function storageAt(operator: FleetOperatorSeed, site: Place, random: Random): FleetStorageAsset {
  const powerMw = random.whole(5, 60);
  const capacityMwh = powerMw * random.pick(HOURS_OF_STORAGE);
  return {
    assetId: `${idOf(operator, site)}-battery`,
    name: `${operator.name.replace(' (synthetic)', '')}, ${site.town} battery (synthetic)`,
    ...placed(site),
    capacityMwh,
    maxChargeMw: powerMw,
    maxDischargeMw: powerMw,
    efficiencyPct: rounded(random.between(82, 91), 1),
    chargeMwh: rounded(capacityMwh * random.between(0.2, 0.9), 1),
  };
}

const agentsOf = ({ slug, name }: FleetOperatorSeed): FleetAgent[] =>
  Object.entries(CAPABILITIES).map(([type, capabilities]) => ({
    agentId: `${slug}-${type.toLowerCase().replaceAll('_', '-')}`,
    name: `${name.replace(' (synthetic)', '')}: ${type.toLowerCase().replaceAll('_', ' ')} (synthetic)`,
    type: type as FleetAgent['type'],
    capabilities: [...capabilities],
  }));

function placed({ town, outward }: Place): { readonly regionId: number; readonly postcode: string } {
  const regionId = regionIdOfPostcode(outward);
  if (regionId === null) throw new RangeError(`${town}: ${outward} is in no licence area`);
  return { regionId, postcode: outward };
}
