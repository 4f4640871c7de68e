/**
 * Real places of Great Britain where data centres stand or could: a town, the outward part of its postcode, and its middle
 * (WGS 84, to about two kilometres). The licence area is that of the postcode. What stands there in the fleet is made up.
 */
export interface Place {
  readonly town: string;
  readonly outward: string;
  readonly latitude: number;
  readonly longitude: number;
  /** MW of what might stand there: in and around London more than elsewhere. */
  readonly leastMw: number;
  readonly mostMw: number;
  /** Slug of the operator of the fleet that has a data centre there. */
  readonly operator: string;
}

type Size = 'hub' | 'city' | 'town' | 'edge';

const SIZES: Readonly<Record<Size, readonly [leastMw: number, mostMw: number]>> = {
  hub: [30, 90],
  city: [12, 40],
  town: [5, 20],
  edge: [1, 8],
};

const place = (
  town: string,
  outward: string,
  latitude: number,
  longitude: number,
  size: Size,
  operator: string,
): Place => ({
  town,
  outward,
  latitude,
  longitude,
  leastMw: SIZES[size][0],
  mostMw: SIZES[size][1],
  operator,
});

export const PLACES: readonly Place[] = [
  place('Slough', 'SL1', 51.52, -0.62, 'hub', 'nimbus'),
  place('London Docklands', 'E14', 51.51, -0.02, 'hub', 'thameside'),
  place('Park Royal', 'NW10', 51.53, -0.26, 'hub', 'thameside'),
  place('Hayes', 'UB3', 51.5, -0.42, 'hub', 'nimbus'),
  place('Croydon', 'CR0', 51.37, -0.1, 'city', 'thameside'),
  place('Crawley', 'RH10', 51.12, -0.17, 'town', 'thameside'),
  place('Maidstone', 'ME14', 51.28, 0.53, 'town', 'thameside'),
  place('Brighton', 'BN1', 50.85, -0.14, 'town', 'thameside'),
  place('Hemel Hempstead', 'HP2', 51.76, -0.45, 'hub', 'nimbus'),
  place('Cambridge', 'CB4', 52.23, 0.13, 'city', 'fenland'),
  place('Norwich', 'NR5', 52.64, 1.24, 'town', 'wolds'),
  place('Ipswich', 'IP3', 52.04, 1.18, 'town', 'fenland'),
  place('Reading', 'RG2', 51.43, -0.95, 'city', 'nimbus'),
  place('Didcot', 'OX11', 51.61, -1.24, 'city', 'nimbus'),
  place('Swindon', 'SN5', 51.57, -1.83, 'city', 'westcloud'),
  place('Farnborough', 'GU14', 51.29, -0.76, 'city', 'thameside'),
  place('Portsmouth', 'PO6', 50.85, -1.07, 'town', 'westcloud'),
  place('Bristol', 'BS34', 51.53, -2.57, 'city', 'westcloud'),
  place('Exeter', 'EX5', 50.75, -3.43, 'town', 'westcloud'),
  place('Plymouth', 'PL6', 50.42, -4.11, 'town', 'westcloud'),
  place('Newport', 'NP10', 51.56, -3.03, 'hub', 'nimbus'),
  place('Swansea', 'SA1', 51.62, -3.93, 'town', 'westcloud'),
  place('Birmingham', 'B24', 52.52, -1.84, 'city', 'nimbus'),
  place('Gloucester', 'GL2', 51.85, -2.28, 'town', 'westcloud'),
  place('Coventry', 'CV6', 52.43, -1.51, 'city', 'wolds'),
  place('Corby', 'NN17', 52.5, -0.7, 'city', 'nimbus'),
  place('Nottingham', 'NG7', 52.95, -1.18, 'town', 'pennine'),
  place('Manchester', 'M17', 53.46, -2.32, 'city', 'pennine'),
  place('Preston', 'PR2', 53.78, -2.71, 'town', 'pennine'),
  place('Deeside', 'CH5', 53.22, -3.03, 'town', 'orchard'),
  place('Bangor', 'LL57', 53.21, -4.13, 'edge', 'harbour'),
  place('Leeds', 'LS11', 53.77, -1.56, 'city', 'pennine'),
  place('Sheffield', 'S9', 53.4, -1.42, 'town', 'pennine'),
  place('Newcastle upon Tyne', 'NE12', 55.02, -1.58, 'city', 'pennine'),
  place('Blyth', 'NE24', 55.12, -1.51, 'hub', 'nimbus'),
  place('Edinburgh', 'EH12', 55.94, -3.27, 'city', 'caledonia'),
  place('Glasgow', 'G33', 55.88, -4.15, 'city', 'caledonia'),
  place('Lockerbie', 'DG11', 55.12, -3.36, 'edge', 'caledonia'),
  place('Aberdeen', 'AB21', 57.22, -2.24, 'town', 'caledonia'),
  place('Inverness', 'IV2', 57.47, -4.18, 'edge', 'caledonia'),
];
