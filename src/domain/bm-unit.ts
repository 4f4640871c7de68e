/** A unit of the Balancing Mechanism: what is metered, dispatched and settled as one. Null is "not stated". */
export interface BmUnit {
  /** Elexon's id, such as T_DRAXX-1. */
  readonly elexonBmUnit: string;
  /** The system operator's id, such as DRAXX-1. */
  readonly nationalGridBmUnit: string | null;
  readonly name: string | null;
  /** Elexon's code of the fuel; nearly always null of units that are not on the transmission system. */
  readonly fuelType: string | null;
  /** T transmission, E embedded, I interconnector, G and S supply, V secondary. */
  readonly unitType: string | null;
  readonly leadPartyId: string | null;
  readonly leadPartyName: string | null;
  /** Most that it may send out, MW, as declared. */
  readonly generationCapacityMw: number | null;
  /** Most that it may take in, MW, as declared: negative. */
  readonly demandCapacityMw: number | null;
  /** P where it is settled as production, C as consumption. */
  readonly productionOrConsumption: 'P' | 'C' | null;
  readonly transmissionLossFactor: number | null;
  readonly gspGroupId: string | null;
  readonly gspGroupName: string | null;
  readonly interconnectorId: string | null;
  /** Energy Identification Code. */
  readonly eic: string | null;
}
