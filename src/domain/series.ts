import type { Market, ObservationKind } from './codes.js';

/** What every statement about Great Britain over time says besides its values. */
export interface Stated {
  /** The instant of a reading, or the start of a period. */
  readonly at: Date;
  readonly kind: ObservationKind;
  /** When the source says it said so; null where it does not say. */
  readonly issuedAt: Date | null;
}

/** Demand over one half hour, mean power, MW. Null is "not stated"; at least one value is. */
export interface DemandStatement extends Stated {
  readonly nationalDemandMw: number | null;
  readonly transmissionSystemDemandMw: number | null;
  readonly embeddedWindMw: number | null;
  readonly embeddedSolarMw: number | null;
}

/** Demand forecast at a cardinal point of a day's demand: a fixed point, a trough or a peak, MW. `at` is the start of its span. */
export interface CardinalPointStatement extends Stated {
  /** NESO's code within the day: 1F, 1A, 2B, … */
  readonly cardinalPoint: string;
  /** End of its span, outside; half hours later than `at`. */
  readonly endsAt: Date;
  readonly pointType: CardinalPointType;
  /** Om overnight minimum, DM daytime maximum, Dm daytime minimum, EM evening maximum; null where it is none of the day's. */
  readonly feature: string | null;
  readonly demandMw: number;
}

/** F fixed, T trough, P peak. */
export type CardinalPointType = 'F' | 'T' | 'P';

/** Mean power by fuel type over five minutes or a half hour, MW; negative is storage charging or power going abroad. */
export interface GenerationStatement extends Stated {
  readonly resolutionMinutes: 5 | 30;
  /** Elexon's code: CCGT, WIND, INTFR, … */
  readonly fuelType: string;
  readonly mw: number;
}

/** Rolling demand of the system at one instant, MW. Nothing documents which of the demands it is. */
export interface DemandReadingStatement extends Stated {
  /** The publisher's own word, undocumented; null where it says none. */
  readonly recordType: string | null;
  readonly demandMw: number;
}

export interface FrequencyStatement extends Stated {
  readonly hz: number;
}

/** Price of one half hour, GBP/MWh; negative prices are real. */
export interface PriceStatement extends Stated {
  readonly market: Market;
  /** Who made it, where several do for one market. */
  readonly provider: string;
  readonly gbpPerMwh: number;
  readonly volumeMwh: number | null;
  /** Of a derived price: how far off it was, as a rule. */
  readonly expectedErrorGbpPerMwh: number | null;
  /** Of a derived price: the formula and its version. */
  readonly formula: string | null;
}

/** How strained the grid is over one half hour, 0 to 1, and the formula and version that say so. */
export interface StressStatement extends Stated {
  readonly stress: number;
  readonly formula: string;
}

/** Statements by the name of their family, which is their table's. */
export interface SeriesStatements {
  readonly demand_statements: DemandStatement;
  readonly demand_cardinal_points: CardinalPointStatement;
  readonly demand_readings: DemandReadingStatement;
  readonly fuel_generation: GenerationStatement;
  readonly frequency_readings: FrequencyStatement;
  readonly market_prices: PriceStatement;
  readonly grid_stress: StressStatement;
}

export type SeriesName = keyof SeriesStatements;
