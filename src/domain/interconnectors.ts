/**
 * The links that carry power to and from Great Britain, by Elexon's fuel code. Their power is positive when it comes in.
 *
 * Capacity, MW: Ofgem's list of electricity interconnectors, 10.3 GW together (4 GW to France, 1 GW each to the
 * Netherlands, Belgium and the Republic of Ireland, 500 MW to Northern Ireland, 1.4 GW each to Norway and Denmark);
 * the share of each link, where several reach one country: Elexon's list.
 *
 * @see https://www.ofgem.gov.uk/energy-policy-and-regulation/policy-and-regulatory-programmes/interconnectors
 * @see https://www.elexon.co.uk/about/interconnectors/
 */
export interface Interconnector {
  /** Elexon's fuel code: INTFR, … */
  readonly code: string;
  readonly name: string;
  /** Country at the far end. */
  readonly country: string;
  /** The most it carries in either direction as built, MW; an outage or a limit on land may leave less. */
  readonly capacityMw: number;
}

export const INTERCONNECTORS: readonly Interconnector[] = [
  { code: 'INTFR', name: 'IFA', country: 'France', capacityMw: 2000 },
  { code: 'INTIFA2', name: 'IFA2', country: 'France', capacityMw: 1000 },
  { code: 'INTELEC', name: 'ElecLink', country: 'France', capacityMw: 1000 },
  { code: 'INTNED', name: 'BritNed', country: 'Netherlands', capacityMw: 1000 },
  { code: 'INTNEM', name: 'Nemo Link', country: 'Belgium', capacityMw: 1000 },
  { code: 'INTNSL', name: 'North Sea Link', country: 'Norway', capacityMw: 1400 },
  { code: 'INTVKL', name: 'Viking Link', country: 'Denmark', capacityMw: 1400 },
  { code: 'INTIRL', name: 'Moyle', country: 'Northern Ireland', capacityMw: 500 },
  { code: 'INTEW', name: 'East–West', country: 'Ireland', capacityMw: 500 },
  { code: 'INTGRNL', name: 'Greenlink', country: 'Ireland', capacityMw: 500 },
];

const byCode = new Map(INTERCONNECTORS.map((link) => [link.code, link]));

/** The link behind a fuel code; null for a code that is no interconnector we know. */
export const interconnectorOf = (code: string): Interconnector | null => byCode.get(code) ?? null;
