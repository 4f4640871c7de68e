/** Whole MW that stand ready in an area, by fuel; what is not named is not there. */
export interface Capacity {
  readonly wind: number;
  readonly solar: number;
  readonly nuclear?: number;
  readonly hydro?: number;
  readonly biomass?: number;
  readonly gas?: number;
  readonly imports?: number;
  readonly other?: number;
}

export interface LicenceArea {
  readonly id: number;
  readonly latitude: number;
  readonly longitude: number;
  /** Its share of what Great Britain uses; the fourteen add up to 1000. */
  readonly demandPermille: number;
  readonly capacityMw: Capacity;
  /** The neighbour on the way to the middle of the grid, whose only area without one is the West Midlands. */
  readonly towardsHub: number | null;
}

/**
 * The fourteen licence areas, each listed after the area it leads to.
 *
 * Places and capacities follow the real grid of the mid-2020s, in round figures: Torness in 2, Heysham in 3, Hartlepool
 * and the Norwegian cable in 4, Drax in 5, Pembroke in 7, Viking in 9, Sizewell in 10, the French, Belgian and Dutch
 * cables in 14 and 12. The links are a tree, the main flows of the real network: where power goes then follows from
 * who has too much and who too little, with no solver.
 */
export const LICENCE_AREAS: readonly LicenceArea[] = [
  {
    id: 8, // West Midlands
    latitude: 52.5,
    longitude: -2.1,
    demandPermille: 83,
    capacityMw: { wind: 60, solar: 1600, biomass: 100, gas: 800, other: 60 },
    towardsHub: null,
  },
  {
    id: 6, // North Wales & Merseyside
    latitude: 53.2,
    longitude: -3.2,
    demandPermille: 54,
    capacityMw: { wind: 2200, solar: 500, hydro: 130, biomass: 60, gas: 2600, other: 20 },
    towardsHub: 8,
  },
  {
    id: 3, // North West England
    latitude: 54.0,
    longitude: -2.7,
    demandPermille: 82,
    capacityMw: { wind: 2600, solar: 700, nuclear: 2400, hydro: 30, biomass: 150, gas: 1200, other: 60 },
    towardsHub: 6,
  },
  {
    id: 2, // South Scotland
    latitude: 55.6,
    longitude: -3.6,
    demandPermille: 62,
    capacityMw: { wind: 6500, solar: 450, nuclear: 1250, hydro: 250, biomass: 60, other: 10 },
    towardsHub: 3,
  },
  {
    id: 1, // North Scotland
    latitude: 57.4,
    longitude: -4.6,
    demandPermille: 28,
    capacityMw: { wind: 6000, solar: 300, hydro: 1400 },
    towardsHub: 2,
  },
  {
    id: 4, // North East England
    latitude: 54.9,
    longitude: -1.7,
    demandPermille: 52,
    capacityMw: { wind: 900, solar: 400, nuclear: 1200, biomass: 400, imports: 1400, other: 20 },
    towardsHub: 2,
  },
  {
    id: 5, // Yorkshire
    latitude: 53.8,
    longitude: -1.2,
    demandPermille: 78,
    capacityMw: { wind: 5000, solar: 1100, biomass: 2600, gas: 4500, other: 60 },
    towardsHub: 4,
  },
  {
    id: 9, // East Midlands
    latitude: 52.8,
    longitude: -0.9,
    demandPermille: 92,
    capacityMw: { wind: 1800, solar: 2300, biomass: 100, gas: 4500, imports: 1400, other: 60 },
    towardsHub: 5,
  },
  {
    id: 10, // East England
    latitude: 52.2,
    longitude: 0.6,
    demandPermille: 118,
    capacityMw: { wind: 4500, solar: 3700, nuclear: 1200, biomass: 200, gas: 2800, other: 60 },
    towardsHub: 9,
  },
  {
    id: 13, // London
    latitude: 51.5,
    longitude: -0.1,
    demandPermille: 88,
    capacityMw: { wind: 0, solar: 350, biomass: 20, gas: 450, other: 60 },
    towardsHub: 10,
  },
  {
    id: 14, // South East England
    latitude: 51.1,
    longitude: 0.6,
    demandPermille: 63,
    capacityMw: { wind: 1500, solar: 1900, biomass: 40, gas: 4000, imports: 5000, other: 20 },
    towardsHub: 13,
  },
  {
    id: 7, // South Wales
    latitude: 51.7,
    longitude: -3.6,
    demandPermille: 43,
    capacityMw: { wind: 1100, solar: 1100, hydro: 20, gas: 7000, other: 20 },
    towardsHub: 8,
  },
  {
    id: 11, // South West England
    latitude: 50.8,
    longitude: -3.9,
    demandPermille: 52,
    capacityMw: { wind: 450, solar: 2400, hydro: 10, gas: 2000, other: 20 },
    towardsHub: 7,
  },
  {
    id: 12, // South England
    latitude: 51.2,
    longitude: -1.5,
    demandPermille: 105,
    capacityMw: { wind: 200, solar: 3100, biomass: 60, gas: 3000, imports: 1000, other: 40 },
    towardsHub: 8,
  },
];
