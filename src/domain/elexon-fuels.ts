/**
 * What Elexon's names of fuels mean: the codes of FUELINST, FUELHH and BM units, and the power system resource types of
 * actual generation per type, which alone tells onshore wind from offshore.
 *
 * @see https://bmrs.elexon.co.uk/generation-by-fuel-type
 */
import { INTERCONNECTORS } from './interconnectors.js';

/** Fuel burnt or caught in Great Britain; storage, negative while it charges; a link abroad, negative while it exports. */
export type ElexonFuelKind = 'FUEL' | 'STORAGE' | 'INTERCONNECTOR';

export interface ElexonFuel {
  readonly code: string;
  /** For people. */
  readonly name: string;
  readonly kind: ElexonFuelKind;
}

const fuel = (code: string, name: string, kind: ElexonFuelKind = 'FUEL'): ElexonFuel => ({
  code,
  name,
  kind,
});

/** Codes of FUELINST and FUELHH. Wind is what the transmission meter sees: embedded wind and all solar are missing. */
export const ELEXON_FUELS: readonly ElexonFuel[] = [
  fuel('CCGT', 'Gas, combined cycle'),
  fuel('OCGT', 'Gas, open cycle'),
  fuel('COAL', 'Coal'),
  fuel('OIL', 'Oil'),
  fuel('NUCLEAR', 'Nuclear'),
  fuel('WIND', 'Wind'),
  fuel('NPSHYD', 'Hydro'),
  fuel('PS', 'Pumped storage', 'STORAGE'),
  fuel('BIOMASS', 'Biomass'),
  fuel('OTHER', 'Other'),
  ...INTERCONNECTORS.map(({ code, name, country }) => fuel(code, `${name} (${country})`, 'INTERCONNECTOR')),
];

/** Power system resource types of actual generation per type. */
export const ELEXON_RESOURCE_TYPES: readonly ElexonFuel[] = [
  fuel('Fossil Gas', 'Gas'),
  fuel('Fossil Hard coal', 'Coal'),
  fuel('Fossil Oil', 'Oil'),
  fuel('Nuclear', 'Nuclear'),
  fuel('Wind Onshore', 'Wind, onshore'),
  fuel('Wind Offshore', 'Wind, offshore'),
  fuel('Solar', 'Solar'),
  fuel('Hydro Run-of-river and poundage', 'Hydro'),
  fuel('Hydro Pumped Storage', 'Pumped storage', 'STORAGE'),
  fuel('Biomass', 'Biomass'),
  fuel('Other', 'Other'),
];

const byCode = new Map([...ELEXON_FUELS, ...ELEXON_RESOURCE_TYPES].map((known) => [known.code, known]));

/**
 * What a code or resource type stands for. One that is not listed keeps its own word as its name, and is a link where
 * it begins with INT, as every code of a link does.
 */
export const elexonFuelOf = (code: string): ElexonFuel =>
  byCode.get(code) ?? fuel(code, code, /^INT[A-Z0-9]/.test(code) ? 'INTERCONNECTOR' : 'FUEL');
